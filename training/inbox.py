"""The trainer's inbox: what customers really wrote, each distinct message once, with reasons to look."""

from __future__ import annotations

import asyncio
import enum
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any
from uuid import UUID

from sqlalchemy import and_, select

from conversations.models import Message, Turn, TurnState
from server.database import Database
from training import proposals
from training.models import IGNORED, Label, Proposal
from training.proposals import Proposed
from training.reasons import Doubt, Reason, candidates, reasons_for, urgency
from training.texts import key, normalise, prepare

#: So many turns, newest first, are looked at; older ones were made by older models.
HORIZON = 5000
PAGE = 25
SHOWN_CANDIDATES = 4


class Show(enum.StrEnum):
    OPEN = "open"
    """Neither labelled nor ignored."""
    LABELLED = "labelled"
    IGNORED = "ignored"


class Order(enum.StrEnum):
    DOUBT = "doubt"
    NEWEST = "newest"


@dataclass(frozen=True)
class Filter:
    show: Show = Show.OPEN
    reason: Reason | None = None
    doubtful: bool = False
    """Only messages that have a reason to be looked at."""
    intent: str | None = None
    search: str = ""
    order: Order = Order.DOUBT


@dataclass(frozen=True)
class Item:
    """One message; ``turn_id`` is the latest turn in which it was said."""

    turn_id: UUID
    text: str
    """Masked, exactly as it would be written into the training files."""
    intent: str | None
    confidence: float | None
    candidates: tuple[tuple[str, float], ...]
    reasons: tuple[Reason, ...]
    times: int
    at: datetime
    label: str | None
    proposals: tuple[Proposed, ...] = ()
    """What agents said it was really about, and no trainer has dealt with."""


@dataclass(frozen=True)
class Page:
    items: tuple[Item, ...]
    total: int
    number: int
    """Counts from 1."""
    pages: int
    reasons: Mapping[Reason, int]
    """How many messages each reason lists, before the filters for reason and doubt."""
    all_time: int
    """Distinct messages in the horizon, labelled or not; 0 means that nobody has written yet."""


class Inbox:
    def __init__(self, database: Database, doubt: Doubt | None = None) -> None:
        self._database = database
        self._doubt = doubt or Doubt()

    async def page(self, wanted: Filter, number: int = 1, size: int = PAGE) -> Page:
        """Return one page of messages; a page past the end is the last one."""
        async with self._database.read() as db:
            rows = list((await db.execute(_newest_turns())).all())
            said = await proposals.open_ones(db)
            known = {row.id for row in rows}
            # Older ones, too, when an agent spoke of them.
            rows += [row for row in (await db.execute(_proposed_turns())) if row.id not in known]
            labels = {
                label.key: label.intent
                for label in (await db.execute(select(Label.key, Label.intent))).all()
            }
        # Masking some thousand messages takes a tenth of a second: not on the event loop.
        return await asyncio.to_thread(self._arrange, rows, labels, said, wanted, number, size)

    def _arrange(
        self,
        rows: Sequence[Any],
        labels: Mapping[str, str],
        said: Sequence[Proposed],
        wanted: Filter,
        number: int,
        size: int,
    ) -> Page:
        every = self._items(rows, labels, said)
        shown = [item for item in every if _is_wanted(item, wanted)]
        counts = Counter(reason for item in shown for reason in item.reasons)
        if wanted.reason is not None:
            shown = [item for item in shown if wanted.reason in item.reasons]
        if wanted.doubtful:
            shown = [item for item in shown if item.reasons]
        shown.sort(key=lambda item: item.at, reverse=True)
        if wanted.order is Order.DOUBT:
            shown.sort(key=lambda item: -urgency(frozenset(item.reasons), item.confidence))
        pages = max(1, -(-len(shown) // size))
        number = min(max(1, number), pages)
        return Page(
            items=tuple(shown[(number - 1) * size : number * size]),
            total=len(shown),
            number=number,
            pages=pages,
            reasons={reason: counts[reason] for reason in Reason},
            all_time=len(every),
        )

    def _items(
        self, rows: Sequence[Any], labels: Mapping[str, str], said: Sequence[Proposed] = ()
    ) -> list[Item]:
        """Fold turns that read the same into one item each; `rows` are newest first."""
        following = _following_intents(rows)
        of_turn: dict[UUID, list[Proposed]] = {}
        for one in said:
            of_turn.setdefault(one.turn_id, []).append(one)
        proposed: dict[str, list[Proposed]] = {}
        newest: dict[str, Any] = {}
        reasons: dict[str, set[Reason]] = {}
        texts: dict[str, str] = {}
        times: Counter[str] = Counter()
        for row in rows:
            if "button" in (row.payload or {}):
                continue  # The title of a button says nothing about how customers speak.
            text = prepare(row.text, row.parse)
            if not text:
                continue
            name = key(text)
            newest.setdefault(name, row)
            texts.setdefault(name, text)
            times[name] += 1
            proposed.setdefault(name, []).extend(of_turn.get(row.id, ()))
            reasons.setdefault(name, set()).update(
                reasons_for(
                    state=row.state,
                    intent=row.intent,
                    confidence=row.confidence,
                    parse=row.parse,
                    next_intent=following.get(row.id),
                    doubt=self._doubt,
                    proposed=row.id in of_turn,
                )
            )
        return [
            Item(
                turn_id=row.id,
                text=texts[name],
                intent=row.intent,
                confidence=row.confidence,
                candidates=tuple(candidates(row.parse)[:SHOWN_CANDIDATES]),
                reasons=tuple(reason for reason in Reason if reason in reasons[name]),
                times=times[name],
                at=row.started_at,
                label=labels.get(name),
                proposals=tuple(proposed[name]),
            )
            for name, row in newest.items()
        ]


def _newest_turns() -> Any:
    return _turns().limit(HORIZON)


def _proposed_turns() -> Any:
    waiting = select(Proposal.turn_id).where(Proposal.settled_at.is_(None))
    return _turns().where(Turn.id.in_(waiting))


def _turns() -> Any:
    # The turn's first message tells whether it was typed or a button.
    said = and_(Message.conversation_id == Turn.conversation_id, Message.seq == Turn.first_seq)
    return (
        select(
            Turn.id,
            Turn.conversation_id,
            Turn.episode,
            Turn.first_seq,
            Turn.text,
            Turn.state,
            Turn.intent,
            Turn.confidence,
            Turn.parse,
            Turn.started_at,
            Message.payload,
        )
        .outerjoin(Message, said)
        .where(Turn.state.in_((TurnState.DONE, TurnState.FAILED, TurnState.DROPPED)))
        .order_by(Turn.started_at.desc(), Turn.first_seq.desc())
    )


def _following_intents(rows: Iterable[Any]) -> dict[UUID, str | None]:
    """Return for each turn the intent of the next one in the same episode."""
    ordered = sorted(rows, key=lambda row: (str(row.conversation_id), row.episode, row.first_seq))
    return {
        before.id: after.intent
        for before, after in pairwise(ordered)
        if (before.conversation_id, before.episode) == (after.conversation_id, after.episode)
    }


def _is_wanted(item: Item, wanted: Filter) -> bool:
    match wanted.show:
        case Show.OPEN:
            fits = item.label is None
        case Show.LABELLED:
            fits = item.label not in (None, IGNORED)
        case Show.IGNORED:
            fits = item.label == IGNORED
    if wanted.intent is not None:
        fits = fits and wanted.intent == (item.label or item.intent)
    search = normalise(wanted.search)
    return fits and (not search or search in normalise(item.text))
