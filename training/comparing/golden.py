"""The golden set: messages with their right intents that no model is trained on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import yaml

from server.errors import Unavailable
from training.nlu_files import Example
from training.texts import normalise


@dataclass(frozen=True)
class Golden:
    messages: tuple[Example, ...]
    left_out: int
    """Messages that have become training examples, so that they no longer test anything."""


def read(path: Path) -> list[Example]:
    """Return the messages in file order.

    Raises:
        Unavailable: the file is missing or has another form than ``golden: {intent: [text, …]}``.
    """
    try:
        content = yaml.safe_load(path.read_text("utf-8"))["golden"]
        return [Example(intent, str(text)) for intent, texts in content.items() for text in texts]
    except (OSError, ValueError, KeyError, TypeError, AttributeError, yaml.YAMLError) as error:
        raise Unavailable("The golden set can't be read, so models can't be compared.") from error


def fair(messages: Iterable[Example], trained_on: Iterable[Example]) -> Golden:
    """Leave out what a model may have seen in training: it would be measured on its own homework."""
    seen = {normalise(example.text) for example in trained_on}
    every = list(messages)
    kept = tuple(message for message in every if normalise(message.text) not in seen)
    return Golden(kept, len(every) - len(kept))
