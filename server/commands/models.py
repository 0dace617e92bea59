"""``handrail models``, ``promote``, ``rollback`` and ``test stories``: which model serves, and whether it may."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from server.commands.room import (
    DONE,
    FAILED,
    House,
    Json,
    console,
    done_in,
    show_json,
)

if TYPE_CHECKING:
    from training.models import Promotion
    from training.promoting.kept import KeptModel
    from training.trying.stories import Result

Why = Annotated[str, typer.Option("--reason", help="Why; it stands in the log of the model.")]


def models(as_json: Json = False) -> None:
    """List the kept models: which serves, when each did, and how it compared."""

    async def work(house: House) -> list[KeptModel]:
        return await house.room.promotions.kept()

    found = done_in(work, as_json=as_json)
    records = [_model_record(model) for model in found]
    if as_json:
        show_json(records)
        return
    if not records:
        typer.echo("No model is kept here yet. `handrail train` makes one.")
        return
    _draw(records)


def promote(
    run: Annotated[
        str, typer.Argument(help="A training's id, its beginning, or its model's name.")
    ],
    reason: Why = "",
    even_if_worse: Annotated[
        bool,
        typer.Option("--even-if-worse", help="It did not pass; needs --reason and --confirm."),
    ] = False,
    confirm: Annotated[
        str, typer.Option(help="The model's name, typed out, with --even-if-worse.")
    ] = "",
    as_json: Json = False,
) -> None:
    """Put a training's model into service, while the assistant goes on answering.

    Ends with 0 when it serves, 1 when the change failed, 3 when it did not pass its comparison, 2 when there is
    nothing to promote.
    """

    async def work(house: House) -> Promotion:
        from training.commands import find_run, promote_now

        async with house.database.read() as db:
            row = await find_run(db, run)
        return await promote_now(
            house.room,
            row.id,
            reason=reason,
            even_if_worse=even_if_worse,
            confirm=confirm,
        )

    _tell_change(done_in(work, as_json=as_json), as_json=as_json)


def rollback(
    reason: Annotated[str, typer.Option("--reason", help="Why; it stands in the log.")],
    model: Annotated[
        str, typer.Argument(help="A kept model's name; without it the one before.")
    ] = "",
    as_json: Json = False,
) -> None:
    """Put a model that served before back into service.

    Ends with 0 when it serves, 1 when the change failed, 2 when there is nothing to go back to.
    """

    async def work(house: House) -> Promotion:
        from server.errors import Invalid
        from training.commands import roll_back_now

        if not reason.strip():
            raise Invalid("Say why: --reason must not be empty.")
        return await roll_back_now(house.room, reason=reason, to=model or None)

    _tell_change(done_in(work, as_json=as_json), as_json=as_json)


def stories(
    model: Annotated[
        str, typer.Option(help="A kept model's name or a file; without it the serving model.")
    ] = "",
    as_json: Json = False,
) -> None:
    """Try every story test in data/story_tests with a model. Ends with 0 when all pass, 1 when one fails."""

    async def work(house: House) -> list[Result]:
        path = file.resolve() if file is not None else await _chosen(house, model)
        return await house.room.trying.run(path)

    file = Path(model) if model and Path(model).is_file() else None
    results = done_in(work, articles=True, as_json=as_json)
    failed = [result for result in results if not result.passed]
    if as_json:
        show_json([vars(result) for result in results])
    else:
        for result in failed:
            typer.echo(f"FAILED {result.title} ({result.file})")
            for failure in result.failures:
                typer.echo(f"    {failure}")
        typer.echo(f"{len(results) - len(failed)} of {len(results)} story tests passed.")
    raise typer.Exit(FAILED if failed else DONE)


async def _chosen(house: House, word: str) -> Path:
    """Return the model to try.

    Raises:
        NotFound: there is none, or none is called so.
    """
    from server.errors import NotFound
    from server.supervise.serving import model_to_serve
    from training.trying.choices import named

    known = await house.room.trying.choices()
    if word or known:
        return (named(known, word) if word else known[0]).path
    prepared = model_to_serve(house.settings)
    if prepared is None:
        raise NotFound("There is no model here. `handrail prepare` trains one.")
    return prepared


def _tell_change(promotion: Promotion, *, as_json: bool) -> None:
    from training.promoting.steps import name_of

    record = {
        "model": name_of(promotion.model),
        "previous": name_of(promotion.previous) or None,
        "state": promotion.state.value,
        "rollback": promotion.rollback,
        "error": promotion.error,
    }
    done = record["state"] == "done"
    if as_json:
        show_json(record)
    elif done:
        typer.echo(f"{record['model']} is in service.")
    else:
        typer.echo(f"{record['model']} is not in service: {record['error']}", err=True)
    raise typer.Exit(DONE if done else FAILED)


def _model_record(model: KeptModel) -> dict[str, Any]:
    return {
        "name": model.name,
        "serving": model.serving,
        "previous": model.previous,
        "run": str(model.run_id) if model.run_id else None,
        "trained_at": model.trained_at.isoformat() if model.trained_at else None,
        "verdict": model.verdict,
        "golden_share": model.share,
        "megabytes": round(model.size / 1e6, 1),
        "replaced_by": model.replaced_by,
        "replaced_why": model.replaced_why,
    }


def _draw(records: list[dict[str, Any]]) -> None:
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    table.add_column("model", no_wrap=True)  # it is typed, or copied, to promote it
    for title in ("", "trained", "verdict", "golden", "training"):
        table.add_column(title, overflow="fold")
    for one in records:
        state = "serves" if one["serving"] else "before" if one["previous"] else ""
        share = one["golden_share"]
        table.add_row(
            one["name"],
            state,
            (one["trained_at"] or "")[:16].replace("T", " "),
            one["verdict"] or "",
            "" if share is None else f"{share:.1%}",
            (one["run"] or "")[:8],
        )
    console().print(table)
