"""Corrections: noted in the room that mends, with a line in the request's journal; the same click is one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from conversations.models import Episode, Turn
from handoff import gathering, journal, words
from handoff.corrections.correction import INTENT, MISSING, WRONG, Correction
from handoff.corrections.protocols import Editor, Trainer
from handoff.desk import latest
from handoff.events import CardCorrected
from handoff.evidence import Evidence
from handoff.models import Handoff
from server.auth import Staff
from server.clock import Clock
from server.errors import Invalid, NotFound
from server.events import record_event

NOTE = 300


@dataclass(frozen=True)
class Corrections:
    """Takes agents' corrections, and tells what was corrected."""

    clock: Clock
    trainer: Trainer
    editor: Editor

    async def intents(self) -> list[str]:
        """What a message may really have been about, in the trainer's order."""
        return list(await self.trainer.intents())

    async def check(self, intent: str) -> None:
        """Called outside of any transaction: the intents stand in a file.

        Raises:
            Invalid: there is no such intent.
        """
        if intent not in await self.trainer.intents():
            raise Invalid("There is no such intent.")

    async def about(
        self, db: AsyncSession, conversation_id: UUID, staff: Staff, *, turn_id: UUID, intent: str
    ) -> UUID:
        """A message was really about another intent, which `check` knows.

        Raises:
            NotFound: the message is not of this conversation.
        """
        if await _turn(db, conversation_id, turn_id) is None:
            raise NotFound()
        made, news = await self.trainer.propose(db, turn_id, intent, staff.id)
        if news:
            await self._note(db, conversation_id, staff, INTENT, id=str(made), intent=intent)
        return made

    async def article_wrong(
        self,
        db: AsyncSession,
        conversation_id: UUID,
        episode: int,
        staff: Staff,
        *,
        article_id: UUID,
        note: str = "",
    ) -> UUID:
        """An article on the card says something wrong.

        Raises:
            NotFound: there is no such article.
        """
        seen = await gathering.read(db, conversation_id, episode)
        shown = next((one for one in seen.articles if one.article_id == str(article_id)), None)
        question = _question(seen, shown.seq if shown else None)
        return await self._report(
            db, conversation_id, episode, staff, WRONG, question, note, article_id
        )

    async def no_article(
        self, db: AsyncSession, conversation_id: UUID, episode: int, staff: Staff, *, note: str = ""
    ) -> UUID:
        """No article answers what the customer asks.

        Raises:
            Invalid: the customer has asked nothing yet.
        """
        seen = await gathering.read(db, conversation_id, episode)
        question = _question(seen, None)
        return await self._report(
            db, conversation_id, episode, staff, MISSING, question, note, None
        )

    async def undo(
        self,
        db: AsyncSession,
        conversation_id: UUID,
        episode: int,
        staff: Staff,
        correction_id: UUID,
    ) -> None:
        """Take one's own correction back.

        Raises:
            NotFound: it is not this agent's, or was taken back before. Conflict: it was dealt with.
        """
        made = await self.made(db, conversation_id, episode, staff.id, staff.login)
        one = next((one for one in made if one.id == correction_id and one.mine), None)
        if one is None:
            raise NotFound()
        if one.kind == INTENT:
            gone = await self.trainer.withdraw(db, correction_id, staff.id)
        else:
            gone = await self.editor.withdraw(db, correction_id, staff.login)
        if not gone:
            raise NotFound()
        await self._note(
            db, conversation_id, staff, one.kind, done="uncorrected", id=str(correction_id)
        )

    async def made(
        self, db: AsyncSession, conversation_id: UUID, episode: int, staff_id: UUID, login: str
    ) -> list[Correction]:
        """What was corrected in an episode."""
        turns = list(
            await db.scalars(
                select(Turn.id).where(
                    Turn.conversation_id == conversation_id, Turn.episode == episode
                )
            )
        )
        began = await db.scalar(
            select(Episode.started_at).where(
                Episode.conversation_id == conversation_id, Episode.number == episode
            )
        )
        found = [
            Correction(
                id=one.id,
                kind=INTENT,
                turn_id=one.turn_id,
                intent=one.intent,
                intent_words=words.humanise(one.intent),
                by=one.name,
                mine=one.by == staff_id,
                settled=one.settled,
            )
            for one in (await self.trainer.proposed(db, turns) if turns else ())
        ]
        if began is not None:
            found += [
                Correction(
                    id=one.id,
                    kind=WRONG if one.article_id else MISSING,
                    article_id=one.article_id,
                    by=one.by,
                    mine=one.by == login,
                    settled=one.settled,
                )
                for one in await self.editor.reported(db, conversation_id, began)
            ]
        return found

    async def _report(
        self,
        db: AsyncSession,
        conversation_id: UUID,
        episode: int,
        staff: Staff,
        kind: str,
        question: tuple[str, int | None],
        note: str,
        article_id: UUID | None,
    ) -> UUID:
        text, seq = question
        parse = await _parse(db, conversation_id, seq)
        made, news = await self.editor.report(
            db, article_id=article_id, conversation_id=conversation_id, episode=episode,
            question=text, parse=parse, note=note[:NOTE], by=staff.login,
        )  # fmt: skip
        if news:
            named = {"article_id": str(article_id)} if article_id else {}
            await self._note(db, conversation_id, staff, kind, id=str(made), **named)
        return made

    async def _note(
        self,
        db: AsyncSession,
        conversation_id: UUID,
        staff: Staff,
        kind: str,
        *,
        done: str = "corrected",
        **detail: str,
    ) -> None:
        """A line in the journal; a chat that a supervisor reads may never have come to the desk."""
        handoff: Handoff | None = await latest(db, conversation_id)
        if handoff is not None:
            journal.note(db, self.clock, handoff, done, staff.id, kind=kind, **detail)
        record_event(db, CardCorrected(conversation_id=conversation_id))


def _question(seen: Evidence, before: int | None) -> tuple[str, int | None]:
    """What was asked last (before message `before`), and its place in the conversation."""
    said = [one for one in seen.said if before is None or one.seq < before]
    telling = [one for one in said if one.has_substance]
    # "No, the page is empty" is about the answer; the question stands before it.
    asked = [one for one in telling if one.intent not in gathering.DID_NOT_HELP] or telling
    if asked:
        return asked[-1].text, asked[-1].seq
    return seen.summary.last_ask or seen.summary.first_ask or "", None


async def _turn(db: AsyncSession, conversation_id: UUID, turn_id: UUID) -> Turn | None:
    return await db.scalar(
        select(Turn).where(Turn.id == turn_id, Turn.conversation_id == conversation_id)
    )


async def _parse(db: AsyncSession, conversation_id: UUID, seq: int | None) -> dict[str, Any]:
    """The parse of what was said there, for the names in it."""
    if seq is None:
        return {}
    found = await db.scalar(
        select(Turn.parse).where(
            Turn.conversation_id == conversation_id, Turn.first_seq <= seq, Turn.last_seq >= seq
        )
    )
    return found or {}
