"""Examples taken out or moved where a finding shows them, and put back where they were."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

import structlog

from server.auth import Staff
from server.errors import Invalid, NotFound
from training.labels import Labels
from training.models import IGNORED
from training.nlu_files import Example, NluFolder
from training.texts import normalise

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Mended:
    """What was done to an example, for `Mending.take_back`."""

    example: Example
    """As it stood."""
    to: str | None
    """Where it stands now; None: nowhere."""
    noted: bool
    """Whether that is a label; one of a double is taken out of its file alone."""


class Mending:
    """All raise NotReadable when a file was edited into another form."""

    def __init__(self, folder: NluFolder, labels: Labels) -> None:
        self._folder, self._labels = folder, labels

    async def names(self) -> list[str]:
        """Where an example can be moved."""
        return await self._labels.names()

    async def remove(self, example: Example, by: Staff | None) -> Mended:
        """Take an example out of the training data.

        Raises:
            NotFound: it is not there.
        """
        there, others = await self._places(example)
        if others:  # the other one stays, and with it what is known of these words
            await asyncio.to_thread(self._folder.remove, there)
        else:
            await self._labels.move_example(there.text, there.intent, IGNORED, by)
        log.info("example_removed", intent=there.intent)
        return Mended(there, None, not others)

    async def move(self, example: Example, to: str, by: Staff | None) -> Mended:
        """Make it an example of another intent; of a double that stands there already one is taken out.

        Raises:
            NotFound: it is not there. Invalid: there is no such intent, or a third one has the same words.
        """
        there, others = await self._places(example)
        if to == there.intent:
            raise Invalid("It is an example of this intent already.")
        if any(other.intent == to for other in others):
            return await self.remove(example, by)
        if others:
            name = others[0].intent.replace("_", " ")
            raise Invalid(f"“{name}” has the same words: take one of the two out first.")
        await self._labels.move_example(there.text, there.intent, to, by)
        log.info("example_moved", intent=there.intent, to=to)
        return Mended(there, to, True)

    async def take_back(self, mended: Mended) -> None:
        """Have the example stand as it did.

        Raises:
            NotFound, Conflict: somebody else has dealt with it since.
        """
        if mended.noted:
            await self._labels.undo_example(mended.example.text)
        else:
            await asyncio.to_thread(self._folder.put_back, mended.example)

    async def _places(self, example: Example) -> tuple[Example, Sequence[Example]]:
        """The example as it stands, and others that read the same."""
        reading = normalise(example.text)
        every = await asyncio.to_thread(self._folder.examples)
        alike = [one for one in every if normalise(one.text) == reading]
        there = [one for one in alike if (one.intent, one.text) == (example.intent, example.text)]
        if not there:
            raise NotFound("This example is not in the training data any more.")
        return there[0], [one for one in alike if one is not there[0]]
