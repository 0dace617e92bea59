"""Every error a caller can see is a class with a code and a status; one handler renders them all.

The shape is always ``{"error": {"code": str, "message": str, "details": object | null}}``.
"""

from __future__ import annotations

import structlog
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

log = structlog.get_logger(__name__)


class HandrailError(Exception):
    """Base of all errors that may be shown to a caller; ``str(error)`` is safe to show."""

    code = "error"
    status = 400
    message = "Something is wrong with this request."

    def __init__(self, message: str | None = None, *, details: object = None) -> None:
        super().__init__(message or self.message)
        self.details = details

    def body(self) -> dict[str, object]:
        return {"error": {"code": self.code, "message": str(self), "details": self.details}}


class Invalid(HandrailError):
    code, status, message = "invalid", 422, "The request does not have the expected form."


class NotSignedIn(HandrailError):
    code, status, message = "not_signed_in", 401, "Please sign in."


class Forbidden(HandrailError):
    code, status, message = "forbidden", 403, "You may not do this."


class NotFound(HandrailError):
    """Also said for what exists but belongs to somebody else, so that ids can't be probed."""

    code, status, message = "not_found", 404, "There is no such thing."


class Conflict(HandrailError):
    code, status, message = "conflict", 409, "Somebody else changed this first."


class AdaptingTooLong(Conflict):
    code, message = "adapting_too_long", "Adapting does not fit into the time; nothing was changed."


class AdaptingAlready(Conflict):
    code, message = "adapting_already", "Another adaptation is running here."


class TooLarge(HandrailError):
    code, status, message = "too_large", 413, "This is too large."


class TooSlow(HandrailError):
    code, status, message = "too_slow", 408, "This took too long to arrive."


class TooMany(HandrailError):
    code, status, message = "too_many_requests", 429, "Too many requests. Please wait a moment."


class Unavailable(HandrailError):
    code, status, message = "unavailable", 503, "This is not available right now. Please try again."


class Internal(HandrailError):
    """What a caller hears of a failure nobody foresaw; what it was stands in the log only."""

    code, status, message = "internal", 500, "Something broke on our side."


def _render(error: HandrailError) -> JSONResponse:
    headers = {"Retry-After": "2"} if error.status in (429, 503) else None
    if isinstance(error, TooSlow):
        headers = {"Connection": "close"}  # or the rest of the body holds the connection
    return JSONResponse(error.body(), status_code=error.status, headers=headers)


_BY_STATUS: dict[int, type[HandrailError]] = {
    401: NotSignedIn,
    403: Forbidden,
    404: NotFound,
    413: TooLarge,
    429: TooMany,
    503: Unavailable,
}


def install_error_handlers(app: FastAPI) -> None:
    """Render every failure, ours or the framework's, in the one shape."""

    @app.exception_handler(HandrailError)
    async def known(_: Request, error: HandrailError) -> JSONResponse:
        return _render(error)

    @app.exception_handler(RequestValidationError)
    async def malformed(_: Request, error: RequestValidationError) -> JSONResponse:
        # The input itself is left out: it may be a password or somebody's message.
        places = [
            {"at": ".".join(str(part) for part in item["loc"]), "problem": item["msg"]}
            for item in error.errors()[:20]
        ]
        return _render(Invalid(details=places))

    @app.exception_handler(HTTPException)
    async def framework(_: Request, error: HTTPException) -> JSONResponse:
        kind = _BY_STATUS.get(error.status_code)
        if kind is not None:
            return _render(kind())
        body = {"error": {"code": "http_error", "message": str(error.detail), "details": None}}
        return JSONResponse(body, status_code=error.status_code, headers=error.headers)

    @app.exception_handler(ClientDisconnect)
    async def gone(_: Request, __: ClientDisconnect) -> Response:
        # Nobody reads this; without it anybody could fill the log with our tracebacks.
        return Response(status_code=499)

    @app.exception_handler(Exception)
    async def unknown(request: Request, error: Exception) -> JSONResponse:
        # Reached only by what breaks outside `Failures`, or in the middle of an answer.
        return _broken(request.url.path, error)

    # Added before all others it is the innermost: what it answers passes them like any answer.
    app.add_middleware(Failures)


def _broken(path: str, error: Exception) -> JSONResponse:
    log.error("request_failed", path=path, kind=type(error).__name__, exc_info=error)
    return _render(Internal())


class Failures:
    """Answers an unforeseen exception as `Internal`, within the other middleware.

    Starlette does so outside of all middleware: such an answer has no security headers, and a widget on
    another site can't read it. A mounted app (NiceGUI) answers with a page that shows the exception, and
    raises it afterwards: so an answer with status 500 waits until it is known whether it is one of these.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        held: list[Message] = []
        begun = False

        async def send_unless_failed(message: Message) -> None:
            nonlocal begun
            if held or message.get("status") == Internal.status:
                held.append(message)
                return
            begun = True
            await send(message)

        try:
            await self.app(scope, receive, send_unless_failed)
        except Exception as error:
            if begun:
                raise  # half an answer is out: the server can only cut the connection
            await _broken(scope["path"], error)(scope, receive, send)
            return
        for message in held:
            await send(message)
