"""What reading one message costs in the bot's own process: `bot.measure_parse`, run on the other Python."""

from __future__ import annotations

import json
import random
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.machine import pace_ms
from server.settings import ROOT, Settings
from server.supervise.serving import model_to_serve
from server.supervise.specs import BOT_PYTHON, rasa_environment

#: Messages read, the first 20 of them to warm up.
MESSAGES = 320
SEED = 11
LIMIT = 300.0
UNTRAINED = "Reading one message in process was not measured: {why}. Train a model first (`./handrail prepare`)."


def newest(settings: Settings) -> Path | None:
    """Return the model that would serve now, else the one trained last; None where there is none."""
    serving = model_to_serve(settings)
    if serving is not None:
        return serving
    trained = sorted(
        (settings.var / "models").glob("*.tar.gz"), key=lambda one: one.stat().st_mtime
    )
    return trained[-1] if trained else None


def measured(settings: Settings, texts: Sequence[str], python: Path = BOT_PYTHON) -> str:
    """Return a paragraph for the page; where nothing can be measured, why, and what to do."""
    model = newest(settings)
    if model is None:
        return UNTRAINED.format(why="no model is trained")
    before = pace_ms()
    chosen = random.Random(SEED).sample(list(texts), min(MESSAGES, len(texts)))  # noqa: S311 - no secret
    try:
        result = subprocess.run(  # noqa: S603 - our own environment's command
            [str(python), "-m", "bot.measure_parse", "--model", str(model)],
            cwd=ROOT,
            env=rasa_environment(settings),
            input="".join(json.dumps({"text": text}) + "\n" for text in chosen),
            capture_output=True,
            encoding="utf-8",
            timeout=LIMIT,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return UNTRAINED.format(why=f"{type(error).__name__} on the bot's Python")
    if result.returncode != 0:
        said = result.stderr.strip().splitlines()
        return UNTRAINED.format(why=said[-1] if said else "bot.measure_parse failed")
    return paragraph(json.loads(result.stdout.splitlines()[-1]), (before, pace_ms()))


def paragraph(found: Mapping[str, Any], paces: Sequence[float]) -> str:
    """Return the figures of `bot.measure_parse` in words."""
    load = found["load_s"]
    parts = ", ".join(f"{name} {spent:.1f}" for name, spent in found["parts_ms"].items())
    pace = " and ".join(f"{one:.1f}" for one in paces)
    return (
        f"Reading one message in process, encoder, spaCy and all detectors included, on one thread "
        f"({found['messages']} messages\nof data/nlu, none seen before): p50 {found['p50_ms']:.1f} ms, "
        f"p95 {found['p95_ms']:.1f} ms by the clock; {found['processor_p50_ms']:.1f} and "
        f"{found['processor_p95_ms']:.1f} ms of processor time, most of it in\n{parts}. Loading classifier "
        f"and detectors takes {found['detectors_s']:.2f} s, the encoder {load['encoder']:.2f} s and spaCy "
        f"{load['spacy']:.2f} s\nmore, the whole model after these {load['model']:.2f} s. A fixed loop took "
        f"{pace} ms before and after, 5 to 6 on an idle core."
    )
