"""What is asked after a chat, and what was said to it: CSAT, CES and NPS, one at a time, each once.

After an ended episode the stars come first, then the effort, then the recommendation; who skips one is asked
no further about this episode. Effort and recommendation wait until nothing is open any more. The
recommendation is asked once in 90 days per customer, and not after an angry end: it is about the house, and
the next good moment is as good. So NPS leans to the kind side, which its page says.
"""

from __future__ import annotations

import enum
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from conversations import messages
from conversations import text as texts
from conversations.desk import Desk
from conversations.episodes import COMMENT_LIMIT, RATEABLE, numbered
from conversations.errors import AlreadyRated
from conversations.events import CustomerAsked
from conversations.house import ChatSettings
from conversations.models import Conversation, Episode, Owner, SurveyAnswer, Turn, Visitor
from server.clock import Clock
from server.errors import Invalid, NotFound
from server.events import record_event


class Kind(enum.StrEnum):
    CSAT = "csat"
    """How was it? 1 to 5."""
    CES = "ces"
    """How easy was it? 1 (very hard) to 7 (very easy)."""
    NPS = "nps"
    """Would you recommend us? 0 to 10."""


SCALE = {Kind.CSAT: (1, 5), Kind.CES: (1, 7), Kind.NPS: (0, 10)}
NPS_EVERY = timedelta(days=90)
# The customer was angry at the end if the last mood that was measured is one of these, or they said so.
ANGRY = frozenset({"offer", "handoff"})
LOW_CSAT, LOW_CES = 2, 3


@dataclass(frozen=True)
class Answer:
    """What became of a question: shown only, skipped, or answered with a score."""

    episode: int
    kind: Kind
    score: int | None = None
    comment: str | None = None
    skip: bool = False


async def due(
    db: AsyncSession, now: datetime, house: ChatSettings, desk: Desk, conversation: Conversation
) -> Kind | None:
    """The question that may be asked now about the episode that has just ended; None: leave them in peace."""
    if conversation.owner is not Owner.CLOSED:
        return None
    episode = await numbered(db, conversation.id, conversation.episode)
    if episode.outcome not in RATEABLE:
        return None
    asked = await _of(db, conversation.id, episode.number)
    if any(one.skipped_at is not None for one in asked.values()):
        return None
    if house.surveys.csat and episode.rating is None:
        return Kind.CSAT
    if await desk.matter_open(db, conversation):
        return None
    if house.surveys.ces and not _answered(asked, Kind.CES):
        return Kind.CES
    if not house.surveys.nps or _answered(asked, Kind.NPS):
        return None
    # Who has the question before them keeps it, whatever they said meanwhile.
    if Kind.NPS in asked or await _may_recommend(db, now, conversation, episode, asked):
        return Kind.NPS
    return None


async def note(
    db: AsyncSession,
    clock: Clock,
    house: ChatSettings,
    desk: Desk,
    conversation_id: uuid.UUID,
    said: Answer,
) -> None:
    """Keep what became of a question; the first answer counts, the same again changes nothing.

    Raises:
        Invalid: the score or the comment is out of bounds. NotFound: this is not asked now.
        AlreadyRated: it was answered otherwise, or skipped.
    """
    score, comment = _bounds(said)
    conversation = await messages.lock(db, conversation_id)
    kept = (await _of(db, conversation_id, said.episode)).get(said.kind)
    if kept is None:
        # Of the same customer in two browsers only one is asked.
        await _customer(db, conversation.visitor_id, lock=said.kind is Kind.NPS)
        if said.episode != conversation.episode or said.kind is not await due(
            db, clock.now(), house, desk, conversation
        ):
            raise NotFound()
        kept = _asked(conversation, said.episode, said.kind, clock.now())
        db.add(kept)
    if not _settle(kept, clock.now(), score, comment, skip=said.skip):
        return
    await db.flush()
    record_event(db, CustomerAsked(conversation_id=conversation_id))


async def rated(
    db: AsyncSession,
    clock: Clock,
    conversation_id: uuid.UUID,
    episode: int,
    score: int,
    comment: str | None,
) -> None:
    """Note stars that `episodes.rate` has kept; called in that transaction."""
    conversation = await messages.lock(db, conversation_id)
    kept = (await _of(db, conversation_id, episode)).get(Kind.CSAT)
    if kept is None:
        kept = _asked(conversation, episode, Kind.CSAT, clock.now())
        db.add(kept)
    kept.score, kept.comment = score, texts.clean(comment or "") or None
    kept.answered_at, kept.skipped_at = clock.now(), None
    await db.flush()


