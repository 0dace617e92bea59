"""What is mended at the desk: root causes that cases of a week were given, and what leads scored low."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from handoff.cases.causes import is_late
from handoff.cases.models import CaseRecord, RootCause
from handoff.digest.found import MOST, CauseLine, Causes, Finding, Findings
from handoff.digest.quotes import short
from handoff.models import Handoff
from handoff.practice.agreement import STANDARDS
from handoff.practice.masking import Second
from handoff.practice.models import PracticeAttempt, PracticeChat
from handoff.words import humanise
from server.clock import Clock
from server.week import Week

#: Of five points: from here down a standard is a finding.
LOW = 2


async def causes(db: AsyncSession, clock: Clock, second: Second, week: Week) -> Causes:
    """The root causes of the cases that were closed in the week, the commonest first."""
    now, before = await _cases(db, week), await _cases(db, week.later(-1))
    found = {
        one.id: one for one in await db.scalars(select(RootCause).where(RootCause.id.in_(now)))
    }
    order = sorted(found.values(), key=lambda one: (-now[one.id], one.text))
    today = clock.now().date()
    return Causes(
        now=sum(now.values()),
        before=sum(before.values()),
        lines=tuple(
            CauseLine(
                text=short(second(one.text)),
                now=now[one.id],
                before=before.get(one.id, 0),
                action=short(second(one.action)),
                done=one.done_at is not None,
                late=is_late(one, today),
            )
            for one in order[:MOST]
        ),
    )


async def _cases(db: AsyncSession, week: Week) -> Mapping[UUID, int]:
    rows = await db.execute(
        select(CaseRecord.root_cause_id, func.count(Handoff.id))
        .join(Handoff, Handoff.id == CaseRecord.handoff_id)
        .where(
            CaseRecord.root_cause_id.is_not(None),
            Handoff.closed_at >= week.begins,
            Handoff.closed_at < week.ends,
        )
        .group_by(CaseRecord.root_cause_id)
    )
    return {cause_id: count for cause_id, count in rows if cause_id is not None}


async def findings(db: AsyncSession, second: Second, week: Week) -> Findings:
    """What leads scored in the week, real chats and agents' tries at them: two points of five or fewer."""
    these, those = await _scored(db, week), await _scored(db, week.later(-1))
    low = [one for one in these if one.low]
    low.sort(key=lambda one: (min(one.low.values()), -len(one.low), one.topic, str(one.id)))
    return Findings(
        scored=len(these),
        now=len(low),
        before=sum(bool(one.low) for one in those),
        lines=tuple(
            Finding(one.id, one.tried, humanise(one.topic), one.low, short(second(one.why)))
            for one in low[:MOST]
        ),
    )


async def _scored(db: AsyncSession, week: Week) -> Sequence[Finding]:
    """Everything that was scored, each with its low standards alone."""
    chats = await db.scalars(
        select(PracticeChat).where(
            PracticeChat.made_at >= week.begins,
            PracticeChat.made_at < week.ends,
            PracticeChat.retired_at.is_(None),
        )
    )
    tries = await db.execute(
        select(PracticeAttempt, PracticeChat.topic)
        .join(PracticeChat, PracticeChat.id == PracticeAttempt.practice_chat_id)
        .where(PracticeAttempt.scored_at >= week.begins, PracticeAttempt.scored_at < week.ends)
    )

    def of_chats() -> Iterator[Finding]:
        for one in chats:
            yield Finding(one.id, False, one.topic, _low(one.scores), one.why)

    def of_tries() -> Iterator[Finding]:
        for one, topic in tries:
            yield Finding(one.id, True, topic, _low(one.lead_scores or {}), one.lead_why)

    return list(chain(of_chats(), of_tries()))


def _low(scores: Mapping[str, int]) -> dict[str, int]:
    return {name: scores[name] for name in STANDARDS if name in scores and scores[name] <= LOW}
