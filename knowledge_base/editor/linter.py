"""Hints for an editor: times that say nothing, parts missing or swapped, hard words. They never block."""

from __future__ import annotations

import re
from dataclasses import dataclass

from knowledge_base.editor import reading
from understanding.vague_times import ADVICE, names_a_time, vague_times

FEWEST_QUESTIONS = 3
_NO_ALT = re.compile(r"!\[\s{0,20}\]\(file:[0-9a-f-]{36}", re.IGNORECASE)
#: Most adults read newspapers of grade 8 or 9 without effort.
HARDEST_GRADE = 9.0
#: Beyond so many words a sentence is named.
LONG_SENTENCE = 20
_STEP = re.compile(r"^\s{0,3}\d{1,2}[.)]\s", re.MULTILINE)
_PROMISE = re.compile(
    r"(?:you(?:'ll| will| should)|we(?:'ll| will)|your \w{1,30} (?:will|arrives?)|once (?:done|that)|"
    r"it (?:will|arrives|takes))\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Hint:
    """One thing to look at: the part, where in it (characters), the words, and what would help."""

    part: str
    start: int
    end: int
    words: str
    advice: str


def lint(
    *, questions: list[str], context: str, action: str, outcome: str, language: str = "en"
) -> list[Hint]:
    """Hints in reading order; how hard the text is to read comes last, for English alone."""
    hints = []
    if len(questions) < FEWEST_QUESTIONS:
        hints.append(
            Hint("questions", 0, 0, "", "Add ways in which customers ask this; six find it well.")
        )
    for part, text in (("context", context), ("action", action), ("outcome", outcome)):
        hints += [
            Hint(part, found.start, found.end, found.words, ADVICE) for found in vague_times(text)
        ]
        hints += [
            Hint(part, *found.span(), "", "Say what the picture shows, for who can't see it.")
            for found in _NO_ALT.finditer(text)
        ]
    if not context.strip():
        hints.append(Hint("context", 0, 0, "", "Say what this is about, and for whom."))
    hints += _swapped(context, action, outcome)
    if not action.strip():
        hints.append(Hint("action", 0, 0, "", "Say what the customer does, or what we did."))
    if not outcome.strip():
        hints.append(Hint("outcome", 0, 0, "", "Say what happens next, and when."))
    elif not names_a_time(outcome):
        hints.append(Hint("outcome", 0, 0, "", "No time stands here: say when it happens."))
    if language.split("-")[0] == "en":
        hints += _hard({"context": context, "action": action, "outcome": outcome})
    return hints


def _swapped(context: str, action: str, outcome: str) -> list[Hint]:
    """Steps where none belong, and a promise in the place of the steps."""
    found = []
    if not _STEP.search(action):
        for part, text in (("context", context), ("outcome", outcome)):
            steps = _STEP.search(text)
            if steps:
                advice = "Steps stand here: they belong to Action."
                found.append(Hint(part, *steps.span(), "", advice))
        promise = _PROMISE.match(action.strip())
        if promise and not _PROMISE.search(outcome):
            advice = "This tells what happens next: that belongs to Outcome."
            found.append(Hint("action", 0, promise.end(), promise.group(), advice))
    return found


def _hard(parts: dict[str, str]) -> list[Hint]:
    whole = reading.read("\n\n".join(parts.values()))
    if whole.words < reading.FEWEST_WORDS or whole.grade <= HARDEST_GRADE:
        return []
    advice = (
        f"Reads like school grade {whole.grade:.0f}; aim at {HARDEST_GRADE:.0f} or below, "
        "with shorter sentences and plainer words."
    )
    found = [Hint("text", 0, 0, "", advice)]
    for part, text in parts.items():
        sentence = reading.longest(text)
        count = reading.words_in(sentence)
        if count > LONG_SENTENCE:
            start = max(0, text.find(sentence))
            end = start + len(sentence) if sentence in text else start
            shown = sentence if len(sentence) <= 90 else f"{sentence[:90].rsplit(' ', 1)[0]}…"
            found.append(Hint(part, start, end, shown, f"{count} words in one sentence: split it."))
    return found
