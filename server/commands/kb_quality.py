"""``handrail kb fit`` and ``handrail kb precision``: how sure an answer must be, on the house's own questions."""

from __future__ import annotations

from functools import partial
from typing import Annotated

import typer

from server.settings import load_settings


def fit(
    undo: Annotated[
        bool, typer.Option("--undo", help="Judge by the shipped weights again, and fit nothing.")
    ] = False,
    note: Annotated[str, typer.Option(help="Why, for the record.")] = "",
) -> None:
    """Fit how sure an answer must be on the house's labelled questions; kept if it judges no worse.

    Ends with 1 when it was not kept. A running app follows within half a second.
    """
    from server.commands import quality

    quality.told(load_settings(), partial(quality.undo if undo else quality.fit, note=note))


def precision(
    value: Annotated[
        float | None,
        typer.Argument(help="0.5 to 0.99: at least this share of the answers given at once helps."),
    ] = None,
    reset: Annotated[bool, typer.Option("--reset", help="As the settings say, again.")] = False,
    note: Annotated[str, typer.Option(help="Why, for the record.")] = "",
) -> None:
    """Show the target precision of direct answers and what it means, or set it."""
    from server.commands import quality

    work = partial(quality.precision, value=value, reset=reset, note=note)
    quality.told(load_settings(), work)