def _bounds(said: Answer) -> tuple[int | None, str | None]:
    comment = texts.clean(said.comment or "")
    if texts.is_blank(comment):
        comment = ""
    if len(comment) > COMMENT_LIMIT:
        raise Invalid(f"A comment has at most {COMMENT_LIMIT} characters.")
    if said.score is None:
        return None, None
    low, high = SCALE[said.kind]
    if said.kind is Kind.CSAT or said.skip or not low <= said.score <= high:
        raise Invalid(f"{said.kind.value} is a number from {low} to {high}, and not skipped.")
    return said.score, comment or None


def _settle(
    kept: SurveyAnswer, now: datetime, score: int | None, comment: str | None, *, skip: bool
) -> bool:
    """Write an answer or a skip into a question that has neither; True when that is news.

    Raises:
        AlreadyRated: it has another one.
    """
    if score is None and not skip:
        return True  # it stands on the screen; harmless to say again
    if kept.answered_at is not None:
        if skip or kept.score == score:
            return False
        raise AlreadyRated()
    if kept.skipped_at is not None:
        if skip:
            return False
        raise AlreadyRated()
    if skip:
        kept.skipped_at = now
    else:
        kept.score, kept.comment, kept.answered_at = score, comment, now
    return True


def _asked(conversation: Conversation, episode: int, kind: Kind, now: datetime) -> SurveyAnswer:
    return SurveyAnswer(
        conversation_id=conversation.id,
        visitor_id=conversation.visitor_id,
        episode=episode,
        kind=kind.value,
        asked_at=now,
    )


async def _of(db: AsyncSession, conversation_id: uuid.UUID, number: int) -> dict[str, SurveyAnswer]:
    found = await db.scalars(
        select(SurveyAnswer)
        .where(SurveyAnswer.conversation_id == conversation_id, SurveyAnswer.episode == number)
        .execution_options(populate_existing=True)
    )
    return {one.kind: one for one in found}


def _answered(asked: dict[str, SurveyAnswer], kind: Kind) -> bool:
    return kind in asked and asked[kind].answered_at is not None


async def _may_recommend(
    db: AsyncSession,
    now: datetime,
    conversation: Conversation,
    episode: Episode,
    asked: dict[str, SurveyAnswer],
) -> bool:
    if await _angry(db, episode, asked):
        return False
    lately = await db.scalar(
        select(SurveyAnswer.id)
        .where(
            SurveyAnswer.kind == Kind.NPS.value,
            SurveyAnswer.asked_at > now - NPS_EVERY,
            SurveyAnswer.visitor_id.in_(await _customer(db, conversation.visitor_id)),
        )
        .limit(1)
    )
    return lately is None


async def _angry(db: AsyncSession, episode: Episode, asked: dict[str, SurveyAnswer]) -> bool:
    if episode.rating is not None and episode.rating <= LOW_CSAT:
        return True
    effort = asked.get(Kind.CES)
    if effort is not None and effort.score is not None and effort.score <= LOW_CES:
        return True
    parse: dict[str, Any] | None = await db.scalar(
        select(Turn.parse)
        .where(
            Turn.conversation_id == episode.conversation_id,
            Turn.episode == episode.number,
            Turn.frustration.is_not(None),
        )
        .order_by(Turn.first_seq.desc())
        .limit(1)
    )
    mood = (parse or {}).get("frustration")
    return isinstance(mood, dict) and mood.get("level") in ANGRY


async def _customer(
    db: AsyncSession, visitor_id: uuid.UUID, *, lock: bool = False
) -> list[uuid.UUID]:
    """The visitors that are this customer: by the site's signature, or else this one alone."""
    me = await db.get_one(Visitor, visitor_id)
    mine = Visitor.id == visitor_id
    if me.external_id is not None and me.verified_at is not None:
        mine = or_(mine, (Visitor.external_id == me.external_id) & Visitor.verified_at.is_not(None))
    found = select(Visitor.id).where(mine).order_by(Visitor.id)
    return list(await db.scalars(found.with_for_update() if lock else found))
