"""The name that a customer gave in the chat: a label for the agent, never an identity."""

from __future__ import annotations

import re
from collections.abc import Sequence

from conversations.models import Turn
from understanding import names


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
        names.is_own(text, found.start(), found.end())
        for found in re.finditer(re.escape(name), text)
    )
