"""A new intent: its name, its first examples, and the lines that make it a question answered by search."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from conversations.models import Turn
from server.auth import Staff
from server.errors import Invalid
from training import domain
from training.files import replace_all
from training.labels import noting, uncreating, writing
from training.labels.results import AT_ONCE, Created, Intent, IntentExists
from training.labels.shelf import Shelf
from training.models import IGNORED, Label, Source
from training.nlu_files import NAME, Example
from training.texts import key, normalise, prepare

LEAST = 2


@dataclass(frozen=True)
class _Given:
    text: str
    turn: Turn | None


async def create(
    shelf: Shelf,
    name: str,
    by: Staff | None,
    turn_ids: Sequence[UUID] = (),
    texts: Sequence[str] = (),
) -> Created:
    """Create an intent whose questions the articles answer, with messages and typed sentences as examples.

    Raises:
        Invalid: the name is not plain, or fewer than two examples are left.
        IntentExists: the name is taken, here or by Rasa.
        NotFound: one of the messages does not exist.
        NotReadable, DomainNotReadable: a file is in another form; nothing was written.
    """
    async with shelf.alone():
        await check_name(shelf, name)
        if len(turn_ids) + len(texts) > AT_ONCE:
            raise Invalid(f"Choose at most {AT_ONCE} examples.")
        known = await asyncio.to_thread(shelf.folder.known)
        changes = await asyncio.to_thread(
            domain.files_with, shelf.paths.domain, shelf.paths.rules, name
        )
        labels, refused = await _note(shelf, name, by, turn_ids, texts, known)
        before = {path: path.read_text("utf-8") for path in changes}
        try:
            await asyncio.to_thread(replace_all, changes)
        except Exception:
            await shelf.forget(labels)
            raise
        try:
            done, late = await writing.write(shelf, labels)
        except Exception:
            await asyncio.to_thread(replace_all, before)
            raise
        await uncreating.keep(shelf, name, done, by.id if by else None)
    refused += [(label.text, problem) for label, problem in late]
    return Created(Intent(name, len(done)), tuple(refused))


async def check_name(shelf: Shelf, name: str) -> None:
    """Raises Invalid, IntentExists: no intent can have this name."""
    if not NAME.match(name):
        raise Invalid(
            "An intent's name begins with a letter and has small letters, digits and underscores: parcel_shop."
        )
    if name in domain.NOBODYS or name == IGNORED:
        raise IntentExists(f"“{name}” is a name that the assistant uses itself.")
    if name in await shelf.intents():
        raise IntentExists(f"There is an intent “{name}” already. Label the messages with it.")
    if await asyncio.to_thread(shelf.folder.has, name):
        raise IntentExists(
            f"data/nlu has examples of “{name}”, though domain.yml does not list it. Mend that by hand first."
        )


async def _note(
    shelf: Shelf,
    name: str,
    by: Staff | None,
    turn_ids: Iterable[UUID],
    texts: Iterable[str],
    known: Mapping[str, Example],
) -> tuple[list[Label], list[tuple[str, str]]]:
    wanted = list(dict.fromkeys(turn_ids))
    async with shelf.noting() as db:
        turns = await noting.turns_of(db, wanted)
        given = [_Given(prepare(turns[i].text, turns[i].parse), turns[i]) for i in wanted]
        given += [_Given(prepare(text, {}), None) for text in texts]
        keys = [key(one.text) for one in given]
        labelled = select(Label.key, Label.turn_id).where(
            Label.key.in_(keys) | Label.turn_id.in_(wanted)
        )
        taken = {one for row in (await db.execute(labelled)).all() for one in row}
        labels: list[Label] = []
        refused: list[tuple[str, str]] = []
        for one, its_key in zip(given, keys, strict=True):
            there = known.get(normalise(one.text))
            if not one.text:
                refused.append(("", noting.UNREADABLE))
            elif its_key in taken or (one.turn is not None and one.turn.id in taken):
                refused.append((one.text, noting.DEALT_WITH))
            elif there is not None:
                refused.append((one.text, f"This is an example of “{there.intent}” already."))
            else:
                taken.add(its_key)
                labels.append(_label(shelf, one, its_key, name, by))
        if len(labels) < LEAST:
            why = f" {refused[0][1]}" if refused else ""
            raise Invalid(f"A new intent needs at least {LEAST} examples of its own.{why}")
        db.add_all(labels)
    return labels, refused


def _label(shelf: Shelf, one: _Given, its_key: str, name: str, by: Staff | None) -> Label:
    return Label(
        turn_id=one.turn.id if one.turn else None,
        key=its_key,
        text=one.text,
        predicted=one.turn.intent if one.turn else None,
        confidence=one.turn.confidence if one.turn else None,
        intent=name,
        by=by.id if by else None,
        at=shelf.clock.now(),
        written=False,
        source=Source.TURN if one.turn else Source.TYPED,
        spans=[],
        history=[],
    )
