"""Compare what clients saw with the log in the database; every difference is a line of text.

The owner is followed through the log's own events, so that a bot's word in a person's chat is found whatever
the conversation's row says by now.
"""

from __future__ import annotations

import uuid
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from benchmarks.desk_log import Line, Log, Outbox
from conversations.models import Author, Conversation, Message, Owner, Turn, TurnState
from handoff.models import Handoff

BECOMES = {
    "queued": Owner.QUEUED,
    "claimed": Owner.AGENT,
    "released": Owner.QUEUED,
    "transferred": Owner.AGENT,
    "closed": Owner.CLOSED,
    "handed_back": Owner.BOT,
    "cancelled": Owner.BOT,
    "reopened": Owner.BOT,
}
WITH_PEOPLE = (Owner.QUEUED, Owner.AGENT)


@dataclass(frozen=True)
class Stored:
    """The truth, at one moment."""

    conversations: Mapping[uuid.UUID, Conversation]
    messages: Mapping[uuid.UUID, Sequence[Message]]
    handoffs: Mapping[uuid.UUID, Sequence[Handoff]]
    turns: Mapping[uuid.UUID, Sequence[Turn]]

    @property
    def count(self) -> int:
        return sum(map(len, self.messages.values()))


async def read(db: AsyncSession) -> Stored:
    """All there is."""
    messages: dict[uuid.UUID, list[Message]] = defaultdict(list)
    for message in await db.scalars(select(Message).order_by(Message.seq)):
        messages[message.conversation_id].append(message)
    handoffs: dict[uuid.UUID, list[Handoff]] = defaultdict(list)
    for handoff in await db.scalars(select(Handoff).order_by(Handoff.requested_at, Handoff.epoch)):
        handoffs[handoff.conversation_id].append(handoff)
    turns: dict[uuid.UUID, list[Turn]] = defaultdict(list)
    for turn in await db.scalars(select(Turn).order_by(Turn.first_seq)):
        turns[turn.conversation_id].append(turn)
    found = await db.scalars(select(Conversation))
    return Stored({one.id: one for one in found}, messages, handoffs, turns)


async def damage(db: AsyncSession) -> list[str]:
    """What SQLite itself finds wrong with its file."""
    if db.get_bind().dialect.name != "sqlite":
        return []
    found = (await db.execute(text("PRAGMA integrity_check"))).scalars()
    return [f"the database is damaged: {one}" for one in found if one != "ok"]


def in_the_log(stored: Stored) -> list[str]:
    """Numbers without holes, an owner for every word, epochs that count the owners."""
    problems: list[str] = []
    for conversation in stored.conversations.values():
        messages = stored.messages.get(conversation.id, ())
        of = f"chat {conversation.id}: "
        if [one.seq for one in messages] != list(range(1, conversation.last_seq + 1)):
            problems.append(f"{of}the numbers have holes")
        owner, changes = Owner.BOT, 0
        for message in messages:
            event = message.payload.get("event")
            if message.author is Author.SYSTEM and event in BECOMES:
                owner, changes = BECOMES[event], changes + 1
            elif message.author is Author.BOT and owner in WITH_PEOPLE:
                problems.append(f"{of}the bot wrote {message.seq} in a {owner} chat")
            elif message.author is Author.AGENT and owner is not Owner.AGENT:
                problems.append(f"{of}an agent wrote {message.seq} in a {owner} chat")
            elif message.author is Author.CUSTOMER and owner is Owner.CLOSED:
                problems.append(f"{of}the customer wrote {message.seq} in a closed chat")
        if owner is not conversation.owner:
            problems.append(f"{of}the log says {owner}, the row {conversation.owner}")
        if changes != conversation.epoch:
            problems.append(f"{of}{changes} changes of owner, but epoch {conversation.epoch}")
        epochs = [one.epoch for one in stored.turns.get(conversation.id, ())]
        if epochs != sorted(epochs):
            problems.append(f"{of}the turns' epochs go back: {epochs}")
    return problems


