"""A program on the other Python: started politely, read line by line, never left behind."""

from __future__ import annotations

import asyncio
import json
import os
import signal
from collections.abc import Awaitable, Callable, Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from training.paths import Tools

#: Training gives way to whoever answers customers on the same machine.
NICE = 10
GRACE = 5.0
LINE_LIMIT = 1024 * 1024


class ProgramFailed(Exception):
    """A program ended with an error or took too long; the text is fit for the trainer."""


async def run(
    command: Sequence[str],
    tools: Tools,
    log: Path,
    *,
    limit: float,
    on_line: Callable[[dict[str, Any]], Awaitable[None]],
    say: Iterable[dict[str, Any]] = (),
    keep_open: Sequence[int] = (),
    log_answers: bool = True,
) -> None:
    """Run a program to its end; each JSON object it prints goes to `on_line`, everything to the log.

    Without `log_answers` the log gets only what it says on stderr.

    `say` is written to its input, one JSON object a line. `keep_open` are file descriptors that the
    program inherits. Whatever happens, the program and its children are gone when this returns.

    Raises:
        ProgramFailed: it could not be started, ended with another status than 0, or took over `limit` seconds.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as file:
        try:
            process = await asyncio.create_subprocess_exec(
                *command,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=file,
                cwd=tools.folder,
                env=dict(tools.environment),
                limit=LINE_LIMIT,
                # A group of its own: a timeout ends the workers that it started, too.
                start_new_session=True,
                pass_fds=tuple(keep_open),
            )
        except OSError as error:
            raise ProgramFailed(f"{Path(command[0]).name} could not be started.") from error
        with suppress(ProcessLookupError, PermissionError):
            os.setpriority(os.PRIO_PROCESS, process.pid, NICE)
        try:
            async with asyncio.timeout(limit):
                _, _, status = await asyncio.gather(
                    _tell(process, say),
                    _listen(process, file.fileno() if log_answers else None, on_line),
                    process.wait(),
                )
        except TimeoutError as error:
            raise ProgramFailed(
                f"It took longer than {limit:.0f} seconds and was stopped."
            ) from error
        finally:
            await end(process)
    if status != 0:
        raise ProgramFailed(f"It ended with status {status}.")


async def _tell(process: asyncio.subprocess.Process, say: Iterable[dict[str, Any]]) -> None:
    pipe = process.stdin
    if pipe is None:
        return
    with suppress(BrokenPipeError, ConnectionResetError):
        for record in say:
            pipe.write(json.dumps(record).encode() + b"\n")
            await pipe.drain()
    pipe.close()


async def _listen(
    process: asyncio.subprocess.Process,
    log: int | None,
    on_line: Callable[[dict[str, Any]], Awaitable[None]],
) -> None:
    pipe = process.stdout
    while pipe is not None:
        try:
            line = await pipe.readline()
        except ValueError:
            continue  # A line over the limit is no message of ours.
        if not line:
            return
        if log is not None:
            os.write(log, line)
        try:
            found = json.loads(line)
        except ValueError:
            continue  # Libraries print what they like.
        if isinstance(found, dict):
            await on_line(found)


async def end(process: asyncio.subprocess.Process) -> None:
    """Stop the program and all that it started: asked first, then made to."""
    for signal_, patience in ((signal.SIGTERM, GRACE), (signal.SIGKILL, GRACE)):
        if process.returncode is None:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal_)
            with suppress(TimeoutError):
                async with asyncio.timeout(patience):
                    await process.wait()
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)


def tail(log: Path, lines: int = 15) -> list[str]:
    """Return the last lines of a log; none when there is no log."""
    try:
        with log.open("rb") as file:
            file.seek(max(0, log.stat().st_size - 20_000))
            text = file.read().decode("utf-8", "replace")
    except OSError:
        return []
    return [line[:500] for line in text.splitlines()[-lines:]]
