"""The public help centre: published public articles, rendered on the server, without any script."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import (
    FileResponse,
    HTMLResponse,
    PlainTextResponse,
    RedirectResponse,
    Response,
)

from knowledge_base import files
from knowledge_base.help_centre import machines as help_machines
from knowledge_base.help_centre.pages import (
    CHAT_POLICY,
    HEADERS,
    HERE,
    Head,
    Opened,
    Pages,
    headed,
    opened,
)
from knowledge_base.help_centre.readers import is_reader, require_own_page
from knowledge_base.help_centre.shelf import Line, Shelf, summary_of, variants_of
from knowledge_base.search.decision import Kind
from knowledge_base.search.records import Record
from server.auth import anyone, services
from server.errors import NotFound, TooMany
from server.limits import address_of

RESULTS = 10
#: Below this probability a result is left out, unless nothing is better: a long tail helps nobody.
WORTH_SHOWING = 0.03
#: After “no article answers” few are shown: they most likely do not help.
NEAREST = 3
#: Lists on the home page stay short, however many articles there are.
MOST_READ, PER_CATEGORY, CATEGORIES_WITH_TITLES = 6, 5, 24
PER_PAGE = 50
ABOUT_LIMIT = 400
METHODS = ["GET", "HEAD"]

router = APIRouter(tags=["help"], dependencies=[Depends(anyone)])

Services = Annotated[Any, Depends(services)]
Words = Annotated[str, Query(max_length=ABOUT_LIMIT)]
Found = Annotated[str, Query(max_length=16)]
"""Leads from a result back to the search that found it."""


@router.api_route("/help", methods=METHODS, response_class=HTMLResponse)
async def help_home(request: Request, app: Services, q: Words = "") -> HTMLResponse:
    """Categories and the most read articles; with ``q``, what the bot would answer, and what comes near.

    More searches a minute from one address than allowed get a page with status 429; each costs an encoding.
    """
    if asked := q.strip():
        return await _search(request, app, asked)
    shelf: Shelf = app.shelves.now
    titled = len(shelf.categories) <= CATEGORIES_WITH_TITLES
    categories = [
        (name, len(records), [shelf.line(one) for one in records[:PER_CATEGORY]] if titled else [])
        for name, records in shelf.categories.items()
    ]
    head = Head(
        "Help centre", "/help", "Answers to what customers ask most, and a chat for the rest."
    )
    return _pages(app).show(
        "home.html", head, categories=categories, most_read=shelf.lines(app.readers.top, MOST_READ)
    )


async def _search(request: Request, app: Any, asked: str) -> HTMLResponse:
    head = Head(f"Results for “{asked}” · Help centre")
    try:
        app.limits.take("search", address_of(request))
    except TooMany:
        return _busy(app, asked)
    shelf: Shelf = app.shelves.now
    decision = await app.knowledge.decide(asked)
    near = await app.knowledge.search(asked, RESULTS)
    shown = [one.article_id for at, one in enumerate(near) if at < 3 or one.score >= WORTH_SHOWING]
    decided = [one.article_id for one in decision.candidates]
    answer = shelf.get(decided[0]) if decision.kind == Kind.ANSWER and decided else None
    options = shelf.lines(decided, RESULTS) if decision.kind == Kind.CHOOSE else []
    first = {answer.slug} if answer else {line.slug for line in options}
    most = NEAREST if decision.kind == Kind.NOTHING else RESULTS
    others = [line for line in shelf.lines(shown, most) if line.slug not in first]
    found = ""
    if is_reader(request, app.settings):
        found = app.readers.searches.note(app.readers.of(request), asked, decision)
        if answer is not None:
            app.readers.view(answer.id)
    return _pages(app).show(
        "search.html",
        head,
        asked=asked,
        found=found,
        opened=await _opened(app, shelf, answer) if answer else None,
        options=options,
        others=others,
    )


@router.get("/help/static/help.css", response_class=FileResponse)
async def help_style() -> FileResponse:
    return _static("help.css", "text/css")


@router.get("/help/static/chat.js", response_class=FileResponse)
async def help_chat_script() -> FileResponse:
    return _static("chat.js", "text/javascript")


@router.api_route("/robots.txt", methods=METHODS, response_class=PlainTextResponse)
async def robots(app: Services) -> str:
    return help_machines.robots(app.settings.base_url)


@router.api_route("/help/sitemap.xml", methods=METHODS)
async def sitemap(app: Services) -> Response:
    base, shelf = app.settings.base_url, app.shelves.now
    text = shelf.once("sitemap", base, lambda: help_machines.sitemap(base, shelf))
    return Response(text, media_type="application/xml", headers={**HEADERS, **_keep(600)})


@router.api_route("/help/category/{name:path}", methods=METHODS, response_class=HTMLResponse)
async def help_category(
    app: Services, name: str, page: Annotated[int, Query(ge=1, le=10_000)] = 1
) -> HTMLResponse:
    """One category's articles, fifty a page."""
    shelf: Shelf = app.shelves.now
    records = shelf.categories.get(name, [])[(page - 1) * PER_PAGE : page * PER_PAGE]
    if not records:
        return _missing(app)
    path = help_machines.category_path(name)
    total = len(shelf.categories[name])
    return _pages(app).show(
        "category.html",
        Head(
            f"{headed(name)} · Help centre",
            path if page == 1 else f"{path}?page={page}",
            f"Articles about {name}.",
        ),
        name=name,
        lines=[shelf.line(record) for record in records],
        total=total,
        page=page,
        pages=-(-total // PER_PAGE),
    )


@router.api_route("/help/chat/open", methods=METHODS, response_class=HTMLResponse)
async def help_chat(
    app: Services, article: Annotated[str, Query(max_length=80)] = "", q: Words = ""
) -> HTMLResponse:
    """The chat, open, with what it is about in the field where the customer writes."""
    record = app.shelves.now.find(article) if article else None
    draft = f"About “{record.title}”: " if record else q.strip()
    answer = _pages(app).show(
        "chat.html", Head("Ask in the chat · Help centre"), record=record, draft=draft
    )
    answer.headers["Content-Security-Policy"] = CHAT_POLICY
    return answer


@router.api_route("/help/{slug}", methods=METHODS, response_class=HTMLResponse)
async def help_article(
    request: Request,
    app: Services,
    slug: str,
    said: Literal["", "yes", "no"] = "",
    found: Found = "",
) -> HTMLResponse:
    """One article, or a page with status 404 that helps to search. `said`: the judgement just given."""
    shelf: Shelf = app.shelves.now
    record = shelf.find(slug)
    if record is None:
        return _missing(app)
    async with app.database.read() as db:
        variants = await variants_of(db, shelf, record)
    if not said and is_reader(request, app.settings):
        app.readers.view(record.id)
        app.readers.searches.tell(app.readers.of(request), found)
    head = Head(
        f"{record.title} · Help centre",
        f"/help/{record.slug}",
        summary_of(record),
        kind="article",
        data=help_machines.article_data(app.settings.base_url, record),
        alternates=[(one.language, f"/help/{one.slug}") for one in variants],
    )
    return _pages(app).show(
        "article.html",
        head,
        opened=await _opened(app, shelf, record),
        related=shelf.related(record),
        variants=_others(variants, record),
        said=said,
        found=found,
    )


@router.post("/help/{slug}/feedback")
async def judge_article(
    request: Request,
    app: Services,
    slug: str,
    helped: Annotated[Literal["yes", "no"], Form()],
    found: Annotated[str, Form(max_length=16)] = "",
) -> Response:
    """Count a reader's yes or no, the last of the day for each reader and article, and go back to the article.

    `found` names the search that led here: after a no it stays one in vain.

    Raises:
        Forbidden: another site's page sent this. NotFound: there is no such article.
    """
    require_own_page(request, app.settings)
    try:
        app.limits.take("feedback", address_of(request))
    except TooMany:
        return _busy(app, "")
    record = app.shelves.now.find(slug)
    if record is None:
        raise NotFound("There is no such article.")
    reader = app.readers.of(request)
    app.readers.judge(reader, record.id, helped=helped == "yes")
    app.readers.searches.tell(reader, found, opened=helped == "yes")
    return RedirectResponse(f"/help/{slug}?said={helped}#helped", status_code=303, headers=HEADERS)


@lru_cache(maxsize=2)
def _pages_at(base: str) -> Pages:
    return Pages(base)


def _pages(app: Any) -> Pages:
    return _pages_at(app.settings.base_url)


async def _opened(app: Any, shelf: Shelf, record: Record) -> Opened:
    texts = (record.context, record.action, record.outcome)
    if not any("](file:" in text for text in texts):
        # To read and render the Markdown is most of a page's work, 2 ms of 3.
        return shelf.once("opened", record.id, lambda: opened(record))
    async with app.database.read() as db:
        return opened(record, await files.shown_in(db, record.id, *texts))


def _others(variants: Iterable[Record], record: Record) -> list[Line]:
    return [Line(one.slug, one.title, "", one.language) for one in variants if one.id != record.id]


def _missing(app: Any) -> HTMLResponse:
    return _pages(app).show("missing.html", Head("Not found · Help centre"), status=404)


def _busy(app: Any, asked: str) -> HTMLResponse:
    answer = _pages(app).show("busy.html", Head("A moment · Help centre"), status=429, asked=asked)
    answer.headers["Retry-After"] = "10"
    return answer


def _static(name: str, media_type: str) -> FileResponse:
    headers = {**HEADERS, **_keep(3600)}
    return FileResponse(HERE / "static" / name, media_type=media_type, headers=headers)


def _keep(seconds: int) -> dict[str, str]:
    return {"Cache-Control": f"public, max-age={seconds}"}
