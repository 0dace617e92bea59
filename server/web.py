"""What holds for every HTTP answer: security headers, a limit on bodies, and a declared audience."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute, iter_route_contexts
from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from server.errors import Forbidden, HandrailError, TooLarge, TooSlow

BODY_LIMIT = 64 * 1024
# A file of 20 MB with what multipart adds (knowledge_base/exchange/sources.py).
IMPORT_LIMIT = 20 * 1024 * 1024 + BODY_LIMIT
# An attachment of 10 MB with what multipart adds (knowledge_base/file_kinds.py).
UPLOAD_LIMIT = 10 * 1024 * 1024 + BODY_LIMIT
# As a new installation has it (server/settings.py); the app passes in what its own has.
FILE_LIMIT = 10_000_000
# Rasa sends a conversation's tracker along, some hundred kB late in an episode.
ACTION_LIMIT = 4 * 1024 * 1024
# Five megabytes come in that time over 1.5 Mbit/s; who sends a byte a second holds nothing for long.
BODY_SECONDS = 30.0
# Ten megabytes over a third of a megabit a second; who sends nothing for 20 s is cut off before
# (conversations/files/receiving.py).
FILE_SECONDS = 240.0

# A strict policy for all pages but the staff's own: NiceGUI's client needs eval and inline styles.
STRICT_CSP = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
STAFF_CSP = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; "
    "connect-src 'self' ws: wss:; object-src 'none'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'"
)
NICEGUI_PATHS = (
    "/staff/queue",
    "/staff/chat",
    "/staff/desk",
    "/staff/articles",
    "/staff/training",
    "/staff/widget",
    "/staff/insights",
    "/_nicegui",
)


def is_file_of_chat(path: str) -> bool:
    """Whether a body to this path is a file as it is, of a customer or an agent."""
    return path == "/api/chat/files" or (
        path.startswith("/api/conversations/") and path.endswith("/files")
    )


def limit_of(path: str, file_limit: int = FILE_LIMIT) -> int:
    """How many bytes a body to this path may have."""
    if is_file_of_chat(path):
        # The door itself says it more kindly, where the body is only a little larger.
        return file_limit + BODY_LIMIT
    if path == "/internal/actions/webhook":
        return ACTION_LIMIT
    if path.startswith("/api/articles/") and path.endswith("/files"):
        return UPLOAD_LIMIT
    # Staff pages upload through NiceGUI, to an address that only an open page has: whole imports, too.
    if path.startswith("/_nicegui/client/") and "/upload/" in path:
        return IMPORT_LIMIT
    return IMPORT_LIMIT if path.endswith("/import") else BODY_LIMIT


class SecurityHeaders:
    """Adds the headers that every answer needs; a route that set its own policy keeps it."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        policy = STAFF_CSP if scope["path"].startswith(NICEGUI_PATHS) else STRICT_CSP

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.setdefault("content-security-policy", policy)
                headers.setdefault("x-content-type-options", "nosniff")
                headers.setdefault("referrer-policy", "same-origin")
                headers.setdefault("cross-origin-opener-policy", "same-origin")
                headers.setdefault("permissions-policy", "camera=(), microphone=(), geolocation=()")
                if scope["path"].startswith(("/api/", "/staff")):
                    headers.setdefault("cache-control", "no-store")
            await send(message)

        await self.app(scope, receive, send_with_headers)


class BodyLimit:
    """Refuses bodies over the limit, by their stated length before reading and by count while reading,
    and bodies that take longer than half a minute to come, files of chats four."""

    def __init__(self, app: ASGIApp, *, file_limit: int = FILE_LIMIT) -> None:
        self.app = app
        self._file_limit = file_limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        limit = limit_of(scope["path"], self._file_limit)
        stated = Headers(scope=scope).get("content-length", "")
        if stated.isdigit() and int(stated) > limit:
            await _refuse(TooLarge(), scope, receive, send)
            return
        read, whole = 0, False
        seconds = FILE_SECONDS if is_file_of_chat(scope["path"]) else BODY_SECONDS
        until = asyncio.get_running_loop().time() + seconds

        async def limited() -> Message:
            nonlocal read, whole
            try:
                # After the body only the client's leaving can come, at any time.
                async with asyncio.timeout_at(None if whole else until):
                    message = await receive()
            except TimeoutError as error:
                raise TooSlow() from error
            read += len(message.get("body", b""))
            whole = not message.get("more_body", False)
            if read > limit:
                raise TooLarge()
            return message

        await self.app(scope, limited, send)


async def _refuse(error: HandrailError, scope: Scope, receive: Receive, send: Send) -> None:
    await JSONResponse(error.body(), status_code=error.status)(scope, receive, send)


class ChatCors:
    """Lets the listed sites' pages call the customer's REST doors from their own origin; no other path."""

    def __init__(self, app: ASGIApp, *, origins: Collection[str]) -> None:
        self.app = app
        self._open = CORSMiddleware(
            app,
            allow_origins=sorted(origins),
            allow_methods=["GET", "POST"],
            allow_headers=["Content-Type", "Authorization"],
            max_age=3600,
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_open = scope["type"] == "http" and _opens(scope["path"])
        await (self._open if is_open else self.app)(scope, receive, send)


def _opens(path: str) -> bool:
    doors = ("/api/chat/", "/api/widget/help/", "/api/widget/invitations/")
    return path.startswith(doors) or path == "/api/widget/help"


class OwnPagesOnly:
    """Keeps pages of other sites from opening the socket of the staff pages; NiceGUI lets in any origin."""

    def __init__(self, app: ASGIApp, *, origins: Collection[str]) -> None:
        self.app = app
        self._own = frozenset(origins)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "lifespan" and scope["path"].startswith("/_nicegui_ws"):
            origin = Headers(scope=scope).get("origin")
            # Browsers always name the origin of a socket; of a plain GET to one's own site they don't.
            if origin not in self._own and (origin is not None or scope["type"] == "websocket"):
                await _turn_away(scope, receive, send)
                return
        await self.app(scope, receive, send)


async def _turn_away(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.close", "code": 1008})  # before accept: answered with 403
        return
    await _refuse(Forbidden(), scope, receive, send)


def _guards(dependant: Dependant) -> Iterator[tuple[str, ...]]:
    access = getattr(dependant.call, "access", None)
    if access is not None:
        yield tuple(str(one) for one in access)
    for child in dependant.dependencies:
        yield from _guards(child)


@dataclass(frozen=True)
class Door:
    """One HTTP route, and who it says may call it: role names, or public, visitor, internal; else nobody."""

    path: str
    methods: frozenset[str]
    who: tuple[str, ...]


def doors(app: FastAPI) -> list[Door]:
    """Every HTTP route of ours, those of included routers too."""
    return [
        Door(str(route.path), frozenset(route.methods or ()), next(_guards(route.dependant), ()))
        for route in iter_route_contexts(app.routes)
        if isinstance(route.original_route, APIRoute)
    ]


def refuse_undeclared(app: FastAPI) -> None:
    """Deny by default: an app with a route that does not say who may call it does not start.

    Raises:
        RuntimeError: naming the routes.
    """
    silent = [door.path for door in doors(app) if not door.who]
    if silent:
        raise RuntimeError(f"these routes do not declare who may call them: {', '.join(silent)}")
