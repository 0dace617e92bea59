"""Which examples a model was trained on: kept beside its comparison, or worked out from the labels since."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from training.files import replace
from training.models import IGNORED, Label, TrainingRun
from training.nlu_files import Example
from training.texts import normalise

ENDING = ".examples.json"


def keep(folder: Path, run: TrainingRun, examples: Sequence[Example]) -> None:
    """Note the data of a run, for the day on which its model is the one to beat."""
    rows = [[example.intent, example.text] for example in examples]
    replace(folder / f"{run.id}{ENDING}", json.dumps(rows, ensure_ascii=False))


def kept(folder: Path, run: TrainingRun) -> list[Example] | None:
    """Return what `keep` noted."""
    try:
        rows = json.loads((folder / f"{run.id}{ENDING}").read_text("utf-8"))
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
) -> list[Example]:
    """Return the data that a model was trained on; `examples` are today's.

    Of a model that was not trained here, it is what was there when its file was `written`.
    """
    run: TrainingRun | None = await db.scalar(
        select(TrainingRun)
        .where(TrainingRun.model == str(model))
        .order_by(TrainingRun.started_at.desc())
        .limit(1)
    )
    if run is not None:
        noted = kept(folder, run)
        if noted is not None:
            return noted
        return await without_labels_since(db, examples, run.started_at)
    return await without_labels_since(db, examples, written)
