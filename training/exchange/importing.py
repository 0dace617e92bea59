"""Bringing examples in: judged first, then noted in one transaction and written, all of them or none."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from server.auth import Staff
from training.exchange.judging import Judged, Outcome, Report, Standing, judge, prepared, report
from training.exchange.rows import Form, Row, read_rows
from training.labels import Labels, writing
from training.labels.shelf import Shelf
from training.models import Label, Source
from training.texts import key

CHUNK = 500


async def run(
    labels: Labels, content: bytes, form: Form, by: Staff | None, *, dry_run: bool
) -> Report:
    """Add a file's examples, or with `dry_run` only say what would become of them.

    Rows that are known, contradict what is here or are bad are left out and told; the others are added together.

    Raises:
        TooLarge, Invalid: as read_rows. NotReadable: a training file was edited into an unknown form.
        Conflict: somebody labelled the same sentences this moment. Nothing is added then.
    """
    rows = await asyncio.to_thread(read_rows, content, form)
    texts = await asyncio.to_thread(prepared, rows)
    if dry_run:
        judged = await _judge(labels, rows, texts)
        return report(judged, dry_run=True)
    async with labels.shelf.alone():
        judged = await _judge(labels, rows, texts)
        wanted = [one for one in judged if one.outcome is Outcome.ADDED]
        noted = [_label(one, by, labels.shelf.clock.now()) for one in wanted]
        await _note(labels.shelf, noted)
        _, late = await writing.write(labels.shelf, noted)
    # Somebody may have written the same into a file by hand in between.
    problems = {label.key: problem for label, problem in late}
    final = [_late(one, problems.get(key(one.text), "")) for one in judged]
    return report(final, dry_run=False)


def _late(one: Judged, problem: str) -> Judged:
    if one.outcome is not Outcome.ADDED or not problem:
        return one
    return Judged(one.line, Outcome.CONFLICTING, one.text, one.intent, problem, one.spans)


async def _judge(labels: Labels, rows: Sequence[Row], texts: Sequence[str]) -> list[Judged]:
    keys = await asyncio.to_thread(lambda: sorted({key(text) for text in texts}))
    said: dict[str, str] = {}
    async with labels.shelf.database.read() as db:
        for at in range(0, len(keys), CHUNK):
            some = select(Label.key, Label.intent).where(Label.key.in_(keys[at : at + CHUNK]))
            said.update((row.key, row.intent) for row in await db.execute(some))
    here = Standing(
        entities=await labels.entities(),
        examples={intent.name: intent.examples for intent in await labels.intents()},
        known=await asyncio.to_thread(labels.folder.known),
        labels=said,
    )
    return await asyncio.to_thread(judge, rows, texts, here)


async def _note(shelf: Shelf, noted: Sequence[Label]) -> None:
    async with shelf.noting() as db:
        db.add_all(noted)


def _label(one: Judged, by: Staff | None, at: datetime) -> Label:
    return Label(
        key=key(one.text),
        text=one.text,
        intent=one.intent,
        by=by.id if by else None,
        at=at,
        written=False,
        source=Source.IMPORT,
        spans=[span.as_dict() for span in one.spans],
        history=[],
    )
