"""``handrail kb evaluate``: how well questions find their articles."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from server.commands.kb_house import read_house
from server.settings import ROOT, Settings, load_settings
from training.paths import BENCH

if TYPE_CHECKING:
    from benchmarks.knowledge.asking import Asked, Reader
    from encoder import Encoder

REPORT = ROOT / "docs" / "benchmarks" / "knowledge.md"


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
    from benchmarks.knowledge.houses import House

    try:
        records, labelled = asyncio.run(read_house(settings, starter=False))
    except (SQLAlchemyError, OSError):
        typer.echo("No database yet: this house's own questions are left out.")
        return None
    return ask(House("this house", records, labelled), reader, no_intent) if labelled else None
