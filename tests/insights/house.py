"""A house with two weeks behind it: something to mend in every room, written as the rooms leave it."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from conversations.models import (
    Author,
    Conversation,
    Episode,
    Message,
    Outcome,
    Owner,
    Thumb,
    Turn,
    TurnState,
    TurnStep,
    Visitor,
)
from handoff.cases.models import CaseRecord, RootCause
from handoff.models import Handoff, HandoffEvent
from handoff.practice.models import PracticeAttempt, PracticeChat
from knowledge_base.models import Article, ArticleDay
from server.database import Database
from server.week import Week
from tests.knowledge_base.support import LAMP, RETURN, published
from tests.support import FakeClock
from training.models import Label, Proposal
from training.texts import key, prepare

WEEK = Week(2026, 10)
MONDAY = datetime.fromisoformat("2026-03-09T09:00:00+00:00")
"""The morning on which the week is read."""
EVIL = "<img src=x onerror=alert(1)> your <b>robot</b> is useless"


class Chat:
    """One customer's conversation, written at once."""

    def __init__(self, at: datetime, *, name: str | None = None) -> None:
        self.at, self.name, self.id = at, name, uuid.uuid4()
        self._said: list[tuple[str, str, dict[str, Any], dict[str, Any]]] = []
        self.turns: list[uuid.UUID] = []
        self.rating: int | None = None
        self.comment: str | None = None

    def says(
        self,
        text: str,
        intent: str = "order_status",
        *,
        helped: bool | None = None,
        in_vain: bool = False,
    ) -> uuid.UUID:
        records = {} if helped is None else {"verdict": {"article_id": text, "helped": helped}}
        asked = {"kind": "nothing", "question": text, "attempt": 1, "candidates": []}
        self._said.append((text, intent, records, asked if in_vain else {}))
        self.turns.append(uuid.uuid4())
        return self.turns[-1]

    def rated(self, stars: int, comment: str | None = None) -> Chat:
        self.rating, self.comment = stars, comment
        return self

    async def write(self, db: AsyncSession) -> Chat:
        visitor = Visitor(
            token_hash=uuid.uuid4().hex, origin="http://shop.example", name=self.name,
            created_at=self.at, expires_at=self.at + timedelta(days=90),
        )  # fmt: skip
        db.add(visitor)
        await db.flush()
        count = len(self._said)
        db.add(
            Conversation(
                id=self.id, visitor_id=visitor.id, owner=Owner.CLOSED, last_seq=count,
                answered_seq=count, created_at=self.at, updated_at=self.at,
            )
        )  # fmt: skip
        await db.flush()
        ended = self.at + timedelta(hours=1)
        db.add(
            Episode(
                conversation_id=self.id, number=1, outcome=Outcome.CLOSED_BY_AGENT,
                rating=self.rating, rating_comment=self.comment, started_at=self.at, ended_at=ended,
            )
        )  # fmt: skip
        for number, ((text, intent, records, decision), turn) in enumerate(
            zip(self._said, self.turns, strict=True), 1
        ):
            at = self.at + timedelta(minutes=number)
            db.add(
                Message(
                    conversation_id=self.id, seq=number, episode=1, author=Author.CUSTOMER,
                    text=text, created_at=at,
                )
            )  # fmt: skip
            db.add(
                Turn(
                    id=turn, conversation_id=self.id, episode=1, epoch=0, first_seq=number,
                    last_seq=number, text=text, state=TurnState.DONE, intent=intent,
                    confidence=0.6, parse={}, decision=decision, started_at=at, finished_at=at,
                )
            )  # fmt: skip
            await db.flush()
            if records:
                db.add(TurnStep(turn_id=turn, action="confirm", records=records, milliseconds=1.0))
        return self


async def asked_for_a_person(
    db: AsyncSession, chat: Chat, *, reason: str = "asked", rank: int = 2, closed: bool = True
) -> Handoff:
    at = chat.at + timedelta(minutes=30)
    handoff = Handoff(
        conversation_id=chat.id, episode=1, epoch=1, reason=reason, priority_rank=rank,
        requested_at=at, due_at=at + timedelta(minutes=5), topic="refund",
        closed_at=at + timedelta(minutes=20) if closed else None,
    )  # fmt: skip
    db.add(handoff)
    await db.flush()
    return handoff


def happened(handoff: Handoff, what: str, **detail: Any) -> HandoffEvent:
    at = handoff.requested_at + timedelta(minutes=10)
    return HandoffEvent(handoff_id=handoff.id, what=what, detail=detail, at=at)


def labelled(text: str, taken_for: str, meant: str, at: datetime, turn: uuid.UUID) -> Label:
    masked = prepare(text, {})
    return Label(
        turn_id=turn, key=key(masked), text=masked, predicted=taken_for, intent=meant, at=at,
        written=True,
    )  # fmt: skip


