"""A WebSocket client that talks ASGI to the app in the test's own event loop."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

Frame = dict[str, Any]


class Closed(Exception):
    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


class Refused(Exception):
    """The handshake was answered with 403."""


class Socket:
    def __init__(self, room: int = 0) -> None:
        self.to_app: asyncio.Queue[Frame] = asyncio.Queue()
        self.from_app: asyncio.Queue[Frame] = asyncio.Queue(room)
        """A bounded queue is a client that reads slowly."""

    async def send(self, frame: Frame | str | bytes) -> None:
        if isinstance(frame, bytes):
            await self.to_app.put({"type": "websocket.receive", "bytes": frame})
        else:
            text = frame if isinstance(frame, str) else json.dumps(frame)
            await self.to_app.put({"type": "websocket.receive", "text": text})

    async def read(self, within: float = 5.0) -> Frame:
        async with asyncio.timeout(within):
            event = await self.from_app.get()
        if event["type"] == "websocket.close":
            raise Closed(event.get("code", 1000))
        frame: Frame = json.loads(event["text"])
        return frame

    async def until(self, kind: str, within: float = 5.0, **having: Any) -> Frame:
        """Read on until such a frame comes."""
        while True:
            frame = await self.read(within)
            if frame["type"] == kind and all(frame.get(k) == v for k, v in having.items()):
                return frame

    async def closing(self, within: float = 5.0) -> int:
        """Read on until the server closes; returns its code."""
        while True:
            try:
                await self.read(within)
            except Closed as closed:
                return closed.code

    async def nothing(self, kind: str, within: float = 0.15, **having: Any) -> None:
        """Check that no such frame comes for a moment."""
        try:
            found = await self.until(kind, within, **having)
        except TimeoutError:
            return
        raise AssertionError(f"unexpected frame: {found}")


@asynccontextmanager
async def connect(
    app: Any,
    path: str,
    *,
    origin: str | None,
    address: str = "10.0.0.1",
    room: int = 0,
) -> AsyncIterator[Socket]:
    """Open a socket; on leaving, the client is simply gone."""
    socket = Socket(room)
    headers = [(b"host", b"test")]
    if origin is not None:
        headers.append((b"origin", origin.encode()))
    scope = {
        "type": "websocket",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "scheme": "ws",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": headers,
        "client": (address, 40000),
        "server": ("test", 80),
        "subprotocols": [],
        "state": {},
    }
    await socket.to_app.put({"type": "websocket.connect"})
    task = asyncio.create_task(app(scope, socket.to_app.get, socket.from_app.put))
    try:
        first = await asyncio.wait_for(socket.from_app.get(), 5)
        if first["type"] != "websocket.accept":
            raise Refused()
        yield socket
    finally:
        await socket.to_app.put({"type": "websocket.disconnect", "code": 1006})
        done, _ = await asyncio.wait({task}, timeout=2)
        if not done:
            task.cancel()
        await asyncio.gather(task, return_exceptions=True)
