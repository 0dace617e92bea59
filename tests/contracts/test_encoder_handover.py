"""A text is encoded once: ahead of the turn, and handed to the other process."""

from __future__ import annotations

import asyncio
import base64
import threading
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from encoder import Ahead, Encoder, EncoderError
from encoder.handover import pack, unpack
from tests.contracts.encoder_contract import FOLDER


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    return Encoder.load(FOLDER)


def test_a_packed_vector_is_the_same_on_the_other_side(encoder: Encoder) -> None:
    vector = encoder.encode("where is my parcel")
    packed = pack(encoder.checksum, vector)
    assert packed["encoder"] == encoder.checksum
    assert np.array_equal(unpack(packed, encoder.dimension), vector)


def packed(values: NDArray[np.float32]) -> dict[str, Any]:
    return {"values": base64.b64encode(values.tobytes()).decode()}


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"values": None},
        {"values": 5},
        {"values": "not base64!"},
        packed(np.ones(3, dtype=np.float32)),
        packed(np.zeros(4, dtype=np.float32)),
        packed(np.full(4, np.nan, dtype=np.float32)),
        packed(np.ones(4, dtype=np.float32)),
    ],
)
def test_what_is_no_vector_is_refused(data: dict[str, Any]) -> None:
    with pytest.raises(EncoderError):
        unpack(data, 4)


def test_a_learned_vector_is_not_computed_again(encoder: Encoder) -> None:
    other = Encoder.load(FOLDER)
    vector = np.eye(1, encoder.dimension, dtype=np.float32)[0]
    assert other.remembered("words of a turn") is None
    other.learn("words of a turn", vector)
    assert np.array_equal(other.encode("words of a turn"), vector)


async def test_ahead_gives_what_it_began_with(encoder: Encoder) -> None:
    ahead = Ahead(encoder)
    assert await ahead.ready("my lamp flickers") is None
    ahead.begin("my lamp flickers")
    ahead.begin("")
    found = await ahead.ready("my lamp flickers")
    assert found
    assert np.array_equal(unpack(found, encoder.dimension), encoder.encode("my lamp flickers"))
    ahead.stop()


async def test_ahead_encodes_what_the_bot_reads(encoder: Encoder) -> None:
    ahead = Ahead(encoder, reads=str.strip)
    ahead.begin("  my hub blinks  ")
    found = await ahead.ready(" my hub blinks")
    assert found
    assert np.array_equal(unpack(found, encoder.dimension), encoder.encode("my hub blinks"))
    ahead.stop()


class _Slow:
    checksum = "slow"

    def __init__(self) -> None:
        self.go = threading.Event()
        self.encoded: list[str] = []

    def encode(self, text: str) -> None:
        self.go.wait(10)
        self.encoded.append(text)
        if text == "broken":
            raise EncoderError(text)

    def remembered(self, text: str) -> None:
        return None


def test_a_text_that_is_being_encoded_is_not_begun_twice() -> None:
    slow = _Slow()
    ahead = Ahead(slow)  # type: ignore[arg-type]
    for _ in range(3):
        ahead.begin("again")
    slow.go.set()
    ahead._thread.submit(lambda: None).result(timeout=10)
    assert slow.encoded == ["again"]
    ahead.stop()


async def test_nobody_waits_for_long_and_nobody_minds_what_fails() -> None:
    slow = _Slow()
    ahead = Ahead(slow, patience=0.01)  # type: ignore[arg-type]
    for text in ("again", "broken"):
        ahead.begin(text)
    assert await asyncio.gather(*[ahead.ready("broken") for _ in range(3)]) == [None] * 3
    slow.go.set()
    patient = Ahead(slow)  # type: ignore[arg-type]
    patient.begin("broken")
    assert await patient.ready("broken") is None
    ahead._thread.submit(lambda: None).result(timeout=10)
    ahead.begin("again")
    ahead._thread.submit(lambda: None).result(timeout=10)
    assert slow.encoded.count("broken") == 2
    assert slow.encoded.count("again") == 2, "what nobody waits for any more is done all the same"
    ahead.stop()
    patient.stop()
