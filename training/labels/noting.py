"""Noting labels in the database: the first half of labelling, in one transaction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from conversations.models import Turn
from server.auth import Staff
from server.errors import Conflict, Invalid, NotFound
from training.labels.results import AT_ONCE, Refused
from training.labels.shelf import Shelf
from training.models import IGNORED, Label, Proposal, Source
from training.spans import Span, check
from training.texts import key, prepare

TRIES = 3
UNREADABLE = "Nothing readable is in this message."
DEALT_WITH = "This message has been dealt with already."


@dataclass(frozen=True)
class Wish:
    """One decision about some messages."""

    intent: str
    by: Staff | None
    source: Source = Source.TURN
    approved_by: Staff | None = None
    spans: Mapping[UUID, Sequence[Span]] = field(default_factory=dict)


async def turns_of(db: AsyncSession, wanted: Sequence[UUID]) -> dict[UUID, Turn]:
    """Return the turns of these messages.

    Raises:
        NotFound: one does not exist.
    """
    found = {turn.id: turn for turn in await db.scalars(select(Turn).where(Turn.id.in_(wanted)))}
    if len(found) < len(wanted):
        raise NotFound("One of these messages does not exist.")
    return found


def chosen(turn_ids: Iterable[UUID]) -> list[UUID]:
    """Return each message once, in the order given.

    Raises:
        Invalid: there are none, or too many.
    """
    wanted = list(dict.fromkeys(turn_ids))
    if not 1 <= len(wanted) <= AT_ONCE:
        raise Invalid(f"Choose 1 to {AT_ONCE} messages.")
    return wanted


async def note(
    shelf: Shelf, turn_ids: Iterable[UUID], wish: Wish
) -> tuple[list[Label], list[Refused]]:
    """Note a decision about messages; those that were dealt with already are refused.

    Raises:
        Invalid: there are none or too many messages, or a mark does not fit its message.
        NotFound: one of the messages does not exist.
    """
    wanted = chosen(turn_ids)
    entities = await shelf.entities() if wish.spans else {}
    for _ in range(TRIES):
        try:
            async with shelf.database.write() as db:
                noted, refused = await _note(shelf, db, wanted, wish, entities)
                await db.flush()
            return noted, refused
        except IntegrityError:  # A process that does not share our lock was faster: look again.
            continue
    raise Conflict("Somebody else labels the same messages.")


async def _note(
    shelf: Shelf,
    db: AsyncSession,
    wanted: Sequence[UUID],
    wish: Wish,
    entities: Mapping[str, Sequence[str]],
) -> tuple[list[Label], list[Refused]]:
    turns = await turns_of(db, wanted)
    texts = {turn_id: prepare(turn.text, turn.parse) for turn_id, turn in turns.items()}
    keys = {turn_id: key(text) for turn_id, text in texts.items()}
    taken = await _taken(db, keys)
    agents = await _agents(db, wanted, wish.intent)
    noted: list[Label] = []
    refused: list[Refused] = []
    for turn_id in wanted:
        if not texts[turn_id]:
            refused.append(Refused(turn_id, UNREADABLE))
        elif turn_id in taken or keys[turn_id] in taken:
            refused.append(Refused(turn_id, DEALT_WITH))
        else:
            taken.add(keys[turn_id])
            spans = check(texts[turn_id], wish.spans.get(turn_id, ()), entities)
            agent = wish.source is Source.TURN and turn_id in agents
            noted.append(
                Label(
                    turn_id=turn_id,
                    key=keys[turn_id],
                    text=texts[turn_id],
                    predicted=turns[turn_id].intent,
                    confidence=turns[turn_id].confidence,
                    intent=wish.intent,
                    by=wish.by.id if wish.by else None,
                    at=shelf.clock.now(),
                    written=False,
                    source=Source.AGENT if agent else wish.source,
                    spans=[span.as_dict() for span in spans],
                    history=[],
                    approved_by=wish.approved_by.id if wish.approved_by else None,
                )
            )
    db.add_all(noted)
    if wish.intent == IGNORED:  # a label settles them once it is written
        await shelf.dealt_with(db, noted)
    return noted, refused


async def _taken(db: AsyncSession, keys: Mapping[UUID, str]) -> set[str | UUID | None]:
    labelled = select(Label.key, Label.turn_id).where(
        Label.key.in_(keys.values()) | Label.turn_id.in_(list(keys))
    )
    return {name for row in (await db.execute(labelled)).all() for name in row if name is not None}


async def _agents(db: AsyncSession, wanted: Sequence[UUID], intent: str) -> set[UUID]:
    """Return the messages of which an agent said just this."""
    said = select(Proposal.turn_id).where(
        Proposal.turn_id.in_(wanted), Proposal.intent == intent, Proposal.settled_at.is_(None)
    )
    return set(await db.scalars(said))
