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
from understanding import features, intents, lessons, logistic, second_opinion, slips, storage
from understanding.logistic import Array

logger = logging.getLogger(__name__)


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class IntentClassifier(Trained[second_opinion.Opinions]):
    """Sets `intent` and `intent_ranking`; the model is plain arrays and JSON.

    Where an encoder was tuned on the house's examples (`./handrail nlu adapt`), its opinion is mixed in.
    The probabilities kept for other components are the first opinion's, which they are calibrated on.
    """

    @classmethod
    def read(cls, folder: Path) -> second_opinion.Opinions:
        opinions = second_opinion.load(folder)
        if opinions.second is None:
            return opinions
        encoder = shared.load_intent_encoder()
        if encoder is None or encoder.checksum != opinions.second.encoder:
            # An older model beside a newer encoder, or after `nlu adapt --undo`: the next start trains.
            logger.warning("the encoder of the second opinion is not the one it was trained with")
            return second_opinion.Opinions(opinions.first)
        return opinions

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        # How many intents the parse lists; the trainer pages show five of them.
        return {"ranking_length": 10}

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        helpers = (features, intents, learning, lessons, logistic, second_opinion, slips, storage)
        return shared.fingerprint(*helpers, files=shared.adapted_files())

    def train(self, training_data: TrainingData) -> Resource:
        examples = learning.examples_of(training_data)
        trained = learning.train_intents(examples)
        second = learning.second_opinion_on(examples)
        self._model = second_opinion.Opinions(trained.model, second)
        logger.info(
            "intents: %d examples of %d intents, %.1f %% right on held-out ones",
            len(trained.labels),
            len(trained.model.intents),
            100 * trained.accuracy,
        )
        with self._model_storage.write_to(self._resource) as folder:
            second_opinion.save(self._model, folder)
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            vector = shared.vector_of(message)
            if self._model is None or vector is None:
                continue
            model, text = self._model.first, shared.text_of(message)
            probabilities = model.probabilities(text, vector)
            mixed = self._with_second(self._model.second, text, probabilities)
            ranking = [
                {"name": name, "confidence": round(confidence, 4)}
                for name, confidence in model.ranking(mixed, self._config["ranking_length"])
            ]
            message.set(INTENT, dict(ranking[0]), add_to_output=True)
            message.set(INTENT_RANKING_KEY, ranking, add_to_output=True)
            by_name = dict(zip(model.intents, map(float, probabilities), strict=False))
            message.set(shared.PROBABILITIES, by_name)
        return messages

    def _with_second(
        self, second: second_opinion.SecondOpinion | None, text: str, first: Array
    ) -> Array:
        encoder = shared.load_intent_encoder() if second is not None else None
        if second is None or encoder is None:
            return first
        return second.beside(first, text, encoder.encode(text))
