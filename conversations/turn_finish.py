"""Finish a turn: write the reply and all that follows in one transaction, under the epoch it began with."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, NamedTuple

import structlog
from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession

from conversations import episodes, handover, messages, owners, replies, turn_cap
from conversations.bot_client import BotReply
from conversations.desk import Desk, Reason
from conversations.models import (
    Author,
    Conversation,
    Outcome,
    Owner,
    Stage,
    Turn,
    TurnState,
    TurnStep,
)
from conversations.turn_begin import Job
from server.clock import Clock
from server.database import table_of

log = structlog.get_logger(__name__)

# One failure can be chance; after the second in a row a person takes over.
FAILURES = 2
RANKING = 10

# Built once, see `messages`.
_LOCK = (
    select(Conversation, Turn)
    .join(Turn, Turn.conversation_id == Conversation.id)
    .where(Turn.id == bindparam("of"))
    .with_for_update()  # both, so that PostgreSQL shows both as they are after the wait
    .execution_options(populate_existing=True)
)
_STEP = table_of(TurnStep).c
_STEPS = (
    select(_STEP.action, _STEP.failed, _STEP.records)
    .where(_STEP.turn_id == bindparam("of"))
    .order_by(_STEP.id)
)


async def finish(
    db: AsyncSession, clock: Clock, desk: Desk, job: Job, result: BotReply | str, *, cap: int = 0
) -> bool:
    """Write what came of a turn: the reply, or for a failure's name an apology; never silence.

    If the owner has changed since the turn began, nothing is written but that the turn was dropped.
    Returns whether more was said meanwhile, which the next turn must answer. ``cap``: see `turn_cap.offer`.
    """
    conversation, turn = (await db.execute(_LOCK, {"of": job.turn_id})).one()
    if turn.state is not TurnState.RUNNING:
        return True
    steps = [Step(*row) for row in await db.execute(_STEPS, {"of": job.turn_id})]
    records = _merged(steps)
    said = replies.shape(result.messages) if isinstance(result, BotReply) else []
    failure = _failure(result, steps, bool(said or _asked(records)))
    counts = _still_counts(conversation, job)
    if counts and failure is None and isinstance(result, BotReply):
        await _keep(db, job, result)
    # From here on rows are changed in memory; the reply's flush writes all of them.
    if isinstance(result, BotReply):
        _describe(turn, result, records)
    turn.finished_at = clock.now()
    if not counts:
        turn.state, turn.error = TurnState.DROPPED, "owner_changed"
        log.info("turn_dropped", turn_id=str(job.turn_id), epoch=job.epoch)
        return True
    conversation.running_turn = None
    conversation.answered_seq = job.last_seq
    conversation.bot_failures = conversation.bot_failures + 1 if failure else 0
    more = conversation.last_seq > job.last_seq
    if failure is not None:
        turn.state, turn.error = TurnState.FAILED, failure[:80]
        log.warning("turn_failed", turn_id=str(job.turn_id), reason=failure)
        await _apologise(db, clock, desk, conversation, job, turn, failure)
        return more
    turn.state = TurnState.DONE
    await replies.post(db, clock, conversation, said, job.turn_id)
    await _act(db, clock, desk, conversation, job, turn, records)
    await turn_cap.offer(db, clock, conversation, turn, cap)
    return more


class Step(NamedTuple):
    """What an action did in the turn: its `TurnStep`."""

    action: str
    failed: str | None
    records: dict[str, Any]


def _still_counts(conversation: Conversation, job: Job) -> bool:
    """Whether the bot still owns the conversation, in the epoch in which this turn began."""
    return (
        conversation.owner is Owner.BOT
        and conversation.epoch == job.epoch
        and conversation.running_turn == job.turn_id
    )


def _merged(steps: Sequence[Step]) -> dict[str, Any]:
    records: dict[str, Any] = {}
    for step in steps:
        if step.failed is None:
            records.update(step.records)
    return records


def _asked(records: dict[str, Any]) -> bool:
    return bool(records.get("handoff") or records.get("outcome"))


def _failure(result: BotReply | str, steps: Sequence[Step], any_answer: bool) -> str | None:
    if isinstance(result, str):
        return result
    # An action that failed looks like any other to Rasa (processor.py), so only our own record counts.
    # After a repeated turn the last run of each action is the one that holds.
    last = {step.action: step for step in steps}
    broken = next((step for step in last.values() if step.failed), None)
    if broken is not None:
        return f"action_failed:{broken.action}"
    if result.failed:
        return f"bot_failed:{result.failed}"
    return None if any_answer else "empty_reply"


def _describe(turn: Turn, reply: BotReply, records: dict[str, Any]) -> None:
    parse = dict(reply.parse)
    intent = parse.get("intent") or {}
    if isinstance(parse.get("intent_ranking"), list):
        parse["intent_ranking"] = parse["intent_ranking"][:RANKING]
    frustration = parse.get("frustration") or {}
    turn.intent = str(intent["name"])[:80] if intent.get("name") else None
    turn.confidence = _number(intent.get("confidence"))
    turn.frustration = _number(frustration.get("score"))
    turn.parse = parse
    turn.decision = dict(records.get("decision") or {})
    turn.stage = _stage(reply)
    turn.timings = dict(reply.timings)
    turn.versions = {**reply.versions, **(turn.decision.get("versions") or {})}


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, (int, float)) else None


def _stage(reply: BotReply) -> Stage | None:
    value = reply.slots.get("stage")
    return Stage(value) if value in {stage.value for stage in Stage} else None


async def _keep(db: AsyncSession, job: Job, reply: BotReply) -> None:
    slots = {name: value for name, value in reply.slots.items() if value is not None}
    await episodes.keep(db, job.conversation_id, job.episode, stage=_stage(reply), slots=slots)


async def _apologise(
    db: AsyncSession,
    clock: Clock,
    desk: Desk,
    conversation: Conversation,
    job: Job,
    turn: Turn,
    failure: str,
) -> None:
    to_person = conversation.bot_failures >= FAILURES
    reply = replies.apology(handoff=to_person)
    await messages.append(
        db, clock, conversation,
        author=Author.BOT, text=reply.text, payload=reply.payload, turn_id=job.turn_id,
    )  # fmt: skip
    if to_person:
        await handover.to_people(
            db, clock, desk, conversation,
            epoch=job.epoch, reason=Reason.BOT_FAILURE, detail=failure, turn=turn,
        )  # fmt: skip


async def _act(
    db: AsyncSession,
    clock: Clock,
    desk: Desk,
    conversation: Conversation,
    job: Job,
    turn: Turn,
    records: dict[str, Any],
) -> None:
    """Do what the actions asked for: pass the chat to a person, or end the episode."""
    handoff, outcome = records.get("handoff"), records.get("outcome")
    if handoff:
        reason = handoff.get("reason")
        if reason not in {known.value for known in Reason}:
            log.error("handoff_reason_unknown", turn_id=str(job.turn_id))
            reason = Reason.NO_ANSWER
        detail = handoff.get("detail") or ""
        words = detail if isinstance(detail, str) else json.dumps(detail, ensure_ascii=False)
        await handover.to_people(
            db, clock, desk, conversation,
            epoch=job.epoch, reason=Reason(reason), detail=words, turn=turn,
        )  # fmt: skip
    elif outcome in {known.value for known in Outcome}:
        await owners.end(db, clock, conversation, epoch=job.epoch, outcome=Outcome(outcome))
    elif outcome:
        log.error("outcome_unknown", turn_id=str(job.turn_id))
