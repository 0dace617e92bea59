"""Export and import for the command line: `handrail review export` and `handrail review import`."""

from __future__ import annotations

import asyncio
from pathlib import Path

from server.errors import Invalid
from training.exchange import importing
from training.exchange.exporting import What, export
from training.exchange.judging import Report
from training.exchange.rows import SIZE_LIMIT, Form
from training.files import replace
from training.room import TrainingRoom


async def export_file(room: TrainingRoom, path: Path, what: What = What.LABELS) -> int:
    """Write the labels, or all examples, to a .jsonl or .csv file; returns how many rows those are.

    Raises:
        Invalid: the file's name ends otherwise. OSError: it can't be written.
        NotReadable: a training file was edited into an unknown form.
    """
    form = Form.of_name(path.name)
    if form is Form.YAML:
        raise Invalid("The labels stand in data/nlu as YAML already; choose .jsonl or .csv.")
    text = await export(room.labels, form, what)
    await asyncio.to_thread(replace, path, text)
    return text.count("\n") - (form is Form.CSV)


async def import_file(room: TrainingRoom, path: Path, *, dry_run: bool = True) -> Report:
    """Add the examples of a .yml, .csv or .jsonl file, or only say what would become of its rows.

    Raises:
        Invalid, TooLarge: the file can't be read as what its name says. OSError: it can't be read.
        NotReadable: a training file was edited into an unknown form. Conflict: somebody was faster.
    """
    form = Form.of_name(path.name)
    content = await asyncio.to_thread(_read, path)
    return await importing.run(room.labels, content, form, None, dry_run=dry_run)


def _read(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(SIZE_LIMIT + 1)
