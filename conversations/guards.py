"""Who calls: the visitor's token, the internal secret, the page's origin, and how much a body may hold."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable, Coroutine
from typing import Annotated, Any, Protocol

from fastapi import Depends, Request, Response
from fastapi.routing import APIRoute
from starlette.requests import HTTPConnection

from conversations import visitors
from conversations.bot_client import SECRET_HEADER
from conversations.desk import Desk
from conversations.errors import OriginRefused, TokenUnknown
from conversations.files.service import Files
from conversations.frames import FRAME_BYTES
from conversations.house import House
from conversations.models import Visitor
from conversations.presence import Presence
from conversations.tickets import Tickets
from conversations.turns import TurnRunner
from server.auth import Staff, services
from server.clock import Clock
from server.database import Database
from server.errors import Forbidden, TooLarge
from server.events import Bus
from server.limits import Limits
from server.limits import address_of as address_of
from server.settings import Settings


class Needs(Protocol):
    """What this room reads of `server.app.Services`."""

    settings: Settings
    clock: Clock
    database: Database
    bus: Bus
    limits: Limits
    desk: Desk
    turns: TurnRunner
    presence: Presence
    tickets: Tickets
    widget: House
    files: Files
    board: Callable[[Staff], Awaitable[str]]
    """The desk as this member of staff sees it now, as JSON."""


def needs(connection: HTTPConnection) -> Needs:
    found: Needs = connection.app.state.services
    return found


def origin_of(connection: HTTPConnection, *, required: bool = False) -> str | None:
    """The page's origin, compared exactly with the list; None if the caller is no browser page.

    Raises:
        OriginRefused: it is not on the list, or it is missing though required.
    """
    origin = connection.headers.get("origin")
    if origin is None and not required:
        return None
    if origin is None or origin not in needs(connection).settings.origins:
        raise OriginRefused()
    return origin


async def visitor(request: Request) -> Visitor:
    """The visitor whose token came in the Authorization header.

    Raises:
        TokenUnknown: none, unknown, expired, or of another origin. OriginRefused: a foreign page.
        TooMany: more requests a minute than frames.
    """
    origin = origin_of(request)
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise TokenUnknown()
    room = needs(request)
    room.limits.take("frame", f"address:{address_of(request)}")
    async with room.database.read() as db:
        return await visitors.of_token(db, room.clock, token.strip(), origin)


visitor.access = ("visitor",)  # type: ignore[attr-defined]


async def internal(request: Request) -> None:
    """Lets in our own Rasa process only.

    Raises:
        Forbidden: the secret is missing or wrong.
    """
    expected = services(request).settings.channel_secret.get_secret_value().encode()
    given = request.headers.get(SECRET_HEADER, "").encode("utf-8", "surrogateescape")
    if not secrets.compare_digest(given, expected):
        raise Forbidden()


internal.access = ("internal",)  # type: ignore[attr-defined]

CurrentVisitor = Annotated[Visitor, Depends(visitor)]


async def sized(request: Request, limit: int) -> bytes:
    """The body, if it is no longer than ``limit`` bytes; what is too long is not read to its end.

    Raises:
        TooLarge: it is longer.
    """
    announced = request.headers.get("content-length", "0")
    if not announced.isdigit() or int(announced) > limit:
        raise TooLarge()
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > limit:
            raise TooLarge()
    return bytes(body)


class SmallBody(APIRoute):
    """A route whose body is at most as large as a frame; FastAPI itself would read any size into memory."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def handle_small(request: Request) -> Response:
            body = await sized(request, FRAME_BYTES)

            async def receive() -> dict[str, Any]:
                return {"type": "http.request", "body": body, "more_body": False}

            return await handle(Request(request.scope, receive))

        return handle_small
