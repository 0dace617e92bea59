"""What a message's own words and letters say of the customer's temper."""

from __future__ import annotations

import re
from collections.abc import Iterable

#: The first part of a message carries its temper, and a 4,000-character paste must not cost more.
MAX_CHARACTERS = 1000

#: Phrases of displeasure and how much each says, 0 to 1. Whole words; * stands for any ending.
DISPLEASURE: dict[str, float] = {
    "useless": 0.6,
    "thanks for nothing": 1.0,
    "thank you for nothing": 1.0,
    "ridiculous": 0.6,
    "unacceptable": 0.6,
    "pathetic": 0.7,
    "disgrace*": 0.7,
    "disgust*": 0.6,
    "appalling": 0.6,
    "outrageous": 0.6,
    "waste of time": 0.6,
    "wasting my time": 0.6,
    "fed up": 0.6,
    "sick of": 0.6,
    "sick and tired": 0.7,
    "had enough": 0.6,
    "losing my patience": 0.6,
    "lost my patience": 0.6,
    "what a joke": 0.6,
    "joke of a": 0.6,
    "a complete joke": 0.6,
    "youre joking": 0.5,
    "are you kidding": 0.5,
    "worst": 0.5,
    "terrible": 0.5,
    "horrible": 0.5,
    "awful": 0.5,
    "rubbish": 0.5,
    "garbage": 0.5,
    "hopeless": 0.5,
    "incompeten*": 0.7,
    "furious": 0.7,
    "angry": 0.5,
    "annoy*": 0.4,
    "frustrat*": 0.5,
    "infuriating": 0.6,
    "disappoint*": 0.3,
    "for gods sake": 0.6,
    "for heavens sake": 0.5,
    "for crying out loud": 0.5,
    "doesnt help": 0.3,
    "are you even": 0.5,
    "are you listening": 0.4,
    "youre not listening": 0.5,
    "you dont listen": 0.5,
    "youre not helping": 0.5,
    "not helpful": 0.3,
    "unhelpful": 0.4,
    "no help": 0.3,
    "makes no sense": 0.3,
    "nobody answers": 0.4,
    "nobody cares": 0.5,
    "never again": 0.4,
    "ripped off": 0.5,
    "rip off": 0.4,
    "scam*": 0.4,
    "thieves": 0.5,
    "crooks": 0.6,
    "stole my": 0.5,
    "stealing my": 0.6,
    "robbing me": 0.6,
    "the hell": 0.6,
    "wtf": 0.7,
    "ffs": 0.7,
    "omg": 0.2,
    "ugh*": 0.3,
    "argh*": 0.4,
}

#: Words that nobody says to somebody who helps. "A damn good lamp" is why mild ones weigh less.
INSULTS: dict[str, float] = {
    "idiot*": 0.8,
    "moron*": 0.8,
    "stupid": 0.6,
    "dumb": 0.5,
    "imbecile*": 0.8,
    "clowns": 0.7,
    "liars": 0.6,
    "crap": 0.5,
    "shit*": 0.7,
    "bullshit": 0.8,
    "fuck*": 0.9,
    "asshole*": 1.0,
    "arsehole*": 1.0,
    "bastard*": 0.9,
    "damn": 0.4,
    "bloody": 0.4,
    "screw you": 0.9,
    "go to hell": 1.0,
    "starredswearing": 0.8,
    "shut up": 0.7,
}

#: Phrases of somebody who has waited or asked before.
IMPATIENCE: dict[str, float] = {
    "still waiting": 0.8,
    "been waiting": 0.7,
    "waiting for days": 0.8,
    "waiting for weeks": 0.9,
    "how much longer": 0.7,
    "how many times": 0.9,
    "how often do i": 0.8,
    "for the second time": 0.7,
    "second time": 0.4,
    "third time": 0.9,
    "fourth time": 1.0,
    "time i ask*": 0.5,
    "i already told you": 0.9,
    "already told you": 0.9,
    "i already said": 0.8,
    "i just said": 0.8,
    "i just told you": 0.9,
    "as i said": 0.6,
    "over and over": 0.7,
    "yet again": 0.6,
    "once again": 0.4,
    "same answer": 0.7,
    "same question": 0.4,
    "same thing": 0.4,
    "hurry": 0.6,
    "refund now": 0.7,
    "money back now": 0.7,
    "answer me": 0.5,
    "right now": 0.4,
    "immediately": 0.5,
    "asap": 0.4,
    "for hours": 0.5,
    "for days": 0.4,
    "for weeks": 0.6,
    "anybody there": 0.4,
    "anyone there": 0.4,
}

