"""The checklist beside a chat: which procedure it follows, and who did which step when."""

from __future__ import annotations

import uuid

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from conversations import messages
from conversations.errors import NotOwner
from handoff.cases import records, sops
from handoff.cases.inputs import Tick
from handoff.cases.models import CaseRecord, Sop
from handoff.desk import HandoffDesk, latest
from handoff.models import Handoff
from server.auth import Staff
from server.errors import Conflict, NotFound


class ProcedureChanged(Conflict):
    code = "procedure_changed"
    message = "This procedure was changed meanwhile. Here is the new one."


async def tick(
    db: AsyncSession, desk: HandoffDesk, conversation_id: uuid.UUID, agent: Staff, done: Tick
) -> CaseRecord:
    """Tick a step of the case's procedure, or take the tick off.

    Raises:
        NotOwner: this person does not talk with the customer. NotFound: no case, or no procedure for it.
        ProcedureChanged: the step is not what the agent saw.
    """
    handoff, record = await _mine(db, conversation_id, agent)
    sop = await of_case(db, handoff, record)
    if sop is None:
        raise NotFound("There is no procedure for this topic.")
    if done.step >= len(sop.steps) or sop.steps[done.step] != done.text:
        raise ProcedureChanged()
    record.sop_id = sop.id
    ticks = {key: value for key, value in record.ticks.items() if key != str(done.step)}
    if done.done:
        at = desk.clock.now().isoformat()
        ticks[str(done.step)] = {"by": agent.login, "at": at, "text": done.text}
    record.ticks = ticks
    await db.flush()
    return record


async def choose(
    db: AsyncSession, conversation_id: uuid.UUID, agent: Staff, sop_id: uuid.UUID
) -> CaseRecord:
    """Follow another procedure; the ticks of the one before are gone.

    Raises:
        NotOwner: this person does not talk with the customer. NotFound: no case, or no such procedure.
    """
    _, record = await _mine(db, conversation_id, agent)
    sop = await sops.get(db, sop_id)
    if sop.archived:
        raise NotFound()
    if record.sop_id != sop.id:
        record.sop_id, record.ticks = sop.id, {}
    await db.flush()
    return record


async def of_case(db: AsyncSession, handoff: Handoff, record: CaseRecord | None) -> Sop | None:
    """The procedure of a case: the one that was chosen or begun, or else its topic's."""
    if record is not None and record.sop_id is not None:
        chosen = await db.scalar(select(Sop).where(Sop.id == record.sop_id))
        if chosen is not None:
            return chosen
    return sops.for_topic(await sops.in_use(db), handoff.topic)


async def _mine(
    db: AsyncSession, conversation_id: uuid.UUID, agent: Staff
) -> tuple[Handoff, CaseRecord]:
    conversation = await messages.lock(db, conversation_id)
    if not await messages.speaks(db, conversation, agent.id):
        raise NotOwner()
    handoff = await latest(db, conversation_id)
    if handoff is None:
        raise NotFound()
    return handoff, await records.of(db, handoff.id)
