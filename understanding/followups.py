"""Whether a question leans on what was said before ("and how long does that take?"), by its form alone."""

from __future__ import annotations

import re
from typing import Final

#: A question with more content words than this stands on its own, whatever it points at.
FEW_WORDS = 2
#: Characters of the last question that are looked at; what it is about stands in its beginning.
MAX_BEFORE = 200
#: One that goes on from the last ("and …", "what about …") may name a matter and still need the last one.
ON_WORDS = 4

_ON = re.compile(
    r"\W*(?:and|or|but|then|so|also)\b(?! (?:also|another|btw))|\W*(?:what|how) (?:about|if)\b",
    re.I,
)
_INQUIRES = re.compile(
    r"\W*(?:(?:and|or|but|then|so|also|ok|okay)\W+)*(?:how|what|when|where|which|who|why)\b", re.I
)
_POINTS = re.compile(
    r"\b(?:it|its|it['’]s|that|this|those|these|them|they|there|ones?|then|else|otherwise)\b", re.I
)
# Words that carry no matter: askers, helpers, pronouns, and the frames of any question.
_FRAMES: Final = """
a about after all also am an and any anyone are arent as ask at be because been before but by can cant
come comes could did didnt do does doesnt doing done dont each either else enter entirely ever exactly
example find for from get gets getting give go goes going got had happen happens has have having he hello
help her here hey hi how i id if ill im in instead into is isnt it its ive just kind know let like ll
long look m made make many may me mean mine more most much must my n need no normally not now of off
often ok okay on one ones only or other otherwise our out please pls possible put r re really s say says
see she should so some someone something soon sort still such t take takes tell than thanks that thats
the their them then there these they thing things this those till to too true try u under until up ur us
usually ve very want was we well were what whats when whens where wheres which who whos why will with
without wont work works would yes yet you your
"""
_EMPTY: Final = frozenset(_FRAMES.split())


def content(text: str) -> list[str]:
    """The words that name a matter, in order."""
    found = re.findall(r"[^\W_]+", re.sub(r"['’]", "", text.casefold()))
    return [word for word in found if word not in _EMPTY]


def leans(text: str) -> bool:
    """
    >>> leans("and how long does that take?"), leans("what about gift cards?"), leans("and to the uk?")
    (True, True, True)
    >>> leans("how do I reset my password?"), leans("what does delivery to Spain cost?")
    (False, False)
    """
    named = len(content(text))
    if _ON.match(text):
        return named <= ON_WORDS
    if named == 0:
        return len(text.split()) > 1
    return named <= FEW_WORDS and _POINTS.search(text) is not None


def goes_on(text: str) -> bool:
    """Whether it begins as what goes on from the last: "and …", "what about …".

    >>> goes_on("and paypal?"), goes_on("paypal?")
    (True, False)
    """
    return _ON.match(text) is not None


def inquires(text: str) -> bool:
    """Whether it asks how, what, when …, which is no request to act.

    >>> inquires("and what does it cost from the uk?"), inquires("and can you send it back?")
    (True, False)
    """
    return _INQUIRES.match(text) is not None


def with_before(text: str, before: str) -> str:
    """The question with the content words of the one before it, which must not outweigh it.

    On data/golden/messy.yml (34 follow-ups) the right article was shown for 23 as they stand, 28 with the
    whole last question before them, 30 with the topic's name, and 31 with the last question's content words.

    >>> with_before("and how long does that take?", "how do I return a lamp?")
    'return lamp and how long does that take?'
    """
    return " ".join([*dict.fromkeys(content(before[:MAX_BEFORE])), text.strip()])
