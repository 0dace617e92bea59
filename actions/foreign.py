"""A customer who writes in another language is told so honestly, and reaches a person who knows which one."""

from __future__ import annotations

from actions import memory
from actions.exchange import Button, Exchange, TurnAction
from actions.handoff import hand_off


class ActionForeignLanguage(TurnAction):
    """The first time an offer, in that language and in English; after that, or when asked to, a person."""

    action_name = "action_foreign_language"

    async def act(self, x: Exchange) -> None:
        asked_before = x.text(memory.LANGUAGE) is not None
        name = x.heard.language or x.text(memory.LANGUAGE) or "another language"
        x.set(memory.LANGUAGE, name)
        if asked_before or x.heard.asks_person:
            x.leave_form()
            hand_off(x, "asked", text=_said(x, "foreign_handoff", name))
            return
        own = f"foreign_button.{x.heard.language_code}"
        title = x.phrase(own) if own in x.words else x.phrase("button.person")
        x.set(memory.LAST_QUESTION, x.heard.text)
        x.ask(_said(x, "foreign", name), Button(title, "/request_human"), awaiting="person")


def _said(x: Exchange, entry: str, name: str) -> str:
    """The line in the customer's language, where we have one, and the English one below it."""
    own = f"{entry}.{x.heard.language_code}"
    lines = [x.phrase(own)] if own in x.words else []
    return "\n\n".join([*lines, x.phrase(f"{entry}.en", language=name)])
