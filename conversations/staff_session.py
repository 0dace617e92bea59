"""One console's connection: the chats it watches, what its frames do, and when it must end."""

from __future__ import annotations

import asyncio
import uuid
from datetime import datetime
from typing import Any

import structlog

from conversations import frames, messages, seen, state
from conversations.announcing import Announcer
from conversations.attendance import Attendance
from conversations.chat_session import snapshot
from conversations.errors import NotOwner
from conversations.events import (
    BOT,
    Attending,
    Drafted,
    ForStaff,
    Mentioned,
    Typing,
    person_topic,
    staff_topic,
)
from conversations.feed import follow
from conversations.guards import Needs
from conversations.models import Author, Message
from conversations.wire import REVOKED, Gone, Wire, until_first
from server.auth import Role, Staff, staff_of_session
from server.errors import Forbidden, HandrailError, Invalid, NotFound, NotSignedIn, TooMany

log = structlog.get_logger(__name__)

CHECK_SECONDS = 2.0
"""How often the session is looked at; a revoked one ends its sockets within 5 s."""
WATCHES = 50
WATCH_AGAIN = 1.0
"""A chat that could not be followed for a moment is followed again after so long."""


async def staff_of(room: Needs, session_token: str) -> Staff:
    """The agent or supervisor behind a session.

    Raises:
        NotSignedIn: the session has ended. Forbidden: the person has another role.
    """
    async with room.database.read() as db:
        staff = await staff_of_session(db, room.clock, session_token)
    if not staff.may(Role.AGENT, Role.SUPERVISOR):
        raise Forbidden()
    return staff


class StaffSession:
    def __init__(self, room: Needs, wire: Wire, staff: Staff, session_token: str) -> None:
        self._room = room
        self._wire = wire
        self._staff = staff
        self._token = session_token
        self._watched: dict[uuid.UUID, asyncio.Task[None]] = {}
        self._types: set[uuid.UUID] = set()
        self._attendance = Attendance(room.bus, staff)
        self._announcer = Announcer(room, wire, lambda: self._staff)

    async def run(self) -> None:
        """Serve until the connection or the staff session ends.

        Raises:
            Gone: it ended.
        """
        await self._room.presence.enter(self._staff.id)
        try:
            await until_first(
                self._serve(),
                self._announcer.run(),
                self._tell_mentions(),
                self._stay_allowed(),
                self._attendance.remind(),
            )
        finally:
            tasks = list(self._watched.values())
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            for conversation_id in list(self._types):
                await self._publish_typing(conversation_id, False)
            await self._attendance.end()
            await self._room.presence.leave(self._staff.id)

    async def _serve(self) -> None:
        while True:
            try:
                frame = frames.parse(frames.STAFF, await self._wire.receive())
            except HandrailError as error:
                await self._wire.bad_frame(error)
                continue
            self._wire.good_frame()
            self._room.presence.seen(self._staff.id)
            client_id = frame.client_id if isinstance(frame, frames.StaffSay) else None
            try:
                await self._handle(frame)
            except HandrailError as error:
                await self._wire.refuse(error, client_id=client_id)

    async def _handle(self, frame: frames.StaffFrame) -> None:
        match frame:
            case frames.Watch():
                await self._watch(frame.conversation, frame.after)
            case frames.Unwatch():
                await self._unwatch(frame.conversation)
                await self._attendance.does(frame.conversation, "gone")
            case frames.StaffSay():
                await self._say(frame)
            case frames.StaffSees():
                async with self._room.database.write() as db:
                    await seen.mark_by(
                        db, self._room.clock, frame.conversation, self._staff, frame.seq
                    )
            case frames.StaffTypes():
                await self._typing(frame.conversation, frame.on)
            case frames.StaffAttends():
                # Watching was allowed; what one does not watch one can't have on the screen.
                if frame.conversation in self._watched:
                    await self._attendance.does(frame.conversation, frame.does)
            case frames.StaffPresence():
                await self._room.presence.set_away(
                    self._staff.id, frame.away, automatic=frame.automatic
                )
            case frames.StaffAsksQueue():
                self._announcer.ask()
            case frames.Ping():
                await self._wire.send({"type": "pong"})
            case frames.StaffHello():
                raise Invalid("This connection has said hello already.")

    async def _watch(self, conversation_id: uuid.UUID, after: int) -> None:
        async with self._room.database.read() as db:
            if not await self._room.desk.may_read(db, conversation_id, self._staff):
                raise NotFound()
        last_seq, now = await snapshot(self._room, conversation_id)
        await self._unwatch(conversation_id)
        if len(self._watched) >= WATCHES:
            raise TooMany("So many chats can't be watched at once.")
        await self._wire.send({**now, "conversation": str(conversation_id)})
        watch = _Watch(self._room, self._wire, conversation_id, now, self._attendance)
        self._watched[conversation_id] = asyncio.create_task(
            self._follow(watch, conversation_id, min(after, last_seq))
        )

    async def _follow(self, watch: _Watch, conversation_id: uuid.UUID, after: int) -> None:
        topics = (BOT, staff_topic(conversation_id))
        watch.told = after
        while True:
            try:
                await follow(
                    self._room.database, self._room.bus, conversation_id, watch.told, watch, *topics
                )
            except Gone:
                return  # the reading side sees it as well and ends the session
            except Exception as error:
                log.error("watch_broke", conversation_id=str(conversation_id), exc_info=error)
            # From the last message told; the console need not know that the database was away.
            await asyncio.sleep(WATCH_AGAIN)

    async def _unwatch(self, conversation_id: uuid.UUID) -> None:
        task = self._watched.pop(conversation_id, None)
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def _say(self, frame: frames.StaffSay) -> None:
        self._room.limits.take("staff_message", str(self._staff.id))
        async with self._room.database.write() as db:
            message = await messages.post_as_agent(
                db,
                self._room.clock,
                frame.conversation,
                self._staff,
                client_id=frame.client_id,
                text=frame.text,
                limit=self._room.settings.message_limit,
            )
        if frame.conversation in self._types:
            await self._publish_typing(frame.conversation, False)
        await self._wire.send(
            {
                "type": "ack",
                "conversation": str(frame.conversation),
                "client_id": frame.client_id,
                "seq": message.seq,
            }
        )

    async def _typing(self, conversation_id: uuid.UUID, on: bool) -> None:
        if on == (conversation_id in self._types):
            return
        if on:
            async with self._room.database.read() as db:
                conversation = await state.get(db, conversation_id)
                if not await messages.speaks(db, conversation, self._staff.id):
                    raise NotOwner()
        await self._publish_typing(conversation_id, on)

    async def _publish_typing(self, conversation_id: uuid.UUID, on: bool) -> None:
        if on:
            self._types.add(conversation_id)
        else:
            self._types.discard(conversation_id)
        await self._room.bus.publish(
            [Typing(conversation_id=conversation_id, author=Author.AGENT, on=on)]
        )

    async def _tell_mentions(self) -> None:
        async with self._room.bus.subscribe(person_topic(self._staff.id)) as events:
            while True:
                event = await events.next()
                if isinstance(event, Mentioned):
                    about = {"conversation": str(event.conversation_id), "note": str(event.note_id)}
                    await self._wire.send({"type": "mention", **about})

    async def _stay_allowed(self) -> None:
        while True:
            await asyncio.sleep(CHECK_SECONDS)
            try:
                self._staff = await staff_of(self._room, self._token)
            except (NotSignedIn, Forbidden) as error:
                await self._wire.end(error, REVOKED)


