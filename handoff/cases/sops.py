"""Standard procedures: how cases of a topic are handled, step by step."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import structlog
import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, field_validator
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from conversations import text as texts
from handoff.cases.inputs import Line
from handoff.cases.models import Sop
from server.auth import Staff
from server.clock import Clock
from server.errors import Conflict, Invalid, NotFound
from understanding.vague_times import Vague, vague_times

SHIPPED = Path(__file__).parent.parent / "sops.yml"
SHIPPED_BY = "shipped"
STEPS_AT_MOST, INTENTS_AT_MOST, SOPS_AT_MOST = 30, 40, 500
YEAR_MINUTES = 366 * 24 * 60

log = structlog.get_logger(__name__)


class SopChange(BaseModel):
    """A procedure as it may be written."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    title: Annotated[Line, Field(min_length=1, max_length=80)]
    intents: Annotated[
        list[Annotated[str, Field(min_length=1, max_length=80)]], Field(max_length=INTENTS_AT_MOST)
    ] = []
    steps: Annotated[
        list[Annotated[Line, Field(min_length=1, max_length=300)]],
        Field(min_length=1, max_length=STEPS_AT_MOST),
    ]
    reply: Annotated[str, AfterValidator(texts.clean), Field(max_length=2000)] = ""
    escalate_to: Annotated[Line, Field(max_length=120)] = ""
    resolution_minutes: Annotated[int, Field(ge=1, le=YEAR_MINUTES)] | None = None

    @field_validator("steps")
    @classmethod
    def _each_once(cls, steps: list[str]) -> list[str]:
        twice = next((step for step in steps if steps.count(step) > 1), None)
        if twice is not None:
            raise ValueError(f"the step “{twice}” stands there twice")
        return steps


def shipped() -> list[SopChange]:
    """The procedures of the starter house."""
    found: list[dict[str, Any]] = yaml.safe_load(SHIPPED.read_text("utf-8"))
    return [SopChange.model_validate(one) for one in found]


async def ensure(db: AsyncSession, clock: Clock) -> None:
    """Give a new house the starter's procedures; one that has, or had, any keeps its own."""
    if await db.scalar(select(Sop.id).limit(1)):
        return
    try:
        async with db.begin_nested():
            db.add_all(Sop(**one.model_dump(), by=SHIPPED_BY, at=clock.now()) for one in shipped())
            await db.flush()
    except IntegrityError:
        return  # another process starts at the same moment and was faster


async def every(db: AsyncSession) -> list[Sop]:
    """All procedures by title, archived ones last."""
    found = await db.scalars(select(Sop).order_by(Sop.archived, Sop.title).limit(SOPS_AT_MOST))
    return list(found)


async def in_use(db: AsyncSession) -> list[Sop]:
    return [one for one in await every(db) if not one.archived]


def for_topic(found: list[Sop], topic: str | None) -> Sop | None:
    """The procedure for a topic: of several the one that is for fewest topics."""
    fitting = [one for one in found if topic is not None and topic in one.intents]
    return min(fitting, key=lambda one: (len(one.intents), one.title), default=None)


async def save(
    db: AsyncSession, clock: Clock, sop_id: UUID | None, wanted: SopChange, by: Staff
) -> Sop:
    """Write a procedure anew, or a new one.

    Raises:
        NotFound: there is none with this id. Conflict: another one has this title. Invalid: too many.
    """
    if sop_id is None:
        if len(await every(db)) >= SOPS_AT_MOST:
            raise Invalid(f"At most {SOPS_AT_MOST} procedures.")
        sop = Sop()
    else:
        sop = await get(db, sop_id)
    for name, value in wanted.model_dump().items():
        setattr(sop, name, value)
    sop.by, sop.at = by.login, clock.now()
    try:
        async with db.begin_nested():
            db.add(sop)
            await db.flush()
    except IntegrityError as error:
        raise Conflict("Another procedure has this title.") from error
    log.info("sop_saved", sop=str(sop.id), by=by.login)
    return sop


async def archive(
    db: AsyncSession, clock: Clock, sop_id: UUID, by: Staff, *, archived: bool
) -> None:
    """Take a procedure out of use, or bring it back; ticks made under it stay.

    Raises:
        NotFound: there is none with this id.
    """
    sop = await get(db, sop_id)
    sop.archived, sop.by, sop.at = archived, by.login, clock.now()
    await db.flush()


async def get(db: AsyncSession, sop_id: UUID) -> Sop:
    """Raises:
    NotFound: there is none with this id.
    """
    sop = await db.get(Sop, sop_id)
    if sop is None:
        raise NotFound()
    return sop


def vague(steps: list[str], reply: str) -> list[Vague]:
    """Times in steps and reply that say nothing: a hint to its author, never in the way."""
    return [found for text in (*steps, reply) for found in vague_times(text)]
