"""A new intent goes again with the labels that made it, unless something else uses it by then.

What `creating` wrote is taken out line by line, so that the files are what they were. In doubt the intent stays.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Collection, Sequence
from pathlib import Path
from uuid import UUID

import structlog
from sqlalchemy import Text, cast, delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from training import domain
from training.files import replace_all
from training.labels.shelf import Shelf
from training.models import CreatedIntent, Label, Proposal, Source
from training.nlu_files import Example
from training.opinions.models import Opinion, OpinionCase, OpinionRules
from training.texts import key

log = structlog.get_logger(__name__)


async def keep(shelf: Shelf, name: str, labels: Sequence[Label], by: UUID | None) -> None:
    """Remember which labels made an intent."""
    async with shelf.database.write() as db:
        await db.execute(delete(CreatedIntent).where(CreatedIntent.name == name))
        db.add(
            CreatedIntent(
                name=name, by=by, at=shelf.clock.now(), keys=[label.key for label in labels]
            )
        )


async def after(shelf: Shelf, undone: Label) -> None:
    """Called by who works alone, when a label was taken back: take its intent out, if that made it.

    With the last message go the sentences that were typed beside it.
    """
    name = undone.intent
    async with shelf.database.read() as db:
        made = await db.get(CreatedIntent, name)
        if made is None or undone.key not in made.keys:
            return
        typed = [one for one in await _labels(db, name) if _is_typed(one, made)]
        if typed and undone.turn_id is None:
            return
    kept = [label.key for label in typed]
    files = await asyncio.to_thread(_without, shelf, name, kept)
    if files is None or await _is_used(shelf, name, kept):
        return
    async with shelf.database.write() as db:
        await db.execute(update(CreatedIntent).where(CreatedIntent.name == name).values(going=True))
        await db.execute(delete(Label).where(Label.id.in_([label.id for label in typed])))
    await _finish(shelf, name, [label.text for label in typed])


async def finish(shelf: Shelf) -> None:
    """Take out what a crash left half taken out."""
    async with shelf.database.read() as db:
        going = list(await db.scalars(select(CreatedIntent).where(CreatedIntent.going)))
    for made in going:
        examples = await asyncio.to_thread(shelf.folder.examples)
        own = [
            one.text for one in examples if one.intent == made.name and key(one.text) in made.keys
        ]
        if not await _is_used(shelf, made.name, ()):
            await _finish(shelf, made.name, own)


async def _finish(shelf: Shelf, name: str, texts: Sequence[str]) -> None:
    await asyncio.to_thread(_take_out, shelf, name, texts)
    async with shelf.database.write() as db:
        await db.execute(delete(CreatedIntent).where(CreatedIntent.name == name))
    log.info("intent_taken_back", intent=name)


def _take_out(shelf: Shelf, name: str, texts: Sequence[str]) -> None:
    for text in texts:
        shelf.folder.remove(Example(name, text))
    shelf.folder.drop(name)
    paths = shelf.paths
    replace_all(domain.files_without(paths.domain, paths.rules, name, partly=True) or {})


def _without(shelf: Shelf, name: str, own: Collection[str]) -> dict[Path, str] | None:
    """The domain and the rule without the intent; None: a person changed its lines, gave it examples, or
    wrote of it elsewhere."""
    paths = shelf.paths
    files = domain.files_without(paths.domain, paths.rules, name)
    if files is None:
        return None
    if any(one.intent == name and key(one.text) not in own for one in shelf.folder.examples()):
        return None
    said = re.compile(rf"\b{name}\b")
    folders = (paths.rules, paths.nlu.parent / "stories", paths.stories)
    others = [path for folder in folders for path in sorted(folder.rglob("*.yml"))]
    for path in (paths.golden, *others):
        text = files.get(path) or (path.read_text("utf-8") if path.exists() else "")
        if said.search(text):
            return None
    return files


async def _is_used(shelf: Shelf, name: str, own: Collection[str]) -> bool:
    """Whether something in the database, or an article, names the intent; labels in `own` don't count."""
    if shelf.elsewhere is not None and shelf.elsewhere.concerns(name):
        return True
    open_case = OpinionCase.open_key.is_not(None)
    async with shelf.database.read() as db:
        if any(label.key not in own for label in await _labels(db, name)):
            return True
        spoken = select(Opinion.id).join(OpinionCase, OpinionCase.id == Opinion.case_id)
        for found in (
            select(Proposal.id).where(Proposal.intent == name, Proposal.settled_at.is_(None)),
            spoken.where(open_case, (Opinion.intent == name) | (Opinion.later == name)),
        ):
            if await db.scalar(found.limit(1)) is not None:
                return True
        rules = await db.scalar(select(OpinionRules).order_by(OpinionRules.id.desc()).limit(1))
        return rules is not None and name in rules.intents


def _is_typed(label: Label, made: CreatedIntent) -> bool:
    """Whether it is a sentence that the trainer typed for the new intent, and nobody touched since."""
    return label.source is Source.TYPED and label.key in made.keys and not label.history


async def _labels(db: AsyncSession, name: str) -> list[Label]:
    """The labels that say this intent, or said so before."""
    before = cast(Label.history, Text).contains(f'"{name}"', autoescape=True)
    return list(await db.scalars(select(Label).where((Label.intent == name) | before)))
