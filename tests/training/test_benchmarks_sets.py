"""Sets are read by their own splits, draws repeat, thresholds keep their promise."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from encoder.kept import Vectors
from tests.training import bench_folder
from training.benchmarks import sets
from training.benchmarks.heads import Examples, Ours, Plain
from training.benchmarks.thresholds import at_most_rejected, by_false_alarms
from understanding import intents, scope


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return bench_folder.make(tmp_path)


def examples_of(texts: tuple[str, ...]) -> Examples:
    encoder = bench_folder.WordEncoder()
    return Examples(texts, np.stack([encoder.encode(text) for text in texts]))


def test_parts_come_as_their_files_have_them(folder: Path) -> None:
    train, test = sets.banking77(folder)
    assert list(zip(train.texts, train.intents, strict=True)) == bench_folder.rows(14)
    assert len(test) == 25
    clinc = sets.clinc150(folder)
    assert (len(clinc.train), len(clinc.outside_test)) == (50, 8)
    assert clinc.outside_train != clinc.outside_test
    assert Counter(sets.hint3(folder, "sofmattress")[1].intents)[sets.HINT3_OUTSIDE] == 10


def test_a_missing_set_is_named(tmp_path: Path) -> None:
    with pytest.raises(sets.SetMissing, match=r"train\.csv"):
        sets.banking77(tmp_path)
    with pytest.raises(sets.SetMissing, match=r"data_full\.json"):
        sets.clinc150(tmp_path)
    with pytest.raises(sets.SetMissing, match=r"train\.tsv"):
        sets.multidogo(tmp_path, "finance")
    with pytest.raises(sets.SetMissing, match=r"typos\.py"):
        sets.with_typos(tmp_path, ("a",), 0.1, 1)


def test_turns_count_by_their_first_label_and_only_whole_ones(tmp_path: Path) -> None:
    found = [("hi", "greeting"), ("block it, send one", "block<div>replace"), ("what", "")]
    for part in ("train", "dev"):
        bench_folder.turns(tmp_path / f"multidogo/finance/{part}.tsv", found)
    with (tmp_path / "multidogo/finance/train.tsv").open("a", encoding="utf-8") as file:
        file.write("c9\t9\tbroken\nand\tthe\trest\tof\tit\tstop\tthere\n")
    train, dev = sets.multidogo(tmp_path, "finance")
    assert train == dev == sets.Part(("hi", "block it, send one"), ("greeting", "block"))


def test_slips_are_the_sets_own_and_keep_one_line_per_message(folder: Path) -> None:
    assert sets.with_typos(folder, ("hello", "two\nlines"), 0.1, 2) == ("llo", "o lines")


def test_a_draw_repeats_and_takes_as_many_of_each_intent() -> None:
    names = (*("abc"[place % 3] for place in range(30)), "rare")
    places = sets.draw(names, 4, seed=1)
    assert places == sets.draw(names, 4, seed=1) != sets.draw(names, 4, seed=2)
    assert Counter(names[place] for place in places) == {"a": 4, "b": 4, "c": 4, "rare": 1}


def test_vectors_are_encoded_once(tmp_path: Path) -> None:
    encoder, said = bench_folder.WordEncoder(), list[str]()
    texts = ["lost card", "refund", "lost card"]
    first = Vectors(encoder, tmp_path, said.append).of("train", texts)
    again = Vectors(encoder, tmp_path, said.append).of("train", texts)
    assert np.array_equal(first, again)
    assert (encoder.encoded, said) == (3, ["train: 3 of 3 encoded"])


def test_a_damaged_vector_file_is_made_anew(tmp_path: Path) -> None:
    encoder = bench_folder.WordEncoder()
    first = Vectors(encoder, tmp_path, lambda _: None).of("train", ["refund"])
    next(tmp_path.glob("*.npy")).write_bytes(b"damaged")
    assert np.array_equal(Vectors(encoder, tmp_path, lambda _: None).of("", ["refund"]), first)


def test_a_threshold_rejects_no_more_than_the_share() -> None:
    scores = np.arange(100) / 100
    threshold = at_most_rejected(scores, 0.05)
    assert np.sum(scores < threshold) <= 5
    assert np.sum(scores < threshold + 0.02) > 5


def test_false_alarms_are_counted_on_examples_kept_from_training() -> None:
    train = sets.Part(*map(tuple, zip(*bench_folder.rows(12), strict=True)))
    examples = examples_of(train.texts)
    threshold = by_false_alarms(Plain(), examples, train.intents, None, 0.2)
    fitted = Plain().fit(examples, train.intents, None)
    strange = examples_of(tuple(text for text, _ in bench_folder.strange(10)))
    assert np.mean(fitted.answer(examples).scope < threshold) <= 0.2
    assert np.mean(fitted.answer(strange).scope < threshold) > 0.2


def test_our_head_scores_scope_as_the_serving_model_does() -> None:
    train = sets.Part(*map(tuple, zip(*bench_folder.rows(10), strict=True)))
    examples = examples_of(train.texts)
    outside = examples_of(tuple(text for text, _ in bench_folder.strange(8)))
    asked = examples_of(("my card is lost", "a poem with football 3"))

    def encode(made: Sequence[str]) -> NDArray[np.float32]:
        return examples_of(tuple(made)).vectors

    answer = Ours(encode).fit(examples, train.intents, outside).answer(asked)

    vectors = np.vstack([examples.vectors, outside.vectors])
    texts = [*train.texts, *outside.texts]
    trained = intents.train(
        texts, vectors, [*train.intents, *[scope.OUT_OF_SCOPE] * 8], encode=encode
    )
    model, _ = scope.train(trained, vectors, false_alarms=0.05)
    probabilities = trained.model.probabilities_of_many(asked.texts, asked.vectors)
    for place in (0, 1):
        verdict = model.judge(asked.vectors[place], probabilities[place])
        assert answer.scope[place] == pytest.approx(verdict.probability)
    assert answer.scope[0] > answer.scope[1]
    assert answer.probabilities.shape == (2, 5)
