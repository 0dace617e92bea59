"""One widget's connection: what its frames do, and what it is told."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from conversations import (
    asking,
    crowd,
    frames,
    identity,
    seen,
    speaking,
    state,
    thumbs,
    turn_begin,
)
from conversations.events import BOT, QUEUE, Drafted, ForStaff, Typing
from conversations.feed import follow
from conversations.guards import Needs
from conversations.models import Author, Message, Owner
from conversations.wire import Wire, until_first
from server.errors import HandrailError, Invalid


class ChatSession:
    def __init__(
        self,
        room: Needs,
        wire: Wire,
        visitor_id: uuid.UUID,
        conversation_id: uuid.UUID,
        *,
        address: str,
        by_link: bool = False,
    ) -> None:
        """`by_link`: see `identity.accept`."""
        self._by_link = by_link
        self._room = room
        self._wire = wire
        self._visitor_id = visitor_id
        self._id = conversation_id
        self._address = address
        self._state: dict[str, Any] = {}
        self._types = False
        self._seen = 0
        self._gate = asking.Gate(room, visitor_id)

    async def run(self, after: int) -> None:
        """Greet, send the gap, then serve until the connection ends.

        Raises:
            Gone: it ended.
        """
        last_seq, self._state = await customer_snapshot(self._room, self._id)
        await self._wire.send(
            {
                "type": "welcome",
                "conversation": str(self._id),
                "last_seq": last_seq,
                "state": self._state,
                "preview": self._room.settings.sneak_preview,
                "file_limit": self._room.settings.file_limit,
            }
        )
        # A client that is ahead of us saw another database; it must still get what comes now.
        after = min(after, last_seq)
        try:
            await until_first(
                self._serve(),
                follow(self._room.database, self._room.bus, self._id, after, self, QUEUE, BOT),
            )
        finally:
            await self._typing(False)

    async def _serve(self) -> None:
        while True:
            try:
                frame = frames.parse(frames.CUSTOMER, await self._wire.receive())
            except HandrailError as error:
                await self._wire.bad_frame(error)
                continue
            self._wire.good_frame()
            client_id = frame.client_id if isinstance(frame, frames.Say) else None
            try:
                await self._gate.check(frame)
                await self._handle(frame)
            except identity.IdentityChanged as error:
                # What follows on this socket would be another customer's words in this chat.
                await self._wire.end(error)
            except HandrailError as error:
                await self._wire.refuse(error, client_id=client_id)

    async def _handle(self, frame: frames.CustomerFrame) -> None:
        match frame:
            case frames.Say():
                await self._say(frame)
            case frames.Types():
                await self._typing(frame.on)
                await self._draft(frame.text if frame.on else None)
            case frames.Person():
                if not await ask_for_person(
                    self._room, self._visitor_id, self._id, self._address, frame.seq
                ):
                    # Nothing changes, so no other frame would answer a widget that missed the answer.
                    await self._wire.send((await customer_snapshot(self._room, self._id))[1])
            case frames.SomeoneElse():
                spend(self._room, self._visitor_id, self._address)
                async with self._room.database.write() as db:
                    await speaking.request_other(db, self._room.desk, self._id, frame.seq)
            case frames.Cancel():
                spend(self._room, self._visitor_id, self._address)
                async with self._room.database.write() as db:
                    await speaking.leave_queue(db, self._room.clock, self._id)
            case frames.Rate():
                spend(self._room, self._visitor_id, self._address)
                await asking.rate(self._room, self._id, frame)
            case frames.Details():
                spend(self._room, self._visitor_id, self._address)
                await asking.give_details(self._room, self._visitor_id, self._id, frame)
            case frames.Agree():
                await asking.agree(self._room, self._visitor_id, self._id, frame.version)
            case frames.Thumbs():
                spend(self._room, self._visitor_id, self._address)
                await asking.thumb(self._room, self._id, frame)
            case frames.Survey():
                spend(self._room, self._visitor_id, self._address)
                await asking.survey(self._room, self._id, frame)
            case frames.Identify():
                await identify(
                    self._room, self._visitor_id, frame,
                    address=self._address, by_link=self._by_link,
                )  # fmt: skip
            case frames.Sees():
                await self._sees(frame.seq)
            case frames.Ping():
                await self._wire.send({"type": "pong"})
            case frames.Hello():
                raise Invalid("This connection has said hello already.")

    async def _say(self, frame: frames.Say) -> None:
        quick = not (frame.button or frame.person)
        if quick and self._state["owner"] in (Owner.BOT, Owner.CLOSED):
            self._room.turns.expect(frame.text)
        said = await speak(self._room, self._visitor_id, self._id, frame, address=self._address)
        await self._wire.send({"type": "ack", "client_id": frame.client_id, "seq": said.seq})
        await self._typing(False)

    async def _sees(self, seq: int) -> None:
        if seq <= self._seen:
            return  # a tab behind another one, or a repeat: no write for that
        self._seen = seq
        async with self._room.database.write() as db:
            await seen.mark(db, self._room.clock, self._id, seen.CUSTOMER, seq)

    async def _typing(self, on: bool) -> None:
        if on == self._types:
            return
        self._types = on
        self._room.turns.typing(self._id, on)
        await self._room.bus.publish(
            [Typing(conversation_id=self._id, author=Author.CUSTOMER, on=on)]
        )

    async def _draft(self, text: str | None) -> None:
        """Show the person who has the chat what is being typed, if the house wants it; it is kept nowhere."""
        if text is None or not self._room.settings.sneak_preview:
            return
        if self._state["owner"] == Owner.AGENT:
            await self._room.bus.publish([Drafted(conversation_id=self._id, text=text)])

    # What the feed tells (conversations.feed.Reader).

    async def message(self, message: Message) -> None:
        await self._wire.send(frames.visible(message, self._room.files.links))

    async def caught_up(self, last_seq: int) -> None:
        await self._wire.send({"type": "caught_up", "last_seq": last_seq})
        async with self._room.database.read() as db:
            marks = await seen.times(db, self._id)
            said = await thumbs.of(db, self._id)
        if said:
            await self._wire.send({"type": "thumbs", "thumbs": said})
        if seen.CUSTOMER in marks:
            self._seen = marks[seen.CUSTOMER][0]
        if seen.AGENT in marks:
            await self.seen(seen.AGENT, *marks[seen.AGENT])

    async def seen(self, side: str, seq: int, at: datetime) -> None:
        if side == seen.AGENT:
            await self._wire.send({"type": "seen", "side": side, "seq": seq})

    async def again(self, message: Message) -> None:
        await self._wire.send(frames.again(message, self._room.files.links))

    async def thumb(self, seq: int, up: bool) -> None:
        await self._wire.send({"type": "thumbs", "thumbs": {seq: up}})

    async def for_staff(self, event: ForStaff) -> None:
        """Not told to customers: their sessions do not ask for it."""

    async def typing(self, author: Author, on: bool) -> None:
        if author is not Author.CUSTOMER:
            await self._wire.send({"type": "typing", "author": author.value, "on": on})

    def queue_moved(self) -> bool:
        return bool(self._state["owner"] == Owner.QUEUED)

    def presence_moved(self) -> bool:
        owner, online = self._state["owner"], self._state["online"]
        return bool(owner == Owner.QUEUED) or (
            owner != Owner.AGENT and bool(online != bool(self._room.presence.online()))
        )

    async def state(self, told: int) -> bool:
        last_seq, now = await customer_snapshot(self._room, self._id)
        if last_seq > told:
            return False
        if now != self._state:
            self._state = now
            await self._wire.send(now)
        return True


async def snapshot(room: Needs, conversation_id: uuid.UUID) -> tuple[int, dict[str, Any]]:
    """The last ``seq`` and the state frame, from one moment."""
    async with room.database.read() as db:
        conversation = await state.get(db, conversation_id)
        return conversation.last_seq, await state.state_of(
            db, room.desk, conversation, bot_ok=room.turns.bot_ok
        )


async def customer_snapshot(room: Needs, conversation_id: uuid.UUID) -> tuple[int, dict[str, Any]]:
    """As `snapshot`, with what the customer is asked: consent, form, survey."""
    house = await room.widget.config()
    async with room.database.read() as db:
        conversation = await state.get(db, conversation_id)
        now = await state.state_of(db, room.desk, conversation, bot_ok=room.turns.bot_ok)
        now |= await asking.state_of(db, room, house, conversation)
        return conversation.last_seq, now


def spend(room: Needs, visitor_id: uuid.UUID, address: str) -> None:
    """Count one thing said or asked for, for the visitor and for where they call from.

    Raises:
        TooMany: more a minute than allowed; many visitors at one address have a limit together.
    """
    room.limits.take("message", str(visitor_id))
    room.limits.take("message_address", address)


async def identify(
    room: Needs, visitor_id: uuid.UUID, frame: frames.Identify, *, address: str, by_link: bool
) -> None:
    """Keep what the site, or only its page, says of the customer; the same for socket and REST.

    Raises:
        TooMany, Invalid, and all that `identity.verify` and `identity.accept` raise.
    """
    spend(room, visitor_id, address)
    if frame.token is None and frame.attributes is None:
        raise Invalid("Neither a token nor attributes were given.")
    known = frame.token and identity.verify(room.settings, room.clock.now(), frame.token)
    async with room.database.write() as db:
        if known:
            await identity.accept(db, room.clock, visitor_id, known, by_link=by_link)
        if frame.attributes is not None:
            await identity.claim(db, visitor_id, frame.attributes)


async def ask_for_person(
    room: Needs,
    visitor_id: uuid.UUID,
    conversation_id: uuid.UUID,
    address: str,
    seq: int | None = None,
) -> bool:
    """Straight to the queue, without the bot; the same for socket and REST.

    ``seq`` is the last message that the customer had seen when they asked. False: it was a repeat of a wish
    that has been granted since, and changed nothing.

    Raises:
        TooMany: more asked for a minute than allowed. TooManyWaiting: see `crowd.check`.
    """
    spend(room, visitor_id, address)
    async with room.database.write() as db:
        if seq is not None and await speaking.was_asked(db, conversation_id, seq):
            return False
        if await crowd.may_join(db, conversation_id):
            await crowd.check(db, room, conversation_id, address)
        await speaking.request_person(db, room.clock, room.desk, conversation_id)
    return True


async def speak(
    room: Needs,
    visitor_id: uuid.UUID,
    conversation_id: uuid.UUID,
    frame: frames.Say,
    *,
    address: str,
) -> Message:
    """Commit what the customer says, then have the bot answer; the same for socket and REST.

    Raises:
        TooMany: more messages a minute than allowed (a repeat counts too). TooManyWaiting: see `crowd.check`.
        And all that `speaking.say` raises.
    """
    spend(room, visitor_id, address)
    room.turns.typing(conversation_id, False)  # who sends it has stopped typing it
    job = None
    invited = frame.invitation
    if invited is not None and not await room.widget.invites(invited.id, invited.text):
        invited = None  # the house has never said that
    async with room.database.write() as db:
        asks = frame.person or frame.button is not None
        could_queue = asks and await crowd.may_join(db, conversation_id)
        said = await speaking.say(
            db,
            room.clock,
            room.desk,
            conversation_id,
            client_id=frame.client_id,
            text=frame.text,
            button=frame.button,
            person=frame.person,
            invited=invited,
            limit=room.settings.message_limit,
        )
        if invited is not None and said.invited:
            await room.widget.answered(db, visitor_id, invited.id)
        if said.for_bot or (could_queue and said.conversation.owner is Owner.QUEUED):
            await crowd.check(db, room, conversation_id, address)
        if said.for_bot:
            # In the same transaction: one flush to disk less before the bot can think.
            job = await turn_begin.begin(
                db, room.clock, said.conversation, limit=room.settings.message_limit
            )
    if job is not None:
        room.turns.take(job)
    elif said.for_bot:
        room.turns.wake(conversation_id)
    return said.message
