"""What one sentence says: what it is about, its facts, its "not", and the cases it is limited to."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from knowledge_base.review.facts import NEEDED, PAYING, Fact, facts
from knowledge_base.search.words import stem, words

_NOT = re.compile(
    r"\b(?:not|never|cannot|can't|can’t|don't|don’t|won't|won’t|doesn't|doesn’t|isn't|isn’t|aren't|aren’t|"
    r"impossible|unable|no longer|no)\b",
    re.IGNORECASE,
)
_NO_NOT = re.compile(r"\b(?:no\.|not only|if not|or not|whether or not|why not)", re.IGNORECASE)
_CASE = re.compile(
    r"\b(?:if|when|while|unless|except|without|otherwise|only|during|instead|another|other|until(?! then)|once|"
    r"than(?! \d)|"
    r"in case|already|later|earlier|still)\b",
    re.IGNORECASE,
)
_PRONOUN = re.compile(r"(?:it|they|this|these|that)\b", re.IGNORECASE)
# Words that carry no subject of their own: two sentences may differ in these and be about the same.
_COMMON = """
a an and any are as at be been but by can could do does for from had has have how i if in is it its me my of on or
our so some than that the their them there they this to us was we were what which who will with would you your e
not no never cannot cant dont wont doesnt isnt arent within up about also always usually normally cost price more
most least must should may might take last get come give make after before every each per maximum minimum total
please simply all now too able allowed possible impossible unable
day daily limit limits above over under below weigh heavier lighter larger largest longer keep kept
then reach reaches need needed require required necessary accept accepted welcome
"""
_NO_SUBJECT = frozenset(stem(word) for word in _COMMON.split())
_BE = frozenset(("be", "been", "to", "a", "an", "any", "the", "yet"))


@dataclass(frozen=True)
class Claim:
    """One sentence taken to pieces."""

    content: frozenset[str]
    """Stems without the words of its facts and without common ones."""
    all: frozenset[str]
    facts: tuple[Fact, ...]
    negations: tuple[tuple[int, int], ...]
    """The characters of each "not"."""
    negated: frozenset[str]
    """The stems that a "not" stands before."""
    cases: frozenset[str]
    """The words that limit it to a case."""
    pronoun: bool

    def about(self, title: str) -> frozenset[str]:
        """What the sentence is about; the title says it where the sentence has only "it"."""
        if len(self.content) < 2 or self.pronoun:
            return self.content | claim(title).content
        return self.content

    @property
    def paying(self) -> frozenset[str]:
        """The stems that name a way of paying."""
        named = " ".join(str(fact.value[0]) for fact in self.of(PAYING))
        return frozenset(stem(word) for word in words(named))

    @property
    def kinds(self) -> frozenset[str]:
        return frozenset(fact.kind for fact in self.facts)

    def of(self, kind: str) -> list[Fact]:
        return [fact for fact in self.facts if fact.kind == kind]


@lru_cache(maxsize=4096)
def claim(text: str) -> Claim:
    """Take a sentence to pieces."""
    found = facts(text)
    rest = text
    for fact in reversed(found):
        if fact.kind in (PAYING, NEEDED):
            continue
        rest = f"{rest[: fact.start]} {rest[fact.end :]}"
    whole = frozenset(stem(word) for word in words(text))
    spans = [match.span() for match in _NO_NOT.finditer(text)]
    # "You need no referral" is what is needed, not a "not" of its own.
    needs = [fact for fact in found if fact.kind == NEEDED]
    spans += [(fact.start, fact.end) for fact in needs]
    negations = [
        match
        for match in _NOT.finditer(text)
        if not any(start <= match.start() < end for start, end in spans)
    ]
    cases = [
        match.group().lower()
        for match in _CASE.finditer(text)
        if not any(fact.start <= match.start() < fact.end for fact in needs)
    ]
    after = [words(text[match.end() :]) for match in negations]
    return Claim(
        content=frozenset(stem(word) for word in words(rest)) - _NO_SUBJECT,
        all=whole,
        facts=tuple(found),
        negations=tuple(match.span() for match in negations),
        negated=frozenset(stem(next((w for w in rest if w not in _BE), "")) for rest in after),
        cases=frozenset(cases),
        pronoun=_PRONOUN.match(text) is not None,
    )
