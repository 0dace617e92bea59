"""The doors of a house as its clients find them: any of its processes, another one after a drop."""

from __future__ import annotations

import asyncio
import random
import socket
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any

import aiohttp

Frame = dict[str, Any]

GONE = (aiohttp.ClientError, OSError, TimeoutError)
"""What a client meets when a process dies under it."""
REST_LIMIT = aiohttp.ClientTimeout(total=20)
SOCKETS_OF_ONE = 100
"""The app allows 256 sockets of one address, and 120 new visitors a minute."""


class Refused(Exception):
    """The app said no, and why."""

    def __init__(self, status: int, code: str) -> None:
        super().__init__(f"{status} {code}")
        self.status = status
        self.code = code


class Dropped(Exception):
    """The socket has ended."""


class Wire:
    """One open WebSocket."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket

    async def send(self, **frame: Any) -> None:
        try:
            await self._socket.send_json(frame)
        except GONE as error:
            raise Dropped from error

    async def next(self) -> Frame:
        """The next frame.

        Raises:
            Dropped: there is none any more.
        """
        try:
            said = await self._socket.receive()
        except GONE as error:
            raise Dropped from error
        if said.type is not aiohttp.WSMsgType.TEXT:
            raise Dropped
        frame: Frame = said.json()
        return frame

    def cut(self) -> None:
        """Lose the connection without a word, as a phone in a tunnel does."""
        wire = self._socket.get_extra_info("socket")
        if wire is not None:
            with suppress(OSError):
                wire.shutdown(socket.SHUT_RDWR)


class Doors:
    """Use as an async context manager. ``number`` of a client decides which loopback address it calls from."""

    def __init__(self, urls: Sequence[str], origin: str, chance: random.Random) -> None:
        self.urls = list(urls)
        self.origin = origin
        # As a balancer passes it on: the house's own name, whichever process is asked.
        self._named = {"Origin": origin, "Host": origin.partition("://")[2]}
        self._chance = chance
        self._sessions: dict[int, aiohttp.ClientSession] = {}

    async def __aenter__(self) -> Doors:
        return self

    async def __aexit__(self, *_: object) -> None:
        for session in self._sessions.values():
            await session.close()

    def any(self) -> str:
        return self._chance.choice(self.urls)

    def _session(self, number: int) -> aiohttp.ClientSession:
        place = number // SOCKETS_OF_ONE
        if place not in self._sessions:
            self._sessions[place] = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=0, local_addr=(f"127.0.0.{2 + place}", 0)),
                cookie_jar=aiohttp.DummyCookieJar(),
                timeout=REST_LIMIT,
                trust_env=False,
            )
        return self._sessions[place]

    async def call(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        cookie: str = "",
        token: str = "",
        url: str = "",
        number: int = 0,
    ) -> Any:
        """One REST call, of staff by their cookie or a customer by their token; the answer's JSON.

        Raises:
            Refused: the app said no. One of GONE: nobody answered.
        """
        headers = {**self._named, "X-Handrail": "1"}
        if cookie:
            headers["Cookie"] = cookie
        if token:
            headers["Authorization"] = f"Bearer {token}"
        async with self._session(number).request(
            method, (url or self.any()) + path, json=body, headers=headers
        ) as answer:
            if answer.status >= 400:
                raise Refused(answer.status, await _code(answer))
            return await answer.json() if answer.status != 204 else None

    async def sign_in(self, login: str, password: str) -> str:
        """The session's cookie."""
        async with self._session(0).post(
            self.any() + "/staff/login",
            data={"login": login, "password": password},
            headers=self._named,
            allow_redirects=False,
        ) as answer:
            kept = [f"{one.key}={one.value}" for one in answer.cookies.values()]
            if answer.status != 303 or not kept:
                raise Refused(answer.status, "sign_in")
            return "; ".join(kept)

    @asynccontextmanager
    async def socket(self, path: str, *, url: str = "", number: int = 0) -> AsyncIterator[Wire]:
        """An open WebSocket; what comes first is the caller's business.

        Raises:
            Dropped: nobody answered.
        """
        try:
            opened = await self._session(number).ws_connect(
                (url or self.any()).replace("http", "ws", 1) + path,
                headers=self._named,
                max_msg_size=0,
            )
        except GONE as error:
            raise Dropped from error
        try:
            yield Wire(opened)
        finally:
            with suppress(*GONE):
                await asyncio.wait_for(opened.close(), 2)


async def _code(answer: aiohttp.ClientResponse) -> str:
    try:
        return str((await answer.json())["error"]["code"])
    except (aiohttp.ClientError, ValueError, KeyError, TypeError):
        return (await answer.text())[:80]
