"""``handrail staff``: people, from the command line, straight into the database."""

from __future__ import annotations

import typer

from server.auth import Role, create_staff
from server.clock import SystemClock
from server.database import Database
from server.errors import HandrailError
from server.events import LocalBus
from server.settings import Settings


async def add(
    settings: Settings, *, login: str, name: str, roles: list[str], password: str
) -> None:
    """Add one member of staff and say so; a refusal ends the command with its reason."""
    database = Database(settings.database, LocalBus())
    try:
        wanted = [Role(role) for role in roles]
        async with database.write() as db:
            await create_staff(
                db, SystemClock(), login=login, name=name, password=password, roles=wanted
            )
    except (HandrailError, ValueError) as error:
        typer.echo(f"Not added: {error}", err=True)
        raise typer.Exit(1) from error
    finally:
        await database.close()
    typer.echo(f"{name} may now sign in as {login.strip().lower()}.")
