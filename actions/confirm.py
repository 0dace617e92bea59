"""P6: after every answer, ask whether it solved it, and take a yes for what it is."""

from __future__ import annotations

import re
from dataclasses import replace

from actions import also, memory, spoken, turn
from actions.empathy import wants_offer
from actions.exchange import Exchange
from actions.stage import Happening

_HELPED = re.compile(
    r"\b(helped|that helps|works now|worked|it works|working now|solved|fixed|sorted)\b", re.I
)
_DID = re.compile(r"\W*(?:yes|yeah|yep|yup|(?:it|that) (?:did|does)|all good)\b", re.I)
_TRIED = re.compile(r"\b(already|tried|all that|before)\b", re.I)
_YES = re.compile(r"\W*(yes|yeah|yep|yup|ye|y|sure|indeed|perfect|great|thanks|thank you)\b", re.I)
_NOT = re.compile(r"\b(not|no|never|hardly|nothing)\b|n't\b|nt\b", re.I)


def ask(x: Exchange, *, person: bool = False, words: str = "ask") -> None:
    """Ask whether it is solved; where a second request is open, ask about that instead."""
    if also.ask(x):
        return
    yes, no = x.yes_no()
    buttons = [
        replace(yes, title=spoken.phrase(x, "foreign_yes", "button.yes")),
        replace(no, title=spoken.phrase(x, "foreign_no", "button.no")),
        *([x.person()] if person or wants_offer(x) else []),
    ]
    x.ask(spoken.phrase(x, "foreign_helped", f"confirm.{words}"), *buttons, awaiting="solved")
    x.move(Happening.CHECKED)


def solved(x: Exchange) -> None:
    """The customer said so: the episode ends as confirmed."""
    verdict(x, helped=True)
    x.say(spoken.phrase(x, "foreign_solved", "confirm.solved"))
    x.set(memory.AWAITING, None)
    x.move(Happening.SOLVED)
    turn.confirmed()


def says_solved(x: Exchange) -> bool:
    """ "That helped, thanks" or "yes, thanks" in answer to the question; a bare "thanks" is only polite."""
    says_so = _HELPED.search(x.heard.text) or _DID.match(x.heard.text)
    return (
        x.get(memory.AWAITING) == "solved"
        and says_so is not None
        and _NOT.search(x.heard.text) is None
    )


def says_tried(x: Exchange) -> bool:
    """ "I did that already" reads as a yes, and says that the answer was nothing new."""
    text = x.heard.text
    return (
        _TRIED.search(text) is not None
        and _YES.match(text) is None
        and (_HELPED.search(text) is None or _NOT.search(text) is not None)
    )


def verdict(x: Exchange, *, helped: bool) -> None:
    turn.record("verdict", {"article_id": x.text(memory.LAST_ARTICLE), "helped": helped})
