"""The public help centre: published public articles, rendered on the server, without any script."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import FileResponse, HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from knowledge_base.models import Audience
from knowledge_base.records import Record
from knowledge_base.rendering import plain, render
from server.auth import anyone, services

HERE = Path(__file__).parent
POLICY = (
    "default-src 'self'; script-src 'none'; style-src 'self'; img-src 'self'; object-src 'none'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Cache-Control": "no-cache",
}
RESULTS = 10
#: Below this probability a result is left out, unless nothing is better: a long tail helps nobody.
WORTH_SHOWING = 0.03
SUMMARY = 180

router = APIRouter(prefix="/help", tags=["help"], dependencies=[Depends(anyone)])
_templates = Environment(
    loader=FileSystemLoader(HERE / "templates"), autoescape=True, undefined=StrictUndefined
)

Services = Annotated[Any, Depends(services)]


@router.get("", response_class=HTMLResponse)
async def help_home(
    request: Request, app: Services, q: Annotated[str, Query(max_length=400)] = ""
) -> HTMLResponse:
    """All articles by category, or with ``q`` the best ones for it.

    Raises:
        TooMany: more searches a minute from one address than allowed; each costs an encoding.
    """
    asked = q.strip()
    records = app.knowledge.snapshot.alive
    if asked:
        app.limits.take("search", request.client.host if request.client else "unknown")
        found = await app.knowledge.search(asked, RESULTS)
        shown = [one for at, one in enumerate(found) if at < 3 or one.score >= WORTH_SHOWING]
        results = [_line(records[one.article_id]) for one in shown if one.article_id in records]
        return _page("search.html", asked=asked, results=results)
    categories: dict[str, list[dict[str, str]]] = defaultdict(list)
    for record in sorted(_public(records.values()), key=lambda record: record.title.casefold()):
        categories[record.category].append(_line(record))
    return _page("home.html", asked="", categories=sorted(categories.items()))


@router.get("/static/help.css", response_class=FileResponse)
async def help_style() -> FileResponse:
    headers = {**HEADERS, "Cache-Control": "public, max-age=3600"}
    return FileResponse(HERE / "static" / "help.css", media_type="text/css", headers=headers)


@router.get("/{slug}", response_class=HTMLResponse)
async def help_article(app: Services, slug: str) -> HTMLResponse:
    """One article, or a page with status 404 that helps to search."""
    record = app.knowledge.snapshot.by_slug.get(slug)
    if record is None or record.audience != Audience.PUBLIC.value:
        return _page("missing.html", status=404, asked="")
    parts = [
        (name, heading, Markup(render(text)))  # noqa: S704 - rendering allows eight tags only
        for name, heading, text in (
            ("context", "", record.context),
            ("action", "What to do", record.action),
            ("outcome", "What happens next", record.outcome),
        )
        if text
    ]
    others = [
        _line(other)
        for other in _public(app.knowledge.snapshot.alive.values())
        if other.category == record.category and other.id != record.id
    ]
    return _page("article.html", asked="", record=record, parts=parts, others=others[:5])


def _public(records: Any) -> list[Record]:
    return [record for record in records if record.audience == Audience.PUBLIC.value]


def _line(record: Record) -> dict[str, str]:
    words = " ".join(plain(record.context or record.action).split())
    summary = words if len(words) <= SUMMARY else f"{words[:SUMMARY].rsplit(' ', 1)[0]}…"
    return {"slug": record.slug, "title": record.title, "summary": summary}


def _page(template: str, *, status: int = 200, **values: object) -> HTMLResponse:
    html = _templates.get_template(template).render(**values)
    return HTMLResponse(html, status_code=status, headers=HEADERS)
