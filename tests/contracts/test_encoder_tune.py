"""Tuning brings texts of one label together, is repeatable, and gives what can be served."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest

from encoder import Encoder
from encoder.source import DEFAULT_SOURCE, WEIGHTS, find_source
from encoder.tune import pace, steps_for, tune
from tests.contracts.encoder_contract import FOLDER
from training.tuning import Tuning

TEXTS = ("where is my parcel", "has it left yet", "forget it", "send it back to the shelf") * 4
LABELS = ("order_status", "order_status", "cancel_order", "cancel_order") * 4


@pytest.fixture(autouse=True)
def foreign_warnings_allowed() -> Iterator[None]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def test_all_texts_are_read_in_every_epoch() -> None:
    assert (steps_for(32), steps_for(33), steps_for(2000, epochs=1)) == (2, 4, 63)


def test_texts_of_one_label_come_together(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    tuned = Tuning(DEFAULT_SOURCE).make(
        tmp_path / "tuned", TEXTS, LABELS, 4, lambda done, steps: told.append((done, steps))
    )
    base = Encoder.load(FOLDER, precision="fp32")

    def apart(encoder: Encoder) -> float:
        same, other = (float(encoder.encode(TEXTS[0]) @ encoder.encode(TEXTS[n])) for n in (1, 2))
        return same - other

    assert isinstance(tuned, Encoder)
    assert apart(tuned) > apart(base)
    assert tuned.precision == "fp32"
    assert told == [(1, 4), (2, 4), (3, 4), (4, 4)]
    assert [path.name for path in tmp_path.iterdir()] == ["tuned"]


def test_the_same_examples_give_the_same_encoder(tmp_path: Path) -> None:
    source = find_source(DEFAULT_SOURCE).folder
    for name in ("one", "other"):
        tune(source, tmp_path / name, TEXTS, LABELS, steps=2)
    one, other = ((tmp_path / name / WEIGHTS).read_bytes() for name in ("one", "other"))
    assert one == other
    assert one != (source / WEIGHTS).read_bytes()


def test_the_pace_is_taken_without_a_trace() -> None:
    assert 0 < pace(find_source(DEFAULT_SOURCE).folder, TEXTS, LABELS) < 60


@pytest.mark.parametrize("labels", [LABELS[:3], ("one",) * len(TEXTS)])
def test_what_cannot_be_learned_is_refused(labels: tuple[str, ...], tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="label"):
        tune(find_source(DEFAULT_SOURCE).folder, tmp_path / "x", TEXTS, labels, steps=1)
