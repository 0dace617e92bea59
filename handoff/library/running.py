"""Running a macro: all of its steps in one transaction, once, or none."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from conversations import messages
from conversations.errors import NotOwner
from conversations.models import Conversation, Owner
from handoff import journal, notes, queue
from handoff.clocks import raising
from handoff.desk import HandoffDesk
from handoff.library import canned, labels, macros, steps, variables
from handoff.library.facts import Facts
from handoff.library.models import Macro
from handoff.models import Handoff, HandoffEvent
from server.auth import Staff, get_staff
from server.errors import Conflict, HandrailError, Invalid, NotFound

RAN = "macro"
REMEMBERED = 200
"""So many runs of one conversation are known again by their ids; a retry comes within seconds."""


class MacroRefused(HandrailError):
    code, status = "macro_refused", 409


class MacroChanged(Conflict):
    code = "macro_changed"
    message = "This macro was changed meanwhile. Nothing was done; this is what it would do now."


class MissingDetails(Invalid):
    code = "missing_details"


@dataclass(frozen=True)
class Planned:
    """One step as it would be done now."""

    step: steps.Step
    words: str
    text: str | None
    """Filled; a blank nobody knows stands as ``[order number]``."""
    missing: tuple[str, ...]
    refused: str | None
    """Why it can't be done now."""


@dataclass(frozen=True)
class Ran:
    macro: Macro
    steps: list[str]
    repeated: bool
    """It had run already, under this id; nothing was done again."""


async def plan(
    db: AsyncSession, desk: HandoffDesk, conversation: Conversation, agent: Staff, macro: Macro, facts: Facts
) -> list[Planned]:  # fmt: skip
    """What the macro would do to this chat now; nothing is changed."""
    talks = await messages.speaks(db, conversation, agent.id)
    has = conversation.owner is Owner.AGENT and conversation.agent_id == agent.id
    planned = []
    for step in steps.stored(macro.steps):
        refused = None
        if isinstance(step, steps.ENDING) and not has:
            refused = "Only who has the chat can do this."
        elif isinstance(step, steps.ReplyStep) and not talks:
            refused = str(NotOwner())
        filled, words = None, step.words()
        try:
            words = await _words(db, desk, step)
            text, minutes = await _text(db, step)
            filled = None if text is None else variables.fill(text, facts.values(minutes))
        except HandrailError:
            refused = "What this step names is not there any more."
        planned.append(
            Planned(
                step, words, filled.text if filled else None, filled.missing if filled else (), refused
            )
        )  # fmt: skip
    return planned


async def run(
    db: AsyncSession,
    desk: HandoffDesk,
    conversation_id: uuid.UUID,
    agent: Staff,
    macro_id: uuid.UUID,
    facts: Facts,
    *,
    run_id: str,
    version: str | None = None,
    texts: Mapping[int, str],
    limit: int,
) -> Ran:
    """Do every step in the caller's transaction, which an error must end without a commit.

    ``texts`` are the agent's own words for steps, by place from 0; ``limit`` is the longest message. ``version``
    is that of the preview which the agent saw, if they saw one.

    Raises:
        MacroChanged: the macro is not what the agent saw.
        MacroRefused: a step can't be done; names it, counted from 1. NotFound: unknown chat or macro.
        NoOpenCase: there is no case to write it down in.
    """
    macro = await macros.get(db, macro_id)
    await queue.readable(db, conversation_id, agent)
    await messages.lock(db, conversation_id)  # the same run, sent twice, takes turns with itself
    plan_ = steps.stored(macro.steps)
    if await _has_run(db, conversation_id, run_id):
        return Ran(macro, [step.words() for step in plan_], repeated=True)
    if version is not None and version != macros.version(macro):
        raise MacroChanged()
    handoff = await labels.open_case(db, conversation_id, agent)
    done = []
    for place, step in enumerate(plan_):
        words = step.words()
        try:
            words = await _words(db, desk, step)
            text = await _final_text(db, step, texts.get(place), facts)
            await _do(
                db, desk, conversation_id, agent, step, text, f"macro-{run_id}-{place}", limit
            )
            await db.flush()
        except HandrailError as error:
            raise MacroRefused(
                f"Step {place + 1}, “{words}”: {error} Nothing was done.",
                details={"step": place + 1, "do": step.do, "code": error.code},
            ) from error
        done.append(words)
    journal.note(
        db, desk.clock, handoff, RAN, agent.id,
        macro=macro.title, run=run_id, steps=[step.do for step in plan_],
    )  # fmt: skip
    await db.execute(update(Macro).where(Macro.id == macro.id).values(uses=Macro.uses + 1))
    return Ran(macro, done, repeated=False)


