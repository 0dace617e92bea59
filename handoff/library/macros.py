"""Macros: kept as rows; macros.yml is what a new house starts with."""

from __future__ import annotations

import hashlib
import json
import uuid
from pathlib import Path

import yaml
from pydantic import TypeAdapter
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from handoff.library.canned import SHIPPED_BY, may_change
from handoff.library.models import Macro
from handoff.library.steps import MacroChange
from server.auth import Staff
from server.clock import Clock
from server.errors import Conflict, Forbidden, NotFound

MACROS_FILE = Path(__file__).parent / "macros.yml"
MOST = 200


class TitleTaken(Conflict):
    code, message = "title_taken", "There is a macro of this name already."


class TooManyMacros(Conflict):
    code = "too_many_macros"
    message = f"There are {MOST} macros already. Archive what nobody uses."


def shipped(path: Path = MACROS_FILE) -> list[MacroChange]:
    """Raises:
    pydantic.ValidationError: the file does not have the expected form.
    """
    found = TypeAdapter(list[MacroChange]).validate_python(yaml.safe_load(path.read_text("utf-8")))
    for macro in found:
        macro.check()
    return found


async def seed(db: AsyncSession, clock: Clock) -> None:
    """Put the shipped macros into an empty table, once; two processes that start together do it once."""
    if await db.scalar(select(Macro.id).limit(1)):
        return
    try:
        async with db.begin_nested():
            db.add_all(
                [
                    Macro(title=one.title, steps=_steps(one), by=SHIPPED_BY, at=clock.now())
                    for one in shipped()
                ]
            )
            await db.flush()
    except IntegrityError:
        return


def version(macro: Macro) -> str:
    """What tells whether a macro is still the one that somebody saw: of its name and its steps alone."""
    text = json.dumps([macro.title, macro.steps], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


async def every(db: AsyncSession, *, archived: bool = False) -> list[Macro]:
    """The most used first."""
    found = await db.scalars(
        select(Macro)
        .where(Macro.archived.is_(archived))
        .order_by(Macro.uses.desc(), Macro.title)
        .limit(2 * MOST)
    )
    return list(found)


async def get(db: AsyncSession, macro_id: uuid.UUID) -> Macro:
    """A macro in use.

    Raises:
        NotFound: unknown or archived.
    """
    macro = await db.get(Macro, macro_id)
    if macro is None or macro.archived:
        raise NotFound()
    return macro


async def add(db: AsyncSession, clock: Clock, change: MacroChange, by: Staff) -> Macro:
    """Raises:
    UnknownVariable: a blank that nobody can fill. TitleTaken. TooManyMacros.
    """
    change.check()
    count = await db.scalar(
        select(func.count()).select_from(Macro).where(Macro.archived.is_(False))
    )
    if (count or 0) >= MOST:
        raise TooManyMacros()
    macro = Macro(uses=0, by=by.login, archived=False)
    db.add(macro)
    return await _put(db, clock, macro, change)


async def change(
    db: AsyncSession, clock: Clock, macro_id: uuid.UUID, change: MacroChange, by: Staff
) -> Macro:
    """Raises:
    NotFound. Forbidden: it is somebody else's. UnknownVariable. TitleTaken.
    """
    change.check()
    return await _put(db, clock, await _own(db, macro_id, by), change)


async def set_archived(
    db: AsyncSession, clock: Clock, macro_id: uuid.UUID, archived: bool, by: Staff
) -> Macro:
    """Take a macro out of use, or back.

    Raises:
        NotFound. Forbidden: it is somebody else's.
    """
    macro = await _own(db, macro_id, by)
    macro.archived, macro.at = archived, clock.now()
    await db.flush()
    return macro


async def _own(db: AsyncSession, macro_id: uuid.UUID, by: Staff) -> Macro:
    macro = await db.get(Macro, macro_id, with_for_update=True)
    if macro is None:
        raise NotFound()
    if not may_change(macro.by, by):
        raise Forbidden("A supervisor changes what others have written.")
    return macro


async def _put(db: AsyncSession, clock: Clock, macro: Macro, change: MacroChange) -> Macro:
    macro.title, macro.steps, macro.at = change.title, _steps(change), clock.now()
    try:
        await db.flush()
    except IntegrityError as error:
        raise TitleTaken() from error
    return macro


def _steps(change: MacroChange) -> list[dict[str, object]]:
    return [step.model_dump(mode="json", exclude_none=True) for step in change.steps]
