"""The line between a browser and the house: a TCP relay that can die in the ways real lines die."""

from __future__ import annotations

import asyncio
import socket
import struct
from contextlib import suppress
from enum import StrEnum
from typing import Self

CHUNK = 65_536
# Closing with this set says RST instead of FIN: the other side learns at once that the connection is gone.
AT_ONCE = struct.pack("ii", 1, 0)


class State(StrEnum):
    OPEN = "open"
    DEAD = "no packet passes"
    """As in a tunnel: nobody is told, what was sent waits, and passes when the line is back."""
    DEAF = "nothing comes back"
    """What the browser sends arrives; no answer does. An acknowledgement is lost this way."""
    CUT = "connections break"
    """What is open is reset, and new connections are refused."""


class Line:
    """Use as an async context manager; ``port`` is the browser's end."""

    def __init__(self, house_port: int, port: int) -> None:
        self.port = port
        self.state = State.OPEN
        self._house_port = house_port
        self._server: asyncio.Server | None = None
        self._ends: set[asyncio.StreamWriter] = set()
        self._relays: set[asyncio.Task[None]] = set()
        self._passing = {side: asyncio.Event() for side in ("to the house", "to the browser")}

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def __aenter__(self) -> Self:
        await self.set(State.OPEN)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.set(State.CUT)
        for relay in self._relays:
            relay.cancel()
        await asyncio.gather(*self._relays, return_exceptions=True)

    async def set(self, state: State) -> None:
        """From now on the line is like this."""
        self.state = state
        for side, event in self._passing.items():
            if state is State.OPEN or (state is State.DEAF and side == "to the house"):
                event.set()
            else:
                event.clear()
        if state is not State.CUT:
            self._server = self._server or await asyncio.start_server(
                self._accept, "127.0.0.1", self.port
            )
        elif self._server is not None:
            self._server.close()
            self._server = None
            for writer in list(self._ends):
                _reset(writer)

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        relay = asyncio.create_task(self._relay(reader, writer))
        self._relays.add(relay)
        relay.add_done_callback(self._relays.discard)

    async def _relay(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._ends.add(writer)
        try:
            await self._passing["to the house"].wait()
            up, down = await asyncio.open_connection("127.0.0.1", self._house_port)
        except OSError:
            self._ends.discard(writer)
            _reset(writer)
            return
        self._ends.add(down)
        try:
            await asyncio.gather(
                self._pass("to the house", reader, down), self._pass("to the browser", up, writer)
            )
        finally:
            for end in (writer, down):
                self._ends.discard(end)
                end.close()

    async def _pass(
        self, side: str, reader: asyncio.StreamReader, to: asyncio.StreamWriter
    ) -> None:
        with suppress(OSError):
            while data := await reader.read(CHUNK):
                await self._passing[side].wait()
                to.write(data)
                await to.drain()
        # What one side ends is ended for the other when the line carries it.
        await self._passing[side].wait()
        with suppress(OSError):
            to.close()


def _reset(writer: asyncio.StreamWriter) -> None:
    wire = writer.get_extra_info("socket")
    with suppress(OSError):
        wire.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, AT_ONCE)
    writer.transport.abort()
