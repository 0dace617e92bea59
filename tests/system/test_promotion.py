"""The short version of `python -m benchmarks.promotion`: another model and back while customers talk."""

from __future__ import annotations

from benchmarks.promotion import measure
from server.trial import Trial


async def test_promotion_and_roll_back_fail_no_turn(system: Trial) -> None:
    outcome = await measure(system, seconds=0, calm=1)
    assert outcome.problems == []
    # Both models answered, each a fair part: the change happened under load and not beside it.
    assert len(outcome.books.by_model) == 2
    assert min(outcome.books.by_model.values()) > 10
    assert outcome.books.turns > 100
