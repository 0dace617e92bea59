"""`Labels` that ask a second person first where the house's rules say so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from conversations.models import Turn
from server.auth import Staff
from server.clock import Clock
from server.database import Database
from training.labels import Created, Labelled, Labels, Refused
from training.labels.shelf import Elsewhere
from training.models import IGNORED, Label, Source
from training.opinions.holding import Held, Holding
from training.opinions.models import OpinionCase
from training.opinions.service import Opinions
from training.paths import Paths
from training.spans import Span


@dataclass(frozen=True)
class Answered(Labelled):
    """As `Labelled`. Messages that wait for somebody else now are in `asked`, and with the reason in `refused`: so
    whoever knows nothing of second opinions still tells the trainer why nothing was written."""

    asked: tuple[UUID, ...] = ()

    def __add__(self, other: Labelled) -> Answered:
        more = other.asked if isinstance(other, Answered) else ()
        return Answered(self.done + other.done, self.refused + other.refused, self.asked + more)

    @classmethod
    def of(cls, held: Held) -> Answered:
        refused = tuple(Refused(turn_id, why) for turn_id, why in (*held.refused, *held.asked))
        return cls(tuple(held.done), refused, tuple(turn_id for turn_id, _ in held.asked))


class CheckedLabels(Labels):
    """Everything that a person says of a message goes through here: pages, routes and commands alike.

    What nobody in particular says (a nightly job, the command line without a name) is written at once: there is
    no second person to a label that has no first.
    """

    def __init__(
        self, database: Database, clock: Clock, paths: Paths, elsewhere: Elsewhere | None = None
    ) -> None:
        super().__init__(database, clock, paths, elsewhere)
        self._database = database
        self.opinions = Opinions(database, clock, self)
        self._holding = Holding(database, self.folder, self.opinions)

    async def label(
        self,
        turn_ids: Sequence[UUID],
        intent: str,
        by: Staff | None,
        *,
        spans: Mapping[UUID, Sequence[Span]] | None = None,
        source: Source = Source.TURN,
        approved_by: Staff | None = None,
    ) -> Answered:
        """As `Labels.label`; what needs a second opinion, or gets it by this, is told apart."""
        kept = Answered((), ())
        wanted = list(turn_ids)
        if by is not None and approved_by is None:
            await self.shelf.check_intent(intent)
            held = await self._holding.hold(turn_ids, intent, by, spans or {})
            kept, wanted = Answered.of(held), held.rest
        if not wanted and (kept.done or kept.refused):
            return kept
        return kept + await super().label(
            wanted, intent, by, spans=spans, source=source, approved_by=approved_by
        )

    async def confirm(
        self,
        turn_ids: Sequence[UUID],
        by: Staff | None,
        *,
        spans: Mapping[UUID, Sequence[Span]] | None = None,
    ) -> Answered:
        """As `Labels.confirm`, by way of `label`."""
        wanted = list(dict.fromkeys(turn_ids))
        async with self._database.read() as db:
            found = await db.execute(select(Turn.id, Turn.intent).where(Turn.id.in_(wanted)))
            predicted = {row.id: row.intent for row in found.all()}
        known = set(await self.names())
        guessed = [turn_id for turn_id in wanted if predicted.get(turn_id) in known]
        result, rest = Answered((), ()), [one for one in wanted if one not in guessed]
        if rest or not wanted:
            result += await super().confirm(rest, by, spans=spans)
        for intent in sorted({predicted[turn_id] for turn_id in guessed}):
            same = [turn_id for turn_id in guessed if predicted[turn_id] == intent]
            result += await self.label(same, intent, by, spans=spans)
        return result

    async def ignore(self, turn_ids: Sequence[UUID], by: Staff | None) -> Answered:
        """As `Labels.ignore`; of a message that waits for a second opinion, this is one."""
        if by is None:
            return Answered((), ()) + await super().ignore(turn_ids, by)
        held = await self._holding.hold(turn_ids, IGNORED, by, {})
        kept = Answered.of(held)
        return kept + await super().ignore(held.rest, by) if held.rest else kept

    async def relabel(
        self,
        turn_id: UUID,
        intent: str,
        by: Staff | None,
        *,
        source: Source = Source.TURN,
        approved_by: Staff | None = None,
    ) -> Answered:
        """As `Labels.relabel`; what stands already stays until a second person says the same."""
        if by is not None and approved_by is None:
            if intent != IGNORED:
                await self.shelf.check_intent(intent)
            held = await self._holding.hold([turn_id], intent, by, {}, change=True)
            if not held.rest:
                return Answered.of(held)
        done = await super().relabel(turn_id, intent, by, source=source, approved_by=approved_by)
        return Answered((), ()) + done

    async def create_intent(
        self,
        name: str,
        by: Staff | None,
        *,
        turn_ids: Sequence[UUID] = (),
        texts: Sequence[str] = (),
    ) -> Created:
        """As `Labels.create_intent`; its examples stand at once, for nobody could name an intent that is not
        there, and what customers wrote of them gets its second opinion afterwards."""
        created = await super().create_intent(name, by, turn_ids=turn_ids, texts=texts)
        if by is not None and turn_ids:
            await self.opinions.ask_about(turn_ids, by)
        return created

    async def undo(self, turn_id: UUID) -> None:
        """As `Labels.undo`; nobody is asked any more about a label that is taken back."""
        await self.opinions.ask_no_more(turn_id)
        await super().undo(turn_id)

    async def write(self, case: OpinionCase, author: Staff | None, approver: Staff | None) -> str:
        """training.opinions.service.Writer."""
        intent = case.intent or IGNORED
        async with self._database.read() as db:
            label = await db.scalar(select(Label).where(Label.key == case.key))
        if label is None and intent != IGNORED:
            marked = [Span.of(one) for one in case.spans or ()]
            result = await super().label(
                [case.turn_id], intent, author, source=Source.OPINION, approved_by=approver,
                spans={case.turn_id: marked} if marked else {},
            )  # fmt: skip
        else:
            result = await super().relabel(
                case.turn_id, intent, author, source=Source.OPINION, approved_by=approver
            )
        return result.refused[0].problem if result.refused else ""
