"""Give the promise, in the transaction that put the customer into the queue, and take their address."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Protocol

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from conversations import messages
from conversations.lines import Line, payload_of, text_of
from conversations.models import Author, Conversation, Owner, Visitor
from handoff import journal
from handoff.models import Handoff
from handoff.promises import words
from handoff.promises.when import Promise, promise, say
from handoff.teams.roster import Roster, Rosters, TeamOnDuty
from server.clock import Clock
from server.errors import Invalid
from server.mail.outbox import reachable
from server.settings import Settings

ASK, KNOWN = "ask", "known"


class Teams(Protocol):
    """What is asked of the desk."""

    rosters: Rosters

    def team_online(self, roster: Roster, team: TeamOnDuty) -> bool: ...


@dataclass
class Promises:
    """What the desk says to customers whom nobody can answer now."""

    clock: Clock
    desk: Teams
    settings: Settings

    async def give(self, db: AsyncSession, conversation: Conversation, handoff: Handoff) -> bool:
        """Say when somebody will be there, unless somebody is; the caller holds the conversation's lock.

        A known e-mail address is only confirmed; returns whether anything was said.
        """
        found = await self.due(db, handoff)
        if found is None:
            return False
        visitor = await db.get_one(Visitor, conversation.visitor_id)
        if self.settings.mail_on and handoff.contact_email is None:
            known = visitor.email if visitor.email and reachable(visitor.email) else None
            handoff.contact_email = known
        handoff.promised_at = found.at
        when = await self.moment(db, handoff, visitor.zone)
        said = words.promised(
            found, when, mail_on=self.settings.mail_on, email=handoff.contact_email
        )
        await self._tell(db, conversation, said, "promised")
        # What other systems hear of as a request with nobody online (handoff.alerts).
        journal.note(
            db, self.clock, handoff, "promised",
            until=found.at.isoformat() if found.at else None,
            somebody=found.somebody, staffed=found.staffed,
        )  # fmt: skip
        return True

    async def due(self, db: AsyncSession, handoff: Handoff) -> Promise | None:
        """What would be promised now; None while the request's team is there."""
        roster = await self.desk.rosters.now(db)
        team = roster.team(handoff.team_id)
        return promise(
            self.clock.now(),
            team.hours,
            somebody=self.desk.team_online(roster, team),
            within=self.settings.nobody_within,
        )

    async def moment(self, db: AsyncSession, handoff: Handoff, zone: str | None) -> str | None:
        """The promised time on the customer's clock."""
        if handoff.promised_at is None:
            return None
        team = (await self.desk.rosters.now(db)).team(handoff.team_id)
        return say(handoff.promised_at, zone, team.hours.zone)

    async def details_given(self, db: AsyncSession, conversation_id: uuid.UUID) -> None:
        """The waiting customer has left an address: their answer goes there, too.

        Raises:
            Invalid: no mail can be sent there.
        """
        if not self.settings.mail_on:
            return
        conversation = await messages.lock(db, conversation_id)
        handoff = await _open(db, conversation_id)
        email = await db.scalar(select(Visitor.email).where(Visitor.id == conversation.visitor_id))
        waits = conversation.owner in (Owner.QUEUED, Owner.AGENT)
        if handoff is None or not waits or not email or email == handoff.contact_email:
            return
        if not reachable(email):
            raise Invalid("We can't send mail to this address. Please give another one.")
        handoff.contact_email = email
        await self._tell(db, conversation, words.contact(email), "contact_given")
        journal.note(db, self.clock, handoff, "contact_given")

    def mail_of(self, handoff: Handoff | None) -> str | None:
        """`conversations.desk.Standing.mail`: whether an address is wanted of who waits."""
        if handoff is None or not self.settings.mail_on:
            return None
        return KNOWN if handoff.contact_email else ASK

    async def _tell(
        self, db: AsyncSession, conversation: Conversation, said: list[Line], event: str
    ) -> None:
        await messages.append(
            db, self.clock, conversation,
            author=Author.SYSTEM, text=text_of(said), payload=payload_of(said, event),
        )  # fmt: skip


async def _open(db: AsyncSession, conversation_id: uuid.UUID) -> Handoff | None:
    return await db.scalar(
        select(Handoff)
        .where(Handoff.conversation_id == conversation_id, Handoff.closed_at.is_(None))
        .order_by(Handoff.epoch.desc())
        .limit(1)
        .with_for_update()
    )
