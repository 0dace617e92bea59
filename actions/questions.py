"""Whether typed words ask something: by their form alone, where the intent does not tell."""

from __future__ import annotations

import re
from typing import Final

_WHO: Final = r"(?:i|you|u|ya|we|they|your|ur|any|anyone|somebody|someone)"
_WHAT: Final = r"(?:it|he|she|there|this|that|these|those|the|my|a|an)"
# "do it", "will do" and "is fine" are a yes: these words ask only before who or what it is about.
_BEGINS = re.compile(
    r"(?:how|what|when|where|who|which|why|hows|whats|wheres|whos)\b"
    rf"|do(?:n['’]?t)? {_WHO}\b"
    r"|(?:can|could|does|did|is|are|was|were|will|would|should|may|has|have|am)(?:n?['’]?t)?"
    rf" (?:{_WHO}|{_WHAT})\b",
    re.I,
)
_CLAUSES = re.compile(r"[,.;:!\n]+|\b(?:and|but|so|also|btw)\b", re.I)
# The words in which we ask for a detail: a question with them is about our own question.
_DETAIL = re.compile(r"\b(?:numbers?|nr|e-?mails?|mail|post ?codes?|zip(?: ?code)?)\b", re.I)
# Words that name no matter of their own.
_SMALL: Final = """
how what when where who which why hows whats wheres whos do does did dont doesnt is are was were isnt
arent can could cant will would wont should may must have has am im i you u ya we they me us it its he
she there here this that thats these those the my your ur a an any one to for of in on at from with by
if or and but so ok okay please pls well then now just really sure yes no hi hey hello find get see
look need want know mean say tell give go ahead happen happens anyone anybody someone somebody
"""
_EMPTY: Final = frozenset(_SMALL.split())


def begins_as_question(text: str) -> bool:
    """
    >>> begins_as_question("how long does it take"), begins_as_question("is broken")
    (True, False)
    """
    return _BEGINS.match(text.strip()) is not None


def asks(text: str) -> bool:
    """A question mark, or a clause that begins as a question does.

    >>> asks("im in lisbon, can i order from u guys"), asks("yes, do it")
    (True, False)
    """
    return "?" in text or any(map(begins_as_question, _CLAUSES.split(text)))


def names_a_matter(text: str) -> bool:
    """Whether a question says what it is about; else it is about the one that we asked.

    "Where do i find that?" after "What is the order number?" found the article on cancelling, because
    the search reads a question without a matter by the topic so far.

    >>> names_a_matter("do you ship to Lisbon?"), names_a_matter("where do i find that?")
    (True, False)
    >>> names_a_matter("what order number?")
    False
    """
    words = re.findall(r"[^\W_]+", re.sub(r"['’]", "", text.casefold()))
    return _DETAIL.search(text) is None and any(word not in _EMPTY for word in words)
