"""``handrail nlu adapt``: an encoder tuned on the house's own examples, kept when it helps."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from server.commands.shown import Shown, bars
from server.settings import ROOT, Settings, load_settings

if TYPE_CHECKING:
    from training.adapt import Outcome

MINUTES = 30.0


def adapt(
    minutes: Annotated[float, typer.Option(min=1.0, help="How long it may take.")] = MINUTES,
    undo: Annotated[bool, typer.Option("--undo", help="Remove the tuned encoder.")] = False,
) -> None:
    """Tune the encoder on the examples in data/nlu; kept only when it helps on held-out ones.

    The next start trains a model with it. Nothing but intents changes; a message costs about 5 ms more.
    On public data: nlu evaluate --only banking77-10shot-adapted (or 5shot).
    """
    from encoder import EncoderError
    from server.errors import AdaptingAlready, HandrailError
    from training.files import Claim

    settings = load_settings()
    claim = Claim(settings.var / "adapt.lock")
    try:
        if not claim.take():
            raise AdaptingAlready
        if undo:
            _undo(settings)
        else:
            _say(_run(settings, minutes), settings)
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
    from training.adapt import Workplace, adapt, read_examples
    from training.nlu_files import NluFolder
    from training.paths import Paths
    from training.tuning import Tuning

    paths = Paths.of(settings, ROOT)
    with bars() as drawn:
        place = Workplace(
            base=Encoder.load(settings.encoder_path, precision=settings.precision),
            base_folder=settings.encoder_path,
            target=settings.intent_encoder_path,
            tuning=Tuning(settings.encoder_source),
            voice=Shown(drawn),
            today=lambda: datetime.now(UTC),
        )
        examples = read_examples(NluFolder(paths.nlu, settings.var / "nlu.lock"))
        return adapt(examples, place, minutes=minutes)


def _say(outcome: Outcome, settings: Settings) -> None:
    verdict = outcome.verdict
    typer.echo(
        f"On {verdict.held_out} held-out examples {verdict.before:.1f} % were right without it and "
        f"{verdict.after:.1f} % with it ({verdict.points:+.1f} points; chance {verdict.chance:.2f}). "
        f"Took {outcome.seconds / 60:.0f} minutes."
    )
    if outcome.kept is None:
        was = "what was kept before stays" if settings.intent_encoder_path.is_dir() else "not kept"
        typer.echo(f"That is too little to be sure of: {was}.")
    else:
        typer.echo(f"Kept in {settings.intent_encoder_path}; the next start trains with it.")


def _undo(settings: Settings) -> None:
    from encoder.adapted import remove

    if remove(settings.intent_encoder_path):
        typer.echo("Removed; the next start trains without it.")
    else:
        typer.echo("There is none.")
