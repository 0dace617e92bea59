"""The intent of a message, by `understanding.intents`."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.shared.nlu.constants import INTENT, INTENT_RANKING_KEY
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.components import learning, shared
from bot.components.base import Trained
from understanding import features, intents, lessons, logistic, slips, storage

logger = logging.getLogger(__name__)


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class IntentClassifier(Trained[intents.IntentModel]):
    """Sets `intent` and `intent_ranking`; the model is plain arrays and JSON."""

    @classmethod
    def read(cls, folder: Path) -> intents.IntentModel:
        return storage.load_intents(folder)

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        # How many intents the parse lists; the trainer pages show five of them.
        return {"ranking_length": 10}

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        return shared.fingerprint(features, intents, learning, lessons, logistic, slips, storage)

    def train(self, training_data: TrainingData) -> Resource:
        trained = learning.train_intents(learning.examples_of(training_data))
        self._model = trained.model
        logger.info(
            "intents: %d examples of %d intents, %.1f %% right on held-out ones",
            len(trained.labels),
            len(trained.model.intents),
            100 * trained.accuracy,
        )
        with self._model_storage.write_to(self._resource) as folder:
            storage.save_intents(trained.model, folder)
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            vector = shared.vector_of(message)
            if self._model is None or vector is None:
                continue
            probabilities = self._model.probabilities(shared.text_of(message), vector)
            ranking = [
                {"name": name, "confidence": round(confidence, 4)}
                for name, confidence in self._model.ranking(
                    probabilities, self._config["ranking_length"]
                )
            ]
            message.set(INTENT, dict(ranking[0]), add_to_output=True)
            message.set(INTENT_RANKING_KEY, ranking, add_to_output=True)
            by_name = dict(zip(self._model.intents, map(float, probabilities), strict=False))
            message.set(shared.PROBABILITIES, by_name)
        return messages
