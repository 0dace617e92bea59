"""Labels out: one row each, in the order of the training files, with nobody's name and no message's id."""

from __future__ import annotations

import asyncio
import csv
import io
import json
from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import aliased

from server.auth import Staff
from training.exchange.rows import FORMULA, Form
from training.labels import Labels
from training.labels.by_hand import role_of
from training.models import IGNORED, Label
from training.nlu_file import order_of
from training.texts import key

COLUMNS = ("text", "intent", "spans", "source", "by", "approved_by", "at", "state")


class What(StrEnum):
    LABELS = "labels"
    """What trainers said, without what they ignored."""
    EXAMPLES = "examples"
    """All that stands in the training files."""


async def rows(labels: Labels, what: What) -> list[dict[str, Any]]:
    """Return what is asked for, by intent, then as in the files.

    Each has ``text`` (masked), ``intent``, ``spans``, ``source`` (``file`` for what was written by hand),
    ``by`` and ``approved_by`` (a role), ``at`` (ISO 8601, UTC) and ``state``: written, waiting or edited_by_hand.

    Raises:
        NotReadable: a training file was edited into an unknown form.
    """
    examples = await asyncio.to_thread(labels.folder.examples)
    approver = aliased(Staff)
    wanted = (
        select(Label, Staff.roles.label("by_roles"), approver.roles.label("approver_roles"))
        .outerjoin(Staff, Staff.id == Label.by)
        .outerjoin(approver, approver.id == Label.approved_by)
        .where(Label.intent != IGNORED)
    )
    async with labels.shelf.database.read() as db:
        found = (await db.execute(wanted)).all()
    return await asyncio.to_thread(_rows, examples, found, what)


async def export(labels: Labels, form: Form, what: What = What.LABELS) -> str:
    """Return a file's text; the same labels give the same bytes.

    Raises:
        NotReadable: a training file was edited into an unknown form. ValueError: the form is YAML.
    """
    found = await rows(labels, what)
    return await asyncio.to_thread(_written, found, form)


def _rows(examples: Sequence[Any], found: Iterable[Any], what: What) -> list[dict[str, Any]]:
    there = {(example.intent, key(example.text)): example for example in examples}
    rows = [_label_row(row, there) for row in found]
    if what is What.EXAMPLES:
        said = {(row["intent"], key(row["text"])): row for row in rows}
        rows = [
            {**_blank(example), **said.get(place, {}), "spans": _spans(example)}
            for place, example in there.items()
        ]
    return sorted(rows, key=lambda row: (row["intent"], order_of(row["text"])))


def _label_row(row: Any, there: dict[tuple[str, str], Any]) -> dict[str, Any]:
    label = row.Label
    state = "written" if (label.intent, label.key) in there else "edited_by_hand"
    return {
        "text": label.text,
        "intent": label.intent,
        "spans": label.spans,
        "source": label.source.value,
        "by": role_of(row.by_roles),
        "approved_by": role_of(row.approver_roles),
        "at": label.at.isoformat(),
        "state": state if label.written else "waiting",
    }


def _blank(example: Any) -> dict[str, Any]:
    return {
        "text": example.text, "intent": example.intent, "spans": [], "source": "file", "by": None,
        "approved_by": None, "at": None, "state": "written",
    }  # fmt: skip


def _spans(example: Any) -> list[dict[str, Any]]:
    return [span.as_dict() for span in example.spans]


def _written(found: Sequence[dict[str, Any]], form: Form) -> str:
    if form is Form.JSONL:
        return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in found)
    if form is not Form.CSV:
        raise ValueError("labels are written as JSON lines or CSV")
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for row in found:
        spans = json.dumps(row["spans"], ensure_ascii=False) if row["spans"] else ""
        writer.writerow([_cell({**row, "spans": spans}[name]) for name in COLUMNS])
    return out.getvalue()


def _cell(value: str | None) -> str:
    """Spreadsheets run what begins like a formula, and customers write what they like."""
    return f"'{value}" if value and value.startswith(FORMULA) else value or ""
