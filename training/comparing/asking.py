"""Models that are asked in processes of their own, one beside the other, message by message.

`bot.parse` loads a model and answers JSON lines. Two of them asked in turn see the same load of the
machine, so that their times can be compared.
"""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from training.paths import Tools
from training.process import LINE_LIMIT, NICE, ProgramFailed, end

#: Loading takes Rasa 7 s on an idle machine; then a message takes 10 to 30 ms.
LOAD_LIMIT, ANSWER_LIMIT = 180.0, 30.0
#: Read before the clock runs: what is made at the first messages is there by then.
WARM = 10


@dataclass(frozen=True)
class Request:
    """One message, with what the model may know beside its words."""

    text: str
    thread: str | None = None
    """Messages of one thread that follow each other are one episode: patience wears out over them."""
    metadata: Mapping[str, Any] = field(default_factory=dict)
    slots: Mapping[str, Any] = field(default_factory=dict)
    loop: str | None = None
    """The form that is open."""

    def as_line(self) -> dict[str, Any]:
        """Return what `bot.parse` is told."""
        told: dict[str, Any] = {"text": self.text}
        if self.thread is not None:
            told |= {
                "thread": self.thread,
                "metadata": dict(self.metadata),
                "slots": dict(self.slots),
                "loop": self.loop,
            }
        return told


class Reader:
    """A model, loaded and waiting for messages."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self._lost = False
        """After a time limit its answers belong to nobody knows which message."""

    async def read(self, request: Request) -> dict[str, Any]:
        """Return the model's parse: intent, intent_ranking, entities, scope, frustration, milliseconds.

        Raises:
            ProgramFailed: it ended, took too long, or could not read the message.
        """
        parse = await self._ask(request.as_line(), ANSWER_LIMIT)
        if "error" in parse:
            raise ProgramFailed(f"A message could not be read: {str(parse['error'])[:200]}.")
        return parse

    async def costs(self) -> dict[str, float]:
        """Return ``{"memory_mb", "load_seconds"}``, as far as the program tells them.

        Raises:
            ProgramFailed: it ended or took too long.
        """
        found = await self._ask({"costs": True}, ANSWER_LIMIT)
        return {
            name: float(value) for name, value in found.items() if isinstance(value, int | float)
        }

    async def _warm_up(self) -> None:
        await self._ask({"costs": True}, LOAD_LIMIT)
        for number in range(WARM):
            await self.read(Request(f"hello, is this message number {number}"))

    async def _ask(self, record: dict[str, Any], limit: float) -> dict[str, Any]:
        pipe, source = self._process.stdin, self._process.stdout
        if pipe is None or source is None or self._lost:
            raise ProgramFailed("The model can't be asked any more.")
        try:
            async with asyncio.timeout(limit):
                with suppress(BrokenPipeError, ConnectionResetError):
                    pipe.write(json.dumps(record).encode() + b"\n")
                    await pipe.drain()
                return await self._answer(source)
        except TimeoutError as error:
            self._lost = True
            raise ProgramFailed(f"The model took longer than {limit:.0f} seconds.") from error

    async def _answer(self, source: asyncio.StreamReader) -> dict[str, Any]:
        while line := await source.readline():
            with suppress(ValueError):  # Libraries print what they like.
                found = json.loads(line)
                if isinstance(found, dict):
                    return found
        status = await self._process.wait()
        raise ProgramFailed(f"It ended with status {status}.")


@asynccontextmanager
async def opened(model: Path, tools: Tools, log: Path) -> AsyncIterator[Reader]:
    """Load a model, read some messages to warm up, and end its program afterwards, whatever happened.

    Raises:
        ProgramFailed: it can't be started, or the model can't be loaded.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as file:
        try:
            process = await asyncio.create_subprocess_exec(
                *tools.parse,
                "--model",
                str(model),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=file,
                cwd=tools.folder,
                env=dict(tools.environment),
                limit=LINE_LIMIT,
                start_new_session=True,
            )
        except OSError as error:
            raise ProgramFailed(f"{Path(tools.parse[0]).name} could not be started.") from error
    try:
        with suppress(ProcessLookupError, PermissionError):
            os.setpriority(os.PRIO_PROCESS, process.pid, NICE)
        reader = Reader(process)
        await reader._warm_up()
        yield reader
    finally:
        await end(process)


@asynccontextmanager
async def opened_both(
    candidate: Path, serving: Path | None, tools: Tools, log: Path
) -> AsyncIterator[tuple[Reader, Reader | None]]:
    """Load a candidate and, beside it, the model that serves, if any.

    One after the other: two that load at once take longer than twice one on two cores.

    Raises:
        ProgramFailed: one of them can't be loaded.
    """
    async with AsyncExitStack() as stack:
        new = await stack.enter_async_context(opened(candidate, tools, log))
        old = None
        if serving is not None:
            old = await stack.enter_async_context(opened(serving, tools, log))
        yield new, old


@dataclass
class Pair:
    """Both models' parses of one message; `before` is None where no model serves."""

    before: dict[str, Any] | None
    after: dict[str, Any]


class Both:
    """Asks two models the same, the one first that was second the last time."""

    def __init__(self, candidate: Reader, serving: Reader | None) -> None:
        self._candidate, self._serving = candidate, serving
        self._asked = 0
        self.milliseconds: list[tuple[float | None, float]] = []
        """What each message took: serving, candidate."""

    async def read(self, request: Request) -> Pair:
        """Return both parses.

        Raises:
            ProgramFailed: as `Reader.read`.
        """
        before = None
        serving_first = self._asked % 2 == 0
        self._asked += 1
        if self._serving is not None and serving_first:
            before = await self._serving.read(request)
        after = await self._candidate.read(request)
        if self._serving is not None and not serving_first:
            before = await self._serving.read(request)
        if "milliseconds" in after and (before is None or "milliseconds" in before):
            old = None if before is None else float(before["milliseconds"])
            self.milliseconds.append((old, float(after["milliseconds"])))
        return Pair(before, after)

    async def costs(self) -> tuple[dict[str, float] | None, dict[str, float]]:
        """Return each model's `Reader.costs`: serving, candidate."""
        old = await self._serving.costs() if self._serving is not None else None
        return old, await self._candidate.costs()


def intent_of(parse: Mapping[str, Any] | None) -> str | None:
    """Return the intent of a parse."""
    intent = parse.get("intent") if parse is not None else None
    name = intent.get("name") if isinstance(intent, Mapping) else None
    return name if isinstance(name, str) else None
