"""Asking a house its questions, with every vector kept on disk between runs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.knowledge import houses
from benchmarks.knowledge.houses import House
from encoder import Encoder
from encoder.kept import Vectors
from knowledge_base.search.evaluation import Case, Example, GuessIntent, search_all
from knowledge_base.search.find import Query, find
from knowledge_base.search.fitting import fit_classes
from knowledge_base.search.index import Snapshot, build_base, encode_records
from knowledge_base.search.nlu_files import read_nlu

#: A starter article's own question variants are asked in so many rounds, each round's taken out first.
ROUNDS = 4
#: They count less than a labelled question: there are many, and they are easier than what customers write.
VARIANT_WEIGHT = 1 / 3


class Reader:
    """An encoder that knows all texts it has been given beforehand."""

    def __init__(self, encoder: Encoder, store: Path, say: Callable[[str], None]) -> None:
        self._encoder = encoder
        self._kept = Vectors(encoder, store, say)
        self._known: dict[str, NDArray[np.float32]] = {}
        self.dimension = encoder.dimension
        self.checksum = encoder.checksum

    def learn(self, name: str, texts: Sequence[str]) -> None:
        """Read the vectors of these texts from disk, or make and keep them."""
        fresh = [text for text in dict.fromkeys(texts) if text not in self._known]
        self._known.update(zip(fresh, self._kept.of(name, fresh), strict=True))

    def encode(self, text: str) -> NDArray[np.float32]:
        found = self._known.get(text)
        if found is None:
            found = self._known[text] = self._encoder.encode(text)
        return found

    def remembered(self, text: str) -> NDArray[np.float32] | None:
        return self._known.get(text)

    def is_word(self, word: str) -> bool:
        return self._encoder.is_word(word)


@dataclass(frozen=True)
class Asked:
    """A house's questions with what the search found, as they are and with their articles hidden."""

    house: House
    snapshot: Snapshot
    cases: list[Case]
    hidden: list[Case]
    variants: list[Case]

    def half_hidden(self, seed: int = 0) -> list[Case]:
        """Every question once, a random half of the answerable ones with their articles hidden."""
        chance = np.random.default_rng(seed)
        answerable = [case for case in self.cases if case.example.articles]
        hide = set(chance.permutation(len(answerable))[: len(answerable) // 2].tolist())
        mixed = [self.hidden[at] if at in hide else case for at, case in enumerate(answerable)]
        return mixed + [case for case in self.cases if not case.example.articles]


def index(house: House, reader: Reader) -> Snapshot:
    records = list(house.records)
    reader.learn(f"{house.name}, articles", houses.texts_of(records))
    base = build_base(records, encode_records(records, reader.dimension, reader.encode))
    return Snapshot.overlay(1, base, {record.id: record for record in records}, reader.encode)


def ask(house: House, reader: Reader, guess: GuessIntent) -> Asked:
    """Index the house and ask all its questions."""
    snapshot = index(house, reader)
    speller = snapshot.speller(reader.is_word)
    reader.learn(
        f"{house.name}, questions", [speller.mend(example.text) for example in house.examples]
    )
    variants: list[Case] = []
    if any(record.questions for record in house.records):
        for turn in range(ROUNDS):
            left, asked = houses.without_variants(house, turn, ROUNDS)
            without = index(left, reader)
            variants += search_all(without, reader, asked, guess, weight=VARIANT_WEIGHT)
    return Asked(
        house,
        snapshot,
        search_all(snapshot, reader, house.examples, guess),
        search_all(snapshot, reader, house.examples, guess, hide=True),
        variants,
    )


def by_nlu(nlu: Path, reader: Reader) -> GuessIntent:
    """A guess of the intent like the served classifier's, learned from data/nlu."""
    pairs = read_nlu(nlu)
    texts = [text for text, _ in pairs]
    reader.learn("examples of intents", texts)
    head = fit_classes(
        np.stack([reader.encode(text) for text in texts]), [intent for _, intent in pairs]
    )
    return lambda text: head.best(reader.encode(text))


def no_intent(_: str) -> tuple[str, float]:
    """Of a house whose articles have no intents."""
    return "", 0.0


def again(asked: Asked, reader: Reader, texts: Sequence[str], *, mended: bool = True) -> list[Case]:
    """The same questions in other words (with slips), in their order."""
    examples = [
        Example(text, example.articles)
        for text, example in zip(texts, asked.house.examples, strict=True)
    ]
    if mended:
        return search_all(asked.snapshot, reader, examples, no_intent)
    return [
        Case(example, find(asked.snapshot, Query(example.text), reader.encode(example.text)))
        for example in examples
    ]
