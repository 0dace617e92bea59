"""The program that walks conversations: started at the first try, ended when nobody has tried for a while."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import IO, Any

import structlog

from server.errors import Unavailable
from training.paths import Tools
from training.process import NICE, end

log = structlog.get_logger(__name__)

#: A loaded model takes 0.6 GB: kept for as long as somebody thinks about what they saw.
IDLE = 600.0
#: Rasa's imports take up to half a minute on a busy machine, a model some seconds more.
START_LIMIT, TURN_LIMIT = 120.0, 60.0
#: An action call carries the tracker's last turns.
LINE_LIMIT = 8 * 1024 * 1024
LOG_LIMIT = 1024 * 1024

Answer = Callable[[dict[str, Any]], Awaitable[tuple[int, Any]]]
"""Runs an action as Rasa asks for it; returns status and body."""
Take = Callable[[dict[str, Any]], Awaitable[None]]


class NotWalked(Unavailable):
    code, message = "not_walked", "The model could not be tried."


class Program:
    """One child at a time, one walk at a time; safe to call from many tasks."""

    def __init__(
        self,
        tools: Tools,
        log_file: Path,
        *,
        idle: float = IDLE,
        start_limit: float = START_LIMIT,
        turn_limit: float = TURN_LIMIT,
    ) -> None:
        self._tools, self._log_file = tools, log_file
        self._idle, self._start_limit, self._turn_limit = idle, start_limit, turn_limit
        self.process: asyncio.subprocess.Process | None = None
        """The child, while there is one."""
        self._turn = asyncio.Lock()
        self._timer: asyncio.TimerHandle | None = None
        self._ending: asyncio.Task[None] | None = None

    @property
    def running(self) -> bool:
        return self.process is not None and self.process.returncode is None

    async def warm(self) -> None:
        """Have it started, so that the first try is quick; what goes wrong is told by the first try."""
        with suppress(NotWalked):
            async with self._used():
                pass

    async def walk(self, asked: Mapping[str, Any], answer: Answer, take: Take) -> None:
        """Walk one conversation; each turn as `bot.rehearse` says it goes to `take`, action calls to `answer`.

        Raises:
            NotWalked: the program or the model can't be started, broke, or took too long.
        """
        problem: object = None
        async with self._used() as process:
            await self._say(process, asked)
            # The model may have to be loaded before the first turn.
            limit = self._start_limit
            while True:
                line = await self._hear(process, limit)
                limit = self._turn_limit
                if "call" in line:
                    status, body = await answer(line["call"])
                    await self._say(process, {"status": status, "body": body})
                elif "turn" in line:
                    await take(line["turn"])
                else:
                    problem = line.get("error")
                    break
        if problem:
            raise NotWalked(f"The model could not be tried: {problem}")

    async def close(self) -> None:
        """End the child, if there is one."""
        if self._timer is not None:
            self._timer.cancel()
        if self._ending is not None:
            await asyncio.wait([self._ending])
        async with self._turn:
            await self._end()

    @asynccontextmanager
    async def _used(self) -> AsyncIterator[asyncio.subprocess.Process]:
        """Lend the child to one user at a time; one that was left in the middle of a walk is ended."""
        async with self._turn:
            if self._timer is not None:
                self._timer.cancel()
            try:
                if not self.running or self.process is None:
                    self.process = await self._start()
                yield self.process
            except BaseException:
                await self._end()
                raise
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(self._idle, self._end_later)

    def _end_later(self) -> None:
        async def ending() -> None:
            async with self._turn:
                await self._end()
            log.info("rehearsal_ended", reason="idle")

        # Somebody who uses it now sets the timer again when they are done.
        if not self._turn.locked():
            self._ending = asyncio.create_task(ending(), name="rehearsal-end")

    async def _end(self) -> None:
        process, self.process = self.process, None
        if process is not None:
            await end(process)

    async def _start(self) -> asyncio.subprocess.Process:
        if not self._tools.rehearse:
            raise NotWalked("Nothing is set up here to try models with.")
        with self._open_log() as file:
            try:
                process = await asyncio.create_subprocess_exec(
                    *self._tools.rehearse,
                    stdin=asyncio.subprocess.PIPE,
                    stdout=asyncio.subprocess.PIPE,
                    stderr=file,
                    cwd=self._tools.folder,
                    env=dict(self._tools.environment),
                    limit=LINE_LIMIT,
                    start_new_session=True,
                )
            except OSError as error:
                raise NotWalked("The program that tries models could not be started.") from error
        with suppress(ProcessLookupError, PermissionError):
            os.setpriority(os.PRIO_PROCESS, process.pid, NICE)
        try:
            line = await self._hear(process, self._start_limit)
            if "ready" not in line:
                raise NotWalked()
        except BaseException:
            await end(process)
            raise
        log.info("rehearsal_started", pid=process.pid)
        return process

    def _open_log(self) -> IO[bytes]:
        self._log_file.parent.mkdir(parents=True, exist_ok=True)
        with suppress(OSError):
            if self._log_file.stat().st_size > LOG_LIMIT:
                self._log_file.unlink()
        return self._log_file.open("ab")

    @staticmethod
    async def _say(process: asyncio.subprocess.Process, record: Mapping[str, Any]) -> None:
        if process.stdin is not None:
            # A child that is gone is noticed when its answer is awaited.
            with suppress(BrokenPipeError, ConnectionResetError):
                process.stdin.write(json.dumps(record, default=str).encode() + b"\n")
                await process.stdin.drain()

    async def _hear(self, process: asyncio.subprocess.Process, limit: float) -> dict[str, Any]:
        pipe = process.stdout
        while pipe is not None:
            try:
                async with asyncio.timeout(limit):
                    line = await pipe.readline()
            except TimeoutError as error:
                raise NotWalked(f"The model did not answer within {limit:.0f} seconds.") from error
            except ValueError as error:
                raise NotWalked("The model's answer is too long.") from error
            if not line:
                break
            try:
                found = json.loads(line)
            except ValueError:
                continue  # Libraries print what they like.
            if isinstance(found, dict):
                return found
        raise NotWalked("The program that tries models ended: see var/logs/training/trying.log.")
