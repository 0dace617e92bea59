"""``handrail kb rerank``: a second reading of the best candidates, kept only where it pays."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from server.commands.kb_house import read_house
from server.commands.shown import Shown, bars
from server.settings import Settings, load_settings

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from encoder.reranker import PairReader
    from encoder.tune_reranker import Lesson
    from knowledge_base.search.rerank_train import Outcome

MINUTES = 60.0

rerank = typer.Typer(
    no_args_is_help=True, help="A model that reads question and article together, where it pays."
)


class Tuning:
    """Trains on one sentence encoder, given as in `HANDRAIL_ENCODER_SOURCE`."""

    def __init__(self, source: str) -> None:
        """Raises EncoderError: there is no such source."""
        from encoder.source import find_source

        self._source = find_source(source)

    def pace(self, lessons: Sequence[Lesson]) -> float:
        from encoder.tune_reranker import pace

        return pace(self._source.folder, lessons)

    def make(
        self,
        folder: Path,
        lessons: Sequence[Lesson],
        steps: int,
        progress: Callable[[int, int], None],
    ) -> PairReader:
        from encoder.tune_reranker import tune

        weights = folder.with_name(f"{folder.name}-weights")
        return self._exported(
            folder,
            weights,
            lambda: tune(self._source.folder, weights, lessons, steps=steps, progress=progress),
        )

    def bring(self, folder: Path, source: Path) -> PairReader:
        from encoder.reranker import PairReader
        from encoder.reranker_export import export_reranker

        export_reranker(source, folder, name=source.name)
        return PairReader.load(folder)

    def _exported(self, folder: Path, weights: Path, write: Callable[[], None]) -> PairReader:
        import shutil

        from encoder.reranker import PairReader
        from encoder.reranker_export import export_reranker

        try:
            write()
            export_reranker(weights, folder, name=self._source.name)
        finally:
            shutil.rmtree(weights, ignore_errors=True)
        return PairReader.load(folder)


@rerank.command()
def train(
    minutes: Annotated[float, typer.Option(min=1.0, help="How long it may take.")] = MINUTES,
    source: Annotated[
        Path | None,
        typer.Option(
            "--from",
            exists=True,
            file_okay=False,
            help="Judge this sentence-transformers CrossEncoder folder instead of training one.",
        ),
    ] = None,
) -> None:
    """Train a reranker on published articles and labelled questions; kept only when it helps.

    It helps when it puts the right article first more often, for held-out articles that it never learned from.
    Each question then costs the reading of eight passages, which is said at the end.
    """
    settings = load_settings()
    with _alone(settings):
        _say(_run(settings, minutes, source), settings)


@rerank.command()
def off() -> None:
    """Remove the reranker; the next start searches without one."""
    from encoder.adapted import remove

    settings = load_settings()
    with _alone(settings):
        removed = remove(settings.reranker_path)
    typer.echo("Removed; the next start searches without it." if removed else "There is none.")
    if settings.reranker:
        typer.echo("HANDRAIL_RERANKER still names a folder: empty it.")


@contextmanager
def _alone(settings: Settings) -> Iterator[None]:
    """Hold the lock of all tunings, and say in a line what goes wrong."""
    from encoder import EncoderError
    from server.errors import AdaptingAlready, HandrailError
    from training.files import Claim

    claim = Claim(settings.var / "adapt.lock")
    try:
        if not claim.take():
            raise AdaptingAlready
        yield
    except HandrailError as error:
        typer.echo(f"{error} ({error.code})", err=True)
        raise typer.Exit(2) from error
    except EncoderError as error:
        typer.echo(f"{error}.", err=True)
        raise typer.Exit(1) from error
    finally:
        claim.release()


def _run(settings: Settings, minutes: float, source: Path | None) -> Outcome:
    from knowledge_base.search.calibration import load_calibration
    from knowledge_base.search.rerank_train import Workplace, bring, train
    from server.searching import searching_encoder

    encoder = searching_encoder(settings)
    records, labelled = asyncio.run(read_house(settings))
    with bars() as drawn:
        place = Workplace(
            encoder=encoder,
            target=settings.reranker_path,
            tuning=Tuning(settings.encoder_source),
            voice=Shown(drawn),
            calibration=load_calibration(),
            today=lambda: datetime.now(UTC),
        )
        if source is not None:
            return bring(source, records, labelled, place)
        return train(records, labelled, place, minutes=minutes)


def _say(outcome: Outcome, settings: Settings) -> None:
    verdict = outcome.verdict
    typer.echo(
        f"Of {verdict.asked} questions about articles it had not learned, {verdict.before:.1f} % had theirs "
        f"first without it and {verdict.after:.1f} % with it (chance {verdict.chance:.3f}). A question took "
        f"{outcome.milliseconds:.0f} ms more. Took {outcome.seconds / 60:.0f} minutes."
    )
    if not outcome.kept:
        was = "what was kept before stays" if settings.reranker_path.is_dir() else "not kept"
        typer.echo(f"That is too little to be sure of: {was}.")
        return
    typer.echo(f"Kept. To use it, set HANDRAIL_RERANKER={settings.reranker_path} and start again.")
    typer.echo("A calibration of the house's own must be fitted anew: ./handrail kb fit.")
