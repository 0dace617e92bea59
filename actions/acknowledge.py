"""P14: the customer vents without a question. Acknowledge first, then do something about it."""

from __future__ import annotations

from actions import clarify, empathy, memory, reply
from actions.exchange import Exchange, TurnAction
from actions.handoff import hand_off_when_too_much


class ActionAcknowledge(TurnAction):
    action_name = "action_acknowledge"

    async def act(self, x: Exchange) -> None:
        if hand_off_when_too_much(x):
            return
        feeling = empathy.line(x)
        if feeling is not None:
            x.say(feeling, kind="apology")
        if x.loop is not None:
            # The form goes on after this with its own question, and one question is enough.
            if feeling is None:
                x.say(x.phrase("acknowledge.in_form"), buttons=[x.person()])
        elif x.get(memory.AWAITING) == "solved":
            # Who is upset about an answer wants no second guess.
            reply.note_unsolved(x)
            clarify.offer_person(x)
        elif feeling is None or empathy.wants_offer(x):
            clarify.offer_person(x)
        else:
            x.ask(x.phrase("acknowledge.what_happened"), x.person(), awaiting="rephrase")
