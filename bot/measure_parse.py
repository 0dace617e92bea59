"""What reading a message costs: `python -m bot.measure_parse --model PATH`, JSON lines in, one out.

Each input line is {"text": "..."}. The model is loaded and asked as in serving, in this process, on one thread.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import gc
import json
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from bot import environment

if TYPE_CHECKING:
    from rasa.core.agent import Agent

#: Messages read before the clock runs: what is made at the first message is there by then.
WARM = 20
#: What makes of words and vectors an intent, a scope, a moment, a mood. Encoder and spaCy stand apart.
DETECTORS = (
    "PlainText",
    "IntentClassifier",
    "ScopeDetector",
    "SecondRequest",
    "LanguageDetector",
    "PersonDetector",
    "MomentDetector",
    "FrustrationDetector",
)


def timed(work: Callable[[], object]) -> float:
    """Return the seconds that the work took."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


class Parts:
    """Milliseconds of processor time that each component took for each message."""

    def __init__(self) -> None:
        self._spent: dict[str, list[float]] = {}

    def watch(self) -> None:
        """Take the time of every component from now on."""
        from rasa.engine.graph import GraphNode

        run = GraphNode.__call__

        def timing(node: GraphNode, *inputs: Any) -> Any:
            begun = time.process_time()
            result = run(node, *inputs)
            spent = self._spent.setdefault(node._component_class.__name__, [])
            spent.append(1000 * (time.process_time() - begun))
            return result

        GraphNode.__call__ = timing

    def largest(self, count: int, last: int) -> dict[str, float]:
        """Return the medians of the components that took most, over the last messages."""
        medians = {name: statistics.median(spent[-last:]) for name, spent in self._spent.items()}
        most = sorted(medians, key=lambda name: -medians[name])[:count]
        return {name: round(medians[name], 2) for name in most}


def load(model: Path) -> tuple[Agent, dict[str, float]]:
    """Return the agent, and the seconds for the encoder, spaCy, each component, and all of it.

    Raises:
        RuntimeError: the model cannot be loaded.
    """
    from bot import logs

    logs.calm_warnings()
    from rasa.engine.graph import GraphNode

    from bot import parse, patches
    from bot.components import shared, spacy_entities

    logs.configure()
    patches.apply(environment.read().action_timeout)
    seconds = {"encoder": timed(shared.load_encoder), "spacy": timed(spacy_entities.reader)}
    create = GraphNode._load_component

    def timing(self: GraphNode, *inputs: Any, **more: Any) -> None:
        name = self._component_class.__name__
        seconds[name] = seconds.get(name, 0.0) + timed(lambda: create(self, *inputs, **more))

    GraphNode._load_component = timing
    started = time.perf_counter()
    try:
        agent = parse.load(model)
    finally:
        GraphNode._load_component = create
    return agent, {**seconds, "model": time.perf_counter() - started}


async def read(agent: Agent, texts: list[str]) -> tuple[list[float], list[float]]:
    """Return the milliseconds of each parse, by the clock and of the processor."""
    from bot.requests import MAX_TEXT, harmless

    clock, processor = [], []
    for text in texts:
        said = harmless(text[:MAX_TEXT])
        begun, worked = time.perf_counter(), time.process_time()
        await agent.parse_message(said)
        clock.append(1000 * (time.perf_counter() - begun))
        processor.append(1000 * (time.process_time() - worked))
    return clock, processor


def measure(model: Path, source: IO[str]) -> dict[str, Any]:
    """Return medians, 95th percentiles and seconds to load; the first texts only warm up.

    Raises:
        ValueError: there are not more texts than warm up.
    """
    texts = [str(json.loads(line)["text"]) for line in source if line.strip()]
    if len(texts) < WARM + 2:
        raise ValueError(f"it takes {WARM + 2} messages or more, got {len(texts)}")
    agent, seconds = load(model)
    parts = Parts()
    parts.watch()

    async def both() -> tuple[list[float], list[float]]:
        await read(agent, texts[:WARM])
        # As bot.serve does when the model is loaded.
        gc.collect()
        gc.freeze()
        return await read(agent, texts[WARM:])

    clock, processor = asyncio.run(both())
    return {
        "messages": len(clock),
        "p50_ms": round(statistics.median(clock), 2),
        "p95_ms": round(statistics.quantiles(clock, n=20)[-1], 2),
        "processor_p50_ms": round(statistics.median(processor), 2),
        "processor_p95_ms": round(statistics.quantiles(processor, n=20)[-1], 2),
        "parts_ms": parts.largest(4, len(clock)),
        "detectors_s": round(sum(seconds.get(name, 0.0) for name in DETECTORS), 3),
        "load_s": {name: round(value, 3) for name, value in seconds.items()},
    }


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m bot.measure_parse", description=__doc__)
    parser.add_argument("--model", type=Path, required=True, help="a file that bot.train wrote")
    chosen = parser.parse_args(arguments)
    environment.quiet()
    # What Rasa prints must not stand beside the one line.
    with contextlib.redirect_stdout(sys.stderr):
        try:
            found = measure(chosen.model, sys.stdin)
        except Exception as error:
            print(f"bot.measure_parse: {error}", file=sys.stderr)  # noqa: T201 - a command's own words
            return 1
    print(json.dumps(found))  # noqa: T201 - the answer
    return 0


if __name__ == "__main__":
    sys.exit(main())
