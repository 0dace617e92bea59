"""Answer from an article, in its three parts with its source; what to do is the search's decision."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from actions import clarify, confirm, empathy, memory, turn, unsure
from actions.exchange import Exchange, TurnAction
from actions.handoff import hand_off, hand_off_when_too_much
from actions.intents import NO_TOPIC, NOT_SURE
from actions.services import Candidate, Decision, QuestionContext
from actions.stage import Happening


class ActionAnswer(TurnAction):
    """A question, a chosen article, or words that were not understood."""

    action_name = "action_answer"

    async def act(self, x: Exchange) -> None:
        if hand_off_when_too_much(x) or unsure.asked_again(x):
            return
        chosen = x.heard.entity("article_id") or clarify.chosen_by_words(x)
        if chosen is not None:
            await _show_chosen(x, chosen)
        elif x.heard.intent in x.services.reserved:
            remember_topic(x)
            x.leave_form()
            hand_off(x, "reserved_topic")
        elif x.loop is None and clarify.only_details(x):
            clarify.note_details(x)
        else:
            empathy.show(x)
            await (_answer(x) if x.loop is None else _answer_in_form(x))


async def _answer(x: Exchange) -> None:
    before = x.text(memory.LAST_ARTICLE) if x.get(memory.AWAITING) == "solved" else None
    topic = x.text(memory.TOPIC)
    _begin(x)
    decision = await _decide(x, topic)
    if decision.kind == "answer" and str(decision.candidates[0].article_id) == before:
        _show_again(x, decision)
    else:
        _follow(x, decision)


def _begin(x: Exchange) -> None:
    """A new question, unless it answers our request for other words."""
    if x.get(memory.AWAITING) != "rephrase":
        start_issue(x)
    remember_topic(x)
    x.set(memory.LAST_QUESTION, x.heard.text or x.text(memory.LAST_QUESTION))
    x.set(memory.AWAITING, None)


def remember_topic(x: Exchange) -> None:
    if x.heard.intent not in NO_TOPIC:
        x.set(memory.TOPIC, x.heard.intent)
        x.set(memory.TOPIC_CONFIDENCE, x.heard.confidence)


def start_issue(x: Exchange) -> None:
    for slot in (memory.ATTEMPTS, memory.REPHRASED):
        x.set(slot, 0)
    for slot in (memory.EXCLUDED, memory.CHOICES):
        x.set(slot, [])
    x.set(memory.LAST_ARTICLE, None)
    x.move(Happening.ASKED)


async def _decide(x: Exchange, topic: str | None) -> Decision:
    question = x.text(memory.LAST_QUESTION) or (x.text(memory.TOPIC) or "").replace("_", " ")
    return await _search(x, question, topic, x.ids(memory.EXCLUDED))


async def _search(
    x: Exchange, question: str, topic: str | None, excluded: Iterable[str] = ()
) -> Decision:
    excluded_ids = frozenset(UUID(article) for article in excluded)
    intent, confidence = x.heard.guess, x.heard.guess_confidence
    if x.heard.intent in NO_TOPIC - NOT_SURE:  # "no" asks the earlier question again
        intent = x.text(memory.TOPIC)
        confidence = float(x.get(memory.TOPIC_CONFIDENCE) or 0.0)
    context = QuestionContext(intent, confidence, excluded_ids, topic)
    decision = await x.services.knowledge.decide(question, context)
    turn.record(
        "decision",
        {
            "kind": decision.kind,
            "probability": decision.probability,
            "candidates": [_candidate(candidate) for candidate in decision.candidates],
            "versions": dict(decision.versions),
            "milliseconds": decision.milliseconds,
            "question": question,
            "excluded": sorted(str(article) for article in excluded_ids),
            "attempt": x.count(memory.ATTEMPTS) + 1,
            "shown": str(decision.candidates[0].article_id) if decision.kind == "answer" else None,
        },
    )
    return decision


def _candidate(candidate: Candidate) -> dict[str, object]:
    return {
        "article_id": str(candidate.article_id),
        "version": candidate.version,
        "slug": candidate.slug,
        "title": candidate.title,
        "score": candidate.score,
        "probability": candidate.probability,
        "signals": dict(candidate.signals),
    }


def _follow(x: Exchange, decision: Decision) -> None:
    if decision.kind == "answer":
        show(x, decision.candidates[0])
        confirm.ask(x)
    elif decision.kind == "choose":
        clarify.ask_choice(x, decision.candidates)
    else:
        clarify.ask_other_words(x)


def show(x: Exchange, candidate: Candidate) -> None:
    """The article's three parts; the plain text serves clients that know no parts."""
    parts = {
        "context": candidate.context,
        "action": candidate.action,
        "outcome": candidate.outcome,
    }
    x.say(
        "\n\n".join(part for part in parts.values() if part),
        kind="answer",
        parts=parts,
        source={
            "article_id": str(candidate.article_id),
            "title": candidate.title,
            "url": f"/help/{candidate.slug}",
        },
    )
    x.set(memory.LAST_ARTICLE, str(candidate.article_id))
    x.move(Happening.ANSWERED)


def _show_again(x: Exchange, decision: Decision) -> None:
    """The customer asked on and the same article fits: that is an attempt that did not help.

    It stands just above: sending all of it again would look as if nobody had listened.
    """
    article = decision.candidates[0]
    x.set(memory.ATTEMPTS, 1)
    x.set(memory.LAST_ARTICLE, str(article.article_id))
    x.say(x.phrase("resolve.repeat", title=article.title))
    x.move(Happening.ANSWERED)
    confirm.ask(x, person=True)


async def second_attempt(x: Exchange) -> None:
    """Another article than those shown, or a choice of others; nothing else left means a person."""
    decision = await _decide(x, x.text(memory.TOPIC))
    if decision.kind == "nothing":
        hand_off(x, "no_answer")
        return
    if decision.kind == "choose":
        clarify.ask_choice(x, decision.candidates, x.phrase("resolve.second_choice"))
        return
    x.say(x.phrase("resolve.second"))
    _follow(x, decision)


async def _show_chosen(x: Exchange, chosen: str) -> None:
    try:
        article = await x.services.knowledge.article(UUID(chosen))
    except ValueError:
        article = None
    if article is None:
        x.say(x.phrase("clarify.gone"))
        if x.loop is None:
            _follow(x, await _decide(x, x.text(memory.TOPIC)))
        return
    show(x, article)
    turn.record(
        "decision",
        {"kind": "answer", "chosen": True, "shown": chosen, "candidates": [_candidate(article)]},
    )
    if x.loop is None:
        confirm.ask(x)


async def _answer_in_form(x: Exchange) -> None:
    """A question in the middle of a task: answer it; the form then goes on with its own question."""
    if await answer_aside(x) == "nothing":
        x.say(x.phrase("clarify.in_form"), buttons=[x.person()])


async def answer_aside(x: Exchange) -> str:
    """Answer this message without leaving the task, silent when nothing is found; the decision's kind."""
    decision = await _search(x, x.heard.text, x.text(memory.TOPIC))
    if decision.kind == "answer":
        show(x, decision.candidates[0])
    elif decision.kind == "choose":
        clarify.ask_choice(x, decision.candidates)
    return decision.kind
