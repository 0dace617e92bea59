"""Whether this week's messages are still what the training data is about.

The measure: the share of messages that are farther from every example than 95 % of the examples are from
their nearest other one. Customers who wrote exactly like the examples would give 5 %.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from training.health.findings import Finding, Kind, Line
from training.health.sets import WEEK, Examples, Messages, nearest
from training.health.shares import LEVEL, Share, difference

USUAL = 0.95
WEEKS = 13
#: This week is held against so many before it.
BEFORE = 4
#: Messages of this week, and of those before it, that a comparison needs.
ENOUGH = 50
#: A message count from which an intent's share is compared.
SEEN = 10
SHOWN = 5


@dataclass(frozen=True)
class Week:
    """Messages of seven days, and how many of them are far from every example."""

    start: datetime
    end: datetime
    messages: int
    far: int
    share: float
    low: float
    high: float


@dataclass(frozen=True)
class Drift:
    """What came of it; `limit` is the cosine below which a message counts as far."""

    limit: float
    weeks: tuple[Week, ...]
    """The oldest first; the last one ends now."""
    findings: tuple[Finding, ...]

    def as_dict(self) -> dict[str, Any]:
        weeks = [
            {**asdict(week), "start": week.start.isoformat(), "end": week.end.isoformat()}
            for week in self.weeks
        ]
        return {"limit": self.limit, "weeks": weeks}


def usual_limit(vectors: NDArray[np.float32]) -> float:
    """Return the cosine that 95 % of the examples reach to their nearest other one."""
    cosines, _ = nearest(vectors, vectors, themselves=True)
    return float(np.quantile(cosines, 1.0 - USUAL)) if len(cosines) else 0.0


def look(examples: Examples, messages: Messages, now: datetime) -> Drift:
    """Compare this week with the examples, and with the weeks before it."""
    limit = usual_limit(examples.vectors)
    cosines, _ = nearest(messages.vectors, examples.vectors)
    ago, far = messages.weeks_ago(now), cosines < limit
    weeks = tuple(
        _week(now, back, int((ago == back).sum()), int((far & (ago == back)).sum()))
        for back in reversed(range(WEEKS))
    )
    findings = [*_drifted(messages, cosines, far, ago, now), *moved(messages, ago, now)]
    return Drift(limit, weeks, tuple(findings))


def _week(now: datetime, back: int, total: int, far: int) -> Week:
    share = Share(far, total)
    start = now - WEEK * (back + 1)
    return Week(start, start + WEEK, total, far, share.value, share.low, share.high)


def _drifted(
    messages: Messages,
    cosines: NDArray[np.float32],
    far: NDArray[np.bool_],
    ago: NDArray[np.int64],
    now: datetime,
) -> list[Finding]:
    this, before = ago == 0, (ago >= 1) & (ago <= BEFORE)
    if this.sum() < ENOUGH:
        return []
    week = Share(int((far & this).sum()), int(this.sum()))
    earlier = Share(int((far & before).sum()), int(before.sum()))
    rises = earlier.total >= ENOUGH and difference(week, earlier)[0] > 0.0
    # Twice what customers who write like the examples would give.
    strange = week.low > 2 * (1.0 - USUAL)
    if not rises and not strange:
        return []
    order = sorted(np.flatnonzero(this & far), key=lambda at: float(cosines[at]))
    shown: dict[str, Line] = {}
    for at in order:
        text = messages.texts[at]
        shown.setdefault(text.casefold(), Line(messages.intents[at] or "", text, message=True))
        if len(shown) == SHOWN:
            break
    figures = {
        "share": week.value,
        "low": week.low,
        "high": week.high,
        "total": week.total,
        "before": earlier.value,
        "before_total": earlier.total,
        "rises": float(rises),
    }
    lines = (tuple(shown.values()),)
    return [Finding(Kind.DRIFT, (_name(now),), (), week.value, figures, lines)]


def moved(messages: Messages, ago: NDArray[np.int64], now: datetime) -> list[Finding]:
    """Return intents whose share of the messages changed by more than noise.

    Every intent is one more chance to be wrong, so each interval is as much wider (Bonferroni).
    """
    this = [intent for intent, back in zip(messages.intents, ago, strict=True) if back == 0]
    before = [
        intent for intent, back in zip(messages.intents, ago, strict=True) if 1 <= back <= BEFORE
    ]
    if len(this) < ENOUGH or len(before) < ENOUGH:
        return []
    now_counts, then_counts = Counter(this), Counter(before)
    tested = [
        intent
        for intent in {*now_counts, *then_counts}
        if intent is not None and now_counts[intent] + then_counts[intent] >= SEEN
    ]
    level = 1.0 - (1.0 - LEVEL) / max(1, len(tested))
    found = []
    for intent in sorted(tested):
        after = Share(now_counts[intent], len(this), level)
        earlier = Share(then_counts[intent], len(before), level)
        low, high = difference(after, earlier)
        if low <= 0.0 <= high:
            continue
        figures = {
            "share": after.value,
            "messages": after.count,
            "total": after.total,
            "before": earlier.value,
            "before_total": earlier.total,
            "low": low,
            "high": high,
        }
        weight = abs(after.value - earlier.value)
        found.append(Finding(Kind.MOVED, (intent, _name(now)), (intent,), weight, figures))
    return sorted(found, key=lambda one: -one.weight)


def _name(now: datetime) -> str:
    year, week, _ = now.isocalendar()
    return f"{year}-W{week:02d}"
