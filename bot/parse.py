"""Parse texts with a trained model: `python -m bot.parse --model PATH`, JSON lines in and out.

Each input line is {"text": "..."}; each output line is the parse, or {"error": "..."}.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import sys
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from bot import environment

if TYPE_CHECKING:
    from rasa.core.agent import Agent


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


async def run(agent: Agent, source: IO[str], target: IO[str]) -> None:
    """Answer every line of the source with one line, in order."""
    from bot.requests import MAX_TEXT, harmless

    for line in source:
        if not line.strip():
            continue
        answer: dict[str, Any]
        try:
            text = str(json.loads(line)["text"])
            answer = await agent.parse_message(harmless(text[:MAX_TEXT]))
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
        try:
            agent = load(chosen.model)
        except Exception as error:
            print(f"bot.parse: {error}", file=sys.stderr)  # noqa: T201 - a command's own words
            return 1
        asyncio.run(run(agent, sys.stdin, sys.__stdout__ or sys.stdout))
    return 0


if __name__ == "__main__":
    sys.exit(main())
