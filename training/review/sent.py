"""Sending a question to the editors: no article answers it, so no label would help."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

import structlog
from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from conversations.models import Turn
from server.auth import Staff
from server.clock import Clock
from server.database import Database
from server.errors import Conflict, Invalid, NotFound, Unavailable
from training.labels import AT_ONCE, Labelled, Refused
from training.models import Label
from training.review.models import SentQuestion
from training.review.protocols import Editor
from training.texts import key, prepare

log = structlog.get_logger(__name__)
TRIES = 3


class ToEditors:
    """Without an editor (`None`) nothing can be sent."""

    def __init__(self, database: Database, clock: Clock, editor: Editor | None) -> None:
        self._database, self._clock, self._editor = database, clock, editor

    async def send(self, turn_ids: Sequence[UUID], by: Staff, note: str = "") -> Labelled:
        """Report the first message as a missing article; all of them leave the queue, remembered.

        What was dealt with meanwhile is refused; the others go ahead. What this person sent before is with the
        editors already, and counts as done.

        Raises:
            Invalid: there are none or too many messages. NotFound: one of them does not exist.
        """
        wanted = list(dict.fromkeys(turn_ids))
        if not 1 <= len(wanted) <= AT_ONCE:
            raise Invalid(f"Choose 1 to {AT_ONCE} messages.")
        if self._editor is None:
            raise Unavailable("There is no editors' list to send this to.")
        for _ in range(TRIES):
            try:
                async with self._database.write() as db:
                    return await self._send(db, self._editor, wanted, by, note)
            except IntegrityError:  # the same, sent or labelled this moment: look again
                continue
        raise Conflict("Somebody else sent one of these first.")

    async def bring_back(self, turn_id: UUID) -> None:
        """Undo `send`: all that was sent together returns to the queue.

        The report is taken back unless an editor has dealt with it.

        Raises:
            NotFound: the message was not sent.
        """
        async with self._database.write() as db:
            turn = await db.get(Turn, turn_id)
            name = key(prepare(turn.text, turn.parse)) if turn else ""
            sent = await db.get(SentQuestion, name)
            if sent is None:
                raise NotFound("This message was not sent to the editors.")
            if self._editor is not None:
                try:
                    await self._editor.withdraw(db, sent.report_id, sent.by)
                except Conflict:
                    log.info("report_kept", report_id=str(sent.report_id))
            together = delete(SentQuestion).where(SentQuestion.report_id == sent.report_id)
            await db.execute(together)

    async def _send(
        self, db: AsyncSession, editor: Editor, wanted: Sequence[UUID], by: Staff, note: str
    ) -> Labelled:
        turns = {
            turn.id: turn for turn in await db.scalars(select(Turn).where(Turn.id.in_(wanted)))
        }
        if len(turns) < len(wanted):
            raise NotFound("One of these messages does not exist.")
        keys = {
            one: key(text) for one in wanted if (text := prepare(turns[one].text, turns[one].parse))
        }
        labelled, sent = await _taken(db, keys.values())
        first: dict[str, UUID] = {}
        again: list[UUID] = []
        refused: list[Refused] = []
        for one in wanted:
            if one not in keys:
                refused.append(Refused(one, "Nothing readable is in this message."))
            elif keys[one] in labelled:
                refused.append(Refused(one, "This message has been dealt with already."))
            elif sent.get(keys[one]) == by.login[:80]:
                again.append(one)
            elif keys[one] in sent:
                refused.append(Refused(one, "This message has been dealt with already."))
            else:
                first.setdefault(keys[one], one)
        if first:
            name, leading = next(iter(first.items()))
            turn = turns[leading]
            report_id, _ = await editor.report(
                db, conversation_id=turn.conversation_id, episode=turn.episode,
                question=turn.text, parse=turn.parse, note=note, by=by.login, about=name,
            )  # fmt: skip
            now = self._clock.now()
            db.add_all(
                SentQuestion(key=name, turn_id=one, report_id=report_id, by=by.login[:80], at=now)
                for name, one in first.items()
            )
            await db.flush()
        return Labelled((*first.values(), *again), tuple(refused))


async def _taken(db: AsyncSession, keys: Iterable[str]) -> tuple[set[str], dict[str, str]]:
    """Which are labelled, and which were sent, by whom."""
    names = list(keys)
    labelled = await db.scalars(select(Label.key).where(Label.key.in_(names)))
    rows = select(SentQuestion.key, SentQuestion.by).where(SentQuestion.key.in_(names))
    return set(labelled), {row.key: row.by for row in (await db.execute(rows)).all()}


async def read(db: AsyncSession) -> dict[str, datetime]:
    """When each text was sent, by its key."""
    rows = await db.execute(select(SentQuestion.key, SentQuestion.at))
    return {name: at for name, at in rows}  # noqa: C416
