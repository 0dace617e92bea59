"""``handrail kb evaluate``: how well questions find their articles."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from server.settings import ROOT, Settings, load_settings
from training.paths import BENCH

if TYPE_CHECKING:
    from benchmarks.knowledge.asking import Asked, Reader
    from benchmarks.knowledge.houses import House
    from encoder import Encoder

REPORT = ROOT / "docs" / "benchmarks" / "knowledge.md"
HOUSE = "this house"


def evaluate(
    bench: Annotated[
        Path, typer.Option(envvar="HANDRAIL_BENCH", help="The folder with the public sets.")
    ] = BENCH,
) -> None:
    """Measure search and decision on the starter, this house's labelled questions and public sets.

    Takes ten minutes the first time, two with kept vectors; written to docs/benchmarks/knowledge.md.
    """
    from encoder import Encoder, EncoderError
    from server.errors import HandrailError

    settings = load_settings()
    try:
        encoder = Encoder.load(settings.encoder_path, precision=settings.precision, cache_size=0)
        _evaluate(settings, bench, encoder)
    except HandrailError as error:
        typer.echo(f"{error} ({error.code})", err=True)
        raise typer.Exit(2) from error
    except EncoderError as error:
        typer.echo(f"{error}. Run `./handrail prepare` first.", err=True)
        raise typer.Exit(1) from error


def _evaluate(settings: Settings, bench: Path, encoder: Encoder) -> None:
    from benchmarks.knowledge.asking import Reader
    from benchmarks.knowledge.evaluate import run
    from benchmarks.knowledge.page import page
    from benchmarks.machine import description

    reader = Reader(encoder, settings.var / "bench" / "vectors", typer.echo)
    found = run(bench, reader, settings.answer_precision, _own(settings, reader), typer.echo)
    named = f"{settings.encoder_name} in {encoder.precision}"
    text = page(found, description(), named, settings.answer_precision)
    REPORT.write_text(text, "utf-8")
    typer.echo(text)
    typer.echo(f"Written to {REPORT.relative_to(ROOT)}")


def _own(settings: Settings, reader: Reader) -> Asked | None:
    """The house's published articles asked its own labelled questions; None without any."""
    from sqlalchemy.exc import SQLAlchemyError

    from benchmarks.knowledge.asking import ask, no_intent

    try:
        house = asyncio.run(_house(settings))
    except (SQLAlchemyError, OSError):
        typer.echo("No database yet: this house's own questions are left out.")
        return None
    return ask(house, reader, no_intent) if house.examples else None


async def _house(settings: Settings) -> House:
    from benchmarks.knowledge.houses import House
    from knowledge_base import catalogue
    from knowledge_base.asked import questions
    from knowledge_base.evaluation import Example
    from knowledge_base.records import Record
    from server.database import Database
    from server.events import LocalBus

    database = Database(settings.database, LocalBus())
    try:
        async with database.read() as db:
            published = await catalogue.published_since(db, -1)
            labelled = await questions.labelled(db)
    finally:
        await database.close()
    records = tuple(Record.of(article, version) for article, version in published if version)
    known = {record.slug for record in records}
    examples = tuple(
        Example(one.text, frozenset([one.slug] if one.slug else []))
        for one in labelled
        if one.source != "starter" and (one.slug is None or one.slug in known)
    )
    return House(HOUSE, records, examples)
