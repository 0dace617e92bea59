"""Token buckets and head counts."""

from __future__ import annotations

import pytest

from server.errors import TooMany
from server.limits import Limits, Rate
from tests.support import FakeClock


def test_a_bucket_empties_and_refills(clock: FakeClock) -> None:
    limits = Limits(clock, {"message": Rate(3, 60)})
    for _ in range(3):
        limits.take("message", "a")
    with pytest.raises(TooMany):
        limits.take("message", "a")
    limits.take("message", "b")  # everybody has their own
    clock.advance(20)
    limits.take("message", "a")
    with pytest.raises(TooMany):
        limits.take("message", "a")
    clock.advance(3600)
    for _ in range(3):
        limits.take("message", "a")


def test_a_clock_set_back_locks_nobody_out(clock: FakeClock) -> None:
    limits = Limits(clock, {"message": Rate(2, 60)})
    limits.take("message", "a")
    clock.advance(-3600)
    limits.take("message", "a")
    clock.advance(30)
    limits.take("message", "a")


def test_memory_is_bounded(clock: FakeClock) -> None:
    limits = Limits(clock, {"message": Rate(2, 60)}, keys=100)
    for n in range(10_000):
        limits.take("message", str(n))
    assert len(limits) == 100


def test_so_many_at_once_and_no_more(clock: FakeClock) -> None:
    limits = Limits(clock, {}, {"chat": 2})
    with limits.hold("chat", "a"), limits.hold("chat", "b"):
        with limits.hold("chat", "a"), pytest.raises(TooMany), limits.hold("chat", "a"):
            pass
        with limits.hold("chat", "a"):
            pass
