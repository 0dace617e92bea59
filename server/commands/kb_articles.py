"""``handrail kb import`` and ``handrail kb export``: articles in and out."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Coroutine, Mapping, Sequence
from pathlib import Path
from typing import Annotated, TypeVar
from uuid import UUID

import typer
from rich.console import Console
from rich.progress import Progress
from rich.table import Table
from rich.text import Text

from encoder import EncoderError
from knowledge_base.exchange import importing, sources
from knowledge_base.exchange.export import Format, write
from knowledge_base.exchange.fetch import Fetcher
from knowledge_base.exchange.plan import Options
from knowledge_base.exchange.portable import Source
from knowledge_base.exchange.report import OUTCOMES, Report, as_csv
from knowledge_base.exchange.sitemap import read_sitemap
from knowledge_base.review import batch
from knowledge_base.review.gate import clean_reason
from knowledge_base.review.past import has_golden
from knowledge_base.search.records import Record
from server.clock import SystemClock
from server.commands.quality import open_house
from server.database import Database
from server.errors import HandrailError
from server.events import LocalBus
from server.settings import Settings, load_settings

#: Rows with errors that are printed; ``--errors`` writes all of them.
SHOWN = 30
T = TypeVar("T")


def import_articles(
    source: Annotated[
        str, typer.Argument(metavar="PATH_OR_URL", help="A file, a folder, or a sitemap's address.")
    ],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would happen, and store nothing.")
    ] = False,
    publish: Annotated[
        bool, typer.Option("--publish", help="Let articles answer whose file states no status.")
    ] = False,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace what was changed or archived here, too.")
    ] = False,
    override_reason: Annotated[
        str, typer.Option(help="Why articles may answer that cost golden questions theirs.")
    ] = "",
    errors: Annotated[
        Path | None, typer.Option(help="Write the rows with errors to this CSV file.")
    ] = None,
) -> None:
    """Take articles in: CSV, JSON, Markdown, HTML, Word, a zip or folder of those, or a sitemap.

    Repeat it as often as you like: the same address is updated, never doubled. Ends with 1 when a row failed.
    """
    reason = _told(_reason(override_reason)) if override_reason.strip() else ""
    options = Options(publish, overwrite, reason=reason)
    report = _told(_import(load_settings(), source, options, dry=dry_run))
    _show(report, dry=dry_run)
    if errors is not None:
        errors.write_text(as_csv(report.errors), "utf-8")
        typer.echo(f"{len(report.errors)} rows with errors are in {errors}")
    if report.errors:
        raise typer.Exit(1)


def export_articles(
    path: Annotated[Path, typer.Argument(help="Ends with .json, or with .zip for Markdown files.")],
) -> None:
    """Write every article with its files, whatever its status; the import reads it again."""
    forms = {".json": Format.JSON, ".zip": Format.MARKDOWN}
    form = forms.get(path.suffix.lower())
    if form is None:
        typer.echo("The file's name must end with .json or .zip.", err=True)
        raise typer.Exit(2)
    try:
        count = _told(_export(load_settings(), path, form))
    except OSError as error:
        typer.echo(f"{path} can't be written: {error.strerror}", err=True)
        raise typer.Exit(2) from error
    typer.echo(f"{count} articles are in {path}")


async def _import(settings: Settings, source: str, options: Options, *, dry: bool) -> Report:
    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as bar:
        reading = bar.add_task("reading", total=None)
        found: list[Source]
        if source.startswith(("http://", "https://")):
            async with Fetcher(settings.import_hosts) as fetcher:
                found = await read_sitemap(
                    fetcher,
                    source,
                    progress=lambda done, of: bar.update(reading, completed=done, total=of),
                )
        else:
            found = await sources.read_path(Path(source))
        bar.update(reading, visible=False)
        taking = bar.add_task("planning" if dry else "importing", total=len(found))
        database = Database(settings.database, LocalBus())
        try:
            return await importing.run(
                database,
                SystemClock(),
                found,
                options,
                dry=dry,
                progress=lambda done, of: bar.update(taking, completed=done, total=of),
                gate=lambda records, gone: _lost(settings, database, records, gone),
            )
        finally:
            await database.close()


async def _reason(text: str) -> str:
    return clean_reason(text)


async def _lost(
    settings: Settings, database: Database, records: Sequence[Record], gone: Collection[UUID]
) -> Mapping[UUID, tuple[str, ...]]:
    """What the golden questions say; the encoder is loaded only where there are any."""
    async with database.read() as db:
        if not await has_golden(db):
            return {}
    async with open_house(settings) as house:
        return await batch.lost(house, records, gone)


async def _export(settings: Settings, path: Path, form: Format) -> int:
    database = Database(settings.database, LocalBus())
    try:
        return await write(database, path, form)
    finally:
        await database.close()


def _told(work: Coroutine[object, object, T]) -> T:
    """Run it; what is wrong with the whole is said in one line."""
    try:
        return asyncio.run(work)
    except EncoderError as error:
        typer.echo(f"{error}. Run `./handrail prepare` first.", err=True)
        raise typer.Exit(1) from error
    except HandrailError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from error


def _show(report: Report, *, dry: bool) -> None:
    if report.errors:
        table = Table("row", "code", "what is wrong", title="Rows with errors")
        for row in report.errors[:SHOWN]:
            # Text, not Rich's marks: file names and messages hold what strangers wrote.
            table.add_row(Text(row.row), Text(row.code), Text(row.message))
        Console().print(table)
        if len(report.errors) > SHOWN:
            typer.echo(f"… and {len(report.errors) - SHOWN} more; --errors FILE has them all")
    said = ", ".join(f"{report.counts[outcome]} {outcome}" for outcome in OUTCOMES)
    typer.echo(f"Would be: {said}" if dry else said)
