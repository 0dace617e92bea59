"""What every encoder promises, for both interpreters.

`tests/contracts/test_encoder.py` runs this on 3.11, `tests/bot/test_encoder_contract.py` on 3.10.
"""

from __future__ import annotations

import json
import os
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from encoder import Encoder, EncoderError

ROOT = Path(__file__).resolve().parents[2]
FOLDER = Path(os.environ.get("HANDRAIL_TEST_ENCODER", ROOT / "var/encoders/all-MiniLM-L6-v2"))

#: Short, long, misspelt, rude, empty, blank, foreign, right-to-left, emoji, markup, broken.
TEXTS = (
    "where is my parcel",
    "WHERE IS MY PARCEL???",
    "wheres my order 204411 its been too weeks",
    "cancel my subscription please",
    "this is the worst shop i have ever used, give me a human NOW",
    "I would like to return the kettle that I was given. " * 40,
    "",
    "   \n\t ",
    "où est mon colis",
    "我的包裹在哪里",
    "أين طردي",
    "\U0001f600" * 50,
    "<script>alert(1)</script>",
    "a\x00b\x07c",
    "\ud800 lone surrogate",
)


@pytest.fixture(scope="session")
def encoder() -> Encoder:
    return Encoder.load(FOLDER)


@pytest.fixture
def copied_folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(FOLDER, tmp_path / "encoder"))


class EncoderContract:
    @pytest.mark.parametrize("text", TEXTS, ids=range(len(TEXTS)))
    def test_any_text_gives_a_finite_vector_of_length_one(
        self, encoder: Encoder, text: str
    ) -> None:
        vector = encoder.encode(text)
        assert vector.shape == (encoder.dimension,) == (384,)
        assert vector.dtype == np.float32
        assert np.isfinite(vector).all()
        assert float(np.linalg.norm(vector)) == pytest.approx(1.0, abs=1e-5)

    def test_many_are_the_same_vectors_as_one_by_one(self, encoder: Encoder) -> None:
        fresh = Encoder.load(FOLDER, cache_size=0)
        many = fresh.encode_many(TEXTS)
        assert many.shape == (len(TEXTS), encoder.dimension)
        for text, row in zip(TEXTS, many, strict=True):
            assert np.array_equal(row, fresh.encode(text))

    def test_no_texts_give_an_empty_matrix(self, encoder: Encoder) -> None:
        assert encoder.encode_many([]).shape == (0, encoder.dimension)

    def test_meaning_beats_wording(self, encoder: Encoder) -> None:
        parcel, same, other = encoder.encode_many(
            ["where is my parcel", "my package has not arrived yet", "what sizes do you have"]
        )
        assert float(parcel @ same) > float(parcel @ other) + 0.2

    def test_texts_are_cut_before_they_are_tokenised(self) -> None:
        encoder = Encoder.load(FOLDER, max_characters=20)
        start = "where is my parcel t"
        assert np.array_equal(encoder.encode(start), encoder.encode(start + "x" * 100_000))

    def test_changing_a_returned_vector_does_not_change_the_next(self, encoder: Encoder) -> None:
        first = encoder.encode("do not keep me")
        expected = first.copy()
        first[:] = 0
        encoder.encode("do not keep me")[:] = 7
        assert np.array_equal(encoder.encode("do not keep me"), expected)

    def test_threads_get_the_vectors_of_their_own_texts(self) -> None:
        shared = Encoder.load(FOLDER, cache_size=3)
        texts = [f"question number {number}" for number in range(12)]
        expected = dict(zip(texts, shared.encode_many(texts), strict=True))
        with ThreadPoolExecutor(8) as pool:
            for text, vector in pool.map(lambda t: (t, shared.encode(t)), texts * 10):
                assert np.array_equal(vector, expected[text])

    def test_checksum_differs_between_precisions(self, encoder: Encoder) -> None:
        fp32 = Encoder.load(FOLDER, precision="fp32")
        int8 = Encoder.load(FOLDER, precision="int8")
        assert len(encoder.checksum) == 64
        assert fp32.checksum != int8.checksum
        assert encoder.checksum in (fp32.checksum, int8.checksum)

    def test_unknown_precision_is_refused(self) -> None:
        with pytest.raises(EncoderError, match="bf16"):
            Encoder.load(FOLDER, precision="bf16")

    def test_missing_folder_is_refused(self, tmp_path: Path) -> None:
        with pytest.raises(EncoderError, match="missing"):
            Encoder.load(tmp_path / "nothing")

    @pytest.mark.parametrize("name", ["model.onnx", "tokenizer.json"])
    def test_damaged_file_is_refused(self, copied_folder: Path, name: str) -> None:
        path = copied_folder / name
        path.write_bytes(path.read_bytes()[:-1])
        with pytest.raises(EncoderError, match=name):
            Encoder.load(copied_folder, precision="int8")

    @pytest.mark.parametrize("content", ["", "{}", "[1]", "not json", '{"format": 1}'])
    def test_damaged_manifest_is_refused(self, copied_folder: Path, content: str) -> None:
        (copied_folder / "encoder.json").write_text(content)
        with pytest.raises(EncoderError, match=r"encoder\.json"):
            Encoder.load(copied_folder)

    def test_files_of_another_format_are_refused(self, copied_folder: Path) -> None:
        path = copied_folder / "encoder.json"
        path.write_text(json.dumps({**json.loads(path.read_text()), "format": 99}))
        with pytest.raises(EncoderError, match="99"):
            Encoder.load(copied_folder)
