"""A chat without what names or reaches anybody: two readers that mask are united, and a lead strikes the rest."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from conversations.models import Author
from handoff.similar import blanks
from understanding import names
from understanding.name_words import KNOWN, NO_NAME


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


CUSTOMER, ASSISTANT, AGENT = "customer", "assistant", "agent"
AUTHORS = {Author.CUSTOMER: CUSTOMER, Author.BOT: ASSISTANT, Author.AGENT: AGENT}
STRUCK = "[removed]"
CUT = " […]"
# Stand for a colleague, a spelt address and a bare amount while the rest is masked: no pattern reads them.
_COLLEAGUE, _EMAIL, _AMOUNT = "\ue000", "\ue001", "\ue002"
_MARKS = _words(
    "name email phone address number detail amount day time link code order invoice ticket card iban agent "
    "place postcode removed subscription unsure given"
)
# What a cut may have left half of: an address, a number.
_HALF = 350
_MARK = re.compile(r"\[[a-z ]{2,30}\]")
_BLANK = re.compile(r"\{([a-z_]{2,30})\}")
_BRACKETS = str.maketrans("[]{}\ue000\ue001\ue002", "()()   ")
_HANDLE = re.compile(r"(?<![\w@.])@[A-Za-z0-9_.]{2,40}")
_SPELT_EMAIL = re.compile(
    r"\b[\w.+-]{1,40}\s{0,2}[(\[]?\bat\b[)\]]?\s{0,2}[\w-]{1,40}(?:\s{0,2}[(\[]?\bdot\b[)\]]?\s{0,2}[\w-]{1,20}){1,3}",
    re.I,
)
# "It was 1,299.50 in all": an amount without its currency, which would pass for a long number or for none.
_BARE_AMOUNT = re.compile(
    r"(?<![\w.,€£$])(?<![0-9€£$] )(?:[0-9]{1,3}(?:[.,'][0-9]{3}){0,3}|[0-9]{4,6})[.,][0-9]{2}"
    r"(?![\w.,]?[0-9€£$]| [0-9€£$]|\w)"
)
_WORD = re.compile(r"[^\W\d_][\w'’-]{1,30}")
# Addresses that are a desk's, not a person's.
_DESKS = _words(
    "info mail email contact support hello sales shop office admin team service help customer orders"
)
_I = re.compile(r"I['’]\w+")
_LOCAL = re.compile(r"[^\W\d_]{4,30}")


class Second(Protocol):
    """Another reader that masks (knowledge_base.asked.masking.mask): what either takes is out."""

    def __call__(
        self, text: str, people: Iterable[str] = (), details: Iterable[str] = ()
    ) -> str: ...


@dataclass(frozen=True)
class Line:
    """One message; `author` is customer, assistant or agent."""

    author: str
    text: str

    def stored(self) -> dict[str, str]:
        return {"author": self.author, "text": self.text}


@dataclass(frozen=True)
class Known:
    """What the house knows about a chat that must not stand in its copy."""

    details: Mapping[str, str]
    """Value → kind: an order number, an address."""
    people: tuple[str, ...]
    """Names of the customer and of whom they named."""
    colleagues: tuple[str, ...]
    """Names of staff; each stands as "Agent"."""


def masked(
    lines: Sequence[Line], known: Known, second: Second, strikes: Iterable[str] = ()
) -> list[Line]:
    """The copy of a chat. Nothing of `known` stands in it, nor what looks like a detail, nor a struck word."""
    people = people_in(lines, known)
    struck = list(strikes)
    return [
        Line(one.author, strike(mask(one.text, known, people, second), struck)) for one in lines
    ]


def mask(text: str, known: Known, people: Sequence[str], second: Second) -> str:
    """One text of the chat. Brackets that were typed become parentheses: those of the copy are marks."""
    text = _cut(text.translate(_BRACKETS))
    # A chat may have introduced thousands of names, on purpose: only those that this text holds are looked for.
    folded = text.casefold()
    here = [one for one in people if one.casefold() in folded]
    details = {one: kind for one, kind in known.details.items() if one.strip().casefold() in folded}
    kept = _BARE_AMOUNT.sub(_AMOUNT, _SPELT_EMAIL.sub(_EMAIL, text))
    kept = _colleagues(kept, known.colleagues)
    kept = _BLANK.sub(_mark, blanks.mask(kept, details, here))
    for sign, words in ((_EMAIL, "[email]"), (_AMOUNT, "[amount]"), (_COLLEAGUE, "Agent")):
        kept = kept.replace(sign, words)
    # Once more over all, for what stood within something else; a name that is a mark's word was taken above.
    kept = second(kept, [one for one in (*here, *details) if one.lower() not in _MARKS])
    return _HANDLE.sub("[name]", kept)


def written(text: str, known: Known, people: Sequence[str], second: Second) -> str:
    """A lead's own line: days and amounts may stand in it, whoever was in the chat may not."""
    text = _colleagues(text.translate(_BRACKETS), known.colleagues)
    return second(strike(text, [*people, *known.details]).replace(_COLLEAGUE, "Agent"))