async def two_weeks(database: Database, clock: FakeClock, agent: uuid.UUID) -> dict[str, Any]:
    """Fill the week and the one before; `agent` is somebody who corrects and practises.

    Returns what the tests look for: ids of chats and practice, slugs of articles.
    """
    these, those = WEEK.begins + timedelta(days=2), WEEK.begins - timedelta(days=5)
    clock.moment = WEEK.begins - timedelta(days=20)
    lamp, back = (
        await published(database, clock, LAMP),
        await published(database, clock, RETURN),
    )
    clock.moment = MONDAY
    async with database.write() as db:
        rude = Chat(these, name="Marta Nowak").rated(1, f"{EVIL} - Marta Nowak, 0470 12 34 56")
        rude.says("my parcel FW-204411 never came")
        poor = Chat(these + timedelta(hours=2)).rated(2)
        poor.says("where is my refund", "refund")
        earlier = Chat(those).rated(2, "slow")
        earlier.says("hello", "greet")
        for chat in (rude, poor, earlier):
            await chat.write(db)

        no = Chat(these)
        no.says("can I change my address", "change_address")
        no.says("no", "deny", helped=False)
        no.says("nope", "deny", helped=False)
        once = Chat(these)
        once.says("how do I pay", "payment")
        once.says("no", "deny", helped=False)
        vain = Chat(these)
        vain.says("do you ship to norway", "shipping", in_vain=True)
        for chat in (no, once, vain):
            await chat.write(db)
        # Said twice of one article, and once, by the thumb alone, of another.
        for seq, about in ((2, "nope"), (1, "c")):
            db.add(
                Thumb(
                    conversation_id=no.id if about == "nope" else once.id, seq=seq, episode=1,
                    article_id=about, up=False, at=these + timedelta(minutes=9),
                    comment="ask ann.peeters@gmail.com" if about == "c" else None,
                )
            )  # fmt: skip

        other = await Chat(these).write(db)
        db.add(happened(await asked_for_a_person(db, other), "someone_else"))
        again = await Chat(those).write(db)
        await asked_for_a_person(db, again, reason="asked_other")

        waits = Chat(these)
        waits.says("I want my money back now", "refund")
        await waits.write(db)
        late = await asked_for_a_person(db, waits, rank=0)
        for clock_name in ("first", "resolve", "first"):
            db.add(happened(late, "breached", promise=clock_name))
        db.add(happened(late, "promise_missed"))
        cause = RootCause(text="The courier loses parcels", created_at=these)
        db.add(cause)
        await db.flush()
        db.add(CaseRecord(handoff_id=late.id, root_cause_id=cause.id))

        practice = PracticeChat(
            conversation_id=waits.id, episode=1, topic="refund", lines=[], points=2,
            scores={"acknowledge": 4, "clarify": 2, "resolve": 5, "confirm": 1},
            why="The amount was never said.", made_by=agent, made_by_name="Lena", made_at=these,
        )  # fmt: skip
        db.add(practice)
        await db.flush()
        tried = PracticeAttempt(
            practice_chat_id=practice.id, staff_id=agent, number=1, answers=["…", "…"], answered=2,
            started_at=these, finished_at=these, scored_at=these, lead_why="",
            lead_scores={"acknowledge": 5, "clarify": 5, "resolve": 5, "confirm": 4},
        )  # fmt: skip
        db.add(tried)

        await _misread(db, agent, these, those)
        await _votes(db, lamp, back)
        await db.execute(
            update(Article).where(Article.id == back.id).values(review_by=WEEK.begins.date())
        )
    return {
        "rude": rude.id, "poor": poor.id, "no": no.id, "once": once.id, "other": other.id,
        "late": waits.id, "practice": practice.id, "lamp": lamp.slug, "back": back.slug,
    }  # fmt: skip


async def _misread(db: AsyncSession, agent: uuid.UUID, these: datetime, those: datetime) -> None:
    """Delivery info: 3 of 4 misread, the week before 1 of 2; one of them an agent's word alone."""
    chat = Chat(these)
    said = [
        ("when will it be here", "order_status"),
        ("is it on its way", "order_status"),
        ("do you deliver to Ghent", "delivery_info"),
    ]
    turns = [chat.says(text, "delivery_info") for text, _ in said]
    corrected = chat.says("give me my money", "delivery_info")
    await chat.write(db)
    for (text, meant), turn in zip(said, turns, strict=True):
        db.add(labelled(text, "delivery_info", meant, these, turn))
    db.add(Proposal(turn_id=corrected, intent="refund", by=agent, at=these))
    before = Chat(those)
    old = [("still nothing", "order_status"), ("how long is delivery", "delivery_info")]
    turns = [before.says(text, "delivery_info") for text, _ in old]
    await before.write(db)
    for (text, meant), turn in zip(old, turns, strict=True):
        db.add(labelled(text, "delivery_info", meant, those, turn))


async def _votes(db: AsyncSession, lamp: Article, back: Article) -> None:
    for weeks, helped in ((0, 1), (-1, 3)):
        day = WEEK.later(weeks).begins.date()
        db.add(ArticleDay(day=day, article_id=lamp.id, views=20, helped=helped, not_helped=9))
        db.add(ArticleDay(day=day, article_id=back.id, views=20, helped=9, not_helped=1))
