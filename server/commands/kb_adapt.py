"""``handrail kb adapt``: the encoder that searches, tuned on the house's own questions, kept when it helps."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from server.commands.kb_house import read_house
from server.commands.shown import Shown, bars
from server.settings import Settings, load_settings

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from encoder import Encoder
    from encoder.tune_pairs import Pairs
    from knowledge_base.search.adapt import Outcome

MINUTES = 30.0


class Tuning:
    """Tunes one base, given as in `HANDRAIL_ENCODER_SOURCE`."""

    def __init__(self, source: str) -> None:
        """Raises EncoderError: there is no such source."""
        from encoder.source import find_source

        self._folder = find_source(source).folder

    def pace(self, pairs: Pairs) -> float:
        from encoder.tune_pairs import pace

        return pace(self._folder, pairs)

    def make(
        self, folder: Path, pairs: Pairs, steps: int, progress: Callable[[int, int], None]
    ) -> Encoder:
        from encoder.making import make
        from encoder.tune_pairs import tune

        return make(
            folder,
            lambda weights: tune(self._folder, weights, pairs, steps=steps, progress=progress),
        )


def adapt(
    minutes: Annotated[float, typer.Option(min=1.0, help="How long it may take.")] = MINUTES,
    undo: Annotated[bool, typer.Option("--undo", help="Remove the tuned encoder.")] = False,
) -> None:
    """Tune the search's encoder on published articles and labelled questions; kept only when it helps.

    It helps when it finds held-out articles better that it never learned from. The next start builds the
    index with it; a turn costs about 5 ms more, since question and intent are then read by two encoders.
    """
    from encoder import EncoderError
    from server.errors import AdaptingAlready, HandrailError
    from training.files import Claim

    settings = load_settings()
    # The same lock as `nlu adapt`: each takes a core for minutes, and the time that it is given is for one.
    claim = Claim(settings.var / "adapt.lock")
    try:
        if not claim.take():
            raise AdaptingAlready
        if undo:
            _undo(settings)
        else:
            _say(_run(settings, minutes))
    except HandrailError as error:
        typer.echo(f"{error} ({error.code})", err=True)
        raise typer.Exit(2) from error
    except EncoderError as error:
        typer.echo(f"{error}. Run `./handrail prepare` first.", err=True)
        raise typer.Exit(1) from error
    finally:
        claim.release()


def _run(settings: Settings, minutes: float) -> Outcome:
    from encoder import Encoder
    from knowledge_base.search.adapt import Workplace, adapt
    from knowledge_base.search.calibration import load_calibration

    records, labelled = asyncio.run(read_house(settings))
    with bars() as drawn:
        place = Workplace(
            base=Encoder.load(settings.encoder_path, precision=settings.precision),
            base_folder=settings.encoder_path,
            target=settings.retrieval_encoder_path,
            tuning=Tuning(settings.encoder_source),
            voice=Shown(drawn),
            calibration=load_calibration(),
            today=lambda: datetime.now(UTC),
        )
        return adapt(records, labelled, place, minutes=minutes)


def _say(outcome: Outcome) -> None:
    verdict = outcome.verdict
    typer.echo(
        f"Of {verdict.asked} questions about articles it had not learned, {verdict.before:.1f} % found theirs "
        f"first before and {verdict.after:.1f} % after (chance {verdict.chance:.3f}). "
        f"Took {outcome.seconds / 60:.0f} minutes."
    )
    if outcome.kept is None:
        typer.echo("That is too little to be sure of: not kept, and search stays as it was.")
    else:
        typer.echo(
            "Kept. The next start searches with it; then `./handrail kb fit` fits the probabilities."
        )


def _undo(settings: Settings) -> None:
    from encoder.adapted import remove

    if remove(settings.retrieval_encoder_path):
        typer.echo("Removed; the next start searches without it.")
    else:
        typer.echo("There is none.")
