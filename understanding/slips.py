"""Slips of the keyboard, to learn from: a classifier that has seen some reads others better."""

from __future__ import annotations

import random

ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
#: Of words with so many letters or more; a slip in a shorter one makes another word.
LEAST_LETTERS = 4
#: How likely each of them slips. On train parts of banking77, two fifths brought half as much.
CHANCE = 0.8


#: Where a key's neighbours lie, as rows down and keys to the right: each row begins half a key later.
TOUCHING = ((0, -1), (0, 1), (-1, 0), (-1, 1), (1, -1), (1, 0))


def _neighbours() -> dict[str, str]:
    """Return the keys that touch each key."""
    keys = {(row, at): key for row, line in enumerate(ROWS) for at, key in enumerate(line)}
    return {
        key: "".join(
            keys[row + down, at + right]
            for down, right in TOUCHING
            if (row + down, at + right) in keys
        )
        for (row, at), key in keys.items()
    }


NEIGHBOURS = _neighbours()


def slipped(text: str, seed: int = 0) -> str:
    """Return the text with a slip in most of its longer words; the same one each time."""
    dice = random.Random(f"{seed}:{text}")  # noqa: S311 - no secret
    return " ".join(
        _slip(word, dice)
        if len(word) >= LEAST_LETTERS and word.isalpha() and dice.random() < CHANCE
        else word
        for word in text.split(" ")
    )


def _slip(word: str, dice: random.Random) -> str:
    at = dice.randrange(len(word) - 1)
    kind = dice.choice(("missed", "doubled", "swapped", "beside"))
    if kind == "missed":
        return word[:at] + word[at + 1 :]
    if kind == "doubled":
        return word[:at] + word[at] + word[at:]
    if kind == "swapped":
        return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    beside = NEIGHBOURS.get(word[at].lower(), word[at])
    return word[:at] + dice.choice(beside) + word[at + 1 :]
