"""A message without a word ("?", "...") answers nothing: the open question is put in other words.

Rasa's parse calls it out of scope (understanding/marks.py); no action takes it for a yes, whatever the
intent. Forms read such a message themselves.
"""

from __future__ import annotations

from actions import also, clarify, confirm, memory
from actions.exchange import Exchange


def asked_again(x: Exchange) -> bool:
    """Put the open question again; False when there are words to act upon."""
    if not x.heard.wordless or x.loop is not None:
        return False
    match x.get(memory.AWAITING):
        case "solved":
            confirm.ask(x, words="again")
        case "choice":
            clarify.ask_choice_again(x)
        case also.AWAITED:
            also.ask(x)
        case "person":
            clarify.offer_person(x, words="offer_again")
        case "rephrase":
            clarify.offer_person(x)
        case _:
            x.say(x.phrase("clarify.go_on"), kind="ask")
    return True
