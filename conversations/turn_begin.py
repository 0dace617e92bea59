"""Begin a turn: gather what the customer said, note it as running, and take over what a crash left behind."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, bindparam, exists, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from conversations import episodes, messages, speaking
from conversations.bot_client import BotTurn
from conversations.models import Author, Conversation, Episode, Message, Owner, Turn, TurnState
from server.clock import Clock

# So many messages at most form one turn; the rest forms the next.
BURST = 20

# Built once, see `messages`.
_WAITING = (
    select(Message, Episode.slots)
    .join(
        Episode,
        and_(
            Episode.conversation_id == Message.conversation_id,
            Episode.number == bindparam("episode"),
        ),
    )
    .where(
        Message.conversation_id == bindparam("of"),
        Message.author == Author.CUSTOMER,
        Message.seq > bindparam("after"),
        messages.WORDS,  # a file is answered as it comes (conversations.files.posting)
    )
    .order_by(Message.seq)
    .limit(BURST)
)


@dataclass(frozen=True)
class Job:
    """A turn to be run, as it was written down: running it again sends the same again."""

    turn_id: uuid.UUID
    conversation_id: uuid.UUID
    episode: int
    epoch: int
    last_seq: int
    text: str
    payload: str | None
    since: datetime
    """When the customer began to wait."""
    bot_failures: int
    slots: dict[str, Any]

    def request(
        self,
        clock: Clock,
        vector: dict[str, str] | None = None,
        levels: dict[str, float] | None = None,
    ) -> BotTurn:
        """``levels``: the least frustration score of each level, and their version, as they are now."""
        waiting = max(0.0, (clock.now() - self.since).total_seconds())
        return BotTurn(
            sender=f"{self.conversation_id}:{self.episode}",
            turn_id=str(self.turn_id),
            text=None if self.payload else self.text,
            payload=self.payload,
            vector=vector,
            metadata={
                "conversation_id": str(self.conversation_id),
                "turn_id": str(self.turn_id),
                "epoch": self.epoch,
                "said_at": self.since.isoformat(),
                "waiting_seconds": round(waiting, 3),
                "bot_failures": self.bot_failures,
                "slots": self.slots,
                **({"frustration_levels": levels} if levels else {}),
            },
        )


async def owes_answer(db: AsyncSession, conversation_id: uuid.UUID) -> bool:
    """Whether a turn could begin; a cheap look before a writing transaction."""
    found = await db.scalar(
        select(Conversation.id).where(*_open(), Conversation.id == conversation_id)
    )
    return found is not None


async def begin(
    db: AsyncSession, clock: Clock, conversation: Conversation, *, limit: int
) -> Job | None:
    """Note a turn over the unanswered messages as running; None if there are none, or one runs already.

    The caller holds the conversation's lock. ``limit`` is the longest text of a turn in characters, as
    for a single message.
    """
    if conversation.owner is not Owner.BOT or conversation.running_turn is not None:
        return None
    found = await db.execute(
        _WAITING,
        {
            "of": conversation.id,
            "after": conversation.answered_seq,
            "episode": conversation.episode,
        },
    )
    waiting = found.all()
    burst = _burst([message for message, _ in waiting], limit)
    if not burst:
        return None
    turn = Turn(
        id=uuid.uuid4(),
        conversation_id=conversation.id,
        episode=conversation.episode,
        epoch=conversation.epoch,
        first_seq=burst[0].seq,
        last_seq=burst[-1].seq,
        text=_text(burst),
        state=TurnState.RUNNING,
        started_at=clock.now(),
    )
    conversation.running_turn = turn.id
    db.add(turn)
    await db.flush()
    return await _job(db, conversation, turn, burst, waiting[0][1])


async def take_over(
    db: AsyncSession, clock: Clock, turn_id: uuid.UUID, started_at: datetime
) -> Job | None:
    """Run a turn again that its process left behind; the turn id stays, so the bot repeats its answer.

    None if another process was faster, or the owner has changed: then the turn is dropped.
    """
    taken = await db.execute(
        update(Turn)
        .where(Turn.id == turn_id, Turn.state == TurnState.RUNNING, Turn.started_at == started_at)
        .values(started_at=clock.now())
        .returning(Turn)
        .execution_options(synchronize_session=False, populate_existing=True)
    )
    turn = taken.scalar_one_or_none()
    if turn is None:
        return None
    conversation = await messages.lock(db, turn.conversation_id)
    if conversation.running_turn != turn.id or conversation.epoch != turn.epoch:
        turn.state, turn.error, turn.finished_at = TurnState.DROPPED, "owner_changed", clock.now()
        return None
    said = await messages.list_between(
        db, conversation.id, turn.first_seq, turn.last_seq, (Author.CUSTOMER,)
    )
    burst = [message for message in said if not message.is_file]
    episode = await episodes.numbered(db, conversation.id, turn.episode)
    return await _job(db, conversation, turn, burst, episode.slots)


async def left_running(
    db: AsyncSession, *, after: datetime | None, before: datetime
) -> list[tuple[uuid.UUID, uuid.UUID, datetime]]:
    """Turns (id, conversation, start) noted as running that began before this moment."""
    query = select(Turn.id, Turn.conversation_id, Turn.started_at).where(
        Turn.state == TurnState.RUNNING, Turn.started_at <= before
    )
    if after is not None:
        query = query.where(Turn.started_at >= after)
    return [(row[0], row[1], row[2]) for row in await db.execute(query)]


async def unanswered(db: AsyncSession, *, after: datetime | None) -> list[uuid.UUID]:
    """Conversations in which the bot owes an answer and no turn runs."""
    query = select(Conversation.id).where(*_open())
    if after is not None:
        query = query.where(Conversation.updated_at >= after)
    return list(await db.scalars(query))


def _open() -> tuple[Any, ...]:
    return (
        Conversation.owner == Owner.BOT,
        Conversation.running_turn.is_(None),
        exists().where(
            Message.conversation_id == Conversation.id,
            Message.author == Author.CUSTOMER,
            Message.seq > Conversation.answered_seq,
            messages.WORDS,
        ),
    )


def _burst(waiting: Sequence[Message], limit: int) -> list[Message]:
    """The next turn's messages: a pressed button alone, or typed texts up to the limit together."""
    burst: list[Message] = []
    length = 0
    for message in waiting:
        is_press = "button" in message.payload
        length += len(message.text) + 1
        if burst and (is_press or length > limit):
            break
        burst.append(message)
        if is_press:
            break
    return burst


def _text(burst: Sequence[Message]) -> str:
    return "\n".join(message.text for message in burst)


async def _job(
    db: AsyncSession,
    conversation: Conversation,
    turn: Turn,
    burst: Sequence[Message],
    slots: dict[str, Any],
) -> Job:
    payload = await speaking.pressed(db, burst[0]) if len(burst) == 1 else None
    return Job(
        turn_id=turn.id,
        conversation_id=conversation.id,
        episode=turn.episode,
        epoch=turn.epoch,
        last_seq=turn.last_seq,
        text=turn.text,
        payload=payload,
        since=burst[0].created_at if burst else turn.started_at,
        bot_failures=conversation.bot_failures,
        slots=dict(slots),
    )
