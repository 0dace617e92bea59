"""Cross-validation: every example is read by a model that had not seen it, old data and new in the same folds."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from server.settings import ROOT, load_settings
from tests.training.tuned import Encoder, examples
from training.comparing import sections
from training.comparing.crossval import as_record, cross_validate
from understanding.errors import UnderstandingError

PAIRS = list(zip(examples().intents, examples().texts, strict=True))


def test_examples_that_lie_together_are_read_and_noise_is_not() -> None:
    for knows, least, most in ((True, 0.95, 1.0), (False, 0.0, 0.6)):
        found = cross_validate(PAIRS, None, Encoder(knows).encode_many)
        right = np.mean(
            [a == intent for a, (intent, _) in zip(found.after, found.examples, strict=True)]
        )
        assert least <= right <= most
        assert found.before is None and all(found.common)


def test_the_same_data_reads_the_same() -> None:
    encode = Encoder(True).encode_many
    found = cross_validate(PAIRS, list(reversed(PAIRS)), encode)
    assert found.before == found.after
    assert found == cross_validate(PAIRS, PAIRS, encode)


def test_what_the_old_data_lacks_is_missed_by_it_and_only_shared_examples_compare() -> None:
    old = [pair for pair in PAIRS if pair[0] != "greet"] + [("cancel_order", "only in the old")]
    found = cross_validate(PAIRS, old, Encoder(True).encode_many)
    assert found.before is not None
    assert [intent for intent, _ in found.examples].count("greet") == 10
    for (intent, _), before, common in zip(found.examples, found.before, found.common, strict=True):
        assert common is (intent != "greet")
        assert before != "greet"
    record = as_record(found)
    figures = sections.crossval(json.loads(json.dumps(record)))
    assert figures["examples"] == 30
    assert figures["fresh"] == {"messages": 10, "before": 0, "after": 10}
    assert {read.truth for read in sections.crossval_reads(record)} == {
        "cancel_order", "order_status", "return_policy",
    }  # fmt: skip


def test_no_example_is_read_by_a_model_that_saw_it() -> None:
    # Noise with the right intent in its very words: only who has seen it could know.
    random = np.random.default_rng(0)
    rows = {text: random.normal(size=16).astype(np.float32) for _, text in PAIRS}

    def encode(texts: list[str] | tuple[str, ...]) -> NDArray[np.float32]:
        return np.stack([rows.get(text, np.zeros(16, dtype=np.float32)) for text in texts])

    shuffled = [(PAIRS[place][0], PAIRS[-1 - place][1]) for place in range(len(PAIRS))]
    found = cross_validate(shuffled, None, encode)  # type: ignore[arg-type]
    right = np.mean(
        [a == intent for a, (intent, _) in zip(found.after, found.examples, strict=True)]
    )
    assert right < 0.6


def test_the_program_answers_one_line_with_the_houses_encoder(tmp_path: Path) -> None:
    house = load_settings()
    said = {
        "greet": ["hi there", "good morning", "hello you", "hey", "good evening", "hi"],
        "order_status": ["where is my order", "track my parcel", "has my order shipped",
                         "parcel status", "when does my order come", "order tracking"],
    }  # fmt: skip
    pairs = [[intent, text] for intent, texts in said.items() for text in texts]
    asked = {"new": pairs, "old": pairs[:-1], "vectors": str(tmp_path / "vectors")}
    done = subprocess.run(
        [sys.executable, "-m", "training.comparing.crossval"],
        input=json.dumps(asked) + "\n", capture_output=True, text=True, check=True, cwd=ROOT,
        env={"PYTHONPATH": str(ROOT), "HANDRAIL_ENCODER_PATH": str(house.encoder_path),
             "HANDRAIL_PRECISION": house.precision},
    )  # fmt: skip
    *steps, record = map(json.loads, done.stdout.splitlines())
    assert {"step": "setting"} in steps
    figures = sections.crossval(record)
    assert figures["examples"] == 11
    assert figures["candidate"]["right"] >= 9
    assert figures["fresh"]["messages"] == 1
    assert len(list((tmp_path / "vectors").glob("*.npz"))) == 1


@pytest.mark.parametrize("examples", [[], [("greet", "hi"), ("foreign_language", "hola")]])
def test_too_little_data_is_an_error(examples: list[tuple[str, str]]) -> None:
    with pytest.raises(UnderstandingError, match="two intents"):
        cross_validate(examples, None, Encoder(True).encode_many)
