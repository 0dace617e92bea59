"""``handrail digest``: the house's week, in a terminal or for a program."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Annotated

import typer

from server.settings import Settings, load_settings

if TYPE_CHECKING:
    from insights.digest.found import Digest


def digest(
    week: Annotated[
        str, typer.Option(help="An ISO week like 2026-W47; without it, yesterday's.")
    ] = "",
    as_json: Annotated[
        bool, typer.Option("--json", help="For a program, as the API gives it.")
    ] = False,
) -> None:
    """Print the week: complaints, questions asked in vain, misunderstood intents; each with its screen."""
    from encoder import EncoderError
    from insights.digest.letter import as_text
    from insights.digest.views import DigestView
    from server.errors import HandrailError

    settings = load_settings()
    try:
        found = asyncio.run(_read(settings, week))
    except EncoderError as error:
        typer.echo(f"{error}. Run `./handrail prepare` first.", err=True)
        raise typer.Exit(1) from error
    except HandrailError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from error
    if as_json:
        typer.echo(DigestView.of(found).model_dump_json(indent=2))
    else:
        typer.echo(as_text(found, settings.base_url))


async def _read(settings: Settings, text: str) -> Digest:
    from encoder import Encoder
    from server.clock import SystemClock
    from server.commands.kb_digest import asks
    from server.database import Database
    from server.digested import digests
    from server.events import LocalBus

    clock = SystemClock()
    encoder = Encoder.load(settings.encoder_path, precision=settings.precision)
    database = Database(settings.database, LocalBus())
    try:
        house = digests(database, clock, asks(settings, database, clock, encoder))
        return await house.read(house.wanted(text))
    finally:
        await database.close()
