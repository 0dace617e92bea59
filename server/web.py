"""What holds for every HTTP answer: security headers, a limit on bodies, and a declared audience."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute, iter_route_contexts
from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from server.errors import TooLarge

BODY_LIMIT = 64 * 1024
IMPORT_LIMIT = 5 * 1024 * 1024
# Rasa sends a conversation's tracker along, some hundred kB late in an episode.
ACTION_LIMIT = 4 * 1024 * 1024

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
NICEGUI_PATHS = ("/staff/queue", "/staff/chat", "/staff/articles", "/staff/training", "/_nicegui")


def limit_of(path: str) -> int:
    """How many bytes a body to this path may have."""
    if path == "/internal/actions/webhook":
        return ACTION_LIMIT
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
    """Refuses bodies over the limit, by their stated length before reading and by count while reading."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        limit = limit_of(scope["path"])
        stated = Headers(scope=scope).get("content-length", "")
        if stated.isdigit() and int(stated) > limit:
            await _refuse(scope, receive, send)
            return
        read = 0

        async def limited() -> Message:
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            if read > limit:
                raise TooLarge()
            return message

        await self.app(scope, limited, send)


async def _refuse(scope: Scope, receive: Receive, send: Send) -> None:
    error = TooLarge()
    await JSONResponse(error.body(), status_code=error.status)(scope, receive, send)


class ChatCors:
    """Lets the listed sites' pages call the customer's REST door from their own origin; no other path."""

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
        is_chat = scope["type"] == "http" and scope["path"].startswith("/api/chat/")
        await (self._open if is_chat else self.app)(scope, receive, send)


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
