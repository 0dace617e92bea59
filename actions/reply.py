"""Yes or no: what it means depends on the question that the bot asked last."""

from __future__ import annotations

from actions import also, clarify, confirm, memory, resolve, spoken, unsure
from actions.exchange import Exchange, TurnAction
from actions.handoff import hand_off, hand_off_in_their_language, hand_off_when_too_much
from actions.intents import FORMS
from actions.stage import Happening


async def unsolved(x: Exchange) -> None:
    """One different attempt, then a person; at once where we don't speak the customer's language."""
    foreign = spoken.code(x)
    note_unsolved(x)
    if foreign:
        hand_off_in_their_language(x, "no_answer")
    elif x.count(memory.ATTEMPTS) >= x.services.thresholds.attempts:
        hand_off(x, "no_answer")
    elif x.text(memory.LAST_ARTICLE) is None:
        # A task's result was shown: no article is a second attempt at telling where an order is.
        x.ask(x.phrase("clarify.still_open"), x.person(), awaiting="rephrase")
    else:
        await resolve.second_attempt(x)


def note_unsolved(x: Exchange) -> None:
    """Write down that what was shown did not help, and what need not be shown again."""
    confirm.verdict(x, helped=False)
    x.move(Happening.UNSOLVED)
    x.set(memory.ATTEMPTS, x.count(memory.ATTEMPTS) + 1)
    article = x.text(memory.LAST_ARTICLE)
    if article is not None:
        x.set(memory.EXCLUDED, [*dict.fromkeys([*x.ids(memory.EXCLUDED), article])])


async def _also(x: Exchange, yes: bool) -> None:
    """The second request of an earlier message: go on with it, or let it be."""
    second = also.remembered(x)
    if second is None or not yes:
        also.remember(x, None)
        confirm.ask(x)
    elif second.intent in FORMS:
        also.open_form(x, second)
    else:
        await resolve.answer_second(x, second)


class ActionConfirm(TurnAction):
    """Yes or no to whatever was asked."""

    action_name = "action_confirm"

    async def act(self, x: Exchange) -> None:
        if hand_off_when_too_much(x) or unsure.asked_again(x):
            return
        yes = x.heard.intent == "affirm"
        match x.get(memory.AWAITING):
            case "solved":
                if yes and not confirm.says_tried(x):
                    confirm.solved(x)
                else:
                    await unsolved(x)
            case "choice":
                if yes:
                    clarify.ask_choice_again(x)
                elif spoken.of_choices(x):
                    hand_off_in_their_language(x, "no_answer")
                else:
                    offered = [str(c["article_id"]) for c in x.get(memory.CHOICES) or []]
                    excluded = dict.fromkeys([*x.ids(memory.EXCLUDED), *offered])
                    x.set(memory.EXCLUDED, list(excluded))
                    clarify.ask_other_words(x)
            case "rephrase":
                if yes:
                    x.say(x.phrase("clarify.go_on"), kind="ask")
                else:
                    clarify.offer_person(x)
            case also.AWAITED:
                await _also(x, yes)
            case "person":
                if yes:
                    hand_off(x, "asked")
                else:
                    x.say(x.phrase("clarify.no_person"))
                    x.set(memory.AWAITING, None)
            case _ if x.loop is None:
                x.say(x.phrase(f"social.{x.heard.intent}"))
