"""One message before two people: opened, answered blind, talked about, decided. Each change locks the case."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from server.auth import Staff
from server.clock import Clock
from server.errors import Conflict, Invalid, NotFound
from training.opinions.models import CaseState, Opinion, OpinionCase, Why


class OwnOpinion(Conflict):
    code, message = "own_opinion", "You said what this is yourself; somebody else is asked now."


class AlreadyGiven(Conflict):
    code, message = "opinion_given", "Somebody else gave the second opinion first."


class AlreadyWaiting(Conflict):
    code, message = "opinion_asked", "This message waits for a second opinion already."


class AlreadySettled(Conflict):
    code, message = "opinion_settled", "This has been settled already."


async def open_of(db: AsyncSession, keys: Sequence[str]) -> dict[str, OpinionCase]:
    """The open cases about messages that read so, by key."""
    found = await db.scalars(select(OpinionCase).where(OpinionCase.open_key.in_(keys)))
    return {case.key: case for case in found}


async def open_case(
    db: AsyncSession,
    clock: Clock,
    *,
    turn_id: UUID,
    key: str,
    text: str,
    why: Why,
    intent: str,
    by: UUID,
    spans: list[dict[str, Any]] | None = None,
) -> OpinionCase:
    """Keep a first opinion.

    Raises:
        sqlalchemy.exc.IntegrityError: a case about this message was opened at the same moment.
    """
    case = OpinionCase(
        turn_id=turn_id, key=key, open_key=key, text=text, why=why, spans=spans,
        opened_at=clock.now(),
    )  # fmt: skip
    db.add(case)
    await db.flush()
    db.add(Opinion(case_id=case.id, number=1, by=by, intent=intent, at=clock.now()))
    await db.flush()
    return case


async def give(
    db: AsyncSession, clock: Clock, case_id: UUID, intent: str, by: Staff
) -> OpinionCase:
    """Add the second opinion; the case is agreed or disagreed afterwards.

    Raises:
        NotFound: there is no such case. OwnOpinion: the first one is this person's.
        AlreadyGiven: somebody was faster. AlreadySettled: the first one was taken back.
    """
    case = await _locked(db, case_id)
    said = await opinions_of(db, case_id)
    if case.state is CaseState.WITHDRAWN:
        raise AlreadySettled("The first opinion was taken back; label the message anew.")
    if any(one.by == by.id for one in said):
        raise OwnOpinion
    if case.state is not CaseState.WAITING:
        raise AlreadyGiven
    db.add(Opinion(case_id=case_id, number=2, by=by.id, intent=intent, at=clock.now()))
    if said[0].intent == intent:
        _decide(case, clock, intent)
    else:
        case.state = CaseState.DISAGREED
    return case


async def revise(
    db: AsyncSession, clock: Clock, case_id: UUID, intent: str, reason: str, by: Staff
) -> OpinionCase:
    """Say something else after talking about it; the case is agreed when both say the same now.

    Raises:
        NotFound: there is no such case, or it is not this person's.
        AlreadySettled: it is decided. Invalid: no reason is given.
    """
    case = await _locked(db, case_id)
    said = await opinions_of(db, case_id)
    own = next((one for one in said if one.by == by.id), None)
    if own is None:
        raise NotFound("You gave no opinion on this message.")
    if case.state is not CaseState.DISAGREED:
        raise AlreadySettled if case.state is not CaseState.WAITING else OwnOpinion
    own.later, own.reason = intent, _reason(reason)
    if len({one.now for one in said}) == 1:
        _decide(case, clock, intent, own.reason, by.id)
    return case


async def settle(
    db: AsyncSession, clock: Clock, case_id: UUID, intent: str, reason: str, by: Staff
) -> OpinionCase:
    """Decide between two who differ, as a third person.

    Raises:
        NotFound: there is no such case. OwnOpinion: this person is one of the two.
        AlreadySettled: it is decided, or not disputed. Invalid: no reason is given.
    """
    case = await _locked(db, case_id)
    if any(one.by == by.id for one in await opinions_of(db, case_id)):
        raise OwnOpinion("Your own opinion is one of the two: change it, or let a third decide.")
    if case.state is not CaseState.DISAGREED:
        raise AlreadySettled("Nobody differs about this message.")
    _decide(case, clock, intent, _reason(reason), by.id)
    return case


async def withdraw(db: AsyncSession, clock: Clock, case_id: UUID, by: Staff) -> None:
    """Take one's first opinion back before anybody gave the second.

    Raises:
        NotFound: there is no such case, or it is somebody else's. AlreadyGiven: there are two by now.
    """
    case = await _locked(db, case_id)
    said = await opinions_of(db, case_id)
    if said[0].by != by.id:
        raise NotFound("You gave no opinion on this message.")
    if case.state is not CaseState.WAITING:
        raise AlreadyGiven("The second opinion has been given by now.")
    _withdrawn(case, clock)


async def drop(db: AsyncSession, clock: Clock, case_id: UUID) -> None:
    """Ask no second person; does nothing when one has answered."""
    case = await _locked(db, case_id)
    if case.state is CaseState.WAITING:
        _withdrawn(case, clock)


async def opinions_of(db: AsyncSession, case_id: UUID) -> list[Opinion]:
    """The first and the second, where there is one."""
    found = select(Opinion).where(Opinion.case_id == case_id).order_by(Opinion.number)
    return list(await db.scalars(found))


def signatures(case: OpinionCase, said: Sequence[Opinion]) -> tuple[UUID, UUID]:
    """Return who labelled and who approved, of a decided case: two different people."""
    of_it = [one.by for one in said if one.now == case.intent]
    first = next((one.by for one in said if one.intent == case.intent), None)
    if case.settled_by is not None and all(one.by != case.settled_by for one in said):
        return first or said[0].by, case.settled_by  # a third person
    author = first or of_it[0]
    return author, next(one.by for one in said if one.by != author)


def _withdrawn(case: OpinionCase, clock: Clock) -> None:
    case.state, case.open_key, case.decided_at = CaseState.WITHDRAWN, None, clock.now()


def _decide(
    case: OpinionCase, clock: Clock, intent: str, reason: str = "", by: UUID | None = None
) -> None:
    case.state, case.intent, case.decided_at = CaseState.AGREED, intent, clock.now()
    case.reason, case.settled_by = reason, by


def _reason(given: str) -> str:
    reason = " ".join(given.split())[:500]
    if not reason:
        raise Invalid("Say why, so that the next person reads it.")
    return reason


async def _locked(db: AsyncSession, case_id: UUID) -> OpinionCase:
    """The case, which nobody else changes before this transaction ends."""
    case = await db.get(OpinionCase, case_id, with_for_update=True)
    if case is None:
        raise NotFound("There is no such message waiting for an opinion.")
    return case
