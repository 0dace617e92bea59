"""The steps in their order, with progress, and failures that say what to do."""

from __future__ import annotations

import time
import traceback
from collections.abc import Collection, Mapping
from typing import Protocol

import typer
from rich.console import Console
from rich.text import Text

from server.prepare.articles import Articles
from server.prepare.databases import Databases
from server.prepare.encoder import EncoderFiles
from server.prepare.errors import StepFailed
from server.prepare.index import Index
from server.prepare.model import Model
from server.prepare.secrets import Secrets, with_secrets
from server.settings import Settings


class Step(Protocol):
    """One thing that must be there before the system starts."""

    @property
    def name(self) -> str: ...

    @property
    def title(self) -> str: ...

    def is_done(self, settings: Settings) -> bool:
        """Tell, quickly, whether `do` may be skipped."""
        ...

    def do(self, settings: Settings) -> str:
        """Do it and return a word or two about what was done; doing it twice is harmless.

        Raises:
            StepFailed: it could not be done.
        """
        ...


class PrepareFailed(typer.Exit):
    """A step failed and said so on the terminal; ends a command with status 1."""

    def __init__(self) -> None:
        super().__init__(1)


# The encoder comes before the articles' index and the model, which are made with it.
STEPS: Mapping[str, Step] = {
    step.name: step
    for step in (Secrets(), EncoderFiles(), Databases(), Articles(), Index(), Model())
}


def prepare(
    settings: Settings,
    only: Collection[str] | None = None,
    *,
    steps: Mapping[str, Step] = STEPS,
    console: Console | None = None,
) -> Settings:
    """Do every step that is not done; return the settings with the secrets of this install.

    Raises:
        PrepareFailed: a step failed; what to do stands on the terminal already.
    """
    out = console or Console(highlight=False, soft_wrap=True)
    for step in steps.values():
        if only is None or step.name in only:
            _do(step, settings, out)
        if step.name == Secrets.name:
            settings = with_secrets(settings)
    return settings


def _do(step: Step, settings: Settings, out: Console) -> None:
    started = time.monotonic()
    try:
        if step.is_done(settings):
            out.print(Text(f"  ✓ {step.title} is up to date"))
            return
        if not out.is_terminal:
            out.print(Text(f"  … {step.title}"))
        with out.status(f"{step.title} …"):
            outcome = step.do(settings)
    except StepFailed as failure:
        out.print(Text(f"FAILED: {step.title}: {failure}", style="red"))
        for line in failure.evidence:
            out.print(Text(f"  | {line}"))
        out.print(Text(f"What to do: {failure.advice}"))
        raise PrepareFailed from failure
    except Exception as error:
        # The first cause in one line; a chain of tracebacks would hide it from a newcomer.
        cause = _first_cause(error)
        log = settings.var / "logs" / f"prepare-{step.name}.log"
        log.parent.mkdir(parents=True, exist_ok=True)
        log.write_text("".join(traceback.format_exception(error)), "utf-8")
        out.print(Text(f"FAILED: {step.title}: {type(error).__name__}: {error}", style="red"))
        if cause is not error:
            out.print(Text(f"  | {type(cause).__name__}: {cause}".splitlines()[0]))
        out.print(Text(f"What to do: mend that, then run the same command again; more in {log}."))
        raise PrepareFailed from error
    seconds = time.monotonic() - started
    out.print(Text(f"  ✓ {step.title} ({outcome}, {seconds:.1f} s)"))


def _first_cause(error: BaseException) -> BaseException:
    while (before := error.__cause__ or error.__context__) is not None:
        error = before
    return error
