"""Gathers the evidence of one episode from the log: read once, then pure functions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from conversations import form
from conversations.models import Author, Conversation, Episode, Message, Thumb, Turn, TurnStep
from handoff import card_details, words
from handoff.evidence import Evidence, Intent, Irritation, ShownArticle, Signal, Verdict
from handoff.summary import FILE, SOCIAL, Said, quote, summarise
from understanding.bank_numbers import hide

TOP_INTENTS = 3
# A calm message below this (a plain "no" counts .08) says nothing about the customer's temper.
NOTICEABLE = 0.15
# What the customer's next words mean for the article before them.
HELPED = frozenset({"affirm", "thanks", "praise"})
DID_NOT_HELP = frozenset({"deny", "frustrated", "complaint"})
# Answers to a question of ours say nothing about what the customer came for.
NO_TOPIC = SOCIAL | {"give_details"}


async def read(db: AsyncSession, conversation_id: UUID, number: int) -> Evidence:
    """Gather what the log holds about one episode; empty but valid when it holds nothing yet."""
    episode = await db.scalar(
        select(Episode).where(Episode.conversation_id == conversation_id, Episode.number == number)
    )
    turns = (
        await db.scalars(
            select(Turn)
            .where(Turn.conversation_id == conversation_id, Turn.episode == number)
            .order_by(Turn.first_seq)
        )
    ).all()
    messages = (
        await db.scalars(
            select(Message)
            .where(Message.conversation_id == conversation_id, Message.episode == number)
            .order_by(Message.seq)
        )
    ).all()
    failed_steps = (
        await db.scalars(
            select(TurnStep)
            .where(TurnStep.turn_id.in_([turn.id for turn in turns]), TurnStep.failed.is_not(None))
            .order_by(TurnStep.id)
        )
    ).all()
    thumbs = (
        await db.scalars(
            select(Thumb).where(Thumb.conversation_id == conversation_id, Thumb.episode == number)
        )
    ).all()
    conversation = await db.get(Conversation, conversation_id)
    answers = await form.answers_of(db, conversation.visitor_id) if conversation else {}
    return gather(number, episode, turns, messages, failed_steps, thumbs, answers)


def gather(
    number: int,
    episode: Episode | None,
    turns: Sequence[Turn],
    messages: Sequence[Message],
    failed_steps: Sequence[TurnStep] = (),
    thumbs: Sequence[Thumb] = (),
    answers: Mapping[str, Mapping[str, str]] = MappingProxyType({}),
) -> Evidence:
    """Read the evidence from its rows; `answers` are those of the form before the chat."""
    articles = _marked(_articles(turns, messages), thumbs)
    said = _said(turns, messages)
    failed = [
        f"{article.title}: did not help"
        for article in articles
        if article.verdict is Verdict.DID_NOT_HELP and article.shown == "answer"
    ]
    failed += [
        f"{words.humanise(step.action.removeprefix('action_'))}: failed" for step in failed_steps
    ]
    failed += [
        "The assistant did not answer"
        for turn in turns
        if turn.error and turn.id not in {step.turn_id for step in failed_steps}
    ]
    intents, intents_of, intents_turn = _intents(turns)
    return Evidence(
        episode=number,
        stage=episode.stage if episode else None,
        intents=intents,
        intents_of=intents_of,
        intents_turn=intents_turn,
        details=card_details.given(episode, turns, answers) + card_details.files(messages),
        articles=articles,
        frustration=_trail(turns),
        summary=summarise(said, failed),
        said=said,
    )


def _said(turns: Sequence[Turn], messages: Sequence[Message]) -> list[Said]:
    return [
        Said(
            seq=message.seq,
            # The card, its snapshot and the handoff's reason are kept: no card number in clear.
            text=f"[file: {hide(message.text)}]" if message.is_file else hide(message.text),
            intent=FILE
            if message.is_file
            else next((t.intent for t in turns if t.first_seq <= message.seq <= t.last_seq), None),
        )
        for message in messages
        if message.author is Author.CUSTOMER
    ]


def _intents(turns: Sequence[Turn]) -> tuple[list[Intent], str | None, UUID | None]:
    """The ranking of the last thing said that has substance, or else of the last thing said."""
    seen = [turn for turn in turns if turn.parse.get("intent_ranking") or turn.intent]
    if not seen:
        return [], None, None
    asked = [turn for turn in seen if turn.intent not in NO_TOPIC]
    turn = (asked or seen)[-1]
    ranking = turn.parse.get("intent_ranking") or [
        {"name": turn.intent, "confidence": turn.confidence or 0.0}
    ]
    top = [
        Intent(
            name=str(one["name"]),
            words=words.humanise(str(one["name"])),
            confidence=round(float(one.get("confidence") or 0.0), 4),
        )
        for one in ranking[:TOP_INTENTS]
        if one.get("name")
    ]
    return top, quote(turn.text, 120), turn.id


def _articles(turns: Sequence[Turn], messages: Sequence[Message]) -> list[ShownArticle]:
    found: list[ShownArticle] = []
    # The scores an article had when it was last a candidate: one chosen by button is searched for no more.
    scored: dict[str, dict[str, Any]] = {}
    decided = {turn.id: turn for turn in turns}
    for message in messages:
        turn = decided.get(message.turn_id) if message.turn_id else None
        for candidate in (turn.decision.get("candidates") or []) if turn else []:
            scored[str(candidate.get("article_id"))] = candidate
        if message.author is not Author.BOT:
            continue
        source = message.payload.get("source")
        if isinstance(source, dict):
            values = {**scored.get(str(source.get("article_id")), {}), **source}
            found.append(_shown(values, "answer", _verdict(message.seq, turns), message.seq))
        elif message.payload.get("kind") == "choose":
            does = " ".join(str(action) for action in message.payload.get("actions") or [])
            found += [
                _shown(candidate, "choice", Verdict.NO_ANSWER, message.seq)
                for article_id, candidate in scored.items()
                if article_id in does
            ]
    return found


def _marked(articles: Sequence[ShownArticle], thumbs: Sequence[Thumb]) -> list[ShownArticle]:
    """With the customer's own mark, which outranks what their next words seem to mean."""
    by_seq = {one.seq: one for one in thumbs}
    found = []
    for article in articles:
        mark = by_seq.get(article.seq) if article.shown == "answer" else None
        if mark is not None:
            article = article.model_copy(
                update={
                    "verdict": Verdict.HELPED if mark.up else Verdict.DID_NOT_HELP,
                    "thumb": mark.up,
                    "comment": hide(mark.comment) if mark.comment else None,
                }
            )
        found.append(article)
    return found


