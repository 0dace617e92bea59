"""App processes to be killed: one on SQLite, or several on PostgreSQL and Redis, with a stand-in for the bot.

Rasa is not what is tested here and would take both cores, so the bot is a small HTTP server that speaks the
channel's protocol (conversations/bot_client.py): it thinks for a moment, sometimes fails, and answers a turn
that it has answered before as it did then.
"""

from __future__ import annotations

import asyncio
import os
import random
import signal
import subprocess
import sys
import time
from collections import OrderedDict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web

from server.prepare import prepare
from server.settings import ROOT, Settings, load_settings
from server.trial import free_port

START_LIMIT = 120.0
PASSWORD = "a password for simulated people"  # noqa: S105 - of a house that lives for minutes
KEPT_REPLIES = 5000


class StandIn:
    """The bot, as far as the app can tell."""

    def __init__(self, chance: random.Random, *, thinks: float = 0.8, fails: float = 0.04) -> None:
        self.port = free_port()
        self.thinks = thinks
        """Seconds at most; a turn is still running when owners change."""
        self.fails = fails
        self.turns = 0
        self._chance = chance
        self._replies: OrderedDict[str, dict[str, Any]] = OrderedDict()

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[StandIn]:
        app = web.Application()
        app.router.add_get("/", self._alive)
        app.router.add_post("/webhooks/handrail/ahead", self._alive)
        app.router.add_post("/webhooks/handrail/turn", self._turn)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", self.port).start()
        try:
            yield self
        finally:
            await runner.cleanup()

    async def _alive(self, _: web.Request) -> web.Response:
        return web.json_response({"status": "ok"})

    async def _turn(self, request: web.Request) -> web.Response:
        body = await request.json()
        turn_id = str(body["turn_id"])
        await asyncio.sleep(self._chance.random() * self.thinks)
        if self._chance.random() < self.fails:
            return web.Response(status=500)
        if turn_id not in self._replies:
            self.turns += 1
            texts = [f"This is answer {self.turns}."]
            if self._chance.random() < 0.3:
                texts.append("And this belongs to it.")
            self._replies[turn_id] = {
                "turn_id": turn_id,
                "messages": [{"text": text} for text in texts],
                "versions": {"model": "stand-in"},
            }
            while len(self._replies) > KEPT_REPLIES:
                self._replies.popitem(last=False)
        return web.json_response(self._replies[turn_id])


class Site:
    """One house with one or more app processes. ``origin`` is the address that customers and staff know."""

    def __init__(
        self,
        folder: Path,
        bot_port: int,
        *,
        processes: int = 1,
        database_url: str = "",
        redis_url: str = "",
        **environment: str,
    ) -> None:
        self.folder = folder
        self.ports = [free_port() for _ in range(processes)]
        self.urls = [f"http://127.0.0.1:{port}" for port in self.ports]
        self.origin = self.urls[0]
        self.starts: list[float] = []
        self._running: list[subprocess.Popen[bytes] | None] = [None] * processes
        self._environment = {
            "HANDRAIL_VAR": str(folder),
            "HANDRAIL_HOST": "127.0.0.1",
            "HANDRAIL_PUBLIC_URL": self.origin,
            "HANDRAIL_RASA_PORT": str(bot_port),
            "HANDRAIL_FIRST_PASSWORD": PASSWORD,
            # All simulated people live at one address and write faster than people may.
            "HANDRAIL_MESSAGES_PER_MINUTE": "100000",
            "HANDRAIL_STAFF_REQUESTS_PER_MINUTE": "1000000",
            "HANDRAIL_DATABASE_URL": database_url,
            "HANDRAIL_REDIS_URL": redis_url,
            **environment,
        }

    @property
    def settings(self) -> Settings:
        return load_settings(
            var=self.folder, database_url=self._environment["HANDRAIL_DATABASE_URL"]
        )

    def prepare(self, *steps: str) -> None:
        """Make what the processes need (server.prepare); call it outside any running event loop."""
        self.folder.mkdir(parents=True, exist_ok=True)
        encoders = self.folder / "encoders"
        if not encoders.exists():
            encoders.symlink_to(load_settings().var / "encoders")
        prepare(self.settings, only=("databases", *steps))

    def pid(self, number: int) -> int:
        process = self._running[number]
        assert process is not None
        return process.pid

    async def start(self, number: int) -> None:
        """Start one process and wait until it answers.

        Raises:
            RuntimeError: it did not in time; carries the end of its output.
        """
        started = time.monotonic()
        with self._log(number).open("ab") as log:
            process = self._running[number] = subprocess.Popen(  # noqa: ASYNC220 - returns at once
                [sys.executable, "-m", "server.serve"],
                cwd=ROOT,
                env={
                    **os.environ,
                    "PYTHONPATH": str(ROOT),
                    **self._environment,
                    "HANDRAIL_PORT": str(self.ports[number]),
                },
                stdout=log,
                stderr=log,
            )
        while not await self._answers(number):
            if process.poll() is not None or time.monotonic() - started > START_LIMIT:
                raise RuntimeError(f"an app process did not start:\n{self.tail(number)}")
            await asyncio.sleep(0.1)
        self.starts.append(time.monotonic() - started)

    async def start_all(self) -> None:
        """Start what does not run; the first one makes the first administrator before the others look."""
        for number, process in enumerate(self._running):
            if process is None or process.poll() is not None:
                await self.start(number)

    def kill(self, number: int) -> None:
        """As a power cut: no goodbye, nothing flushed."""
        process = self._running[number]
        if process is not None and process.poll() is None:
            os.kill(process.pid, signal.SIGKILL)
            process.wait()

    def stop(self) -> None:
        for process in self._running:
            if process is not None and process.poll() is None:
                process.terminate()
        for process in self._running:
            if process is not None:
                try:
                    process.wait(15)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()

    def tail(self, number: int, lines: int = 30) -> str:
        return "\n".join(self._log(number).read_text("utf-8", "replace").splitlines()[-lines:])

    def complaints(self) -> list[str]:
        """What the processes logged as errors, the first line of each."""
        return [
            line[:300]
            for number in range(len(self.ports))
            for line in self._log(number).read_text("utf-8", "replace").splitlines()
            if '"level": "error"' in line
        ]

    def _log(self, number: int) -> Path:
        return self.folder / f"app{number}.log"

    async def _answers(self, number: int) -> bool:
        try:
            async with (
                aiohttp.ClientSession(trust_env=False) as http,
                http.get(
                    f"{self.urls[number]}/health", timeout=aiohttp.ClientTimeout(total=2)
                ) as answer,
            ):
                return answer.status == 200
        except (aiohttp.ClientError, TimeoutError):
            return False
