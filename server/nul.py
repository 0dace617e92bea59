"""NUL characters are refused at the door: PostgreSQL stores none, and nobody means one.

Addresses and bodies are looked at as they come. Files are not: a multipart body may hold any byte, and what
reads its fields checks them; so may a file of a chat. Nor are customers' texts: they are cleaned, not refused
(conversations.messages).
"""

from __future__ import annotations

import re

from fastapi.responses import JSONResponse
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from server.errors import Invalid
from server.web import is_file_of_chat

#: The customer's door; NiceGUI's own traffic; and Rasa's, whose trackers repeat what customers wrote.
FREE = ("/api/chat/", "/_nicegui", "/internal/")
# JSON's NUL: after an even number of backslashes, or it is only the text of one.
_ESCAPED = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")
_ENDS = (b"u000", b"u00", b"u0", b"u", b"")
_FORM_ENDS = (b"%0", b"%")


class HoldsNul(Invalid):
    message = "The request holds a NUL character (%00 or \\u0000)."


class NoNul:
    """Answers a request whose address or body holds a NUL with 422 ``invalid``."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        if "\x00" in scope["path"] or b"%00" in scope["query_string"]:
            await _refuse(scope, receive, send)
            return
        media = Headers(scope=scope).get("content-type", "").strip().lower()
        is_file = media.startswith("multipart/") or is_file_of_chat(scope["path"])
        if is_file or scope["path"].startswith(FREE):
            await self.app(scope, receive, send)
            return
        search = BodySearch(form=media.startswith("application/x-www-form-urlencoded"))
        found = begun = False

        async def searched() -> Message:
            nonlocal found
            message = await receive()
            if search.finds(message.get("body", b"")):
                found = True
                raise HoldsNul()
            return message

        async def send_unless_found(message: Message) -> None:
            nonlocal begun
            # FastAPI calls whatever breaks while it reads a body a parsing error, 400 without our code.
            if begun or not found:
                begun = True
                await send(message)

        try:
            await self.app(scope, searched, send_unless_found)
        except HoldsNul:
            if begun:
                raise
        if found and not begun:
            await _refuse(scope, receive, send)


async def _refuse(scope: Scope, receive: Receive, send: Send) -> None:
    error = HoldsNul()
    await JSONResponse(error.body(), status_code=error.status)(scope, receive, send)


class BodySearch:
    """Looks for a NUL in a body that comes in parts; what one part begins the next may end."""

    def __init__(self, *, form: bool = False) -> None:
        self._form = form
        self._kept = b""

    def finds(self, part: bytes) -> bool:
        """Whether a NUL ends in this part."""
        text = self._kept + part
        if b"\0" in part:
            # No text has one as it stands, other than JSON in UTF-16 and UTF-32, which nobody sends us but
            # Python reads: an escaped one would hide in it.
            return True
        if self._form:
            self._kept = next((end for end in _FORM_ENDS if text.endswith(end)), b"")
            return b"%00" in text
        self._kept = _begun(text)
        return _ESCAPED.search(text) is not None


def _begun(text: bytes) -> bytes:
    """The run of backslashes, with the beginning of ``u0000`` behind it, that the text ends with."""
    for end in _ENDS:
        if text.endswith(end):
            before = text[: len(text) - len(end)]
            run = before.rstrip(b"\\")
            if len(run) < len(before):
                return text[len(run) :]
    return b""
