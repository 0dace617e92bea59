"""What a form is called for: its opening, a message while it is open, or to go on after another action."""

from __future__ import annotations

import enum

from rasa_sdk import Tracker


class Moment(enum.Enum):
    OPENED = enum.auto()
    """This message opened the form."""
    HEARD = enum.auto()
    """This message came while the form was open, and the form sees it first."""
    RESUMED = enum.auto()
    """Another action has answered this message; the form goes on with its own question."""


def moment_of(tracker: Tracker, form: str) -> Moment:
    """Read it from the events of this turn: Rasa hands the form a tracker in which it has run."""
    for event in reversed(tracker.events):
        if event.get("event") == "user":
            break
        if event.get("event") == "active_loop" and event.get("name") == form:
            return Moment.OPENED
        if event.get("event") == "action" and event.get("name") != form:
            return Moment.RESUMED
    return Moment.HEARD


def choice_is_open(tracker: Tracker) -> bool:
    """Whether this turn ended with a choice of articles; the form goes on when one was taken."""
    for event in reversed(tracker.events):
        if event.get("event") == "user":
            return False
        if event.get("event") == "bot":
            custom = (event.get("data") or {}).get("custom") or {}
            return bool(custom.get("kind") == "choose")
    return False
