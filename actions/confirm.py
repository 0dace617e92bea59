"""P6: after every answer, ask whether it solved it, and take a yes for what it is."""

from __future__ import annotations

import re

from actions import also, memory, turn
from actions.empathy import wants_offer
from actions.exchange import Exchange
from actions.stage import Happening

_HELPED = re.compile(
    r"\b(helped|that helps|works now|worked|it works|working now|solved|fixed|sorted)\b", re.I
)
_NOT = re.compile(r"\b(not|no|never|hardly|nothing)\b|n't\b|nt\b", re.I)


def ask(x: Exchange, *, person: bool = False, words: str = "ask") -> None:
    """Ask whether it is solved; where a second request is open, ask about that instead."""
    if also.ask(x):
        return
    buttons = [*x.yes_no(), *([x.person()] if person or wants_offer(x) else [])]
    x.ask(x.phrase(f"confirm.{words}"), *buttons, awaiting="solved")
    x.move(Happening.CHECKED)


def solved(x: Exchange) -> None:
    """The customer said so: the episode ends as confirmed."""
    verdict(x, helped=True)
    x.say(x.phrase("confirm.solved"))
    x.set(memory.AWAITING, None)
    x.move(Happening.SOLVED)
    turn.confirmed()


def says_solved(x: Exchange) -> bool:
    """ "That helped, thanks" in answer to the question; a bare "thanks" is only polite."""
    return (
        x.get(memory.AWAITING) == "solved"
        and _HELPED.search(x.heard.text) is not None
        and _NOT.search(x.heard.text) is None
    )


def verdict(x: Exchange, *, helped: bool) -> None:
    turn.record("verdict", {"article_id": x.text(memory.LAST_ARTICLE), "helped": helped})
