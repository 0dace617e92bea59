"""Finish a turn: write the reply and all that follows in one transaction, under the epoch it began with."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import structlog
from sqlalchemy import bindparam, case, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from conversations import episodes, handover, messages, owners, replies
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

log = structlog.get_logger(__name__)

# One failure can be chance; after the second in a row a person takes over.
FAILURES = 2
RANKING = 10

# Built once, see `messages`.
_STEPS = select(TurnStep).where(TurnStep.turn_id == bindparam("of")).order_by(TurnStep.id)
_RELEASE = (
    update(Conversation)
    .where(
        Conversation.id == bindparam("of"),
        Conversation.owner == Owner.BOT,
        Conversation.epoch == bindparam("in_epoch"),
        Conversation.running_turn == bindparam("turn"),
    )
    .values(
        running_turn=None,
        answered_seq=bindparam("answered"),
        bot_failures=case((bindparam("failed"), Conversation.bot_failures + 1), else_=0),
    )
    .returning(Conversation)
    .execution_options(synchronize_session=False, populate_existing=True)
)


async def finish(
    db: AsyncSession, clock: Clock, desk: Desk, job: Job, result: BotReply | str
) -> bool:
    """Write what came of a turn: the reply, or for a failure's name an apology; never silence.

    If the owner has changed since the turn began, nothing is written but that the turn was dropped.
    Returns whether more was said meanwhile, which the next turn must answer.
    """
    with db.no_autoflush:  # the turn's row is written once, at the end
        return await _finish(db, clock, desk, job, result)


async def _finish(
    db: AsyncSession, clock: Clock, desk: Desk, job: Job, result: BotReply | str
) -> bool:
    turn = await db.get_one(Turn, job.turn_id)
    if turn.state is not TurnState.RUNNING:
        return True
    steps = list(await db.scalars(_STEPS, {"of": job.turn_id}))
    records = _merged(steps)
    said = replies.shape(result.messages) if isinstance(result, BotReply) else []
    failure = _failure(result, steps, bool(said or _asked(records)))
    if isinstance(result, BotReply):
        _describe(turn, result, records)
    turn.finished_at = clock.now()
    conversation = await _release(db, job, failed=failure is not None)
    if conversation is None:
        turn.state, turn.error = TurnState.DROPPED, "owner_changed"
        log.info("turn_dropped", turn_id=str(job.turn_id), epoch=job.epoch)
        return True
    more = conversation.last_seq > job.last_seq
    if failure is not None:
        turn.state, turn.error = TurnState.FAILED, failure[:80]
        log.warning("turn_failed", turn_id=str(job.turn_id), reason=failure)
        await _apologise(db, clock, desk, conversation, job, turn, failure)
        return more
    turn.state = TurnState.DONE
    if isinstance(result, BotReply):
        await _keep(db, job, turn, result)
    await replies.post(db, clock, conversation, said, job.turn_id)
    await _act(db, clock, desk, conversation, job, turn, records)
    return more


def _merged(steps: Sequence[TurnStep]) -> dict[str, Any]:
    records: dict[str, Any] = {}
    for step in steps:
        if step.failed is None:
            records.update(step.records)
    return records


def _asked(records: dict[str, Any]) -> bool:
    return bool(records.get("handoff") or records.get("outcome"))


def _failure(result: BotReply | str, steps: Sequence[TurnStep], any_answer: bool) -> str | None:
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


async def _release(db: AsyncSession, job: Job, *, failed: bool) -> Conversation | None:
    """End the turn if it still counts; None if the owner has changed meanwhile."""
    released = await db.execute(
        _RELEASE,
        {
            "of": job.conversation_id,
            "in_epoch": job.epoch,
            "turn": job.turn_id,
            "answered": job.last_seq,
            "failed": failed,
        },
    )
    return released.scalar_one_or_none()


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


async def _keep(db: AsyncSession, job: Job, turn: Turn, reply: BotReply) -> None:
    slots = {name: value for name, value in reply.slots.items() if value is not None}
    await episodes.keep(db, job.conversation_id, job.episode, stage=turn.stage, slots=slots)


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
    await messages.post(
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
