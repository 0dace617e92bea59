"""What a model makes of texts, asked of the model itself in a process of its own."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from training.paths import Tools
from training.process import ProgramFailed, run


async def intents_of(
    model: Path, texts: Sequence[str], tools: Tools, log: Path, *, limit: float
) -> list[str | None]:
    """Return the intent that a model gives each text, in their order.

    Raises:
        ProgramFailed: the model can't be loaded, took too long, or did not answer every text.
    """
    answers: list[str | None] = []

    async def take(parse: dict[str, Any]) -> None:
        intent = parse.get("intent")
        if isinstance(intent, dict):
            name = intent.get("name")
            answers.append(name if isinstance(name, str) else None)

    await run(
        [*tools.parse, "--model", str(model)],
        tools,
        log,
        limit=limit,
        on_line=take,
        log_answers=False,
        say=[{"text": text} for text in texts],
    )
    if len(answers) != len(texts):
        raise ProgramFailed(f"The model answered {len(answers)} of {len(texts)} messages.")
    return answers