_WORD = re.compile(r"[a-z0-9]+")
_APOSTROPHE = re.compile(r"['’`]")
_DRAWN_OUT = re.compile(r"([a-z])\1{2,}")
#: "f***ing", "sh**": swearing that the writer has masked.
_STARRED = re.compile(r"(?<![a-z0-9*])[a-z]{1,3}[*#@$]{2,6}[a-z]{0,5}(?![a-z0-9*])")
_STARRED_WORD = "starredswearing"
#: Words of letters only: "FW-204411" is written in capitals by everybody.
_LETTERS = re.compile(r"(?<![\w-])[^\W\d_]{2,40}(?![\w-])")


def _compile(phrases: dict[str, float]) -> tuple[re.Pattern[str], dict[str, float]]:
    # Phrases are lists of plain words, matched on text reduced to words: no backtracking.
    parts = []
    for phrase in sorted(phrases, key=len, reverse=True):
        plain = re.escape(" ".join(_WORD.findall(phrase)))
        parts.append(plain + (r"[a-z0-9]{0,20}" if phrase.endswith("*") else ""))
    return re.compile(rf"(?<![a-z0-9])(?:{'|'.join(parts)})(?![a-z0-9])"), phrases


_COMPILED = {
    "displeasure": _compile(DISPLEASURE),
    "insults": _compile(INSULTS),
    "impatience": _compile(IMPATIENCE),
}


def displeasure(text: str) -> tuple[float, str]:
    """Return how displeased the wording is, 0 to 1, and the words that say so."""
    return _strength("displeasure", text)


def insults(text: str) -> tuple[float, str]:
    """Return how insulting the wording is, 0 to 1, and the words that are."""
    return _strength("insults", text)


def impatience(text: str) -> tuple[float, str]:
    """Return how plainly the wording says "again" or "still", 0 to 1, and the words that do."""
    return _strength("impatience", text)


def capitals(text: str) -> tuple[float, str]:
    """Return the share of capital letters in a message of three words or more, else 0."""
    words = _LETTERS.findall(text[:MAX_CHARACTERS])
    letters = "".join(words)
    if len(words) < 3 or not letters:
        return 0.0, ""
    share = sum(letter.isupper() for letter in letters) / len(letters)
    # Below one half it is a name, an abbreviation or a language that capitalises its nouns.
    return max(0.0, 2.0 * share - 1.0), f"{share:.0%} capital letters"


def punctuation(text: str) -> tuple[float, str]:
    """Return how many ! and ? stand beyond the ones that grammar asks for; 1 means five."""
    marks = re.findall(r"[!?]{2,}", text[:MAX_CHARACTERS])
    extra = sum(len(run) - 1 for run in marks)
    return min(1.0, extra / 5), " ".join(mark[:5] for mark in marks[:3])


def _strength(kind: str, text: str) -> tuple[float, str]:
    expression, weights = _COMPILED[kind]
    plain = _plain(text)
    found = list(dict.fromkeys(expression.findall(plain)))
    evidence = ", ".join(found[:5]).replace(_STARRED_WORD, "***")
    return _at_least_one(_weight(match, weights) for match in found), evidence


def _plain(text: str) -> str:
    """Return lower-case words: "You're uselesssss!" becomes "youre useless"."""
    text = _APOSTROPHE.sub("", text[:MAX_CHARACTERS].lower())
    text = _STARRED.sub(f" {_STARRED_WORD} ", _DRAWN_OUT.sub(r"\1\1", text))
    return " ".join(_WORD.findall(text))


def _weight(match: str, weights: dict[str, float]) -> float:
    exact = weights.get(match)
    if exact is not None:
        return exact
    return max(
        weight
        for phrase, weight in weights.items()
        if match == (plain := " ".join(_WORD.findall(phrase)))
        or (phrase.endswith("*") and match.startswith(plain))
    )


def _at_least_one(strengths: Iterable[float]) -> float:
    """Return 1 - (1-a)(1-b)…: two signs say more than one and never more than 1."""
    rest = 1.0
    for strength in strengths:
        rest *= 1.0 - strength
    return 1.0 - rest