def strike(text: str, words: Iterable[str]) -> str:
    """The text without these words, whole ones, whatever their case.

    >>> strike("Ask Jo or jo's mother", ["Jo"])
    "Ask [removed] or [removed]'s mother"
    """
    either = "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
    return re.sub(rf"(?<!\w)(?:{either})(?!\w)", STRUCK, text, flags=re.I) if either else text


def doubtful(lines: Sequence[Line], most: int = 30) -> list[str]:
    """Words of a copy that may be names: a capital within a sentence, and never without one."""
    plain = {
        match[0] for one in lines for match in _WORD.finditer(one.text) if match[0][0].islower()
    }
    found: dict[str, None] = {}
    for one in lines:
        text = _MARK.sub("[]", one.text)
        for match in _WORD.finditer(text):
            word, before = match[0], text[: match.start()].rstrip()
            if not word[0].isupper() or word.isupper() or word == "Agent" or not before:
                continue
            if before[-1] in ".!?:\n" or word.lower() in KNOWN | NO_NAME | plain:
                continue
            if _I.fullmatch(word) is None:
                found[word] = None
    return list(found)[:most]


def people_in(lines: Sequence[Line], known: Known) -> list[str]:
    """Every name that is known or introduced, and what an e-mail address tells of one."""
    found = list(known.people)
    for line in lines:
        rest = line.text
        while line.author == CUSTOMER and (span := names.introduced(rest)) is not None:
            found.append(rest[slice(*span)])
            rest = rest[span[1] :]
    for value, kind in known.details.items():
        if kind == "email":
            local = value.partition("@")[0]
            found += [word for word in _LOCAL.findall(local) if word.lower() not in _DESKS]
    parts = [word for name in found for word in name.split() if len(word) > 2]
    return sorted(dict.fromkeys([*found, *parts]), key=len, reverse=True)


def _colleagues(text: str, staff: Iterable[str]) -> str:
    """With its capital only: "Will" is a colleague, "will" is not."""
    every = {part for name in staff for part in (name, *name.split()) if len(part) > 1}
    either = "|".join(re.escape(one) for one in sorted(every, key=len, reverse=True))
    return re.sub(rf"(?<!\w)(?:{either})(?!\w)", _COLLEAGUE, text) if either else text


def _mark(match: re.Match[str]) -> str:
    return "Agent" if match[1] == blanks.AGENT else f"[{match[1].replace('_', ' ')}]"


def _cut(text: str) -> str:
    """What `blanks` reads of a text, without the end that a cut may have made unrecognisable."""
    if len(text) <= blanks.READ - 10:
        return text
    return text[: blanks.READ - 10 - _HALF].rstrip() + CUT


def points_of(lines: Sequence[Line]) -> list[int]:
    """Where each run of a person's messages begins, as places in `lines`."""
    return list(_points(lines))


def _points(lines: Sequence[Line]) -> Iterator[int]:
    before = ""
    for at, line in enumerate(lines):
        if line.author == AGENT and before != AGENT:
            yield at
        before = line.author
