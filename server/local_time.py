"""Times on staff pages as the reader's clock has them: shown and taken in the browser's zone, stored in UTC."""

from __future__ import annotations

import re
from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo

from nicegui import ui

#: The zone's name comes from a browser, so it may be anything; the longest real one has 30 letters.
NAME_LIMIT = 64
#: How long a page waits for its browser (seconds); without an answer it stays with UTC.
WAIT = 3.0
#: Browsers' other names for UTC.
_UTC = frozenset({"UTC", "UCT", "Zulu", "Universal", "Etc/UTC", "Etc/UCT", "Etc/Zulu"})
_ASK = "Intl.DateTimeFormat().resolvedOptions().timeZone"
_WRITTEN = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d UTC")


class LocalTime:
    """One for an open page. It says UTC until `ask` has heard from the browser, and always names its zone."""

    def __init__(self, zone: tzinfo = UTC) -> None:
        self._zone = zone

    async def ask(self) -> bool:
        """Ask the browser for its zone, once the page is open; whether it is another than before."""
        try:
            zone = zone_of(await ui.run_javascript(f"return {_ASK}", timeout=WAIT))
        except TimeoutError:
            return False
        changed = str(zone) != str(self._zone)
        self._zone = zone
        return changed

    @property
    def name(self) -> str:
        """ "Europe/Berlin"."""
        return str(self._zone)

    def show(self, at: datetime) -> str:
        """ "2026-03-02 10:00 CET"."""
        here = at.astimezone(self._zone)
        short = here.tzname() or self.name
        return f"{here:%Y-%m-%d %H:%M} {f'UTC{short}' if short[:1] in '+-' else short}"

    def field(self, at: datetime) -> str:
        """What a ``datetime-local`` field holds for this moment."""
        return f"{at.astimezone(self._zone):%Y-%m-%dT%H:%M}"

    def read(self, value: object) -> datetime | None:
        """The moment, in UTC, that somebody put into such a field; None when it is none.

        An hour that a clock change skips is taken as the one after it, one that it repeats as the first.
        """
        try:
            return datetime.fromisoformat(str(value)).replace(tzinfo=self._zone).astimezone(UTC)
        except (ValueError, OverflowError):
            return None

    def in_text(self, text: str) -> str:
        """A stored note with its times ("2026-03-02 09:00 UTC") as `show` gives them."""

        def shown(found: re.Match[str]) -> str:
            try:
                at = datetime.strptime(found.group(), "%Y-%m-%d %H:%M UTC").replace(tzinfo=UTC)
                return self.show(at)
            except (ValueError, OverflowError):
                return found.group()

        return _WRITTEN.sub(shown, text)


def zone_of(name: object) -> tzinfo:
    """The zone of this IANA name; UTC for anything else.

    >>> str(zone_of("Europe/Berlin")), str(zone_of("../../etc/passwd"))
    ('Europe/Berlin', 'UTC')
    """
    if not isinstance(name, str) or not 0 < len(name) <= NAME_LIMIT or name in _UTC:
        return UTC
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # unknown, no relative path, or a folder of zones
        return UTC
