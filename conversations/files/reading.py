"""A file for whoever may have it: by its address, or as staff who may read the chat."""

from __future__ import annotations

import asyncio
import uuid
from pathlib import Path
from urllib.parse import quote

from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request

from conversations.files.models import ChatFile
from conversations.guards import Needs
from server.auth import cookie_name, staff_of_session
from server.errors import NotFound, NotSignedIn
from server.uploads import is_image

#: Opened by itself, a file is a document of its own: it may load nothing, run nothing and be framed by nobody.
POLICY = (
    "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'none'"
)
# For this reader's browser alone, and not for long: a file that was deleted must go from there, too.
KEEP = "private, max-age=86400"


async def find(
    room: Needs, request: Request, file_id: uuid.UUID, *, until: int, key: str
) -> tuple[ChatFile, Path]:
    """The row and where its bytes lie.

    Raises:
        NotFound: unknown, deleted, or not for this caller; these are not told apart.
    """
    by_address = room.files.links.opens(file_id, until, key)
    async with room.database.read() as db:
        row = await db.get(ChatFile, file_id)
        if row is None or not (by_address or await _is_reader(room, db, request, row)):
            raise NotFound("There is no such file, or it is not kept any more.")
    path = room.files.shelf.path(file_id)
    if not await asyncio.to_thread(path.is_file):
        raise NotFound("There is no such file, or it is not kept any more.")
    return row, path


async def _is_reader(room: Needs, db: AsyncSession, request: Request, row: ChatFile) -> bool:
    """Whether this is signed-in staff who may read the chat."""
    cookie = cookie_name(room.settings.secure_cookies)
    try:
        staff = await staff_of_session(db, room.clock, request.cookies.get(cookie))
    except NotSignedIn:
        return False
    return await room.desk.may_read(db, row.conversation_id, staff)


def headers(row: ChatFile) -> dict[str, str]:
    """So that a browser neither guesses what it is, nor runs anything, nor tells anybody the address."""
    kind = "inline" if is_image(row.media_type) else "attachment"
    utf8 = "; charset=utf-8" if row.media_type.startswith("text/") else ""
    return {
        "Content-Type": f"{row.media_type}{utf8}",
        "Content-Disposition": f"{kind}; filename*=UTF-8''{quote(row.name, safe='')}",
        "Content-Security-Policy": POLICY,
        "X-Content-Type-Options": "nosniff",
        # The widget shows pictures on other people's sites, and some of these isolate their pages.
        "Cross-Origin-Resource-Policy": "cross-origin",
        "Referrer-Policy": "no-referrer",
        "X-Robots-Tag": "noindex",
        "Cache-Control": KEEP,
        "ETag": f'"{row.id}"',
    }
