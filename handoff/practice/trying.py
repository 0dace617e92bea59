"""An agent goes through a practice chat: begins, answers point by point, and scores at the end."""

from __future__ import annotations

from uuid import UUID

import structlog
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from handoff.practice import errors, keeping
from handoff.practice.inputs import Answer, Finish
from handoff.practice.models import PracticeAttempt, PracticeChat
from server.auth import Staff
from server.clock import Clock
from server.errors import NotFound

log = structlog.get_logger(__name__)


async def begin(
    db: AsyncSession, clock: Clock, chat_id: UUID, agent: Staff
) -> tuple[PracticeChat, PracticeAttempt]:
    """The agent's open try of this chat, or a new one.

    Raises:
        NotFound. Retired: it is not offered any more. OwnChat: they scored it. TooManyTries.
    """
    chat = await keeping.get(db, chat_id)
    last = await latest(db, chat_id, agent)
    if last is not None and last.finished_at is None:
        return chat, last
    if chat.retired_at is not None:
        raise errors.Retired()
    if chat.made_by == agent.id:
        raise errors.OwnChat()
    number = last.number + 1 if last else 1
    if number > errors.MOST_TRIES:
        raise errors.TooManyTries()
    made = PracticeAttempt(
        practice_chat_id=chat_id,
        staff_id=agent.id,
        number=number,
        answers=[],
        answered=0,
        started_at=clock.now(),
    )
    try:
        async with db.begin_nested():
            db.add(made)
            await db.flush()
    except IntegrityError:
        # Another window of theirs began it at the same moment.
        first = await latest(db, chat_id, agent)
        if first is None:
            raise
        return chat, first
    return chat, made


async def latest(db: AsyncSession, chat_id: UUID, agent: Staff) -> PracticeAttempt | None:
    """This agent's last try of a chat."""
    found: PracticeAttempt | None = await db.scalar(
        select(PracticeAttempt)
        .where(PracticeAttempt.practice_chat_id == chat_id, PracticeAttempt.staff_id == agent.id)
        .order_by(PracticeAttempt.number.desc())
        .limit(1)
    )
    return found


async def own(db: AsyncSession, attempt_id: UUID, agent: Staff) -> PracticeAttempt:
    """One of the agent's own tries, as it stands in the database now.

    Raises:
        NotFound: there is none, or it is somebody else's.
    """
    attempt = await db.get(PracticeAttempt, attempt_id, populate_existing=True)
    if attempt is None or attempt.staff_id != agent.id:
        raise NotFound()
    return attempt


async def answer(
    db: AsyncSession, attempt_id: UUID, given: Answer, agent: Staff
) -> PracticeAttempt:
    """Write the answer to the next point; the same one again changes nothing.

    Raises:
        NotFound: no try of theirs. OutOfTurn: the point has another answer already, or is not reached.
        FinishedAlready: every point was answered and scored.
    """
    attempt = await own(db, attempt_id, agent)
    if given.point < len(attempt.answers) and attempt.answers[given.point] == given.text:
        return attempt
    if attempt.finished_at is not None:
        raise errors.FinishedAlready()
    chat = await keeping.get(db, attempt.practice_chat_id)
    if given.point != attempt.answered or given.point >= chat.points:
        raise errors.OutOfTurn()
    written = await db.execute(
        update(PracticeAttempt)
        .where(PracticeAttempt.id == attempt_id, PracticeAttempt.answered == given.point)
        .values(answers=[*attempt.answers, given.text], answered=given.point + 1)
        .returning(PracticeAttempt.id)
        .execution_options(synchronize_session=False)
    )
    if written.scalar_one_or_none() is None:
        raise errors.OutOfTurn()
    return await own(db, attempt_id, agent)


async def finish(
    db: AsyncSession, clock: Clock, attempt_id: UUID, given: Finish, agent: Staff
) -> PracticeAttempt:
    """Score how the chat was handled and one's own answers; from here on the lead's score is shown.

    Raises:
        NotFound: no try of theirs. NotAnswered: a point has no answer. FinishedAlready.
    """
    attempt = await own(db, attempt_id, agent)
    chat = await keeping.get(db, attempt.practice_chat_id)
    if attempt.answered < chat.points:
        raise errors.NotAnswered()
    written = await db.execute(
        update(PracticeAttempt)
        .where(PracticeAttempt.id == attempt_id, PracticeAttempt.finished_at.is_(None))
        .values(
            handled=given.handled.model_dump(),
            own=given.own.model_dump(),
            finished_at=clock.now(),
        )
        .returning(PracticeAttempt.id)
        .execution_options(synchronize_session=False)
    )
    if written.scalar_one_or_none() is None:
        raise errors.FinishedAlready()
    log.info("practice_finished", attempt=str(attempt_id), staff=agent.login)
    return await own(db, attempt_id, agent)
