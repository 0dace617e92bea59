"""Everything about a case on one sheet: the four questions, procedure, root causes, remedy, time line."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from conversations import episodes
from conversations.models import Conversation, Visitor
from handoff import journal, words
from handoff.cases import answers, book, causes, remedies, sops, ticks, timeline
from handoff.cases.models import CaseRecord, RootCause, Sop
from handoff.desk import HandoffDesk, latest
from handoff.models import Handoff, Level
from handoff.teams.setup import takers
from server.auth import Staff
from server.errors import NotFound


class _View(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class Questions(BaseModel):
    """The four questions; of an open case as they would be answered if it were closed now."""

    in_time: bool | None
    acceptable: bool | None
    acceptable_from: Literal["customer", "agent"] | None
    alone: bool | None
    escalated: bool | None


class Step(BaseModel):
    text: str
    by: str | None = None
    at: datetime | None = None


class Procedure(BaseModel):
    id: UUID
    title: str
    steps: list[Step]
    reply: str
    escalate_to: str
    resolution_minutes: int | None


class Named(_View):
    id: UUID
    title: str


class CauseView(_View):
    id: UUID
    text: str
    topic: str | None
    action: str
    action_owner: UUID | None
    action_due: date | None
    done_at: datetime | None
    explained: bool = False
    """Somebody has said three times why: whoever names it need not say so again."""


class Recurs(BaseModel):
    """How often cases of the topic come; from `after` on the five whys are asked for."""

    cases: int
    days: int
    after: int
    asks: bool
    required: int
    """So many whys must be said before the case is closed; 0: none."""


class Higher(_View):
    level: Level
    amount: float
    names: list[str]


class CustomersLimit(_View):
    """What one customer gets in so many days, and what of it is left."""

    amount: float
    days: int
    left: float


class Limit(BaseModel):
    """What the reader may give, and who may give more."""

    level: Level
    amount: float
    currency: str
    higher: list[Higher]
    customer: CustomersLimit | None


class Remedy(BaseModel):
    kind: str
    amount: float | None
    by: str | None
    note: str


class TimelinePage(BaseModel):
    timeline: list[timeline.Moment]
    earlier: bool
    """Whether there are lines before these."""


class CaseSheet(BaseModel):
    case: UUID
    conversation: UUID
    topic: str | None
    topic_words: str | None
    open: bool
    outcome: str | None
    requested_at: datetime
    resolve_due_at: datetime | None
    closed_at: datetime | None
    questions: Questions
    note: str
    procedure: Procedure | None
    procedures: list[Named]
    """Those to choose from instead."""
    recurs: Recurs
    causes: list[CauseView]
    """Known ones to choose from, the likest first."""
    cause: CauseView | None
    whys: list[str]
    remedy: Remedy | None
    limit: Limit
    timeline: list[timeline.Moment]
    """Its last lines, newest last."""
    timeline_earlier: bool
    colleagues: list[Named]
    """Who may own a corrective action."""


async def read(
    db: AsyncSession, desk: HandoffDesk, conversation: Conversation, reader: Staff
) -> CaseSheet:
    """The sheet of a conversation's newest case.

    Raises:
        NotFound: it never came to the desk.
    """
    handoff = await latest(db, conversation.id)
    if handoff is None:
        raise NotFound()
    record = await db.get(CaseRecord, handoff.id)
    roster = await desk.rosters.now(db)
    rules, giving = await book.case_rules(db), await book.remedy_rules(db)
    staff = (await db.scalars(select(Staff))).all()
    names = {one.id: one.name for one in staff}
    logins = {one.login: one.name for one in staff}
    telling = await journal.of(db, handoff.id, *answers.TELLING)
    events, earlier = await journal.page(db, handoff.id)
    now = desk.clock.now()
    cases = await causes.recurrence(db, handoff.topic, now, rules.within_days)
    episode = await episodes.numbered(db, conversation.id, handoff.episode)
    facts = answers.answer(
        handoff, telling, handoff.closed_at or now, lambda one: roster.agent(one).level
    )
    sop = await ticks.of_case(db, handoff, record)
    chosen = record.root_cause_id if record else None
    cause = await db.get(RootCause, chosen) if chosen else None
    own = remedies.level_of(roster, reader)
    above = await remedies.higher(db, giving, roster, reader)
    visitor = await db.get_one(Visitor, conversation.visitor_id)
    rest = await remedies.left(db, giving, visitor, now)
    recurs = cases >= rules.recurs_after
    return CaseSheet(
        case=handoff.id,
        conversation=conversation.id,
        topic=handoff.topic,
        topic_words=words.humanise(handoff.topic) if handoff.topic else None,
        open=handoff.closed_at is None,
        outcome=handoff.outcome,
        requested_at=handoff.requested_at,
        resolve_due_at=handoff.resolve_due_at,
        closed_at=handoff.closed_at,
        questions=_questions(handoff, record, facts, answers.from_customer(episode)),
        note=record.note if record else "",
        procedure=_procedure(sop, record, logins) if sop else None,
        procedures=[Named.model_validate(one) for one in await sops.in_use(db)],
        recurs=Recurs(
            cases=cases,
            days=rules.within_days,
            after=rules.recurs_after,
            asks=recurs,
            required=causes.WHYS_WANTED if recurs and rules.whys_required else 0,
        ),
        causes=await alike(db, handoff.topic),
        cause=CauseView.model_validate(cause) if cause else None,
        whys=record.whys if record else [],
        remedy=_remedy(record, names),
        limit=Limit(
            level=own,
            amount=giving.limits[own],
            currency=giving.currency,
            higher=[Higher.model_validate(one) for one in above],
            customer=CustomersLimit.model_validate(rest) if rest else None,
        ),
        timeline=timeline.moments(events, names),
        timeline_earlier=earlier,
        colleagues=[Named(id=one.id, title=one.name) for one in await takers(db)],
    )


async def lines(
    db: AsyncSession, conversation: Conversation, *, before: int | None, limit: int
) -> TimelinePage:
    """A page of the newest case's time line.

    Raises:
        NotFound: it never came to the desk.
    """
    handoff = await latest(db, conversation.id)
    if handoff is None:
        raise NotFound()
    events, earlier = await journal.page(db, handoff.id, before=before, limit=limit)
    people = {one.staff_id for one in events if one.staff_id is not None}
    people |= {to for one in events if (to := answers.transferred_to(one)) is not None}
    staff = await db.scalars(select(Staff).where(Staff.id.in_(people)))
    names = {one.id: one.name for one in staff}
    return TimelinePage(timeline=timeline.moments(events, names), earlier=earlier)


async def alike(db: AsyncSession, topic: str | None, text: str = "") -> list[CauseView]:
    """Root causes of the topic or with alike words, the likest first, each with whether it is explained."""
    found = await causes.similar(db, topic, text)
    explained = await causes.explained(db, [one.id for one in found])
    views = [CauseView.model_validate(one) for one in found]
    for view in views:
        view.explained = view.id in explained
    return views


def _questions(
    handoff: Handoff, record: CaseRecord | None, facts: answers.Answers, said: bool | None
) -> Questions:
    agents = record.acceptable if record else None
    source: Literal["customer", "agent"] | None = "customer" if said is not None else None
    if source is None and agents is not None:
        source = "agent"
    kept = handoff.closed_at is not None and record is not None and record.alone is not None
    answered: Any = record if kept else facts
    return Questions(
        in_time=answered.in_time,
        acceptable=agents if said is None else said,
        acceptable_from=source,
        alone=answered.alone,
        escalated=answered.escalated,
    )


def _procedure(sop: Sop, record: CaseRecord | None, logins: dict[str, str]) -> Procedure:
    done = record.ticks if record is not None and record.sop_id == sop.id else {}
    return Procedure(
        id=sop.id,
        title=sop.title,
        steps=[_step(text, done.get(str(number)), logins) for number, text in enumerate(sop.steps)],
        reply=sop.reply,
        escalate_to=sop.escalate_to,
        resolution_minutes=sop.resolution_minutes,
    )


def _step(text: str, tick: dict[str, Any] | None, logins: dict[str, str]) -> Step:
    """A tick holds for the words that were ticked: a step that was rewritten since is to be done again."""
    if tick is None or tick.get("text") != text:
        return Step(text=text)
    return Step(text=text, by=logins.get(tick["by"], tick["by"]), at=tick["at"])


def _remedy(record: CaseRecord | None, names: dict[UUID, str]) -> Remedy | None:
    if record is None or record.remedy is None:
        return None
    by = names.get(record.remedy_by) if record.remedy_by else None
    return Remedy(kind=record.remedy, amount=record.remedy_amount, by=by, note=record.remedy_note)
