"""What the card suggests: articles near to the question, and what was answered to such questions before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import zip_longest
from typing import TYPE_CHECKING, Any, Protocol
from uuid import UUID

import structlog
from pydantic import BaseModel

from handoff import card_details
from handoff.desk import HandoffDesk
from handoff.evidence import Verdict
from handoff.replies import Reply, suggest
from handoff.similar import blanks
from handoff.similar.index import Match
from handoff.similar.merging import same, words_of
from handoff.summary import quote

if TYPE_CHECKING:
    from handoff.card import Card

log = structlog.get_logger(__name__)

ARTICLES = 4
EARLIER = 3
TITLE = 48


class Found(Protocol):
    """One article of a search; knowledge_base.service.Candidate has more."""

    @property
    def article_id(self) -> UUID: ...
    @property
    def slug(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def score(self) -> float: ...


class Knowledge(Protocol):
    async def search(self, text: str, limit: int) -> Sequence[Found]:
        """The published articles nearest to the text, best first."""
        ...


class Earlier(Protocol):
    """handoff.similar.keeper.EarlierReplies, or none."""

    async def suggest(
        self,
        questions: Sequence[str],
        *,
        limit: int,
        language: str | None,
        details: Mapping[str, str],
    ) -> list[Match]: ...


class SuggestedArticle(BaseModel):
    article_id: str
    title: str
    url: str
    score: float
    tried: Verdict | None
    """What the customer said to it, if it was shown already."""


async def suggest_articles(
    card: Card,
    desk: HandoffDesk,
    knowledge: Knowledge,
    agent: str,
    earlier: Earlier | None = None,
) -> Card:
    """The card with articles near to what the customer asked last and first, and with earlier agents' replies
    to such questions; without them if the search fails.

    Called outside of any transaction: a search encodes the text.
    """
    summary = card.evidence.summary
    # What was asked last is often said about what was asked first: "no, the page is empty".
    asked = [one for one in (summary.last_ask, summary.first_ask) if one]
    if not asked:
        return card
    articles = await _articles(card, asked, knowledge)
    fresh = next((article for article in articles if article.tried is None), None)
    known = {"agent": agent, "article": fresh.title, "url": fresh.url} if fresh else {}
    more = suggest(
        card.pointing,
        known,
        reason=card.reason.code if card.reason else "",
        now=card.now,
        hours=desk.hours,
        intents=[one.name for one in card.evidence.intents],
    )
    # Stable: what is not in the customer's language comes behind all that is.
    house = sorted([*card.suggested_replies, *more], key=lambda one: one.foreign is not None)
    before = await _earlier(card, asked, agent, earlier, house)
    # Whoever has not written yet begins with the greeting.
    first = 1 if card.clock is not None and card.clock.first_response_at is None else 0
    update: dict[str, Any] = {
        "suggested_articles": articles,
        "suggested_replies": [*house[:first], *before, *house[first:]],
    }
    return card.model_copy(update=update)


async def _articles(
    card: Card, asked: Sequence[str], knowledge: Knowledge
) -> list[SuggestedArticle]:
    """The best of each question in turn."""
    try:
        lists = [await knowledge.search(question, ARTICLES) for question in asked]
    except Exception as error:  # the agent needs the card more than its suggestions
        log.warning("card_search_failed", conversation=str(card.conversation), exc_info=error)
        return []
    turns = [one for some in zip_longest(*lists) for one in some if one is not None]
    found = list({one.article_id: one for one in reversed(turns)}.values())[::-1][:ARTICLES]
    tried = {a.article_id: a.verdict for a in card.evidence.articles if a.shown == "answer"}
    return [
        SuggestedArticle(
            article_id=str(one.article_id),
            title=one.title,
            url=f"/help/{one.slug}",
            score=round(float(one.score), 4),
            tried=tried.get(str(one.article_id)),
        )
        for one in found
    ]


async def _earlier(
    card: Card, asked: Sequence[str], agent: str, earlier: Earlier | None, house: Sequence[Reply]
) -> list[Reply]:
    if earlier is None:
        return []
    given = {one.name: one.value for one in card.evidence.details}
    language = card.route.language if card.route else None
    try:
        found = await earlier.suggest(
            asked, limit=2 * EARLIER, language=language, details=_values(given)
        )
    except Exception as error:  # as above
        log.warning("card_replies_failed", conversation=str(card.conversation), exc_info=error)
        return []
    known = {**given, "agent": agent}
    known["name"] = card.customer.name or given.get(card_details.NAME, "")
    if card.customer.email:
        known["email"] = card.customer.email
    # What the house says by template is offered as such.
    own = [words_of(blanks.mask(one.text, _values(known), [known["name"]], agent)) for one in house]
    replies = []
    for match in found:
        if any(same(words_of(match.reply), words) for words in own):
            continue
        text, missing = blanks.fill(match.reply, known)
        replies.append(
            Reply(
                title=quote(text, TITLE), text=text, source="earlier", used=match.used,
                missing=missing, asked=match.question, score=match.score,
            )
        )  # fmt: skip
    return replies[:EARLIER]


def _values(known: Mapping[str, str]) -> dict[str, str]:
    return {value: "name" if name == card_details.NAME else name for name, value in known.items()}
