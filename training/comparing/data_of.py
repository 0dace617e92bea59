"""Which examples a model was trained on: kept beside its comparison, or worked out from the labels since."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from training.files import replace
from training.models import IGNORED, Label, TrainingRun
from training.nlu_files import Example
from training.texts import normalise

ENDING = ".examples.json"
OF_START = "start-"


@dataclass(frozen=True)
class Learned:
    """What a model was trained on."""

    examples: list[Example]
    guessed: bool
    """Nobody noted it: they are today's without the labels since, and edits by hand are not seen."""


def keep(folder: Path, run: TrainingRun, examples: Sequence[Example]) -> None:
    """Note the data of a run, for the day on which its model is the one to beat."""
    rows = [[example.intent, example.text] for example in examples]
    replace(folder / f"{run.id}{ENDING}", json.dumps(rows, ensure_ascii=False))


def keep_of_start(
    folder: Path, model: Path, nlu: Path, examples: Callable[[], list[Example]]
) -> bool:
    """Note the data of a model that a start made; return whether they are known.

    They are today's as long as no file of theirs is newer than the model; once noted, they stay.
    """
    place = _of_start(folder, model)
    if place.is_file():
        return True
    made = model.stat().st_mtime
    if any(path.stat().st_mtime > made for path in (nlu, *nlu.glob("*.yml"))):
        return False
    rows = [[example.intent, example.text] for example in examples()]
    folder.mkdir(parents=True, exist_ok=True)
    replace(place, json.dumps(rows, ensure_ascii=False))
    return True


def prune_of_starts(folder: Path, needed: Collection[str]) -> None:
    """Delete what is noted of models that starts made, but of these names."""
    for place in folder.glob(f"{OF_START}*{ENDING}"):
        if place.name.removeprefix(OF_START).removesuffix(ENDING) not in needed:
            place.unlink(missing_ok=True)


def kept(folder: Path, run: TrainingRun) -> list[Example] | None:
    """Return what `keep` noted."""
    return _read(folder / f"{run.id}{ENDING}")


def _of_start(folder: Path, model: Path) -> Path:
    return folder / f"{OF_START}{model.name}{ENDING}"


def _read(place: Path) -> list[Example] | None:
    try:
        rows = json.loads(place.read_text("utf-8"))
        return [Example(str(intent), str(text)) for intent, text in rows]
    except (OSError, ValueError, TypeError):
        return None


async def without_labels_since(
    db: AsyncSession, examples: Sequence[Example], moment: datetime
) -> list[Example]:
    """Return the examples without those that labels have added since; edits by hand are not seen."""
    texts = await db.scalars(select(Label.text).where(Label.at > moment, Label.intent != IGNORED))
    added = {normalise(text) for text in texts}
    return [example for example in examples if normalise(example.text) not in added]


async def of_model(
    db: AsyncSession, folder: Path, model: Path, examples: Sequence[Example], written: datetime
) -> Learned:
    """Return the data that a model was trained on; `examples` are today's.

    Of a model that nobody noted anything of, it is what was there when its file was `written`.
    """
    run: TrainingRun | None = await db.scalar(
        select(TrainingRun)
        .where(TrainingRun.model == str(model))
        .order_by(TrainingRun.started_at.desc())
        .limit(1)
    )
    noted = kept(folder, run) if run is not None else None
    noted = noted or _read(_of_start(folder, model))
    if noted:
        return Learned(noted, guessed=False)
    since = run.started_at if run is not None else written
    return Learned(await without_labels_since(db, examples, since), guessed=True)
