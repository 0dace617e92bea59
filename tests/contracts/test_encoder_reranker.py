"""A cross-encoder learns, is exported, and serves the scores that it had, on the real weights."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from encoder.errors import EncoderError
from encoder.reranker import MODEL, PairReader, read_manifest
from encoder.reranker_export import export_reranker
from encoder.source import WEIGHTS, find_source
from encoder.tune_reranker import Lesson, open_cross_encoder, pace, steps_for, tune
from server.settings import load_settings

LAMP, PARCEL = "Replace the fuse of the lamp.", "Ask the courier for the parcel."
LESSONS = [
    Lesson("the blorp is dead", LAMP, (PARCEL,)),
    Lesson("blorp gives no light", LAMP, (PARCEL,)),
    Lesson("my zint is late", PARCEL, (LAMP,)),
    Lesson("where did the zint go", PARCEL, (LAMP,)),
]


def test_what_it_learned_is_exported_and_served(tmp_path: Path) -> None:
    source = find_source(load_settings().encoder_source).folder
    seen: list[tuple[int, int]] = []
    weights = tmp_path / "weights"
    tune(source, weights, LESSONS, steps=12, progress=lambda *at: seen.append(at))
    assert seen[-1] == (12, 12)
    written = export_reranker(weights, tmp_path / "reranker", name="ours")
    assert read_manifest(tmp_path / "reranker") == written
    reader = PairReader.load(tmp_path / "reranker")
    for lesson in LESSONS:
        right, wrong = reader.scores(lesson.question, [lesson.right, lesson.wrong[0]])
        assert right > wrong
    again = open_cross_encoder(weights).eval()
    pairs = [(lesson.question, lesson.right) for lesson in LESSONS]
    tokens = again.tokenizer(
        [a for a, _ in pairs], [b for _, b in pairs], padding=True, return_tensors="pt"
    )
    expected = again.model(**tokens).logits.reshape(-1).detach().numpy()
    served = [float(reader.scores(*pair[:1], [pair[1]])[0]) for pair in pairs]
    assert served == pytest.approx(expected.tolist(), abs=1e-4)
    # Another export swaps the whole folder.
    assert export_reranker(weights, tmp_path / "reranker", name="again").source == "again"
    assert PairReader.load(tmp_path / "reranker").checksum == reader.checksum
    assert sorted(path.name for path in tmp_path.iterdir()) == ["reranker", "weights"]

    pickled = tmp_path / "pickled"
    shutil.copytree(weights, pickled)
    (pickled / WEIGHTS).rename(pickled / "pytorch_model.bin")
    with pytest.raises(EncoderError, match="other weight formats"):
        export_reranker(pickled, tmp_path / "none", name="x")
    (pickled / WEIGHTS).write_bytes(b"no weights")
    with pytest.raises(EncoderError, match="cannot be read"):
        export_reranker(pickled, tmp_path / "none", name="x")


def test_a_sentence_encoder_is_no_reranker(tmp_path: Path) -> None:
    source = find_source(load_settings().encoder_source).folder
    with pytest.raises(EncoderError, match="no layer for one score"):
        export_reranker(source, tmp_path / "none", name="x")
    assert list(tmp_path.iterdir()) == []


def test_steps_pace_and_what_cannot_be_learned(tmp_path: Path) -> None:
    assert steps_for(9, 2) == 4
    source = find_source(load_settings().encoder_source).folder
    assert pace(source, LESSONS) > 0
    with pytest.raises(ValueError, match="right and a wrong"):
        tune(source, tmp_path, [Lesson("a", "b", ())], steps=1)
    with pytest.raises(EncoderError, match="missing"):
        PairReader.load(tmp_path)
    assert not (tmp_path / MODEL).exists()