class _Watch:
    """What one watched chat tells the console (conversations.feed.Reader)."""

    def __init__(
        self,
        room: Needs,
        wire: Wire,
        conversation_id: uuid.UUID,
        shown: dict[str, Any],
        attendance: Attendance,
    ) -> None:
        self._attendance = attendance
        self._room = room
        self._wire = wire
        self._id = conversation_id
        self._shown = shown
        self.told = 0
        """The last message sent to the console."""

    async def _send(self, frame: dict[str, Any]) -> None:
        await self._wire.send({**frame, "conversation": str(self._id)})

    async def message(self, message: Message) -> None:
        await self._send(frames.visible(message, self._room.files.links))
        self.told = message.seq

    async def caught_up(self, last_seq: int) -> None:
        await self._send({"type": "caught_up", "last_seq": last_seq})
        async with self._room.database.read() as db:
            marks = await seen.times(db, self._id)
        for side in (seen.CUSTOMER, seen.AGENT):
            if side in marks:
                await self.seen(side, *marks[side])

    async def seen(self, side: str, seq: int, at: datetime) -> None:
        await self._send({"type": "seen", "side": side, "seq": seq, "at": frames.stamp(at)})

    async def again(self, message: Message) -> None:
        await self._send(frames.again(message, self._room.files.links))

    async def thumb(self, seq: int, up: bool) -> None:
        """Not told as it is given: the card has what was said of each article."""

    async def for_staff(self, event: ForStaff) -> None:
        if isinstance(event, Drafted):
            await self._send({"type": "preview", "on": True, "text": event.text})
        elif isinstance(event, Attending):
            await self._attendance.heard(event)
            person = {"staff_id": str(event.staff_id), "name": event.name, "does": event.does}
            await self._send({"type": "attending", "console": event.console, **person})

    async def typing(self, author: Author, on: bool) -> None:
        if author is Author.CUSTOMER:
            await self._send({"type": "preview", "on": on})
        else:
            await self._send({"type": "typing", "author": author.value, "on": on})

    def queue_moved(self) -> bool:
        return False  # The `queue` frame says so already.

    def presence_moved(self) -> bool:
        return False  # So it does of who is there.

    async def state(self, told: int) -> bool:
        last_seq, now = await snapshot(self._room, self._id)
        if last_seq > told:
            return False
        if now != self._shown:
            self._shown = now
            await self._send(now)
        return True
