"""What judges candidates at this moment: the calibration and the target precision, shipped or the house's own."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import structlog

from knowledge_base.search.calibration import Calibration, Ranked, from_json
from knowledge_base.search.decision import Verdict, judge

log = structlog.get_logger(__name__)

#: Of direct answers at least so many help: below a half guessing pays, above .99 nothing is ever sure enough.
LOWEST, HIGHEST = 0.5, 0.99


@dataclass(frozen=True)
class Policy:
    """A calibration and a target, always taken together, so that no decision mixes an old with a new one."""

    calibration: Calibration
    precision: float
    """The target precision of direct answers."""

    @property
    def threshold(self) -> float:
        """The probability from which the bot answers."""
        return self.calibration.threshold(self.precision)

    def judge(self, ranked: list[Ranked]) -> Verdict:
        return judge(ranked, self.calibration, self.precision)


def is_target(value: Any) -> bool:
    """Whether this may be a target precision."""
    return isinstance(value, float) and LOWEST <= value <= HIGHEST


def policy_of(
    precision: float | None, stored: str | None, shipped: Policy, checksum: str
) -> Policy:
    """The house's own where it set any and they can be used, else the shipped calibration and the setting.

    `stored` is the house's calibration as JSON, `checksum` the encoder's whose cosines it must have seen.
    What can't be used is said in the log and ignored: a wrong row must not stop the answers.
    """
    target = shipped.precision
    if precision is not None and is_target(precision):
        target = precision
    elif precision is not None:
        log.warning("answer_precision_ignored", stored=str(precision)[:20])
    return Policy(_calibration(stored, checksum) or shipped.calibration, target)


def _calibration(stored: str | None, checksum: str) -> Calibration | None:
    # JSON's own null stands for none, too: that is how a JSON column stores it.
    if stored is None or stored == "null":
        return None
    try:
        found = from_json(json.loads(stored))
    except ValueError as error:
        log.warning("stored_calibration_ignored", reason=str(error)[:200])
        return None
    if found.about.get("encoder") != checksum:
        log.warning("stored_calibration_ignored", reason="another encoder", version=found.version)
        return None
    return found
