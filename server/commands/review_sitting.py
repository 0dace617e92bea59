"""Labels in a terminal, one message after the other: by number, by name, or the understood one."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from uuid import UUID

from server.commands.chat import plain
from server.commands.room import House

if TYPE_CHECKING:
    from rich.console import Console

    from server.auth import Staff
    from training.labels import Labelled
    from training.review.items import Item

HELP = (
    "a number: that intent · y: the understood one · an intent's name or its beginning · "
    "i: ignore for ever · s: skip · u: undo the last · q: end"
)
SHOWN = 4


@dataclass
class Sitting:
    """One person going through some messages; every answer is stored at once."""

    house: House
    out: Console
    intents: Sequence[str]
    by: Staff | None = None
    dealt_with: list[tuple[int, UUID]] = field(default_factory=list)
    """Place and turn, the last one last."""

    async def go_through(self, items: Sequence[Item]) -> None:
        """Ask about each until the end, or until somebody has had enough."""
        self.out.print(HELP)
        place = 0
        while place < len(items):
            item = items[place]
            draw(self.out, place + 1, len(items), item, hint=True)
            word = await self._ask()
            if word is None or word == "q":
                break
            if word == "u":
                place = await self._undo(place)
            elif word == "?":
                self.out.print(HELP)
            elif word == "s" or await self._deal(place, item, word):
                place += 1
        count = len(self.dealt_with)
        done = f"{count} dealt with. `handrail train` puts them to use."
        self.out.print(done if count else "Nothing was changed.")

    async def _ask(self) -> str | None:
        try:
            return (await asyncio.to_thread(input, "> ")).strip().lower()
        except EOFError:
            return None

    async def _deal(self, place: int, item: Item, word: str) -> bool:
        """Do what the word says; False when it says nothing, or could not be done."""
        from server.errors import HandrailError

        labels = self.house.room.labels
        try:
            if word == "i":
                ignored = await labels.ignore([item.turn_id], self.by)
                return self._told(place, item, ignored, "ignored")
            intent = self._meant(item, word)
            if intent is None:
                return False
            labelled = await labels.label([item.turn_id], intent, self.by)
            return self._told(place, item, labelled, intent)
        except HandrailError as error:
            self.out.print(f"! {error}")
            return False

    def _meant(self, item: Item, word: str) -> str | None:
        """Return the intent that a word names: a number of the list, y, or a name's unique beginning."""
        names = [name for name, _ in item.candidates[:SHOWN]]
        if word.isdigit():
            if 1 <= int(word) <= len(names):
                return names[int(word) - 1]
            self.out.print(f"! There are 1 to {len(names)}.")
            return None
        if word == "y":
            if item.intent in self.intents:
                return item.intent
            self.out.print("! It was not understood as an intent that can be taught. Name one.")
            return None
        bare = word.replace(" ", "_")
        fitting = [name for name in self.intents if name == bare]
        fitting = fitting or [name for name in self.intents if bare and name.startswith(bare)]
        if len(fitting) == 1:
            return fitting[0]
        several = f"Which: {', '.join(fitting)}?" if fitting else f"No intent begins with “{word}”."
        self.out.print(f"! {several}" if bare else HELP)
        return None

    def _told(self, place: int, item: Item, result: Labelled, what: str) -> bool:
        for refused in result.refused:
            self.out.print(f"! {refused.problem}")
        if getattr(result, "asked", ()):
            self.out.print(f"  {what}; a second opinion is asked for")
        if result.done:
            self.dealt_with.append((place, item.turn_id))
            self.out.print(f"  {what}")
        return True  # A message that is refused is dealt with already: on to the next.

    async def _undo(self, place: int) -> int:
        """Take the last answer back; return the place to go on with."""
        from server.errors import HandrailError

        if not self.dealt_with:
            self.out.print("! There is nothing to undo.")
            return place
        last, turn_id = self.dealt_with[-1]
        try:
            await self.house.room.labels.undo(turn_id)
        except HandrailError as error:
            self.out.print(f"! {error}")
            return place
        self.dealt_with.pop()
        self.out.print("  taken back")
        return last


def draw(out: Console, number: int, of: int, item: Item, *, hint: bool) -> None:
    out.print(f"\n{number}/{of}  {plain(item.text)}")
    understood = item.intent or "nothing"
    sure = "" if item.confidence is None else f", {item.confidence:.0%}"
    reasons = ", ".join(reason.value.replace("_", " ") for reason in item.reasons)
    times = f" · {item.times} times" if item.times > 1 else ""
    out.print(f"  understood as {understood}{sure}{times}{f' · {reasons}' if reasons else ''}")
    if hint:
        shown = [
            f"{place}) {name} {share:.0%}"
            for place, (name, share) in enumerate(item.candidates[:SHOWN], start=1)
        ]
        out.print("  " + "  ".join(shown))
