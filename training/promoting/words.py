"""What the pages say about models and their steps; plain functions, so that tests read the sentences."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from training.models import TrainingRun
from training.promoting.at_a_start import Found
from training.promoting.kept import KeptModel, Span
from training.promoting.models import What
from training.promoting.steps import Step, name_of

STEPS: Mapping[What, str] = {
    What.TRAINED: "Trained",
    What.STOPPED: "Training stopped",
    What.COMPARED: "Compared",
    What.SHADOWED: "Read along",
    What.PROMOTED: "Put into service",
    What.REFUSED: "Refused",
    What.KEPT_OLD: "Turned down",
    What.ROLLED_BACK: "Back in service",
    What.FOUND: "In service since a start",
    What.FAILED: "Failed",
}
VERDICTS: Mapping[str, str] = {
    "better": "better when compared",
    "equal": "as good when compared",
    "worse": "worse when compared",
    "first": "the first, compared with none",
    "unknown": "not compared",
}
NO_STEPS = "Nothing yet. Each training, comparison, promotion and roll-back is noted here, with who and why."


def evidence(run: TrainingRun) -> str:
    """Return what speaks for a candidate, as the reason that is proposed: who promotes it may say another."""
    said = [VERDICTS.get(str(run.figures.get("verdict")), "")]
    candidate, serving = run.figures.get("candidate"), run.figures.get("serving")
    if candidate and serving:
        said.append(
            f"{100 * candidate['share']:.1f} % of the golden messages, {100 * serving['share']:.1f} % before"
        )
    if run.labels:
        said.append("1 new label" if run.labels == 1 else f"{run.labels:,} new labels")
    return "; ".join(part for part in said if part)


def moment(at: datetime | None) -> str:
    return f"{at:%d %b %Y, %H:%M} UTC" if at is not None else "an unknown day"


def step(step: Step) -> str:
    """Return who did a step and why, in one line: `by Ada: wrong about returns`."""
    by = f"by {step.by}" if step.by else "by itself"
    if step.what in (What.FOUND, What.FAILED, What.STOPPED) and step.by is None:
        by = ""
    return ": ".join(part for part in (by, step.why) if part)


def span(served: Span) -> str:
    if served.until is None:
        return f"in service since {moment(served.since)}"
    if served.since is None:
        return f"in service until {moment(served.until)}"
    return f"in service from {moment(served.since)} to {moment(served.until)}"


def origin(model: KeptModel) -> str:
    """Return when a model was trained and how good it was."""
    said = [f"Trained {moment(model.trained_at)}"]
    if model.verdict is not None:
        said.append(VERDICTS.get(model.verdict, model.verdict))
    if model.share is not None:
        said.append(f"understood {100 * model.share:.1f} % of the golden messages")
    return "; ".join(said) + "."


def service(model: KeptModel) -> str:
    """Return when a model served, and why no longer."""
    if not model.served:
        return "Never in service." if not model.serving else "In service."
    said = ", and ".join(span(one) for one in model.served[-3:])
    said = said[0].upper() + said[1:]
    if model.serving or model.replaced_by is None:
        return f"{said}."
    why = f": {model.replaced_why.rstrip('.')}" if model.replaced_why else ""
    return f"{said}. Then came {model.replaced_by}{why}."


def found(found: Found, *, comparing: bool) -> tuple[str, str]:
    """Return a tone (good, plain, warn) and how a model that came with a start compares with the one before."""
    figures, before = found.run.figures, name_of(found.before)
    if comparing:
        return (
            "plain",
            f"It is being compared with the one before, {before}. This takes some minutes.",
        )
    if not figures:
        if not found.can_be_compared:
            return "warn", f"It can't be compared: the one before, {before}, is gone."
        return "plain", f"It has not been compared with the one before, {before}, yet."
    if figures.get("verdict") == "worse":
        blocks = " ".join(str(block) for block in figures.get("blocks") or ())
        return "warn", f"It is worse than the one before, {before}. {blocks}".strip()
    if figures.get("verdict") == "better":
        return "good", f"It is better than the one before, {before}."
    if figures.get("verdict") == "equal":
        return "good", f"It is as good as the one before, {before}."
    problem = figures.get("problem") or "not both could be asked."
    return "warn", f"Nobody knows how it compares with the one before, {before}: {problem}"


def size(octets: int) -> str:
    return f"{octets / 1e6:.1f} MB"
