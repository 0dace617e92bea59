"""``handrail review``: the queue in a terminal, one message after the other; labels out to a file and in again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from server.commands.review_sitting import Sitting, draw
from server.commands.room import (
    DONE,
    FAILED,
    REFUSED,
    House,
    Json,
    console,
    done_in,
    show_json,
    trainer,
)

if TYPE_CHECKING:
    from training.exchange.judging import Report
    from training.review.items import Item

T = TypeVar("T")

review = typer.Typer(help="Messages to learn from: list and label them, labels out and in.")


@review.callback(invoke_without_command=True)
def queue(
    context: typer.Context,
    limit: Annotated[int, typer.Option(min=1, max=100, help="How many messages.")] = 20,
    every: Annotated[
        bool, typer.Option("--all", help="Also those that nothing speaks for looking at.")
    ] = False,
    list_only: Annotated[bool, typer.Option("--list", help="List them, ask nothing.")] = False,
    login: Annotated[
        str,
        typer.Option("--as", help="Your login: labels carry your name, and second opinions count."),
    ] = "",
    as_json: Json = False,
) -> None:
    """Label the messages that promise most, one by one, by number or name; --list or --json only list them."""
    if context.invoked_subcommand is not None:
        return

    async def work(house: House) -> None:
        from training.commands import list_inbox
        from training.review.items import Filter

        items = await list_inbox(house.room, Filter(doubtful=not every), limit=limit)
        if as_json:
            show_json([item_record(item) for item in items])
        elif not items:
            typer.echo(
                "Nothing to do: no open message has a reason to be looked at. --all lists the rest."
            )
        elif list_only:
            for number, item in enumerate(items, start=1):
                draw(console(), number, len(items), item, hint=False)
        else:
            by = await trainer(house, login) if login else None
            names = await house.room.labels.names()
            await Sitting(house, console(), names, by).go_through(items)

    done_in(work, articles=True, as_json=as_json)


def item_record(item: Item) -> dict[str, Any]:
    """Return a message of the queue for a program; its text is masked."""
    return {
        "turn_id": str(item.turn_id),
        "text": item.text,
        "intent": item.intent,
        "confidence": item.confidence,
        "candidates": [list(one) for one in item.candidates],
        "reasons": [reason.value for reason in item.reasons],
        "times": item.times,
        "at": item.at.isoformat(),
        "value": item.value,
        "cluster": item.cluster,
        "cluster_size": item.cluster_size,
        "after": item.after.value,
        "decided": item.decided,
    }


@review.command("export")
def export_labels(
    file: Annotated[Path, typer.Argument(help="A .jsonl or .csv file.")],
    examples: Annotated[
        bool, typer.Option("--examples", help="All examples, not only what trainers said.")
    ] = False,
) -> None:
    """Write the labels to a file; nobody's name and no message's id is in it."""
    from training.exchange.exporting import What

    async def work(house: House) -> int:
        from training.exchange.commands import export_file

        what = What.EXAMPLES if examples else What.LABELS
        return await export_file(house.room, file, what)

    rows = _with_file(lambda: done_in(work), file)
    typer.echo(f"{rows} {'row is' if rows == 1 else 'rows are'} in {file}")


@review.command("import")
def import_examples(
    file: Annotated[Path, typer.Argument(help="Rasa's .yml, or .csv or .jsonl.")],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only say what would become of each row.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Add the examples of a file. Ends with 1 when rows contradict what is here or can't be read."""
    from training.exchange.judging import Outcome

    async def work(house: House) -> Report:
        from training.exchange.commands import import_file

        return await import_file(house.room, file, dry_run=dry_run)

    report = _with_file(lambda: done_in(work, as_json=as_json), file)
    left_out = [one for one in report.rows if one.outcome in (Outcome.CONFLICTING, Outcome.BAD)]
    if as_json:
        show_json({**asdict(report), "added": report.added})
    else:
        for one in left_out:
            typer.echo(f"line {one.line}: {one.why}", err=True)
        counts = ", ".join(f"{count} {outcome.value}" for outcome, count in report.counts.items())
        typer.echo(f"{'Would be: ' if dry_run else ''}{counts}; {report.masked} masked")
    raise typer.Exit(FAILED if left_out else DONE)


def _with_file(work: Callable[[], T], file: Path) -> T:
    try:
        return work()
    except OSError as error:
        typer.echo(f"{file} can't be read or written: {error.strerror}", err=True)
        raise typer.Exit(REFUSED) from error
