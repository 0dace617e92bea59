"""`/ws/chat`: the customer's socket. Origin, hello and token first; then a `ChatSession`."""

from __future__ import annotations

import structlog
from fastapi import APIRouter
from starlette.websockets import WebSocket

from conversations import frames, visitors
from conversations.chat_session import ChatSession
from conversations.errors import OriginRefused, TokenUnknown
from conversations.guards import Needs, address_of, needs, origin_of
from conversations.wire import OVERLOAD, REVOKED, Gone, Wire
from server.errors import HandrailError, Invalid, TooMany

log = structlog.get_logger(__name__)

HELLO_SECONDS = 5.0

router = APIRouter()


@router.websocket("/ws/chat")
async def chat(socket: WebSocket) -> None:
    """One widget, from handshake to close."""
    try:
        origin = origin_of(socket, required=True) or ""
    except OriginRefused:
        await socket.close()  # before accept: the handshake is answered with 403
        return
    room = needs(socket)
    address = address_of(socket)
    await socket.accept()
    wire = Wire(socket, room.limits, f"address:{address}", idle=room.settings.socket_idle)
    code: int | None = 1011
    try:
        with room.limits.hold("chat_address", address):
            await _serve(room, wire, origin, address)
    except Gone as gone:
        code = gone.code
    except TooMany as error:
        code = await last_word(wire, error, OVERLOAD)
    except Exception as error:
        log.error("chat_socket_broke", exc_info=error)
    await wire.close(code)


async def _serve(room: Needs, wire: Wire, origin: str, address: str) -> None:
    hello = await greeting(wire)
    try:
        async with room.database.read() as db:
            visitor = await visitors.of_token(db, room.clock, hello.token, origin)
            conversation = await visitors.conversation_of(db, visitor.id)
    except TokenUnknown as error:
        await wire.end(error, REVOKED)
        return
    await visitors.note_browser(room.database, visitor, zone=hello.zone, language=hello.language)
    wire.key = f"visitor:{visitor.id}"
    with room.limits.hold("chat_visitor", str(visitor.id)):
        by_link = visitors.is_by_link(visitor, hello.token)
        session = ChatSession(
            room, wire, visitor.id, conversation.id, address=address, by_link=by_link
        )
        await session.run(hello.after)


async def greeting(wire: Wire) -> frames.Hello:
    """The first frame, which must be a valid `hello` and come within 5 s.

    Raises:
        Gone: it was something else, or nothing.
    """
    try:
        frame = frames.parse(frames.CUSTOMER, await wire.receive(within=HELLO_SECONDS))
        if not isinstance(frame, frames.Hello):
            raise Invalid("The first frame must be hello.")
    except HandrailError as error:
        await wire.end(error)
        raise
    return frame


async def last_word(wire: Wire, error: HandrailError, code: int) -> int | None:
    """Say why the connection ends; returns the code to close it with."""
    try:
        await wire.end(error, code)
    except Gone as gone:
        return gone.code
    return code
