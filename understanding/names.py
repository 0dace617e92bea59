"""Whose name, and whether it is one at all: the words around what spaCy took for a person or a place.

The small English model reads chat badly: "KETTLE BROKEN" is a person to it, and so is a lower-case "klarna".
So a finding counts by its evidence: words that introduce it, or the spelling of a name in a text that is
otherwise spelt as a text.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from understanding.name_words import KNOWN, NO_NAME, PARTICLES

PERSON = "PERSON"
#: The role of a name that the customer gave as their own.
OWN = "own"

_TITLE = r"(?:(?:mrs?|ms|miss|dr|prof)\.?\s+)?"
# The words that make a name the speaker's own. "My sister Anna ordered it" names somebody else.
_BEFORE = re.compile(
    r"\b(?:i['’]?m|i am|my (?:full |first |last )?name(?:['’]?s| is)|this is|name:|call me)\s+"
    rf"(?:called\s+)?{_TITLE}$",
    re.I,
)
# "This is Anna's parcel", "I'm Anna's mother", "I'm Fernway customer".
_ANOTHERS = re.compile(r"['’]s?\b|['’](?!\w)")
# "Anna here", "it's Anna speaking".
_AFTER = re.compile(r"\s+(?:here|speaking|calling)\b(?!\s+(?:is|are|was|to)\b)", re.I)
_OPENING = re.compile(
    r"^\W{0,5}(?:(?:hi|hello|hey|there|good (?:morning|afternoon|evening|day)|it['’]?s)\W{1,5}){0,4}"
    rf"{_TITLE}$",
    re.I,
)
# "Kind regards, Anna Peeters". "Thanks, Anna" thanks Anna, unless Anna stands on the next line.
_SIGNED = re.compile(
    r"(?:(?:regards|greetings|sincerely|yours)[\s,.!-]{1,6}"
    r"|(?:cheers|thanks|thank you|thx|best)[ ,.!-]{0,4}\n\s{0,3})$",
    re.I,
)
_SIGNATURE = re.compile(r"[\s,.!-]{1,6}([A-Z][\w'’-]{1,30}(?: [A-Z][\w'’-]{1,30}){1,2})[\s.]{0,3}$")
_SIGNATURE_AT = 120
#: Characters before and after a name that say whose it is.
_AROUND = 80
_END = re.compile(r"[\s.!]*$")
# A name without spaCy: only these words leave no doubt.
_INTRODUCED = re.compile(
    r"\b(?:my (?:full )?name(?:['’]?s| is)|name:)\s{1,3}"
    + _TITLE
    + r"([^\W\d_][\w'’-]{1,30}(?:[ ](?!(?:and|but|from|i|im|my|the|not|with|for|on|at|in|is|was|or|so|please"
    r"|can|you|hi|hello|where|what|how)\b)[^\W\d_][\w'’-]{1,30}){0,2})",
    re.I,
)
_PLACE_BEFORE = re.compile(r"\b(?:in|from|to|near|at|outside|around|via)\s+(?:the\s+)?$", re.I)
_NAME_WORD = re.compile(r"[^\W\d_][\w'’.-]*")


def introduced(text: str) -> tuple[int, int] | None:
    """Return where a name stands that only its introduction tells: "my name is marta kowalska".

    >>> introduced("hi my name is marta kowalska and i need help")
    (14, 28)
    """
    match = _INTRODUCED.search(text)
    if match is None:
        return _signature(text)
    if match[1].split()[0].lower() in NO_NAME:
        return None
    if match[1].lower().endswith(("'s", "’s")) or _ANOTHERS.match(text[match.end(1) :]):
        return None
    return match.span(1)


def _signature(text: str) -> tuple[int, int] | None:
    """Return where a signed name of two words or three stands on the last line."""
    from_here = max(0, len(text) - _SIGNATURE_AT)
    match = _SIGNATURE.search(text, from_here)
    if match is None or _knows(match[1]) or not _SIGNED.search(text[: match.start(1)]):
        return None
    return match.span(1)


def is_own(text: str, start: int, end: int) -> bool:
    """Tell whether the name from `start` to `end` is given as the writer's own."""
    before, after = text[max(0, start - _AROUND) : start], text[end : end + _AROUND]
    if _ANOTHERS.match(after):
        return False
    if _BEFORE.search(before):
        return True
    if start < _AROUND and _AFTER.match(after) and _OPENING.search(before):
        return True
    if len(text) - end >= _AROUND or _END.match(after) is None:
        return False
    if start < _AROUND and not before.strip(" .,!\n"):  # nothing but the name
        return len(text[start:end].split()) > 1 and is_spelt_as_name(text, start, end)
    return _SIGNED.search(before) is not None


def is_person(
    text: str, start: int, end: int, is_product: Callable[[str], bool] = lambda text: False
) -> bool:
    """Tell whether what spaCy took for a person may be one."""
    name = text[start:end]
    if _knows(name) or is_product(name) or any(sign.isdigit() for sign in name):
        return False
    return is_own(text, start, end) or is_spelt_as_name(text, start, end)


def is_place(
    text: str, start: int, end: int, is_product: Callable[[str], bool] = lambda text: False
) -> bool:
    """Tell whether what spaCy took for a place may be one."""
    name = text[start:end]
    if _knows(name) or is_product(name) or any(sign.isdigit() for sign in name):
        return False
    return _PLACE_BEFORE.search(text[:start]) is not None or is_spelt_as_name(text, start, end)


def is_spelt_as_name(text: str, start: int, end: int) -> bool:
    """Tell whether the words are capitalised as names are, and the rest of the text is not."""
    words = _NAME_WORD.findall(text[start:end])
    if not words or not all(_capitalised(word) for word in words):
        return False
    # The first word of all has its capital from its place.
    others = _NAME_WORD.findall(text[:start])[1:] + _NAME_WORD.findall(text[end:])
    letters = [word for word in others if len(word) > 3]
    return not letters or sum(word[0].isupper() for word in letters) < max(2, len(letters) / 2)


def _capitalised(word: str) -> bool:
    return (word[0].isupper() and not (len(word) > 2 and word.isupper())) or word in PARTICLES


def _knows(name: str) -> bool:
    words = [word.lower().strip(".'’-") for word in _NAME_WORD.findall(name)]
    return not words or any(word in KNOWN for word in words)
