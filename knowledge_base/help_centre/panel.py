"""Articles inside the chat's panel: search, suggestions while typing, one article, and whether it helped.

Only published public articles, which the help centre shows to everybody; so there is no token here and no
cookie. Pages of listed sites may read the answers (`server.web.ChatCors`), others are turned away.
"""

from __future__ import annotations

import re
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from conversations.guards import origin_of
from knowledge_base.help_centre.readers import is_reader
from knowledge_base.help_centre.shelf import Shelf, summary_of
from knowledge_base.search.decision import Candidate, Decision, DecisionContext, Kind
from knowledge_base.search.index import serves
from knowledge_base.search.records import Record
from server.auth import anyone, services
from server.errors import NotFound
from server.limits import address_of

RESULTS, SUGGESTIONS, MOST_READ = 8, 3, 5
#: After the first one a result needs at least so much of all candidates' share, as in the help centre.
WORTH_SHOWING = 0.03
#: A suggestion that nobody asked for must be likelier to help than this, and nothing is suggested where the
#: search decides "nothing". On the held-out half of data/articles/questions.jsonl: at 0.03 / 0.08 / 0.15 / 0.3
#: the right one is among those suggested for .84 / .83 / .79 / .67, with 2.7 / 2.4 / 1.8 / 1.2 titles, and
#: something is suggested for .76 / .76 / .76 / .65 of the answerable and for 6 / 6 / 6 / 5 of 20 others.
WORTH_SUGGESTING = 0.08
QUESTION = 400

# As knowledge_base.rendering reads them: images and attachments, which the chat shows as links.
_FILE = re.compile(
    r"(!?)\[([^\]\n]{0,200})\]\(file:([0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})"
    r"(?: \"[^\"\n]{0,200}\")?\)"
)

router = APIRouter(prefix="/api/widget/help", tags=["widget"], dependencies=[Depends(anyone)])

Services = Annotated[Any, Depends(services)]
Words = Annotated[str, StringConstraints(max_length=QUESTION)]
Language = Annotated[str, StringConstraints(pattern=r"^([A-Za-z]{2,3}(-[A-Za-z0-9]{1,8}){0,3})?$")]
Mark = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{0,16}$")]


