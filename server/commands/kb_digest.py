"""``handrail kb digest``: the editor's week, in a terminal or for a program."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Annotated

import typer

from server.settings import Settings, load_settings

if TYPE_CHECKING:
    from encoder import Encoder
    from knowledge_base.asked.digest import Asks, Digest
    from server.clock import Clock
    from server.database import Database


def digest(
    week: Annotated[
        str, typer.Option(help="An ISO week like 2026-W47; without it, yesterday's.")
    ] = "",
    as_json: Annotated[
        bool, typer.Option("--json", help="For a program, as the API gives it.")
    ] = False,
) -> None:
    """Print the week: what was asked in vain, which articles help least or are old, how new ones do."""
    from encoder import EncoderError
    from knowledge_base.asked.digest_letter import as_text
    from knowledge_base.asked.digest_view import DigestView
    from server.errors import HandrailError

    try:
        found = asyncio.run(_read(load_settings(), week))
    except EncoderError as error:
        typer.echo(f"{error}. Run `./handrail prepare` first.", err=True)
        raise typer.Exit(1) from error
    except HandrailError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from error
    typer.echo(DigestView.of(found).model_dump_json(indent=2) if as_json else as_text(found))


async def _read(settings: Settings, text: str) -> Digest:
    from encoder import Encoder
    from knowledge_base.asked.digest import digest as read_digest
    from server.clock import SystemClock
    from server.database import Database
    from server.events import LocalBus
    from server.week import Week

    clock = SystemClock()
    week = Week.read(text) if text else Week.to_read(clock.now())
    encoder = Encoder.load(settings.encoder_path, precision=settings.precision)
    database = Database(settings.database, LocalBus())
    try:
        return await read_digest(database, clock, asks(settings, database, clock, encoder), week)
    finally:
        await database.close()


def asks(settings: Settings, database: Database, clock: Clock, encoder: Encoder) -> Asks:
    """Who knows what was asked in vain, beside an app that may be running.

    What that app has encoded is read, and nothing is written beside it.
    """
    from knowledge_base.asked.clustered import Clustered
    from knowledge_base.asked.log import Log
    from knowledge_base.asked.texts import Texts
    from knowledge_base.review.vectors import Vectors

    vectors = Vectors(encoder, settings.var / "asked")
    return Clustered(database, clock, Log(database, clock), Texts(database), vectors)
