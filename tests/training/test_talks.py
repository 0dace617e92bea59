"""The labelled chats: whole, apart, and as many as the benchmark says."""

from __future__ import annotations

import numpy as np
import pytest

from training.benchmarks import frustration as bench
from training.mood import TALKS
from training.talks import DEVELOP, TEST, kappa, read_talks


@pytest.mark.parametrize("name", [DEVELOP, TEST])
def test_each_part_has_seventy_calm_chats_and_fifty_others(name: str) -> None:
    talks = read_talks(TALKS / name)
    assert sum(bool(talk.frustrated.any()) for talk in talks) == 50
    assert len(talks) == 120
    for talk in talks:
        assert 6 <= len(talk.said) <= 10
        assert talk.labels.shape == (2, len(talk.said))


def test_the_parts_share_next_to_nothing() -> None:
    develop, test = (
        {said.text.lower() for talk in read_talks(TALKS / name) for said in talk.said}
        for name in (DEVELOP, TEST)
    )
    assert len(develop & test) < 0.01 * len(test)


def test_kappa_is_one_for_twins_and_nought_for_chance() -> None:
    one = np.array([0, 0, 1, 1])
    assert kappa(np.stack([one, one])) == 1.0
    assert kappa(np.stack([one, np.array([0, 1, 0, 1])])) == pytest.approx(0.0)


def test_failures_count_only_in_a_row() -> None:
    assert bench._running((True, False, True, True)) == 2
    assert bench._running(()) == 0


def test_wilson_gives_an_interval_around_the_share() -> None:
    assert bench._wilson(5, 10) == "50.0 % (23.7 to 76.3; 5 of 10)"