def cases(stored: Stored) -> list[str]:
    """Nobody is orphaned: whoever is with people has exactly one open case, and nobody else has any."""
    problems: list[str] = []
    for conversation in stored.conversations.values():
        of = f"chat {conversation.id} ({conversation.owner}): "
        handoffs = stored.handoffs.get(conversation.id, ())
        unfinished = [one for one in handoffs if one.closed_at is None]
        if len(unfinished) != (conversation.owner in WITH_PEOPLE):
            problems.append(f"{of}{len(unfinished)} open cases")
        if conversation.owner is Owner.AGENT and conversation.agent_id is None:
            problems.append(f"{of}no agent")
        problems += [
            f"{of}the case names another agent"
            for one in unfinished
            if conversation.owner is Owner.AGENT and one.agent_id != conversation.agent_id
        ]
        problems += [
            f"{of}a case was closed without an outcome"
            for one in handoffs
            if one.closed_at is not None and not one.outcome
        ]
        epochs = [one.epoch for one in handoffs]
        if epochs != sorted(set(epochs)):
            problems.append(f"{of}the cases' epochs go back: {epochs}")
        asked = [
            one
            for one in stored.messages.get(conversation.id, ())
            if one.author is Author.SYSTEM and one.payload.get("event") == "queued"
        ]
        if len(asked) != len(handoffs):
            problems.append(f"{of}{len(asked)} requests, but {len(handoffs)} cases")
    return problems


def unanswered(stored: Stored) -> list[str]:
    """What the bot still owes, or still does: nothing, once everybody is quiet."""
    problems = [
        f"chat {of}: a turn has been left running"
        for of, turns in stored.turns.items()
        if any(turn.state is TurnState.RUNNING for turn in turns)
    ]
    for conversation in stored.conversations.values():
        said = stored.messages.get(conversation.id, ())
        if conversation.owner is Owner.BOT and any(
            one.author is Author.CUSTOMER and one.seq > conversation.answered_seq for one in said
        ):
            problems.append(f"chat {conversation.id}: the bot never answered")
    return problems


def all_closed(stored: Stored) -> list[str]:
    """After somebody came and closed everything."""
    return [
        f"chat {one.id} is still {one.owner}"
        for one in stored.conversations.values()
        if one.owner in WITH_PEOPLE
    ] + [
        f"chat {of} still has an open case"
        for of, handoffs in stored.handoffs.items()
        if any(one.closed_at is None for one in handoffs)
    ]


def seen(who: str, stored: Stored, conversation: str, log: Log, *, whole: bool) -> list[str]:
    """What this client was told is the log: all of it for a customer, its beginning for an agent."""
    problems = [f"{who}, chat {conversation}: {fault}" for fault in log.faults]
    if not conversation:
        return problems
    truth = [
        Line(one.seq, one.author.value, one.text, one.client_id)
        for one in stored.messages.get(uuid.UUID(conversation), ())
    ]
    told = [Line(one.seq, one.author, one.text, one.client_id) for one in log.lines]
    expected = [
        line if told_line.client_id else Line(line.seq, line.author, line.text)
        for line, told_line in zip(truth, told, strict=False)
    ]
    if told != expected or (whole and len(told) != len(truth)) or len(told) > len(truth):
        at = next(
            (i for i, pair in enumerate(zip(told, expected, strict=False)) if pair[0] != pair[1]),
            min(len(told), len(truth)),
        )
        problems.append(
            f"{who}, chat {conversation}: told {len(told)} of {len(truth)}, different from {at + 1} on"
        )
    return problems


def arrived(who: str, stored: Stored, outbox: Outbox) -> list[str]:
    """Acknowledged: there once, where it was said to be. Refused: not there. In the order of writing."""
    by_id: dict[str, list[Message]] = defaultdict(list)
    for messages in stored.messages.values():
        for message in messages:
            if message.client_id in outbox.sent:
                by_id[str(message.client_id)].append(message)
    problems: list[str] = []
    last: dict[str, int] = {}
    for one in outbox.sent.values():
        found = by_id.get(one.client_id, [])
        if one.refused is not None:
            if found:
                problems.append(f"{who}: {one.client_id} was refused ({one.refused}) but is there")
            continue
        if one.seq is None:
            problems.append(f"{who}: {one.client_id} was never acknowledged")
            continue
        right = [(found_one.seq, found_one.text) for found_one in found] == [(one.seq, one.text)]
        if not right or str(found[0].conversation_id) != one.conversation:
            problems.append(f"{who}: {one.client_id} acknowledged, {len(found)} times there")
            continue
        if one.overtaken:
            continue
        if one.seq < last.get(one.conversation, 0):
            problems.append(f"{who}: {one.client_id} stands before what was written before it")
        last[one.conversation] = one.seq
    return problems


def doubled(stored: Stored, written: Collection[str]) -> list[str]:
    """The same words twice under two ids: every simulated message has a text of its own."""
    count = Counter(
        (message.conversation_id, message.text)
        for messages in stored.messages.values()
        for message in messages
        if message.text in written
    )
    return [
        f"chat {of}: “{words}” stands there {n} times" for (of, words), n in count.items() if n > 1
    ]


def texts(outboxes: Iterable[Outbox]) -> set[str]:
    return {one.text for outbox in outboxes for one in outbox.sent.values()}
