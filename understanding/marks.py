"""Messages without words: "?", "...", "^^"."""

from __future__ import annotations

import unicodedata

# Punctuation, separators, controls, and symbols as in "^^" or "=)"; emoji are other symbols (So).
_MARKS = ("P", "Z", "C", "Sk", "Sm")
_ASKING = frozenset("❓❔")


def is_wordless(text: str) -> bool:
    """Tell whether there is nothing but marks, which is neither a yes nor a no. A 👍 says something.

    The sentence encoder puts them near short answers: "?" was an affirm by .88.
    """
    return bool(text) and all(
        sign in _ASKING or unicodedata.category(sign).startswith(_MARKS) for sign in text
    )
