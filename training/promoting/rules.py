"""Which candidate may serve, and what has to be said before a worse one may."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from server.errors import Conflict, NotFound
from training.models import TrainingRun
from training.promoting.steps import SUFFIX, name_of

#: Shorter is a word to get past the question, not a reason.
REASON_LEAST = 10
GOOD_ENOUGH = ("better", "equal", "first")


class NotBetter(Conflict):
    """The candidate is worse than the serving model, or nobody knows: somebody has to say so."""

    code = "not_better"
    message = "This model did not pass the comparison. Say that you want it all the same."


class StaleComparison(Conflict):
    """It was compared with a model that no longer serves, or that has learned more since."""

    code = "stale_comparison"
    message = (
        "Another model has come into service since this one was compared. Compare it again first."
    )


class AlreadyServing(Conflict):
    code, message = "already_serving", "This model is in service already."


class AlreadyPromoting(Conflict):
    code, message = "already_promoting", "Another model is being put into service right now."


class NoEarlierModel(Conflict):
    code, message = "no_earlier_model", "There is no earlier model to go back to."


class NeverServed(Conflict):
    """Going back leads to what has proven itself; a candidate has to pass the comparison."""

    code = "never_served"
    message = (
        "This model has never been in service, so there is no going back to it. Promote it instead."
    )


class NoSuchModel(NotFound):
    message = "No kept model has this name."


def speaks_against(figures: Mapping[str, Any]) -> str | None:
    """Return why a candidate must not serve by itself, in words; None when it passed its comparison."""
    verdict = figures.get("verdict")
    if verdict not in GOOD_ENOUGH:
        if verdict == "worse":
            return "It is worse than the model that it was compared with."
        return (
            f"Nobody knows whether it is better: {figures.get('problem') or 'it was not compared.'}"
        )
    blocks = [str(block) for block in figures.get("blocks") or ()]
    return " ".join(blocks) or None


def check_better(
    model: Path, figures: Mapping[str, Any], *, even_if_worse: bool, reason: str, confirm: str
) -> None:
    """Let a candidate pass that is better, or that somebody wants knowingly.

    Raises:
        NotBetter: it is not known to be as good, and one of flag, reason and name is missing.
    """
    against = speaks_against(figures)
    if against is None:
        return
    if not even_if_worse:
        raise NotBetter(f"{against} Say that you want it all the same.")
    if len(reason.strip()) < REASON_LEAST:
        raise NotBetter(f"{against} Say why it shall serve, in {REASON_LEAST} characters or more.")
    if confirm.strip().removesuffix(SUFFIX) != name_of(model):
        raise NotBetter(f"{against} Type the model's name, {name_of(model)}, to confirm.")


@dataclass(frozen=True)
class Evidence:
    """The comparison that a candidate has to show."""

    against: str | None
    """File name of the model that it was compared with; None: there was none."""
    at: datetime


def evidence_of(run: TrainingRun, comparison: Mapping[str, Any] | None) -> Evidence | None:
    """Return what a run was compared with, and when; None when it was not compared.

    `comparison` is what `training.comparing` keeps of it (`var/comparisons/<run id>.json`), if it does.
    """
    if "verdict" not in run.figures:
        return None
    at = _time((comparison or {}).get("at"))
    if comparison is not None and at is not None and "serving" in comparison:
        against = comparison["serving"]
        return Evidence(str(against) if against else None, at)
    against = Path(run.serving).name if run.serving else None
    return Evidence(against, run.finished_at or run.started_at)


def check_fresh(
    run: TrainingRun,
    evidence: Evidence | None,
    serving: Path | None,
    *,
    serving_since: datetime | None,
    serving_data: datetime | None,
) -> None:
    """Let a comparison count only for the model that it was made with.

    `serving_since`: when that model took over; `serving_data`: when the data it was trained on was read.

    Raises:
        StaleComparison: another model serves now, or this one was trained from older data than the serving
            one and compared before that came.
    """
    if evidence is None or serving is None:
        return  # Nothing was compared, or nothing is there to compare with: no comparison is stale.
    if evidence.against != serving.name:
        raise StaleComparison()
    older = serving_data is not None and run.started_at < serving_data
    if older and serving_since is not None and evidence.at < serving_since:
        raise StaleComparison(
            "This model was trained from older data than the one in service. Compare it again first."
        )


def _time(value: object) -> datetime | None:
    try:
        found = datetime.fromisoformat(str(value))
    except ValueError:
        return None
    return found if found.tzinfo is not None else None
