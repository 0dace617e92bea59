"""Parse texts with a trained model: `python -m bot.parse --model PATH`, JSON lines in and out.

Each input line is {"text": "..."}; each output line is the parse with the "milliseconds" it took, or
{"error": "..."}. A text may belong to a conversation:

    {"text", "thread": "any name", "metadata": {"bot_failures", ...}, "slots": {...}, "loop": form or null}

Texts of one thread that follow each other are read as one episode, what was said before included; slots and
the open form are set before the text is read. {"costs": true} is answered with "memory_mb", the most that this
process has held so far, and "load_seconds".
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import resource
import sys
import time
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from bot import environment

if TYPE_CHECKING:
    from rasa.core.agent import Agent
    from rasa.shared.core.trackers import DialogueStateTracker


def load(model: Path) -> Agent:
    """Return an agent that can parse.

    Raises:
        RuntimeError: the model cannot be loaded.
    """
    from bot import logs

    logs.calm_warnings()
    from rasa.core.agent import Agent

    logs.configure()
    agent = Agent.load(str(model))
    if not agent.is_ready():
        raise RuntimeError(f"the model {model} cannot be loaded")
    return agent


class Reader:
    """Answers one line after another; remembers the thread at hand."""

    def __init__(self, agent: Agent, load_seconds: float = 0.0) -> None:
        self._agent = agent
        self._load_seconds = load_seconds
        self._thread: str | None = None
        self._tracker: DialogueStateTracker | None = None

    async def answer(self, asked: dict[str, Any]) -> dict[str, Any]:
        """Return what one line is answered with.

        Raises:
            ValueError, KeyError, TypeError: it is not of the form that stands above.
        """
        if asked.get("costs"):
            return {"memory_mb": _memory(), "load_seconds": round(self._load_seconds, 2)}
        from rasa.core.channels.channel import UserMessage
        from rasa.shared.core.events import UserUttered

        from bot.requests import MAX_TEXT, harmless

        text = harmless(str(asked["text"])[:MAX_TEXT])
        tracker, metadata = self._tracker_of(asked), dict(asked.get("metadata") or {})
        message = UserMessage(text, metadata=metadata)
        begun = time.perf_counter()
        parse: dict[str, Any] = await self._agent.processor.parse_message(message, tracker)
        parse["milliseconds"] = round(1000 * (time.perf_counter() - begun), 3)
        if tracker is not None:
            said = UserUttered(text, parse.get("intent"), parse.get("entities"), parse)
            tracker.update(said, self._agent.domain)
        return parse

    def _tracker_of(self, asked: dict[str, Any]) -> DialogueStateTracker | None:
        from rasa.shared.core.events import ActiveLoop, SlotSet
        from rasa.shared.core.trackers import DialogueStateTracker

        thread = asked.get("thread")
        if thread is None:
            return None
        if self._tracker is None or thread != self._thread:
            self._thread = str(thread)
            self._tracker = DialogueStateTracker(self._thread, self._agent.domain.slots)
        slots = dict(asked.get("slots") or {})
        self._tracker.update_with_events(
            [
                *(SlotSet(name, value) for name, value in slots.items()),
                ActiveLoop(asked.get("loop") or None),
            ],
            self._agent.domain,
        )
        return self._tracker


def _memory() -> float:
    """Return the megabytes that this process has held at most."""
    with contextlib.suppress(OSError, ValueError, IndexError):
        # getrusage counts what the parent held before it became this program, too.
        status = Path("/proc/self/status").read_text("ascii")
        return round(int(status.split("VmHWM:")[1].split()[0]) / 1024, 1)
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(most / (1024 * 1024 if sys.platform == "darwin" else 1024), 1)


async def run(agent: Agent, source: IO[str], target: IO[str], *, load_seconds: float = 0.0) -> None:
    """Answer every line of the source with one line, in order."""
    reader = Reader(agent, load_seconds)
    for line in source:
        if not line.strip():
            continue
        answer: dict[str, Any]
        try:
            answer = await reader.answer(dict(json.loads(line)))
        except (ValueError, KeyError, TypeError) as error:
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer, ensure_ascii=False), file=target, flush=True)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m bot.parse", description=__doc__)
    parser.add_argument("--model", type=Path, required=True, help="a file that bot.train wrote")
    chosen = parser.parse_args(arguments)
    environment.quiet()
    # What Rasa prints must not stand between the JSON lines.
    with contextlib.redirect_stdout(sys.stderr):
        begun = time.perf_counter()
        try:
            agent = load(chosen.model)
        except Exception as error:
            print(f"bot.parse: {error}", file=sys.stderr)  # noqa: T201 - a command's own words
            return 1
        seconds = time.perf_counter() - begun
        target = sys.__stdout__ or sys.stdout
        asyncio.run(run(agent, sys.stdin, target, load_seconds=seconds))
    return 0


if __name__ == "__main__":
    sys.exit(main())
