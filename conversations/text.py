"""What people type, made safe to store and show; never changed in meaning."""

from __future__ import annotations

import unicodedata

_KEPT = frozenset("\n\t")
# These two force a direction on what follows and are used to disguise text; ordinary right-to-left
# writing needs neither.
_OVERRIDES = frozenset("\u202d\u202e")


def clean(text: str) -> str:
    """Drop control characters, lone surrogates and direction overrides, and trim the ends."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    kept = (
        character
        for character in text
        if character in _KEPT
        or (unicodedata.category(character) not in ("Cc", "Cs") and character not in _OVERRIDES)
    )
    return "".join(kept).strip()


def is_blank(text: str) -> bool:
    """Whether nothing in it can be seen: white space, joiners and other format characters only."""
    return all(
        character.isspace() or unicodedata.category(character) in ("Cf", "Cc", "Cs")
        for character in text
    )
