"""The ``handrail`` command."""

from __future__ import annotations

import asyncio
import enum
import os
from collections.abc import Coroutine
from typing import Annotated

import httpx
import typer
from websockets.exceptions import WebSocketException

from server.commands.digest import digest
from server.commands.kb import kb
from server.commands.models import models, promote, rollback, stories
from server.commands.nlu import nlu
from server.commands.review import review
from server.commands.train import compare, train
from server.settings import Settings, load_settings, var_folder

cli = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Handrail, a support assistant with a person at the end of it.",
)
staff = typer.Typer(no_args_is_help=True, help="The people who work here.")
cli.add_typer(staff, name="staff")
mail = typer.Typer(no_args_is_help=True, help="The house's mail server.")
cli.add_typer(mail, name="mail")
cli.add_typer(nlu, name="nlu")
cli.add_typer(kb, name="kb")
cli.command()(digest)
for work in (train, compare, models, promote, rollback):
    cli.command()(work)
cli.add_typer(review, name="review")
test = typer.Typer(no_args_is_help=True, help="What every model must pass.")
test.command()(stories)
cli.add_typer(test, name="test")


def _settings() -> Settings:
    """The settings, with secrets made first: production refuses to start without them."""
    from server.prepare import write_secrets

    write_secrets(var_folder())
    return load_settings()


def _address(settings: Settings, url: str | None) -> str:
    return (url or settings.base_url).rstrip("/")


def _converse(address: str, conversation: Coroutine[object, object, None]) -> None:
    """Run it to its end; a system that is not there, or leaves, is said in one line."""
    try:
        asyncio.run(conversation)
    except KeyboardInterrupt:
        raise typer.Exit(130) from None
    except httpx.HTTPStatusError as error:
        typer.echo(f"{address} refused: {error.response.text[:300]}", err=True)
        raise typer.Exit(1) from error
    except TimeoutError as error:
        typer.echo("No answer in time; see var/logs/ for what the processes say.", err=True)
        raise typer.Exit(1) from error
    except (httpx.HTTPError, OSError, WebSocketException) as error:
        typer.echo(f"Nothing answers at {address}. Is `make run` running?", err=True)
        raise typer.Exit(1) from error


@cli.command()
def prepare() -> None:
    """Do what is missing: secrets, encoder, databases, articles, model."""
    from server.prepare import prepare as prepare_all

    prepare_all(_settings())


@cli.command()
def run() -> None:
    """Prepare what is missing, then start both processes and watch over them."""
    from server.prepare import prepare as prepare_all
    from server.supervise import run as supervise

    raise typer.Exit(supervise(prepare_all(_settings())))


@cli.command()
def chat(url: Annotated[str | None, typer.Option(help="Where the app runs.")] = None) -> None:
    """Be a customer in the terminal, through the real stack."""
    from server.commands.chat import chat as talk

    address = _address(load_settings(), url)
    _converse(address, talk(address))


@cli.command()
def demo(
    url: Annotated[str | None, typer.Option(help="Where the app runs.")] = None,
    login: Annotated[str, typer.Option(help="An agent's login.")] = "admin",
) -> None:
    """Play a scripted conversation with both sides. HANDRAIL_DEMO_PASSWORD: the agent's, if changed."""
    from server.commands.demo import demo as play

    settings = load_settings()
    password = (
        os.environ.get("HANDRAIL_DEMO_PASSWORD") or settings.first_password.get_secret_value()
    )
    address = _address(settings, url)
    _converse(address, play(address, login, password))


class Bench(enum.StrEnum):
    """What is measured."""

    TURN = "turn"
    DESK = "desk"


@cli.command()
def bench(
    what: Annotated[
        Bench,
        typer.Argument(help="turn: the bot beside stock Rasa; desk: people and their consoles."),
    ] = Bench.TURN,
) -> None:
    """Measure a message, the start, training and memory beside stock Rasa; takes a quarter of an hour.

    `desk`: how long a customer waits for the card to be on an agent's screen, and for an agent's message, with
    500 open widgets and 20 consoles; 7 minutes.
    """
    if what is Bench.DESK:
        from benchmarks.desk_latency import main as measure_desk

        raise typer.Exit(measure_desk())
    from benchmarks.bench import main

    main()


class Soak(enum.StrEnum):
    """Who is under load."""

    BOT = "bot"
    DESK = "desk"


@cli.command()
def soak(
    what: Annotated[
        Soak,
        typer.Argument(
            help="bot: customers and Rasa; desk: customers and agents, on both databases."
        ),
    ] = Soak.BOT,
    minutes: Annotated[float, typer.Option(help="How long customers talk.")] = 10,
) -> None:
    """Let many customers talk while processes are killed, then check that nothing is lost or doubled.

    `desk`: 50 customers and 5 agents, once with one app process on SQLite and once with two on PostgreSQL and
    Redis, which must be installed; also two agents who race for one chat 1,000 times on each.
    """
    if what is Soak.DESK:
        from benchmarks.desk_soak import main as soak_desk

        raise typer.Exit(soak_desk(minutes))
    from benchmarks.soak import main

    raise typer.Exit(main(minutes))


@staff.command("add")
def add_staff(
    login: str,
    name: str,
    role: Annotated[list[str], typer.Option(help="agent, editor, trainer, supervisor or admin.")],
    password: Annotated[str, typer.Option(prompt=True, hide_input=True, confirmation_prompt=True)],
) -> None:
    """Add somebody; the password needs 12 characters or more."""
    from server.commands.staff import add

    asyncio.run(add(load_settings(), login=login, name=name, roles=role, password=password))


@mail.command("test")
def test_mail(address: Annotated[str, typer.Argument(help="Where a test mail goes.")]) -> None:
    """Send one mail with the settings, now, and say what the mail server answered."""
    from server.commands.mail import send_test

    asyncio.run(send_test(load_settings(), address))


if __name__ == "__main__":
    cli()