async def _has_run(db: AsyncSession, conversation_id: uuid.UUID, run_id: str) -> bool:
    details = await db.scalars(
        select(HandoffEvent.detail)
        .join(Handoff, Handoff.id == HandoffEvent.handoff_id)
        .where(Handoff.conversation_id == conversation_id, HandoffEvent.what == RAN)
        .order_by(HandoffEvent.id.desc())
        .limit(REMEMBERED)
    )
    return any(detail.get("run") == run_id for detail in details)


async def _text(db: AsyncSession, step: steps.Step) -> tuple[str | None, int | None]:
    """The step's text with its blanks, and the minutes that {by} means in it."""
    if isinstance(step, steps.ReplyStep) and step.reply_id is not None:
        reply = await canned.get(db, step.reply_id)
        return reply.text, reply.minutes
    return steps.text_of(step), None


async def _final_text(
    db: AsyncSession, step: steps.Step, own: str | None, facts: Facts
) -> str | None:
    template, minutes = await _text(db, step)
    if template is None:
        return None
    if own is not None:
        return own
    filled = variables.fill(template, facts.values(minutes))
    if filled.missing:
        names = ", ".join(name.replace("_", " ") for name in filled.missing)
        raise MissingDetails(f"Not known here: {names}.", details=list(filled.missing))
    return filled.text


async def _words(db: AsyncSession, desk: HandoffDesk, step: steps.Step) -> str:
    """The step's words with the names of whom and what it names.

    Raises:
        NotFound: there is no such colleague, team or reply any more.
    """
    if isinstance(step, steps.TransferStep):
        if step.to is not None:
            return f"Transfer to {(await get_staff(db, step.to)).name}"
        roster = await desk.rosters.now(db)
        team = roster.team(step.team)
        if team.id != step.team:
            raise NotFound("This team is not there any more.")
        return f"Transfer to {team.name}"
    if isinstance(step, steps.ReplyStep) and step.reply_id is not None:
        return f"Reply: {(await canned.get(db, step.reply_id)).title}"
    return step.words()


async def _do(
    db: AsyncSession,
    desk: HandoffDesk,
    conversation_id: uuid.UUID,
    agent: Staff,
    step: steps.Step,
    text: str | None,
    client_id: str,
    limit: int,
) -> None:
    match step:
        case steps.ReplyStep():
            await messages.post_as_agent(
                db, desk.clock, conversation_id, agent,
                client_id=client_id, text=text or "", limit=limit,
            )  # fmt: skip
            if step.reply_id is not None:
                await canned.count_use(db, step.reply_id)
        case steps.NoteStep():
            await notes.add(db, desk, conversation_id, agent, text or "")
        case steps.TagStep():
            await labels.set_tags(db, desk, conversation_id, agent, step.tags, add=True)
        case steps.TopicStep():
            await labels.set_topic(db, desk, conversation_id, agent, step.topic)
        case steps.PriorityStep():
            await labels.set_priority(db, desk, conversation_id, agent, step.priority, step.why)
        case steps.AlarmStep():
            await raising.raise_on(db, desk, conversation_id, agent, step.why)
        case steps.TransferStep(to=uuid.UUID() as to):
            await queue.transfer(db, desk, conversation_id, agent, to, step.note)
        case steps.TransferStep(team=uuid.UUID() as team):
            await queue.transfer_to_team(db, desk, conversation_id, agent, team, step.note)
        case steps.CloseStep():
            await queue.close(db, desk, conversation_id, agent, step.outcome)
        case steps.HandBackStep():
            await queue.hand_back(db, desk, conversation_id, agent)
