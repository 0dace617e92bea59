"""The message as its words were meant, by `understanding.normal`, for the components that follow."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Any

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.components import shared
from bot.components.base import Trained
from understanding import normal

logger = logging.getLogger(__name__)

COUNTS = "words.json"


# A classifier to Rasa's recipe, so that it may learn and then run anywhere in the pipeline.
@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class PlainText(Trained[normal.Speller]):
    """Adds `meant` where it differs from the text; examples are learned from as they are."""

    @classmethod
    def read(cls, folder: Path) -> normal.Speller:
        counts = json.loads((folder / COUNTS).read_text(encoding="utf-8"))
        return normal.Speller(counts, shared.load_encoder().is_word)

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        return {}

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        return shared.fingerprint(normal)

    def train(self, training_data: TrainingData) -> Resource:
        texts = [
            normal.plain(str(message.get(TEXT) or ""))
            for message in training_data.intent_examples
            if message.get(INTENT)
        ]
        self._model = normal.Speller.learn(texts, shared.load_encoder().is_word)
        logger.info("plain text: knows %d words of the examples", len(self._model.counts))
        with self._model_storage.write_to(self._resource) as folder:
            words = json.dumps(dict(self._model.counts), sort_keys=True)
            (folder / COUNTS).write_text(words, encoding="utf-8")
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            text = str(message.get(TEXT) or "")
            if self._model is None or not text or shared.is_command(message):
                continue
            meant = self._model.mend(normal.plain(text))
            if meant != text:
                message.set(shared.MEANT, meant, add_to_output=True)
        return messages
