"""What has no words in it."""

from __future__ import annotations

import pytest

from understanding.marks import is_wordless


@pytest.mark.parametrize("text", ["?", "??", "...", "?!", "^^", "- -", "❓", "¿?", ":)"])
def test_marks_are_no_words(text: str) -> None:
    assert is_wordless(text)


@pytest.mark.parametrize("text", ["", "y?", "1", "👍", "✓", "да", "no.", "好"])
def test_anything_else_says_something(text: str) -> None:
    assert not is_wordless(text)
