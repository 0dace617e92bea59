"""Writing noted labels into the training files: the second half of labelling.

A crash may part it from the first; ``write_pending`` brings them together.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import structlog
from sqlalchemy import delete, select, update

from training import domain
from training.files import replace_all
from training.labels import uncreating
from training.labels.results import Refused
from training.labels.shelf import Shelf, example_of
from training.models import IGNORED, Label

log = structlog.get_logger(__name__)
CHUNK = 500


async def write(
    shelf: Shelf, labels: Sequence[Label], *, again: bool = False
) -> tuple[list[Label], list[tuple[Label, str]]]:
    """Add to the files, then note that it is done; `again` accepts what an earlier attempt wrote.

    Returns what stands there now, and what was refused with its problem.

    Raises:
        NotReadable: a file is in another form. Nothing is written, and the notes are taken back.
    """
    examples = [example_of(label) for label in labels]
    try:
        answers = await asyncio.to_thread(shelf.folder.add, examples)
    except Exception:
        # Nothing stands in the files. A failure later on leaves the notes to write_pending.
        if not again:
            await shelf.forget(labels)
        raise
    done, refused = [], []
    for label, there in zip(labels, answers, strict=True):
        if there is None or (again and there == label.intent):
            done.append(label)
        else:
            problem = f"This is an example of “{there}” already; ignore it instead."
            refused.append((label, problem))
    await written(shelf, done, [label for label, _ in refused])
    return done, refused


async def written(shelf: Shelf, done: Sequence[Label], void: Sequence[Label] = ()) -> None:
    """Note that labels stand in the files, and drop those that can't."""
    async with shelf.database.write() as db:
        for at in range(0, len(done), CHUNK):
            ids = [label.id for label in done[at : at + CHUNK]]
            await db.execute(update(Label).where(Label.id.in_(ids)).values(written=True))
        for at in range(0, len(void), CHUNK):
            ids = [label.id for label in void[at : at + CHUNK]]
            await db.execute(delete(Label).where(Label.id.in_(ids)))
        await shelf.dealt_with(db, done)


async def write_pending(shelf: Shelf) -> int:
    """Write what a crash left noted but unwritten; returns how many labels that were."""
    async with shelf.alone():
        await uncreating.finish(shelf)
        async with shelf.database.read() as db:
            pending = select(Label).where(Label.written.is_(False), Label.intent != IGNORED)
            left = list(await db.scalars(pending.order_by(Label.at, Label.id)))
        if not left:
            return 0
        await asyncio.to_thread(_finish_intents, shelf, {label.intent for label in left})
        moved = [label for label in left if label.history]
        if moved:
            await asyncio.to_thread(shelf.folder.move, [example_of(label) for label in moved])
            await written(shelf, moved)
        if fresh := [label for label in left if not label.history]:
            await write(shelf, fresh, again=True)
        log.info("labels_written_late", count=len(left))
    return len(left)


def _finish_intents(shelf: Shelf, wanted: set[str]) -> None:
    """A crash between the files of a new intent leaves its labels noted, and the domain without it."""
    paths = shelf.paths
    for name in sorted(wanted - set(domain.intents(paths.domain))):
        replace_all(domain.files_with(paths.domain, paths.rules, name))
        log.info("intent_finished_late", intent=name)


def to_refused(refused: Sequence[tuple[Label, str]]) -> tuple[Refused, ...]:
    """As the trainer is told of messages."""
    return tuple(
        Refused(label.turn_id, problem) for label, problem in refused if label.turn_id is not None
    )
