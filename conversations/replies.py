"""What the bot wants to say, brought into the form of our log; and what is said when it fails."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from conversations import messages
from conversations.bot_client import BotMessage
from conversations.models import Author, Conversation
from conversations.speaking import PERSON
from server.clock import Clock

TEXT_LIMIT = 8000
TITLE_LIMIT = 120
KINDS = frozenset({"answer", "choose", "ask", "apology", "summary"})
PARTS = ("context", "action", "outcome")

APOLOGY = "I'm sorry, something went wrong on my side. You can try again, or talk to a person."
APOLOGY_HANDOFF = "I'm sorry, I still can't answer. I'm passing you on to a person."


@dataclass(frozen=True)
class Reply:
    """One message to be written: ``payload`` may hold ``actions``, which clients never see."""

    text: str
    payload: dict[str, Any] = field(default_factory=dict)


async def post(
    db: AsyncSession,
    clock: Clock,
    conversation: Conversation,
    said: Sequence[Reply],
    turn_id: uuid.UUID,
) -> None:
    """Write what the bot says in one turn, in order; the caller holds the conversation's lock.

    Raises:
        EmptyMessage: one has nothing visible and no payload.
    """
    for reply in said:
        messages.add(
            db, clock, conversation,
            author=Author.BOT, text=reply.text, payload=reply.payload, turn_id=turn_id,
        )  # fmt: skip
    await db.flush()


def shape(spoken: list[BotMessage]) -> list[Reply]:
    """The bot's messages in our form; what has neither text nor content is left out."""
    replies = []
    for message in spoken:
        text = (message.text or "").strip()[:TEXT_LIMIT]
        payload = _payload(message.custom or {})
        if text or payload.get("parts") or payload.get("buttons"):
            replies.append(Reply(text, payload))
    return replies


def apology(*, handoff: bool) -> Reply:
    """Said instead of silence; until the customer is in the queue it offers a person."""
    if handoff:
        return Reply(APOLOGY_HANDOFF, {"kind": "apology"})
    return Reply(
        APOLOGY,
        {
            "kind": "apology",
            "buttons": [{"title": "Talk to a person", "style": "primary"}],
            "actions": [PERSON],
        },
    )


def _payload(custom: dict[str, Any]) -> dict[str, Any]:
    payload: dict[str, Any] = {}
    if custom.get("kind") in KINDS:
        payload["kind"] = custom["kind"]
    parts = custom.get("parts")
    if isinstance(parts, dict):
        kept = {name: str(parts[name])[:TEXT_LIMIT] for name in PARTS if parts.get(name)}
        if kept:
            payload["parts"] = kept
    source = custom.get("source")
    if isinstance(source, dict):
        payload["source"] = {
            name: str(source[name])[:500]
            for name in ("article_id", "title", "url")
            if source.get(name)
        }
    buttons = [
        button
        for button in custom.get("buttons") or []
        if isinstance(button, dict) and button.get("title") and button.get("payload")
    ]
    if buttons:
        payload["buttons"] = [
            {
                "title": str(button["title"])[:TITLE_LIMIT],
                "style": "primary" if button.get("style") == "primary" else "plain",
            }
            for button in buttons
        ]
        payload["actions"] = [str(button["payload"]) for button in buttons]
    return payload
