"""Labels: what a trainer says a message means, written into the training files or remembered as ignored.

Each label is noted in the database first, then written into the files, then noted as written: a crash between is
made good by ``write_pending``. One verb of labelling a module; ``Labels`` is all of them.

Which message of which customer an example came from stands in the database only (``origin``): the files are made
to be shared and kept in git, which forgets nothing, and a second file of sources would meet in every merge.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import func, select

from server.auth import Staff
from server.clock import Clock
from server.database import Database
from training.labels import by_hand, creating, giving, marking, moving, writing
from training.labels.noting import Wish
from training.labels.results import (
    AT_ONCE,
    Busy,
    Created,
    EditedByHand,
    Intent,
    IntentExists,
    Labelled,
    Origin,
    Refused,
)
from training.labels.shelf import Elsewhere, Shelf
from training.models import IGNORED, Label, Source
from training.paths import Paths
from training.spans import Span

__all__ = [
    "AT_ONCE", "Busy", "Created", "EditedByHand", "Intent", "IntentExists", "Labelled", "Labels", "Origin",
    "Refused",
]  # fmt: skip


class Labels:
    """Everything here that writes waits its turn, among all processes that share the data.

    All raise Busy when that takes too long, and NotReadable when a training file was edited into an unknown form;
    nothing is done then.
    """

    def __init__(
        self, database: Database, clock: Clock, paths: Paths, elsewhere: Elsewhere | None = None
    ) -> None:
        self.shelf = Shelf(database, clock, paths, elsewhere)
        self.folder = self.shelf.folder

    async def names(self) -> list[str]:
        """Return every intent that a message may be given, in alphabetical order."""
        return await self.shelf.intents()

    async def intents(self) -> list[Intent]:
        """Return every intent that a message may be given, with its number of examples in the files now."""
        return await by_hand.counts(self.shelf)

    async def entities(self) -> dict[str, tuple[str, ...]]:
        """Return the entities that can be marked, each with its roles."""
        return await self.shelf.entities()

    async def label(
        self,
        turn_ids: Sequence[UUID],
        intent: str,
        by: Staff | None,
        *,
        spans: Mapping[UUID, Sequence[Span]] | None = None,
        source: Source = Source.TURN,
        approved_by: Staff | None = None,
    ) -> Labelled:
        """Give messages their right intent, and add them to its examples, with entities marked by message.

        A message that is an example already, or was labelled meanwhile, is refused; the others go ahead. What an
        agent proposed gets the source ``agent`` by itself.

        Raises:
            Invalid: the intent is not in the domain, there are none or too many messages, or a mark does not fit.
            NotFound: one of the messages does not exist; nothing is labelled.
        """
        return await giving.label(
            self.shelf, turn_ids, Wish(intent, by, source, approved_by, spans or {})
        )

    async def confirm(
        self,
        turn_ids: Sequence[UUID],
        by: Staff | None,
        *,
        spans: Mapping[UUID, Sequence[Span]] | None = None,
    ) -> Labelled:
        """Label each message with the intent that was predicted for it; without one it is refused.

        Raises:
            Invalid, NotFound: as for ``label``.
        """
        return await giving.confirm(self.shelf, turn_ids, by, spans or {})

    async def ignore(self, turn_ids: Sequence[UUID], by: Staff | None) -> Labelled:
        """Never list these messages again, nor others that read the same.

        Raises:
            Invalid: there are none or too many messages. NotFound: one of them does not exist.
        """
        return await giving.ignore(self.shelf, turn_ids, by)

    async def relabel(
        self,
        turn_id: UUID,
        intent: str,
        by: Staff | None,
        *,
        source: Source = Source.TURN,
        approved_by: Staff | None = None,
    ) -> Labelled:
        """Give a message this intent, whatever was said of it before; its example moves to the other file.

        ``ignored`` takes it out of the examples. A message that nobody dealt with gets a label.

        Raises:
            Invalid: the intent is not in the domain. NotFound: there is no such message.
            Conflict: somebody else changed its label meanwhile.
        """
        return await moving.relabel(self.shelf, turn_id, Wish(intent, by, source, approved_by))

    async def move_example(
        self, text: str, intent: str, to: str, by: Staff | None, *, approved_by: Staff | None = None
    ) -> None:
        """Move an example that stands in the files at `intent` to another one; ``ignored`` takes it out.

        Raises:
            Invalid: `to` is not in the domain. NotFound: it does not stand there (any more).
        """
        wish = Wish(to, by, Source.FILE, approved_by)
        await moving.move_example(self.shelf, text, intent, wish)

    async def mark(self, turn_id: UUID, spans: Sequence[Span]) -> tuple[Span, ...]:
        """Mark these entities in a labelled message, and no others; see labels/marking.py."""
        return await marking.mark(self.shelf, turn_id, spans)

    async def create_intent(
        self,
        name: str,
        by: Staff | None,
        *,
        turn_ids: Sequence[UUID] = (),
        texts: Sequence[str] = (),
    ) -> Created:
        """Create an intent whose questions the articles answer; see labels/creating.py."""
        return await creating.create(self.shelf, name, by, turn_ids, texts)

    async def undo(self, turn_id: UUID) -> None:
        """Take back what was said of a message last: its example goes back where it was, or out of its file.
        The last one of those that made a new intent takes it along, unless something else uses it.

        Raises:
            NotFound: the message has no label. Conflict: somebody else took it back first.
        """
        await moving.undo(self.shelf, turn_id)

    async def undo_example(self, text: str) -> None:
        """Take back what was said of an example last; see ``undo``."""
        await moving.undo_example(self.shelf, text)

    async def edited_by_hand(self) -> list[EditedByHand]:
        """Return the labels whose examples a person took out or moved; they are not written again."""
        return await by_hand.edited(self.shelf)

    async def accept_edit(self, label_id: UUID, by: Staff | None) -> None:
        """Let a label say what the person did. Raises NotFound: nobody edited its example."""
        await by_hand.accept(self.shelf, label_id, by)

    async def put_back(self, label_id: UUID) -> None:
        """Write the example again where its label says. Raises NotFound: nobody edited its example."""
        await by_hand.put_back(self.shelf, label_id)

    async def origin(self, text: str) -> Origin | None:
        """Return where an example came from; None: it was written into its file by hand."""
        return await by_hand.origin(self.shelf, text)

    async def waiting(self) -> int:
        """Return how many labels no finished training has seen."""
        async with self.shelf.database.read() as db:
            fresh = select(func.count()).where(
                Label.written, Label.run_id.is_(None), Label.intent != IGNORED
            )
            return int(await db.scalar(fresh) or 0)

    async def write_pending(self) -> int:
        """Write what a crash left noted but unwritten; returns how many labels that were."""
        return await writing.write_pending(self.shelf)
