"""Labels out and examples in over HTTP: `/api/training/export` and `/api/training/import`."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, ConfigDict
from starlette.datastructures import UploadFile

from server.auth import CurrentTrainer, services
from server.errors import Invalid
from training.exchange import importing
from training.exchange.exporting import What, export
from training.exchange.judging import Outcome
from training.exchange.rows import SIZE_LIMIT, Form
from training.room import TrainingRoom

router = APIRouter(prefix="/api/training", tags=["training"])
MEDIA = {Form.JSONL: "application/x-ndjson", Form.CSV: "text/csv"}
FLAGS = {"true": True, "false": False}


def _room(held: Annotated[Any, Depends(services)]) -> TrainingRoom:
    room: TrainingRoom = held.training
    return room


Room = Annotated[TrainingRoom, Depends(_room)]


class View(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class RowView(View):
    line: int
    outcome: Outcome
    text: str
    intent: str
    why: str


class ReportView(View):
    dry_run: bool
    counts: dict[Outcome, int]
    masked: int
    rows: list[RowView]


@router.get("/export")
async def export_labels(
    room: Room,
    _: CurrentTrainer,
    format: Literal["jsonl", "csv"] = "jsonl",
    what: What = What.LABELS,
) -> Response:
    """What trainers said (or all examples), with roles instead of names; the import reads it again."""
    form = Form(format)
    text = await export(room.labels, form, what)
    headers = {"Content-Disposition": f'attachment; filename="{what.value}.{form.value}"'}
    return Response(text, media_type=MEDIA[form], headers=headers)


@router.post("/import")
async def import_examples(room: Room, staff: CurrentTrainer, request: Request) -> ReportView:
    """Multipart: ``file`` (.yml, .csv or .jsonl; 5 MB, 5,000 rows) and ``dry_run``, which is true unless said.

    The body is read here, after the guard, and not by a parameter before it.
    """
    async with request.form(max_files=1, max_fields=2) as form:
        sent, dry = form.get("file"), str(form.get("dry_run", "true")).lower()
        if not isinstance(sent, UploadFile):
            raise Invalid("Send one file, in the field “file”.")
        if dry not in FLAGS:
            raise Invalid("“dry_run” is true or false.")
        kind = Form.of_name(sent.filename or "")
        content = await sent.read(SIZE_LIMIT + 1)
    report = await importing.run(room.labels, content, kind, staff, dry_run=FLAGS[dry])
    return ReportView.model_validate(report)
