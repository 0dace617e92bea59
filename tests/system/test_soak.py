"""The short version of `make soak`: half a minute of many customers who keep leaving without a word."""

from __future__ import annotations

from benchmarks.soak import check, soak
from server.trial import Trial


async def test_nothing_is_lost_doubled_or_disordered_under_many_customers(system: Trial) -> None:
    books = await soak(system, 12, customers=8, kill_every=None)
    assert len(books.acknowledged) > 20
    assert check(system, books) == []