class _Body(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid")


class Result(BaseModel):
    id: UUID
    title: str
    snippet: str
    language: str
    url: str


class Results(BaseModel):
    results: list[Result]
    answer: UUID | None = None
    """The one that the assistant would answer with; it is the first result."""
    found: str = ""
    """Leads from what is opened back to the search; empty unless the search was noted."""


class Draft(_Body):
    q: Words
    language: Language = ""


class Suggestion(BaseModel):
    id: UUID
    title: str
    language: str


class Suggestions(BaseModel):
    suggestions: list[Suggestion]


class Opened(BaseModel):
    id: UUID
    title: str
    language: str
    parts: dict[str, str]
    """Markdown by name, in order: context, action, outcome; empty ones are left out."""
    url: str


class Judgement(_Body):
    helped: bool
    found: Mark = Field("")


@router.get("")
async def search_articles(
    request: Request,
    app: Services,
    q: Annotated[Words, Query()] = "",
    language: Annotated[Language, Query()] = "",
    done: bool = False,
) -> Results:
    """What the assistant would answer with, then what comes near; without words, what is read most.

    `done`: these are the words the customer meant, not a beginning of them; only then the search is noted,
    masked, as the help centre notes its own.

    Raises:
        OriginRefused: a page of a foreign site. TooMany: more searches a minute from one address than allowed.
    """
    asked = await _asked(request, app, "widget_search", q)
    if not asked:
        return Results(results=_most_read(app, language))
    decision, spoken = await _decide(app, asked, language)
    near = await app.knowledge.search(asked, RESULTS, language=spoken)
    shelf: Shelf = app.shelves.now
    # The best few are worth a look even when nothing is likely to help.
    shown = [one for at, one in enumerate(near) if at < 3 or one.score >= WORTH_SHOWING]
    first = decision.candidates if decision.kind != Kind.NOTHING else ()
    records = _records(shelf, [*first[: 1 if decision.kind == Kind.ANSWER else None], *shown])
    answers = decision.kind == Kind.ANSWER and bool(records)
    found = ""
    if done and is_reader(request, app.settings):
        found = app.readers.searches.note(app.readers.of(request), asked, decision, listed=True)
    return Results(
        results=[_result(shelf, one) for one in records[:RESULTS]],
        answer=records[0].id if answers else None,
        found=found,
    )


@router.post("/suggest")
async def suggest_articles(request: Request, app: Services, body: Draft) -> Suggestions:
    """At most three articles for what is being written, if they are likely to help.

    The words come in the body and are kept nowhere: the customer has not sent them.

    Raises:
        OriginRefused, TooMany: as above.
    """
    asked = await _asked(request, app, "widget_suggest", body.q)
    if not asked:
        return Suggestions(suggestions=[])
    decision, _ = await _decide(app, asked, body.language)
    likely = [one for one in decision.candidates if one.probability >= WORTH_SUGGESTING]
    if decision.kind == Kind.NOTHING:
        likely = []
    return Suggestions(
        suggestions=[
            Suggestion(id=one.id, title=one.title, language=one.language)
            for one in _records(app.shelves.now, likely)[:SUGGESTIONS]
        ]
    )


@router.get("/{article_id}")
async def read_article(
    request: Request, app: Services, article_id: UUID, found: Annotated[Mark, Query()] = ""
) -> Opened:
    """One article, counted as read; `found` names the search that led to it.

    Raises:
        NotFound: there is none that the public may read. OriginRefused, TooMany: as above.
    """
    origin_of(request)
    app.limits.take("widget_search", address_of(request))
    record = _article(app, article_id)
    if is_reader(request, app.settings):
        app.readers.view(record.id)
        app.readers.searches.tell(app.readers.of(request), found)
    parts = {"context": record.context, "action": record.action, "outcome": record.outcome}
    return Opened(
        id=record.id,
        title=record.title,
        language=record.language,
        parts={name: _linked(text) for name, text in parts.items() if text.strip()},
        url=f"/help/{record.slug}",
    )


@router.post("/{article_id}/helped", status_code=204)
async def judge_article(request: Request, app: Services, article_id: UUID, body: Judgement) -> None:
    """Count what a reader says of an article, of one day the last word, as the help centre does.

    Raises:
        OriginRefused: no page of a listed site sent it; only a browser's word is counted.
        NotFound, TooMany: as above.
    """
    origin_of(request, required=True)
    app.limits.take("feedback", address_of(request))
    record = _article(app, article_id)
    reader = app.readers.of(request)
    app.readers.judge(reader, record.id, helped=body.helped)
    app.readers.searches.tell(reader, body.found, opened=body.helped)


async def _asked(request: Request, app: Any, limit: str, text: str) -> str:
    origin_of(request)
    app.limits.take(limit, address_of(request))
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())


async def _decide(app: Any, asked: str, language: str) -> tuple[Decision, str | None]:
    """The decision, and the language it is limited to: the customer's, or all where it has no article."""
    spoken = language.split("-")[0].lower() or None
    if spoken and not any(serves(one.language, spoken) for one in app.shelves.now.records):
        spoken = None
    return await app.knowledge.decide(asked, DecisionContext(language=spoken)), spoken


def _most_read(app: Any, language: str) -> list[Result]:
    """The most read articles, those in the customer's language where there are any."""
    shelf: Shelf = app.shelves.now
    records = [one for one in map(shelf.get, app.readers.top) if one is not None]
    spoken = [one for one in records if serves(one.language, language.split("-")[0].lower())]
    return [_result(shelf, one) for one in (spoken or records)[:MOST_READ]]


def _records(shelf: Shelf, candidates: list[Candidate]) -> list[Record]:
    """Each once, in order; one that was withdrawn a moment ago is left out."""
    ids = dict.fromkeys(one.article_id for one in candidates)
    return [record for record in map(shelf.get, ids) if record is not None]


def _result(shelf: Shelf, record: Record) -> Result:
    snippet = shelf.once("snippet", record.id, lambda: summary_of(record))
    return Result(
        id=record.id,
        title=record.title,
        snippet=snippet,
        language=record.language,
        url=f"/help/{record.slug}",
    )


def _article(app: Any, article_id: UUID) -> Record:
    record: Record | None = app.shelves.now.get(article_id)
    if record is None:
        raise NotFound("There is no such article.")
    return record


def _linked(text: str) -> str:
    return _FILE.sub(_link, text)


def _link(found: re.Match[str]) -> str:
    words = found[2].strip()
    if found[1]:
        words = f"Image: {words}" if words else "Image"
    return f"[{words or 'File'}](/help/files/{found[3].lower()})"
