"""The trainer's room for a command: built as the app builds it, closed whatever happens, errors in one line."""

from __future__ import annotations

import asyncio
import getpass
import json
import logging
import sys
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import structlog
import typer
from rich.console import Console

from server.settings import Settings, load_settings

if TYPE_CHECKING:
    from server.auth import Staff
    from server.database import Database
    from server.errors import HandrailError
    from training.room import TrainingRoom

T = TypeVar("T")

#: How a command ends; docs/operations.md says the same.
DONE, FAILED, REFUSED, NOT_BETTER = 0, 1, 2, 3

Json = Annotated[bool, typer.Option("--json", help="For a program; progress goes to stderr.")]


@dataclass
class House:
    room: TrainingRoom
    database: Database
    settings: Settings


@asynccontextmanager
async def open_room(settings: Settings, *, articles: bool = False) -> AsyncIterator[House]:
    """Open the room; with `articles` beside the knowledge base, as replays, searches and story tests need it."""
    from encoder import Encoder
    from server.clock import SystemClock
    from server.commands.quality import open_house
    from server.database import Database
    from server.events import LocalBus
    from server.rehearsing import Rehearsal, business_of
    from server.reviewed import beside
    from server.supervise.specs import rasa_environment
    from training.mood_replay.threshold import Patience
    from training.room import TrainingRoom

    environment = rasa_environment(settings)
    async with AsyncExitStack() as stack:
        if articles:
            house = await stack.enter_async_context(open_house(settings))
            encoder = Encoder.load(settings.encoder_path, precision=settings.precision)
            room = TrainingRoom.of(
                settings, house.database, house.clock, environment, search=house.knowledge,
                review=beside(settings, house.clock, encoder, house.knowledge), who=here(),
            )  # fmt: skip
            shop = business_of(settings, house.database, house.clock)
            reserved = frozenset(settings.reserved_topics)
            room.trying.actions = Rehearsal(house.knowledge, shop, house.clock, reserved)
            room.trying.levels = Patience(house.database, house.clock, settings).levels
            stack.push_async_callback(room.close)
            yield House(room, house.database, settings)
            return
        database = Database(settings.database, LocalBus())
        stack.push_async_callback(database.close)
        room = TrainingRoom.of(settings, database, SystemClock(), environment, who=here())
        stack.push_async_callback(room.close)
        yield House(room, database, settings)


def done_in(
    work: Callable[[House], Coroutine[object, object, T]],
    *,
    articles: bool = False,
    as_json: bool = False,
) -> T:
    """Do it in this house's room; what goes wrong is said in one line, with its status.

    With `as_json` stdout gets it, too, in the form of the REST interface's errors.
    """
    from sqlalchemy.exc import OperationalError, ProgrammingError

    from encoder import EncoderError
    from server.errors import HandrailError, Unavailable

    async def run() -> T:
        async with open_room(load_settings(), articles=articles) as house:
            return await work(house)

    try:
        with _warnings_on_stderr():
            return asyncio.run(run())
    except KeyboardInterrupt:
        raise typer.Exit(130) from None
    except EncoderError as error:
        _tell(Unavailable(f"{error}. Run `./handrail prepare` first."), as_json=as_json)
        raise typer.Exit(FAILED) from error
    except (OperationalError, ProgrammingError) as error:
        said = Unavailable("The database is not ready. Run `./handrail prepare` first.")
        _tell(said, as_json=as_json)
        raise typer.Exit(FAILED) from error
    except HandrailError as error:
        _tell(error, as_json=as_json)
        status = NOT_BETTER if error.code in ("not_better", "stale_comparison") else REFUSED
        raise typer.Exit(status) from error


def _tell(error: HandrailError, *, as_json: bool) -> None:
    typer.echo(str(error), err=True)
    if as_json:
        show_json(error.body())


@contextmanager
def _warnings_on_stderr() -> Iterator[None]:
    """Log only what goes wrong, and never into the JSON: by default structlog writes all to stdout."""
    before = structlog.get_config()
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING),
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
    )
    try:
        yield
    finally:
        structlog.configure(**before)


async def trainer(house: House, login: str) -> Staff:
    """Return the trainer of this login.

    Raises:
        Invalid: nobody active has it, or they are no trainer.
    """
    from sqlalchemy import select

    from server.auth import Role, Staff
    from server.errors import Invalid

    async with house.database.read() as db:
        found = await db.scalar(select(Staff).where(Staff.login == login.strip().lower()))
    if found is None or not found.active or not found.may(Role.TRAINER):
        raise Invalid(f"No trainer has the login “{login[:80]}”.")
    return found


def console(*, as_json: bool = False) -> Console:
    """Where people read: beside the JSON, never in it."""
    return Console(stderr=as_json, highlight=False, markup=False, emoji=False)


def show_json(record: object) -> None:
    typer.echo(json.dumps(record, indent=2, default=str, ensure_ascii=False))


def here() -> str:
    """Return who works at this command line, for the log of the model: the machine's own name for them."""
    try:
        return f"command line, {getpass.getuser()[:80]}"
    except OSError:
        return "command line"


def step_teller(out: Console) -> Callable[[dict[str, Any]], None]:
    """Return what prints each finished step."""

    def tell(line: dict[str, Any]) -> None:
        seconds = line.get("seconds")
        took = f"{seconds:8.1f} s" if isinstance(seconds, int | float) else " " * 10
        out.print(f"{took}  {str(line.get('step', '')).replace('_', ' ')}")

    return tell
