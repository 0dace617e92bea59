"""An extractive summary: nothing is said that the customer or the log did not say."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import BaseModel

# What people say around their problem; it tells an agent nothing about the problem itself.
SOCIAL = frozenset(
    {
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
    """The text on one line, cut at a word with an ellipsis if it is longer than ``length``."""
    line = " ".join(text.split())
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
