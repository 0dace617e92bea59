"""`/ws/staff`: the console's socket. Own origin, then a single-use ticket; then a `StaffSession`."""

from __future__ import annotations

import structlog
from fastapi import APIRouter
from starlette.websockets import WebSocket

from conversations import frames
from conversations.guards import Needs, address_of, needs
from conversations.socket import HELLO_SECONDS, last_word
from conversations.staff_session import StaffSession, staff_of
from conversations.wire import OVERLOAD, REVOKED, Gone, Wire
from server.errors import Forbidden, HandrailError, Invalid, NotSignedIn, TooMany

log = structlog.get_logger(__name__)

router = APIRouter()


@router.websocket("/ws/staff")
async def staff(socket: WebSocket) -> None:
    """One console, from handshake to close."""
    room = needs(socket)
    # Staff pages are ours alone: the sites that carry the widget are not welcome here.
    if socket.headers.get("origin") not in room.settings.own_origins:
        await socket.close()
        return
    await socket.accept()
    key = f"address:{address_of(socket)}"
    wire = Wire(socket, room.limits, key, idle=room.settings.socket_idle)
    code: int | None = 1011
    try:
        await _serve(room, wire)
    except Gone as gone:
        code = gone.code
    except TooMany as error:
        code = await last_word(wire, error, OVERLOAD)
    except Exception as error:
        log.error("staff_socket_broke", exc_info=error)
    await wire.close(code)


async def _serve(room: Needs, wire: Wire) -> None:
    try:
        frame = frames.parse(frames.STAFF, await wire.receive(within=HELLO_SECONDS))
        if not isinstance(frame, frames.StaffHello):
            raise Invalid("The first frame must be hello.")
        session_token = room.tickets.redeem(frame.ticket)
        person = await staff_of(room, session_token)
    except (NotSignedIn, Forbidden) as error:
        await wire.end(error, REVOKED)
        return
    except HandrailError as error:
        await wire.end(error)
        return
    wire.key = f"staff:{person.id}"
    with room.limits.hold("staff", str(person.id)):
        await StaffSession(room, wire, person, session_token).run()
