"""The name that a customer gave in the chat: a label for the agent, never an identity."""

from __future__ import annotations

import re
from collections.abc import Sequence

from conversations.models import Turn

# The words that make a name the speaker's own. "My sister Anna ordered it" names somebody else.
_BEFORE = re.compile(
    r"\b(?:i['’]?m|i am|my (?:full |first )?name(?:['’]?s| is)|this is|name:)\s+"
    r"(?:called\s+)?(?:(?:mrs?|ms|miss|dr|prof)\.?\s+)?$",
    re.I,
)
# "This is Anna's parcel", "I'm Anna's mother".
_ANOTHERS = re.compile(r"['’]s?\b|['’](?!\w)")


def given(turns: Sequence[Turn]) -> str | None:
    """The name last given as one's own, found by spaCy and by the words around it; None if there is none."""
    own = [name for turn in turns for name in _names(turn) if _is_own(name, turn.text)]
    return own[-1] if own else None


def _names(turn: Turn) -> list[str]:
    return [
        str(entity["value"]).strip()
        for entity in turn.parse.get("entities") or []
        if entity.get("entity") == "PERSON" and str(entity.get("value") or "").strip()
    ]


def _is_own(name: str, text: str) -> bool:
    return any(
        _BEFORE.search(text[: found.start()]) and not _ANOTHERS.match(text[found.end() :])
        for found in re.finditer(re.escape(name), text)
    )
