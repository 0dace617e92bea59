"""What ``handrail kb fit`` and ``handrail kb precision`` do: measure, fit and set in this house, and say so."""

from __future__ import annotations

import asyncio
import getpass
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass

import typer

from encoder import EncoderError
from knowledge_base.asked.health import Share
from knowledge_base.quality import settle
from knowledge_base.quality.fit import Figures
from knowledge_base.quality.gauge import Gauge, too_few
from knowledge_base.service import KnowledgeBase
from server.clock import Clock, SystemClock
from server.database import Database
from server.errors import HandrailError
from server.events import LocalBus
from server.searching import searching_encoder, searching_reranker
from server.settings import Settings


@dataclass
class House:
    """What the fit needs of an app."""

    settings: Settings
    clock: Clock
    database: Database
    knowledge: KnowledgeBase


async def fit(house: House, note: str = "") -> None:
    outcome = await settle.refit(house, _name(), note)
    typer.echo(
        f"{outcome.questions} labelled questions, {outcome.answerable} with an article that answers; "
        f"compared on {outcome.before.questions}, each judged by weights fitted without it"
    )
    typer.echo(f"{'':24}{'shipped':>20}{'ours':>20}")
    for (name, before), (_, after) in zip(
        _lines(outcome.before), _lines(outcome.after), strict=True
    ):
        typer.echo(f"{name:24}{before:>20}{after:>20}")
    if not outcome.kept:
        typer.echo("Not kept: it would not judge better. What judged before still does.", err=True)
        raise typer.Exit(1)
    typer.echo(f"Kept as {outcome.calibration.version}")


async def undo(house: House, note: str = "") -> None:
    await settle.undo(house, _name(), note)
    typer.echo(f"The shipped weights judge: {house.knowledge.policy.calibration.version}")


async def precision(house: House, value: float | None, *, reset: bool, note: str = "") -> None:
    if value is not None or reset:
        await settle.set_precision(house, None if reset else value, _name(), note)
    quality = await Gauge.of(house).look()
    target = quality.policy.precision
    typer.echo(f"target {target:.0%} (the settings say {quality.shipped.precision:.0%})")
    if quality.measured is None:
        typer.echo(too_few(quality.labels))
        return
    row = quality.measured.row(target)
    typer.echo(
        f"of {row.questions} labelled questions {row.answered} are answered at once "
        f"({_share(row.coverage)}); of these answers {_share(row.precision)} help\n"
        f"{row.choices} get a choice ({row.choices_with_it} hold the right article), "
        f"{row.nothing} nothing"
    )


def _lines(figures: Figures) -> list[tuple[str, str]]:
    auroc = "–" if figures.auroc is None else f"{figures.auroc:.3f}"
    return [
        ("answers that help", _share(figures.precision)),
        ("answered at once", _share(figures.coverage)),
        ("tells right from wrong", auroc),
        ("calibration error", f"{figures.calibration_error:.3f}"),
    ]


def _share(share: Share | None) -> str:
    return "none" if share is None else f"{share.value:.0%} ({share.low:.0%}–{share.high:.0%})"


def _name() -> str:
    """Who asks for it, for the record: on a command line the machine's own name for them."""
    try:
        return f"command:{getpass.getuser()}"[:80]
    except OSError:
        return "command"


@asynccontextmanager
async def open_house(settings: Settings) -> AsyncIterator[House]:
    encoder = searching_encoder(settings)
    database, clock = Database(settings.database, LocalBus()), SystemClock()
    reranker = searching_reranker(settings, encoder)
    knowledge = KnowledgeBase(settings, clock, database, encoder, reranker=reranker)
    try:
        await knowledge.start()
        yield House(settings, clock, database, knowledge)
    finally:
        await knowledge.stop()
        await database.close()


def told(settings: Settings, work: Callable[[House], Coroutine[object, object, None]]) -> None:
    """Do it in this house; what goes wrong is said in one line."""

    async def run() -> None:
        async with open_house(settings) as house:
            await work(house)

    try:
        asyncio.run(run())
    except EncoderError as error:
        typer.echo(f"{error}. Run `./handrail prepare` first.", err=True)
        raise typer.Exit(1) from error
    except HandrailError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from error
