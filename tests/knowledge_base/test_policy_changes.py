"""How a change of what judges reads on the Quality page."""

from __future__ import annotations

from datetime import timedelta

import pytest

from knowledge_base.models import PolicyChange
from knowledge_base.quality.settle import share, version_of
from knowledge_base.screens.policy_changes import ago, line_of
from tests.support import FakeClock


def change(clock: FakeClock, **values: str) -> PolicyChange:
    return PolicyChange(
        **{"by": "ada", "note": "", "at": clock.now() - timedelta(days=3), **values}
    )


def test_a_line_says_what_who_when_and_why(clock: FakeClock) -> None:
    now = clock.now()
    target = change(clock, what="precision", before=".75", after=".80", note="Too bold.")
    assert line_of(target, now) == "Target precision .75 → .80 · ada · 3 days ago · Too bold."
    weights = change(clock, what="calibration", before="v1", after="v2")
    assert line_of(weights, now) == "Weights v1 → v2 · ada · 3 days ago"
    gone = change(clock, what="golden_deleted", before="how? → a", after="", note="Sold out.")
    assert line_of(gone, now) == "Golden question deleted: how? → a · ada · 3 days ago · Sold out."


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0, "just now"),
        (59, "just now"),
        (60, "1 minute ago"),
        (7199, "1 hour ago"),
        (172_800, "2 days ago"),
    ],
)
def test_how_long_ago(clock: FakeClock, seconds: int, said: str) -> None:
    assert ago(clock.now() - timedelta(seconds=seconds), clock.now()) == said


def test_targets_and_weights_are_named_as_they_stand() -> None:
    assert [share(None, 0.75), share(0.8, 0.75), share(0.825, 0.75)] == [
        ".75 (the setting)",
        ".80",
        ".825",
    ]
    assert [version_of(one) for one in (None, "null", "{", "[1]", '{"version": "v"}')] == [
        *[""] * 4,
        "v",
    ]
