"""Answer from an article, in its three parts with its source; what to do is the search's decision."""

from __future__ import annotations

from uuid import UUID

from actions import also, clarify, confirm, empathy, memory, search, spoken, turn, unsure
from actions.exchange import Exchange, TurnAction
from actions.files import linked
from actions.handoff import hand_off, hand_off_in_their_language, hand_off_when_too_much
from actions.heard import Also
from actions.intents import FORMS, NO_TOPIC
from actions.services import Candidate, Decision
from actions.stage import Happening


class ActionAnswer(TurnAction):
    """A question, a chosen article, or words that were not understood."""

    action_name = "action_answer"

    async def act(self, x: Exchange) -> None:
        if hand_off_when_too_much(x) or unsure.asked_again(x):
            return
        chosen = x.heard.entity("article_id") or clarify.chosen_by_words(x)
        if chosen is not None:
            await show_chosen(x, chosen)
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
        if x.heard.also is not None:
            also.remember(x, x.heard.also)
        _show_again(x, decision)
    elif x.heard.also is not None:
        await _follow_both(x, decision, x.heard.also)
    else:
        _follow(x, decision)


async def _follow_both(x: Exchange, first: Decision, second: Also) -> None:
    """Both answers and one question after them; what can't be answered at once is asked about later."""
    also.remember(x, second)
    if first.kind == "answer":
        show(x, first.candidates[0])
        helpful = x.text(memory.LAST_ARTICLE)
        if second.intent not in FORMS and await _show_second(x, second):
            # A "no" after both is tried again for the first, and neither article is shown again.
            x.set(memory.EXCLUDED, [*x.ids(memory.EXCLUDED), *_shown_besides(x, helpful)])
            x.set(memory.LAST_ARTICLE, helpful)
        confirm.ask(x)
    else:
        _follow(x, first)


def _shown_besides(x: Exchange, article: str | None) -> list[str]:
    last = x.text(memory.LAST_ARTICLE)
    return [] if last is None or last == article else [last]


async def _show_second(x: Exchange, second: Also) -> bool:
    """Answer the second request where one article does; then it is open no longer."""
    known = (second.intent, second.confidence)
    decision = await search.ask(x, second.text, None, known=known, record="decision_also")
    if decision.kind != "answer":
        return False
    article = decision.candidates[0]
    also.remember(x, None)
    if str(article.article_id) != x.text(memory.LAST_ARTICLE):
        x.say(x.phrase("also.next"))
        show(x, article)
    return True


async def answer_beside(x: Exchange) -> None:
    """A form opens, and the message asked something else: answer it first, or remember it."""
    if x.heard.also is None:
        also.forget_if_asked_now(x, x.heard.intent)
        return
    also.remember(x, x.heard.also)
    if x.heard.also.intent not in FORMS:
        await _show_second(x, x.heard.also)
        x.set(memory.LAST_ARTICLE, None)


async def answer_second(x: Exchange, second: Also) -> None:
    """The customer wants to go on with the second request of an earlier message."""
    also.remember(x, None)
    start_issue(x)
    x.set(memory.AWAITING, None)
    x.set(memory.TOPIC, second.intent)
    x.set(memory.TOPIC_CONFIDENCE, second.confidence)
    x.set(memory.LAST_QUESTION, second.text)
    known = (second.intent, second.confidence)
    _follow(x, await search.ask(x, second.text, None, known=known))


def _begin(x: Exchange) -> None:
    """A new question, unless it answers our request for other words."""
    if x.get(memory.AWAITING) != "rephrase":
        start_issue(x)
    also.forget_if_asked_now(x, x.heard.intent)
    remember_topic(x)
    x.set(memory.LAST_QUESTION, x.heard.question or x.text(memory.LAST_QUESTION))
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
    return await search.ask(x, question, topic, x.ids(memory.EXCLUDED))


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
        "context": linked(candidate.context),
        "action": linked(candidate.action),
        "outcome": linked(candidate.outcome),
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


async def show_chosen(x: Exchange, chosen: str) -> None:
    """The article that was picked from several."""
    try:
        article = await x.services.knowledge.article(UUID(chosen))
    except ValueError:
        article = None
    if article is None and spoken.of_choices(x):
        hand_off_in_their_language(x, "no_answer")
        return
    if article is None:
        x.say(x.phrase("clarify.gone"))
        if x.loop is None:
            _follow(x, await _decide(x, x.text(memory.TOPIC)))
        return
    show(x, article)
    turn.record(
        "decision",
        {
            "kind": "answer",
            "chosen": True,
            "shown": chosen,
            "candidates": [search.candidate(article)],
        },
    )
    if x.loop is None:
        confirm.ask(x)


async def _answer_in_form(x: Exchange) -> None:
    """A question in the middle of a task: answer it; the form then goes on with its own question."""
    if await answer_aside(x) == "nothing":
        x.say(x.phrase("clarify.in_form"), buttons=[x.person()])


async def answer_aside(x: Exchange) -> str:
    """Answer this message without leaving the task, silent when nothing is found; the decision's kind."""
    decision = await search.ask(x, x.heard.question, x.text(memory.TOPIC))
    if decision.kind == "answer":
        show(x, decision.candidates[0])
    elif decision.kind == "choose":
        clarify.ask_choice(x, decision.candidates)
    return decision.kind