def _shown(
    values: dict[str, Any], shown: Literal["answer", "choice"], verdict: Verdict, seq: int
) -> ShownArticle:
    slug = values.get("slug")
    article_id = values.get("article_id")
    return ShownArticle(
        article_id=str(article_id) if article_id else None,
        title=str(values.get("title") or "An article"),
        url=values.get("url") or (f"/help/{slug}" if slug else None),
        score=_number(values.get("score")),
        probability=_number(values.get("probability")),
        shown=shown,
        verdict=verdict,
        seq=seq,
    )


def _verdict(seq: int, turns: Sequence[Turn]) -> Verdict:
    """What the customer's next words mean for the article in message ``seq``."""
    after = next((turn for turn in turns if turn.first_seq > seq), None)
    if after is None or after.intent is None:
        return Verdict.NO_ANSWER
    if after.intent in HELPED:
        return Verdict.HELPED
    return Verdict.DID_NOT_HELP if after.intent in DID_NOT_HELP else Verdict.NO_ANSWER


def _trail(turns: Sequence[Turn]) -> list[Irritation]:
    trail = []
    for turn in turns:
        seen = turn.parse.get("frustration") or {}
        score = _number(turn.frustration if turn.frustration is not None else seen.get("score"))
        if not score or (seen.get("level") == "calm" and score < NOTICEABLE):
            continue
        trail.append(
            Irritation(
                seq=turn.first_seq,
                text=quote(turn.text, 120),
                score=score,
                level=seen.get("level"),
                signals=[_signal(one) for one in seen.get("signals") or []],
            )
        )
    return trail


def _signal(seen: dict[str, Any]) -> Signal:
    evidence = seen.get("evidence")
    return Signal(
        name=words.humanise(str(seen.get("name") or "signal")),
        value=_number(seen.get("value")),
        evidence=None if evidence is None else quote(str(evidence), 80),
    )


def _number(value: object) -> float | None:
    return round(float(value), 4) if isinstance(value, int | float) else None
