"""A customer and an agent as programs: the same doors that the widget and the console use."""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import httpx
from websockets.asyncio.client import ClientConnection, connect

Frame = dict[str, Any]


class Socket:
    """Frames in and out of one WebSocket; what was not asked for yet waits in ``seen``."""

    def __init__(self, connection: ClientConnection) -> None:
        self._connection = connection
        self.seen: list[Frame] = []

    async def send(self, **frame: Any) -> None:
        await self._connection.send(json.dumps(frame))

    async def next(self, seconds: float = 10.0) -> Frame:
        """The next frame.

        Raises:
            TimeoutError: nothing came in time. ConnectionClosed: the other side left.
        """
        raw = await asyncio.wait_for(self._connection.recv(), seconds)
        frame: Frame = json.loads(raw)
        self.seen.append(frame)
        return frame

    async def wait_for(self, wanted: Callable[[Frame], bool], seconds: float = 15.0) -> Frame:
        """Read until a frame fits; the frames before it stay in ``seen``.

        Raises:
            TimeoutError: none did in time; says which frames came instead.
        """
        before = len(self.seen)
        try:
            async with asyncio.timeout(seconds):
                while True:
                    frame = await self.next(seconds)
                    if wanted(frame):
                        return frame
        except TimeoutError as error:
            raise TimeoutError(f"what came instead: {self.seen[before:]}") from error

    async def say(self, text: str, **more: Any) -> str:
        client_id = secrets.token_hex(12)
        await self.send(type="message", client_id=client_id, text=text, **more)
        return client_id

    async def hear(self, *authors: str, seconds: float = 15.0) -> Frame:
        """The next message by one of these authors."""
        return await self.wait_for(
            lambda frame: frame["type"] == "message" and frame["author"] in authors, seconds
        )


def _socket_url(base_url: str, path: str) -> str:
    return base_url.replace("http", "ws", 1) + path


class Customer:
    """An anonymous visitor with a token of their own."""

    def __init__(self, base_url: str, token: str, conversation: str) -> None:
        self.base_url = base_url
        self.token = token
        self.conversation = conversation

    @classmethod
    async def arrive(cls, base_url: str) -> Customer:
        async with httpx.AsyncClient(base_url=base_url, headers={"Origin": base_url}) as http:
            answer = await http.post("/api/chat/visitors", json={})
            answer.raise_for_status()
            body = answer.json()
        return cls(base_url, body["token"], body["conversation"])

    @asynccontextmanager
    async def connect(self, after: int = 0) -> AsyncIterator[Socket]:
        url = _socket_url(self.base_url, "/ws/chat")
        async with connect(url, origin=self.base_url) as connection:  # type: ignore[arg-type]
            socket = Socket(connection)
            await socket.send(type="hello", token=self.token, after=after)
            await socket.wait_for(lambda frame: frame["type"] == "caught_up")
            yield socket


class Agent:
    """A signed-in member of staff."""

    def __init__(self, base_url: str, http: httpx.AsyncClient) -> None:
        self.base_url = base_url
        self.http = http

    @classmethod
    @asynccontextmanager
    async def sign_in(cls, base_url: str, login: str, password: str) -> AsyncIterator[Agent]:
        headers = {"Origin": base_url, "X-Handrail": "1"}
        async with httpx.AsyncClient(base_url=base_url, headers=headers) as http:
            answer = await http.post("/staff/login", data={"login": login, "password": password})
            if answer.status_code not in (200, 303):
                answer.raise_for_status()
            yield cls(base_url, http)

    async def get(self, path: str) -> Any:
        answer = await self.http.get(path)
        answer.raise_for_status()
        return answer.json()

    async def post(self, path: str, **body: Any) -> Any:
        answer = await self.http.post(path, json=body)
        answer.raise_for_status()
        return answer.json()

    @asynccontextmanager
    async def connect(self) -> AsyncIterator[Socket]:
        ticket = (await self.post("/api/staff/ticket"))["ticket"]
        url = _socket_url(self.base_url, "/ws/staff")
        async with connect(url, origin=self.base_url) as connection:  # type: ignore[arg-type]
            socket = Socket(connection)
            await socket.send(type="hello", ticket=ticket)
            await socket.wait_for(lambda frame: frame["type"] == "queue")
            yield socket
