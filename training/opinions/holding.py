"""Which labels are kept as opinions instead of being written on one person's word."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import select

from conversations.models import Turn
from server.auth import Staff
from server.database import Database
from server.errors import Conflict
from training.models import IGNORED, Label
from training.nlu_files import NluFolder
from training.opinions import cases
from training.opinions import rules as ruling
from training.opinions.models import CaseState, OpinionCase
from training.opinions.rules import Rules
from training.opinions.service import Opinions
from training.spans import Span
from training.texts import key, normalise, prepare

ASKED = "Kept as your opinion: a colleague is asked, and nothing is written before they answer."
DIFFERS = "A colleague sees this differently; it stands under “Second opinions” now."


@dataclass
class Held:
    """Messages parted by what becomes of a label: those that need no second opinion stay in `rest`."""

    rest: list[UUID] = field(default_factory=list)
    asked: list[tuple[UUID, str]] = field(default_factory=list)
    """They wait for somebody else now, or two people differ about them; with words for the trainer."""
    done: list[UUID] = field(default_factory=list)
    """This was the second opinion, the first said the same, and the label is written."""
    refused: list[tuple[UUID, str]] = field(default_factory=list)


@dataclass(frozen=True)
class _Known:
    """What stands in the database about some messages."""

    rules: Rules
    texts: Mapping[UUID, str]
    keys: Mapping[UUID, str]
    waiting: Mapping[str, OpinionCase]
    labelled: Mapping[str, str]
    """Intents by key."""


class Holding:
    def __init__(self, database: Database, folder: NluFolder, opinions: Opinions) -> None:
        self._database, self._folder, self._opinions = database, folder, opinions

    async def hold(
        self,
        turn_ids: Sequence[UUID],
        intent: str,
        by: Staff,
        spans: Mapping[UUID, Sequence[Span]],
        *,
        change: bool = False,
    ) -> Held:
        """Keep as opinions what must not be written on one person's word alone.

        A message that waits for a second opinion gets it by this. `change`: what was said of the messages
        before would be changed.
        """
        wanted = list(dict.fromkeys(turn_ids))
        known = await self._look(wanted)
        held = Held()
        if not known.waiting and (not known.rules.enabled or intent == IGNORED):
            held.rest = wanted
            return held
        counts, standing = await asyncio.to_thread(self._standing)
        for turn_id in wanted:
            name = known.keys.get(turn_id, "")
            if name in known.waiting:
                await self._second(held, turn_id, known.waiting[name].id, intent, by)
                continue
            # What stands already is refused by whoever writes, and what says the same changes nothing.
            stands = name in known.labelled or normalise(known.texts.get(turn_id, "")) in standing
            same = known.labelled.get(name) == intent
            why = known.rules.why(name, intent, counts) if name and intent != IGNORED else None
            if why is None or same or (stands and not change):
                held.rest.append(turn_id)
                continue
            try:
                await self._opinions.open(
                    turn_id, known.texts[turn_id], why, intent, by, spans.get(turn_id)
                )
                held.asked.append((turn_id, ASKED))
            except cases.AlreadyWaiting as error:
                # By another message of this click that reads the same, or by somebody this moment.
                held.refused.append((turn_id, str(error)))
        return held

    async def _look(self, wanted: Sequence[UUID]) -> _Known:
        async with self._database.read() as db:
            turns = await db.scalars(select(Turn).where(Turn.id.in_(wanted)))
            texts = {turn.id: prepare(turn.text, turn.parse) for turn in turns}
            keys = {turn_id: key(text) for turn_id, text in texts.items() if text}
            labels = select(Label.key, Label.intent).where(Label.key.in_(keys.values()))
            return _Known(
                rules=await ruling.newest(db),
                texts=texts,
                keys=keys,
                waiting=await cases.open_of(db, list(keys.values())),
                labelled={row.key: row.intent for row in (await db.execute(labels)).all()},
            )

    async def _second(
        self, held: Held, turn_id: UUID, case_id: UUID, intent: str, by: Staff
    ) -> None:
        try:
            outcome = await self._opinions.give(case_id, intent, by)
        except Conflict as error:
            held.refused.append((turn_id, str(error)))
            return
        if outcome.state is CaseState.DISAGREED:
            held.asked.append((turn_id, DIFFERS))
        elif outcome.problem:
            held.refused.append((turn_id, outcome.problem))
        else:
            held.done.append(turn_id)

    def _standing(self) -> tuple[Counter[str], set[str]]:
        """How many examples each intent has, and what reads like one of them."""
        examples = self._folder.examples()
        counts = Counter(example.intent for example in examples)
        return counts, {normalise(example.text) for example in examples}
