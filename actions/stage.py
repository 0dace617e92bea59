"""Acknowledge → Clarify → Resolve → Confirm: the one function that moves an episode's stage."""

from __future__ import annotations

import enum
from typing import Final


class Stage(enum.StrEnum):
    ACKNOWLEDGE = "acknowledge"
    CLARIFY = "clarify"
    RESOLVE = "resolve"
    CONFIRM = "confirm"


class Happening(enum.StrEnum):
    """What a turn did for the customer's issue."""

    ASKED = "asked"
    """A new question or problem came in."""
    UNCLEAR = "unclear"
    """The bot asked back: a choice, other words, an order number."""
    ANSWERED = "answered"
    """An answer was shown, or what is about to be done was read back."""
    CHECKED = "checked"
    """The bot asked whether this solved it."""
    SOLVED = "solved"
    UNSOLVED = "unsolved"


ORDER: Final = (Stage.ACKNOWLEDGE, Stage.CLARIFY, Stage.RESOLVE, Stage.CONFIRM)

_LEADS_TO: Final = {
    Happening.UNCLEAR: Stage.CLARIFY,
    Happening.ANSWERED: Stage.RESOLVE,
    Happening.CHECKED: Stage.CONFIRM,
    Happening.SOLVED: Stage.CONFIRM,
    Happening.UNSOLVED: Stage.CONFIRM,
}


def next_stage(stage: Stage, happening: Happening) -> Stage:
    """Where the issue stands after this; never backwards, except that a new question starts anew.

    A stage may be passed over (a plain question that one article answers needs no clarifying).
    """
    if happening is Happening.ASKED:
        return Stage.ACKNOWLEDGE
    return max(stage, _LEADS_TO[happening], key=ORDER.index)
