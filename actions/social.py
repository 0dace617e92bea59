"""Fixed replies, and leaving what was begun."""

from __future__ import annotations

from actions import confirm, empathy, memory, unsure
from actions.acknowledge import ActionAcknowledge
from actions.exchange import Exchange, TurnAction
from actions.handoff import hand_off_when_too_much


class ActionSocial(TurnAction):
    action_name = "action_social"

    async def act(self, x: Exchange) -> None:
        if hand_off_when_too_much(x):
            return
        if empathy.wants_offer(x) or (
            x.heard.level != "calm" and x.heard.intent in ("thanks", "praise")
        ):
            # "Thanks for nothing" reads as thanks; the frustration evidence knows better.
            await ActionAcknowledge(self.services, self.words).act(x)
        elif unsure.asked_again(x):
            return
        elif confirm.says_solved(x):
            confirm.solved(x)
        else:
            empathy.show(x)
            buttons = [x.person()] if x.heard.intent == "bot_challenge" else []
            x.say(x.phrase(f"social.{x.heard.intent}"), buttons=buttons)


class ActionNeverMind(TurnAction):
    """Stop what was begun; nothing has been changed, because effects are confirmed first."""

    action_name = "action_never_mind"

    async def act(self, x: Exchange) -> None:
        if hand_off_when_too_much(x):
            return
        x.leave_form()
        x.set(memory.AWAITING, None)
        x.say(x.phrase("social.never_mind"))
