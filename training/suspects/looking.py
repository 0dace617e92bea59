"""The search for suspects in the background: one at a time on all processes, its result kept in a file."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import structlog

from server.clock import Clock
from server.errors import Conflict
from training.files import Claim, read_json, write_json
from training.paths import Paths, Tools
from training.process import ProgramFailed, run

log = structlog.get_logger(__name__)

PROGRAM = (sys.executable, "-m", "training.suspects.find")
#: 10,000 examples of 77 intents take a minute or two on a busy machine, and as long to encode.
LIMIT = 1800.0
#: On a machine that does other work, too, threads of linear algebra wait for one another: the same search was
#: seen to take 15 s with two and 0.4 s with one.
ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
#: A list older than this is made anew when somebody opens the page and the training files have changed.
STALE = timedelta(hours=1)


class AlreadyLooking(Conflict):
    code, message = "already_looking", "The examples are being looked through already."


@dataclass(frozen=True)
class Result:
    """The newest list, as `finding.find` has it, and the newest failure after it."""

    found: dict[str, Any] | None
    at: datetime | None
    problem: str | None
    looking: bool


class Looking:
    def __init__(
        self, clock: Clock, paths: Paths, tools: Tools, program: Sequence[str] = PROGRAM
    ) -> None:
        self._clock, self._program = clock, tuple(program)
        self._alone = replace(tools, environment={**tools.environment, **ONE_THREAD})
        self._nlu, self._logs = paths.nlu, paths.logs
        self._folder = paths.var / "suspects"
        self._claim = Claim(self._folder / "looking.lock")
        self._task: asyncio.Task[None] | None = None

    def result(self) -> Result:
        """What is known now; reads files."""
        found = read_json(self._folder / "found.json")
        failed = read_json(self._folder / "failed.json") or {}
        problem = failed.get("problem")
        return Result(found, _time(found), str(problem) if problem else None, self.is_running())

    def is_due(self, result: Result, fingerprint: str) -> bool:
        """Whether opening the page should begin a search: the files have changed, and not a moment ago."""
        if result.looking or (result.found or {}).get("fingerprint") == fingerprint:
            return False
        failed = read_json(self._folder / "failed.json")
        last = max(filter(None, (result.at, _time(failed))), default=None)
        return last is None or self._clock.now() - last >= STALE

    async def begin(self) -> None:
        """Begin a search in the background.

        Raises:
            AlreadyLooking: one runs, here or in another process.
        """
        if not await asyncio.to_thread(self._claim.take):
            raise AlreadyLooking
        self._task = asyncio.create_task(self._work(), name="suspects")
        # A task that is cancelled before its first step would never let go of the claim.
        await asyncio.sleep(0)

    async def wait(self) -> None:
        """Return when the search that runs here, if any, has ended."""
        if self._task is not None:
            await asyncio.wait([self._task])

    async def close(self) -> None:
        """Stop the search that runs here: the process is about to end."""
        if self._task is not None and not self._task.done():
            self._task.cancel()
            await asyncio.wait([self._task])

    async def _work(self) -> None:
        draft = self._folder / "finding.json"
        command = [*self._program, "--nlu", str(self._nlu), "--out", str(draft)]
        try:
            await run(
                command, self._alone, self._logs / "suspects.log", limit=LIMIT, on_line=_nothing,
                keep_open=(self._claim.handle,),
            )  # fmt: skip
            await asyncio.to_thread(self._keep, draft)
            log.info("suspects_found")
        except (ProgramFailed, OSError) as error:
            log.warning("suspects_not_found", kind=type(error).__name__)
            with contextlib.suppress(OSError):
                await asyncio.to_thread(self._fail, str(error) or type(error).__name__)
        finally:
            self._claim.release()

    def _keep(self, draft: Path) -> None:
        found = read_json(draft)
        draft.unlink(missing_ok=True)
        if found is None or not isinstance(found.get("suspects"), list):
            raise ProgramFailed("It ended without a list.")
        write_json(self._folder / "found.json", found | {"at": self._clock.now().isoformat()})
        (self._folder / "failed.json").unlink(missing_ok=True)

    def _fail(self, problem: str) -> None:
        write_json(
            self._folder / "failed.json",
            {"problem": problem[:300], "at": self._clock.now().isoformat()},
        )

    def is_running(self) -> bool:
        """Whether a search runs, in this process or another."""
        if self._task is not None and not self._task.done():
            return True
        if not self._claim.take():
            return True
        self._claim.release()
        return False


async def _nothing(_: dict[str, Any]) -> None:
    """It prints nothing that anybody waits for."""


def _time(record: dict[str, Any] | None) -> datetime | None:
    try:
        return datetime.fromisoformat(str((record or {})["at"]))
    except (KeyError, ValueError):
        return None
