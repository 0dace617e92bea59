"""Why a step could not be done."""

from __future__ import annotations

from collections.abc import Sequence


class StepFailed(Exception):
    """`str()` says what failed, `advice` what to do, `evidence` holds the last lines of a log."""

    def __init__(self, problem: str, advice: str, evidence: Sequence[str] = ()) -> None:
        super().__init__(problem)
        self.advice = advice
        self.evidence = tuple(evidence)
