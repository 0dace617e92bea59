"""A customer whose language nobody of the team knows is told so at once, and in which one they are answered."""

from __future__ import annotations

from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from conversations import messages
from conversations.lines import line, payload_of
from conversations.models import Author, Conversation
from handoff.models import Handoff
from handoff.teams.roster import HOUSE_LANGUAGES, Roster, TeamOnDuty
from server.clock import Clock

EVENT: Final = "language_unspoken"


def is_unspoken(roster: Roster, team: TeamOnDuty, language: str | None) -> bool:
    """Whether nobody of this team has this language, on duty or not."""
    if language is None or language in HOUSE_LANGUAGES:
        return False
    return not any(
        language in agent.languages and team in roster.teams_of(staff_id)
        for staff_id, agent in roster.agents.items()
    )


async def own_up(
    db: AsyncSession,
    clock: Clock,
    conversation: Conversation,
    handoff: Handoff,
    roster: Roster,
    team: TeamOnDuty,
) -> None:
    """Say it in the chat, if it is so; the caller holds the conversation's lock."""
    if not is_unspoken(roster, team, handoff.language):
        return
    said = line(EVENT)
    await messages.append(
        db, clock, conversation,
        author=Author.SYSTEM, text=said.text, payload=payload_of([said], EVENT),
    )  # fmt: skip
