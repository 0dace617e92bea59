"""One accepted WebSocket: frames in with limits on size, rate and silence; frames out with back-pressure."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Coroutine
from typing import Any

import structlog
from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from conversations.frames import refusal
from server.errors import HandrailError
from server.limits import Limits

log = structlog.get_logger(__name__)

MALFORMED = 10
"""So many bad frames in a row close the connection."""
SEND_SECONDS = 10.0
"""A reader who takes no frame for so long is dropped, and resumes by ``after``."""

POLICY, IDLE, OVERLOAD, REVOKED = 1008, 4408, 1013, 4401


class Gone(Exception):
    """The connection has ended; the code is what we close it with, or None if the client left."""

    def __init__(self, code: int | None = None) -> None:
        super().__init__(code)
        self.code = code


class Wire:
    def __init__(self, socket: WebSocket, limits: Limits, key: str, *, idle: float) -> None:
        self._socket = socket
        self._limits = limits
        self.key = key
        """Whose frames are counted together."""
        self._idle = idle
        self._sending = asyncio.Lock()
        self._bad = 0

    async def receive(self, *, within: float | None = None) -> str | bytes:
        """The next frame as it came.

        Raises:
            Gone: the client left, or was silent too long. TooMany: this frame is above the rate.
        """
        try:
            async with asyncio.timeout(within or self._idle):
                event = await self._socket.receive()
        except TimeoutError as error:
            raise Gone(IDLE) from error
        if event["type"] != "websocket.receive":
            raise Gone()
        self._limits.take("frame", self.key)
        text = event.get("text")
        return text if text is not None else bytes(event.get("bytes") or b"")

    async def send(self, frame: dict[str, Any]) -> None:
        """Send one frame; frames of several tasks never mix.

        Raises:
            Gone: the client left, or reads too slowly.
        """
        await self.send_text(json.dumps(frame, ensure_ascii=False, separators=(",", ":")))

    async def send_text(self, text: str) -> None:
        """Send a frame that is JSON already; as `send`.

        Raises:
            Gone: the client left, or reads too slowly.
        """
        try:
            async with asyncio.timeout(SEND_SECONDS), self._sending:
                await self._socket.send_text(text)
        except TimeoutError as error:
            raise Gone(POLICY) from error
        except (WebSocketDisconnect, RuntimeError, OSError) as error:
            raise Gone() from error

    async def refuse(self, error: HandrailError, *, client_id: str | None = None) -> None:
        """Say what was wrong; the connection stays."""
        await self.send(refusal(error, client_id=client_id))

    async def bad_frame(self, error: HandrailError) -> None:
        """Say that a frame was malformed; the tenth in a row ends the connection.

        Raises:
            Gone: it was the tenth.
        """
        self._bad += 1
        if self._bad >= MALFORMED:
            await self.end(error)
        await self.refuse(error)

    def good_frame(self) -> None:
        self._bad = 0

    async def end(self, error: HandrailError, code: int = POLICY) -> None:
        """Say why, and end the connection.

        Raises:
            Gone: always.
        """
        await self.send(refusal(error, fatal=True))
        raise Gone(code)

    async def close(self, code: int | None) -> None:
        """Close from our side, if it is still open."""
        if code is None or self._socket.application_state is not WebSocketState.CONNECTED:
            return
        try:
            async with asyncio.timeout(SEND_SECONDS):
                await self._socket.close(code)
        except (TimeoutError, RuntimeError, OSError, WebSocketDisconnect):
            log.debug("socket_gone_before_close")


async def until_first(*work: Coroutine[Any, Any, None]) -> None:
    """Run these side by side; when the first ends, end the others and raise what it raised."""
    tasks = [asyncio.create_task(part) for part in work]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    for task in done:
        task.result()
