"""Requests for a person: noticed by what serves, trained on data/nlu alone, in other houses' messages."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from training.benchmarks import multidogo, sets, starter
from training.benchmarks.bench import Bench, Pair
from training.benchmarks.compare import Comparison, Result, pairs
from training.benchmarks.heads import Answer, Examples
from training.benchmarks.metrics import Floats, Labels
from understanding import intents, normal, person, scope

SUBJECT = "requests for a person"
#: What powerplay11 calls them.
LABEL = "CHAT_WITH_AN_AGENT"
#: Requests for a call or a number: another label there, requests for a person in data/nlu.
NUMBER = "CONTACT_NUMBER"
#: As config.yml has them for ScopeDetector.
FALSE_ALARMS, LEAST = 0.03, 0.3
MEASURED = "a head without threshold .63"

Flags = NDArray[np.bool_]
Notice = Callable[[str, Sequence[str]], Flags]
"""A name for the progress lines, and texts, to which of them ask for a person."""


def run(folder: Path, bench: Bench, nlu: Path = starter.NLU) -> Result:
    """Ask powerplay11's test messages and multidogo's dev turns; thresholds come from elsewhere."""
    notice = learn(bench, starter.read(nlu))
    _, test = sets.hint3(folder, "powerplay11")
    turns = [
        text for domain in multidogo.DOMAINS for text in sets.multidogo(folder, domain)[1].texts
    ]
    said = Pair(
        notice.plain("powerplay11 test", test.texts), notice.ours("powerplay11 test", test.texts)
    )
    away = Pair(notice.plain("multidogo dev", turns), notice.ours("multidogo dev", turns))
    asks = np.array([name == LABEL for name in test.intents])
    either = np.array([name in (LABEL, NUMBER) for name in test.intents])
    found = [
        *_found(f"{SUBJECT}, powerplay11", asks, said, ""),
        *_found(f"{SUBJECT} or its number, powerplay11", either, said, ""),
        *_beside(asks, said, away),
    ]
    note = (
        f"Requests for a person: both heads learned from data/nlu ({person.INTENT}) and from no message of "
        f"these sets. powerplay11's label is {LABEL} ({int(asks.sum())} of {len(asks)} test messages); of its 46 "
        "training messages 13 ask for a person, the others say no or that money is missing, which that bot "
        f"gave to an agent. {NUMBER} has requests for a number or a call. multidogo has no such label; "
        "a search of its training turns for words for a person found nobody who asks for one, so a turn noticed "
        "is counted as a false alarm. "
        "Handrail is the classifier with the phrases of data/asking (understanding/person.py); its thresholds "
        f"({person.Thresholds().alone:g} of the classifier alone) come from data/nlu, held out, and from train "
        "parts of multidogo and clinc150; the phrases were written with these and "
        "powerplay11's train part in sight, whose test part was looked at once before. The plain head "
        "takes its likeliest intent."
    )
    return Result(tuple(found), (), (note,))


def by_own_label(
    test: sets.Part, known: Sequence[str], answers: Pair[Answer], least: float
) -> tuple[list[Comparison], str]:
    """Compare, and say how, where both heads learned the label from the house's own train part.

    `least` is the scope score from which Handrail answers.
    """
    place = known.index(LABEL)
    likeliest = Pair(
        answers.plain.probabilities.argmax(axis=1) == place,
        answers.ours.probabilities.argmax(axis=1) == place,
    )
    phrases = np.array([bool(person.read(text).found) for text in test.texts])
    said = Pair(likeliest.plain, (likeliest.ours & (answers.ours.scope >= least)) | phrases)
    asks = np.array([name == LABEL for name in test.intents])
    subject = f"{SUBJECT}, powerplay11, learned from its own train part"
    note = (
        f"{subject}: the plain head's likeliest intent is {LABEL}, without a threshold as in the figure "
        f"measured before; Handrail's is, and its scope score reaches the {least:.4f} above, or a phrase of "
        "data/asking says so."
    )
    return _found(subject, asks, said, MEASURED), note


def learn(bench: Bench, data: sets.Part) -> Pair[Notice]:
    """Return what notices requests, the plain head's way and as what serves does."""
    examples = bench.examples("data/nlu", data.texts)
    plain = bench.heads.plain.fit(examples, data.intents, None)
    trained = intents.train(data.texts, examples.vectors, data.intents, encode=bench.encode)
    model, _ = scope.train(trained, examples.vectors, false_alarms=FALSE_ALARMS)
    speller = normal.Speller.learn(
        [normal.plain(text) for text in data.texts], bench.vectors.is_word
    )
    bench.say(f"{SUBJECT}: both trained on {len(data):,} examples")
    place = plain.intents.index(person.INTENT)
    own = trained.model.intents.index(person.INTENT)

    def plainly(name: str, texts: Sequence[str]) -> Flags:
        answer = plain.answer(bench.examples(name, texts))
        return np.asarray(answer.probabilities.argmax(axis=1) == place)

    def as_served(name: str, texts: Sequence[str]) -> Flags:
        meant = [speller.mend(normal.plain(text)) for text in texts]
        asked: Examples = bench.examples(f"{name}, as meant", meant)
        found = trained.model.probabilities_of_many(meant, asked.vectors)
        flags = []
        for row, (text, words) in enumerate(zip(texts, meant, strict=True)):
            likeliest = int(found[row].argmax()) == own
            believed = float(found[row, own]) if likeliest else 0.0
            inside = believed >= LEAST and model.judge(asked.vectors[row], found[row]).in_scope
            flags.append(person.wants((text, words), believed, inside))
        return np.array(flags)

    return Pair(plainly, as_served)


def _found(subject: str, asks: Flags, said: Pair[Flags], published: str) -> list[Comparison]:
    def of(noticed: Flags, rows: Labels) -> Floats:
        true, called = asks[rows], noticed[rows]
        right = float(np.sum(true & called))
        return np.array(
            [
                right / max(1, int(true.sum())),
                right / max(1, int(called.sum())),
                2 * right / max(1, int(true.sum()) + int(called.sum())),
            ]
        )

    measures = [("recall", published), ("precision", published and ".13"), ("F1", "")]
    return pairs(
        subject,
        measures,
        lambda rows: (of(said.plain, rows), of(said.ours, rows)),
        len(asks),
    )


def _beside(asks: Flags, said: Pair[Flags], away: Pair[Flags]) -> list[Comparison]:
    """With multidogo's turns, none of which asks for a person."""

    def of(noticed: Flags, alarms: Flags, rows: Labels, turns: Labels) -> Floats:
        right, called = np.sum(asks[rows] & noticed[rows]), np.sum(noticed[rows])
        false = np.sum(alarms[turns])
        return np.array([np.mean(alarms[turns]), right / max(1, int(called + false))])

    measures = [("turns of multidogo noticed", ""), ("precision with powerplay11", "")]
    return pairs(
        f"{SUBJECT}, multidogo",
        measures,
        lambda rows, turns: (
            of(said.plain, away.plain, rows, turns),
            of(said.ours, away.ours, rows, turns),
        ),
        len(asks),
        len(away.plain),
    )
