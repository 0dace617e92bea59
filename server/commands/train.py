"""``handrail train`` and ``handrail compare``: a candidate, and whether it is better."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from server.commands.room import (
    DONE,
    FAILED,
    NOT_BETTER,
    House,
    Json,
    console,
    done_in,
    show_json,
    step_teller,
)

if TYPE_CHECKING:
    from training.comparing.comparison import Comparison
    from training.models import Promotion, TrainingRun


def train(
    promote: Annotated[
        bool, typer.Option("--promote", help="Put it into service unless it is worse.")
    ] = False,
    stop: Annotated[
        bool, typer.Option("--stop", help="Stop the training that runs, begin none.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Train a model from the labels and compare it with the serving one.

    Ends with 0 when it is done (and serves, with --promote), 1 when it failed, 3 when --promote was asked and the
    model does not serve because it did not pass, 2 when a training runs already (with --stop, when none runs).
    """
    out = console(as_json=as_json)
    if stop:
        done_in(lambda house: house.room.job.cancel(), as_json=as_json)
        if as_json:
            show_json({"state": "cancelled"})
        else:
            out.print("The training is stopped. The model in service is untouched.")
        return

    async def work(house: House) -> tuple[TrainingRun, Promotion | None]:
        from training.commands import train_now

        run = await train_now(house.room, step_teller(out), promote=promote)
        return run, await house.room.promotions.newest() if promote else None

    run, promotion = done_in(work, articles=True, as_json=as_json)
    mine = promotion if promotion is not None and promotion.run_id == run.id else None
    record = _run_record(run, mine)
    if as_json:
        show_json(record)
    else:
        out.print(_sentence(record))
    raise typer.Exit(_status(record, promote=promote))


def compare(
    run: Annotated[
        str, typer.Argument(help="A training's id, the beginning of it, or its model's name.")
    ] = "",
    stored: Annotated[
        bool, typer.Option("--stored", help="Show the comparison that was made, make none.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Compare a training's model with the serving one; without RUN the latest.

    Ends with 0 when the model may serve, 3 when it did not pass, 2 when there is nothing to compare.
    """
    from training.promoting.rules import speaks_against

    out = console(as_json=as_json)

    async def work(house: House) -> Comparison:
        from training.commands import compare_now, find_run

        async with house.database.read() as db:
            row = await find_run(db, run)
        if stored:
            return await house.room.comparer.read(row.id)
        return await compare_now(house.room, row.id, step_teller(out))

    found = done_in(work, articles=not stored, as_json=as_json)
    if as_json:
        show_json(asdict(found))
    else:
        out.print(comparison_sentence(found.figures))
    raise typer.Exit(DONE if speaks_against(found.figures) is None else NOT_BETTER)


def comparison_sentence(figures: dict[str, Any]) -> str:
    """Return what a comparison came to, in a line."""
    verdict = figures.get("verdict")
    if not verdict or verdict == "unknown":
        return f"Not known whether it is better: {figures.get('problem') or 'it was not compared.'}"
    if verdict == "first":
        return "No model serves to compare with."
    points = figures.get("points")
    by = f", {float(points):+.1f} points on the golden set" if points is not None else ""
    blocks = " ".join(str(block) for block in figures.get("blocks") or ())
    return f"The candidate is {verdict}{by}. {blocks}".strip()


def _run_record(run: TrainingRun, promotion: Promotion | None) -> dict[str, Any]:
    from training.promoting.steps import name_of

    return {
        "run": str(run.id),
        "state": run.state.value,
        "model": name_of(run.model) or None,
        "labels": run.labels,
        "error": run.error,
        "verdict": run.figures.get("verdict"),
        "points": run.figures.get("points"),
        "figures": run.figures,
        "promotion": promotion.state.value if promotion else None,
        "promotion_error": promotion.error if promotion else None,
    }


def _sentence(record: dict[str, Any]) -> str:
    if record["state"] != "done":
        return f"The training {record['state']}: {record['error'] or 'no reason is known'}"
    trained = f"{record['model']} is trained. {comparison_sentence(record['figures'])}"
    match record["promotion"]:
        case "done":
            return f"{trained} It is in service."
        case "failed":
            return f"{trained} The change failed: {record['promotion_error']}"
    return f"{trained} `handrail promote {record['run'][:8]}` puts it into service."


def _status(record: dict[str, Any], *, promote: bool) -> int:
    if record["state"] != "done" or record["promotion"] == "failed":
        return FAILED
    if promote and record["promotion"] != "done":
        return NOT_BETTER
    return DONE
