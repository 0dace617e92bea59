"""An extractive summary: nothing is said that the customer or the log did not say."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import Protocol

from pydantic import BaseModel

from understanding.bank_numbers import hide

# What people say around their problem; it tells an agent nothing about the problem itself.
FILE = "file"
"""In place of an intent: a file was sent, and its name stands for it."""
SOCIAL = frozenset(
    {
        FILE,
        "greet",
        "thanks",
        "goodbye",
        "affirm",
        "deny",
        "bot_challenge",
        "small_talk",
        "request_human",
        "request_someone_else",
        "never_mind",
        "frustrated",
        "praise",
    }
)
QUOTE_LENGTH = 280
# The summary as text: what fits above the fold of the card, in a note, and in a mail.
LINES, LINE_LENGTH = 6, 90
# "No, the tracking page shows nothing" says what is wrong; "no" and "nope, sorry" do not.
TELLING_DENIAL = 4
# Said in the queue, where nobody reads intents: "hello?" and "forget it" are no questions.
TELLING_WAIT = 3


class Said(BaseModel):
    """One thing the customer said, and the intent it was understood as."""

    seq: int
    text: str
    intent: str | None = None

    @property
    def has_substance(self) -> bool:
        if self.intent == "deny" and len(self.text.split()) >= TELLING_DENIAL:
            return True
        if self.intent == "give_details":
            return False  # the card lists what was given
        if self.intent is None and len(self.text.split()) < TELLING_WAIT:
            return False
        return self.intent not in SOCIAL and any(letter.isalnum() for letter in self.text)


class Summary(BaseModel):
    first_ask: str | None = None
    last_ask: str | None = None
    """None when it is the first."""
    failed: list[str] = []


def quote(text: str, length: int = QUOTE_LENGTH) -> str:
    """The text on one line, cut at a word with an ellipsis if it is longer than ``length``.

    Card and account numbers show their last digits only; a number that was written over two lines, too.
    """
    line = hide(" ".join(text.split()))
    if len(line) <= length:
        return line
    cut = line[: length - 1]
    return (cut.rsplit(" ", 1)[0] if " " in cut[length // 2 :] else cut).rstrip() + "…"


def summarise(said: Sequence[Said], failed: Sequence[str]) -> Summary:
    """First and last thing asked, in the customer's words, and what was tried in vain.

    If nothing has substance (only greetings, or only "a person, please"), the first and last words of any
    kind stand in, so that the agent never sees an empty card for a customer who wrote something.
    """
    asks = [one for one in said if one.has_substance] or [one for one in said if one.text.strip()]
    vain = list(dict.fromkeys(failed))
    if not asks:
        return Summary(failed=vain)
    first, last = quote(asks[0].text), quote(asks[-1].text)
    return Summary(
        first_ask=first,
        last_ask=last if last != first else None,
        failed=vain,
    )


class Given(Protocol):
    """A detail that the customer gave; handoff.evidence.Detail is one."""

    @property
    def label(self) -> str: ...
    @property
    def value(self) -> str: ...


def lines(made: Summary, details: Sequence[Given] = ()) -> list[str]:
    """The summary as text: first ask, last ask, what failed, details given; at most six lines of 90
    characters. Empty only when the customer has neither written nor given anything.

    What is long gets the lines that the others leave, the first ask before the last.
    """
    said = [
        ("Asked first" if made.last_ask else "Asked", made.first_ask or "", "“{}”"),
        ("Asked last", made.last_ask or "", "“{}”"),
        ("Failed", "; ".join(made.failed), "{}"),
        ("Given", "; ".join(f"{one.label} {one.value}" for one in details), "{}"),
    ]
    parts = [(name, text, form) for name, text, form in said if text.strip()]
    room = LINES - len(parts)
    found: list[str] = []
    for name, text, form in parts:
        block = _fitted(name, text, form, 1 + room)
        room -= len(block) - 1
        found += block
    return found


def _fitted(name: str, text: str, form: str, most: int) -> list[str]:
    """``Name: text`` on at most so many lines, cut at a word."""
    length = most * LINE_LENGTH
    while True:
        whole = f"{name}: {form.format(quote(text, length))}"
        block = textwrap.wrap(whole, LINE_LENGTH, break_on_hyphens=False)
        if len(block) <= most:
            return block
        length -= 5
