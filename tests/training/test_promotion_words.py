"""What the pages propose as the reason for a promotion: the evidence, as short as a line of the log."""

from __future__ import annotations

from typing import Any

import pytest

from server.clock import SystemClock
from training.models import RunState, TrainingRun
from training.promoting.words import evidence

SHARES = {"candidate": {"share": 0.824}, "serving": {"share": 0.82}}


@pytest.mark.parametrize(
    ("figures", "labels", "said"),
    [
        (
            {"verdict": "better", **SHARES},
            1200,
            "better when compared; 82.4 % of the golden messages, 82.0 % before; 1,200 new labels",
        ),
        (
            {"verdict": "equal", **SHARES},
            1,
            "as good when compared; 82.4 % of the golden messages, 82.0 % before; 1 new label",
        ),
        (
            {"verdict": "first", "candidate": {"share": 0.8}, "serving": None},
            0,
            "the first, compared with none",
        ),
    ],
)
def test_the_reason_that_is_proposed_is_the_evidence(
    figures: dict[str, Any], labels: int, said: str
) -> None:
    run = TrainingRun(
        state=RunState.DONE, lines=[], labels=labels, figures=figures,
        started_at=SystemClock().now(),
    )  # fmt: skip
    assert evidence(run) == said
