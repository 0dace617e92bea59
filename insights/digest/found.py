"""A digest: sections of items, each with the screen where it is mended."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from server.auth import Role, Staff
from server.week import Week


class Room(StrEnum):
    """Whose section it is."""

    KNOWLEDGE = "knowledge"
    TRAINING = "training"
    DESK = "desk"


#: Who sees a room's sections besides supervisors, and may open the screens they lead to.
ROLES: dict[Room, Role] = {
    Room.KNOWLEDGE: Role.EDITOR,
    Room.TRAINING: Role.TRAINER,
    Room.DESK: Role.SUPERVISOR,
}
NAMES: dict[Room, str] = {
    Room.DESK: "The desk",
    Room.KNOWLEDGE: "The knowledge base",
    Room.TRAINING: "Understanding",
}
"""In the order in which they are read."""
READERS = (Role.EDITOR, Role.TRAINER, Role.SUPERVISOR)


@dataclass(frozen=True)
class Change:
    """A count of the week beside the week before."""

    now: int
    before: int

    @property
    def words(self) -> str:
        """
        >>> Change(7, 4).words, Change(2, 2).words, Change(0, 3).words
        ('7, 3 more than the week before', '2, as many as the week before', 'none, 3 the week before')
        """
        if not self.now:
            return f"none, {self.before} the week before" if self.before else "none"
        return f"{self.now}, {self.trend}"

    @property
    def trend(self) -> str:
        """
        >>> Change(1, 3).trend, Change(1, 0).trend
        ('2 fewer than the week before', 'none the week before')
        """
        if not self.before:
            return "none the week before"
        if self.now == self.before:
            return "as many as the week before"
        more = "more" if self.now > self.before else "fewer"
        return f"{abs(self.now - self.before)} {more} than the week before"


@dataclass(frozen=True)
class Item:
    """One thing to mend."""

    text: str
    """What it is. Customers' words are masked; no markup is meant."""
    said: str
    """What is known of it, in words."""
    path: str
    """The screen where it is mended; empty: not for this reader."""
    change: Change | None = None
    """How often; None for a thing that happened once."""

    @property
    def told(self) -> str:
        """What is known of it with its count."""
        times = f"{self.change.now}×, {self.change.trend}" if self.change else ""
        return " · ".join(part for part in (times, self.said) if part)


@dataclass(frozen=True)
class Section:
    key: str
    room: Room
    title: str
    change: Change | None
    """None: it has no count for the week, as what stands open."""
    items: tuple[Item, ...]
    empty: str
    """What is said when there are none."""
    note: str = ""
    """What its figures mean."""

    @property
    def closed(self) -> bool:
        """Whether others than this reader mend its items."""
        return bool(self.items) and not any(one.path for one in self.items)


@dataclass(frozen=True)
class Digest:
    week: Week
    over: bool
    """Whether the week has ended; otherwise its figures are those so far."""
    sections: tuple[Section, ...]

    @property
    def quiet(self) -> bool:
        return not any(one.items for one in self.sections)

    def section(self, key: str) -> Section:
        return next(one for one in self.sections if one.key == key)

    def of(self, room: Room) -> Sequence[Section]:
        return [one for one in self.sections if one.room is room]


def seen_by(found: Digest, staff: Staff) -> Digest:
    """Their sections alone, with links to what they may open: a supervisor sees all, and opens the desk's."""
    sections = tuple(
        one if staff.may(ROLES[one.room]) else _without_links(one)
        for one in found.sections
        if staff.may(Role.SUPERVISOR, ROLES[one.room])
    )
    return replace(found, sections=sections)


def _without_links(section: Section) -> Section:
    return replace(section, items=tuple(replace(one, path="") for one in section.items))
