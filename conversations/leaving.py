"""The customer in the queue who types "never mind": nobody answers there, so say once how to leave."""

from __future__ import annotations

import re
from typing import Final

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from conversations import messages
from conversations.lines import line, payload_of
from conversations.models import Author, Conversation, Message, Owner
from server.clock import Clock

_HOW: Final = line("queue_how")
HOW: Final = _HOW.text
"""The button's words are the widget's (`cancelWait` in widget/static/words.en.js)."""

# Whole messages only: "cancel my order" is meant for the person who is about to come.
PHRASES: Final = frozenset(
    {
        "cancel", "cancel it", "cancel that", "cancel this", "cancel waiting",
        "forget it", "forget about it", "forget that",
        "never mind", "nevermind", "nvm", "nm",
        "doesnt matter", "it doesnt matter", "drop it", "leave it", "scrap that",
        "stop", "stop it", "stop this", "stop waiting", "quit", "exit", "abort",
        "leave", "leave queue", "leave the queue", "i want to leave",
        "i dont want to wait", "i dont want to wait anymore", "no person", "no need", "no need anymore",
    }
)  # fmt: skip
_POLITE = re.compile(
    r"^(?:ok|okay|oh|ah|no|well|actually|just|please) | (?:then|now|please|pls|thanks|thank you)$"
)


def wants_out(text: str) -> bool:
    """
    >>> wants_out("Oh, never mind then."), wants_out("cancel my order")
    (True, False)
    """
    said = re.sub(r"['’]", "", text.casefold())
    said = " ".join(re.sub(r"[^\w ]|_", " ", said).split())
    while said not in PHRASES:
        shorter = _POLITE.sub("", said)
        if shorter == said:
            return False
        said = shorter
    return True


async def explain_once(
    db: AsyncSession, clock: Clock, conversation: Conversation, text: str
) -> None:
    """Post how to leave the queue, at most once in each wait; the caller holds the conversation's lock."""
    if conversation.owner is not Owner.QUEUED or not wants_out(text):
        return
    told = await db.scalar(
        select(Message.seq)
        .where(
            Message.conversation_id == conversation.id,
            Message.author == Author.SYSTEM,
            Message.text == HOW,
            Message.created_at >= (conversation.queued_at or conversation.updated_at),
        )
        .limit(1)
    )
    if told is None:
        await messages.append(
            db, clock, conversation, author=Author.SYSTEM, text=HOW, payload=payload_of([_HOW])
        )
