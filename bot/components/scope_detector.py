"""Whether a message is a shop's business, by `understanding.scope`."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.components import learning, shared
from bot.components.base import Trained
from understanding import features, intents, lessons, logistic, marks, scope, slips, storage

logger = logging.getLogger(__name__)


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class ScopeDetector(Trained[scope.ScopeModel]):
    """Adds `scope`; outside it, or when unsure, the intent becomes out_of_scope.

    The ranking stays as it was, so that the search still knows the best guess.
    """

    @classmethod
    def read(cls, folder: Path) -> scope.ScopeModel:
        return storage.load_scope(folder)

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        return {
            # Share of in-scope messages that may be called out of scope. On data/nlu, held out:
            # 2 % catches 70 % of the out-of-scope ones, 3 % catches 76 %, 5 % catches 82 %.
            "false_alarms": 0.03,
            # Below this the best intent is right less than every third time (held out).
            "min_confidence": 0.3,
        }

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        return shared.fingerprint(
            features, intents, learning, lessons, logistic, marks, scope, slips, storage
        )

    def train(self, training_data: TrainingData) -> Resource:
        examples = learning.examples_of(training_data)
        trained = learning.train_intents(examples)
        share = self._config["false_alarms"]
        self._model, quality = scope.train(trained, examples.vectors, false_alarms=share)
        logger.info(
            "scope: catches %.1f %% of held-out messages that are out of scope, and %.1f %% of the "
            "others by mistake",
            100 * quality.caught,
            100 * quality.false_alarms,
        )
        with self._model_storage.write_to(self._resource) as folder:
            storage.save_scope(self._model, folder)
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            vector, by_name = shared.vector_of(message), message.get(shared.PROBABILITIES)
            if self._model is None or vector is None or by_name is None:
                continue
            probabilities = list(by_name.values())
            verdict = self._model.judge(vector, np.array(probabilities))
            outside = self._outside(str(message.get(TEXT)), verdict, probabilities)
            intent = message.get(INTENT)
            found: dict[str, Any] = {
                "probability": round(verdict.probability, 4),
                "in_scope": verdict.in_scope and intent["name"] != scope.OUT_OF_SCOPE,
                "similarity": round(verdict.similarity, 4),
            }
            if outside is not None and intent["name"] != scope.OUT_OF_SCOPE:
                found["instead_of"] = intent["name"]
                message.set(
                    INTENT,
                    {"name": scope.OUT_OF_SCOPE, "confidence": round(outside, 4)},
                    add_to_output=True,
                )
            message.set(shared.SCOPE, found, add_to_output=True)
            # One judgement for a message and for its clauses (SecondRequest).
            message.set(shared.SCOPE_OPINION, self._opinion)
        return messages

    def _opinion(
        self, text: str, vector: NDArray[np.float32], probabilities: Sequence[float]
    ) -> float | None:
        """Return how surely the words are out of scope, or None when they are in it."""
        if self._model is None:
            raise RuntimeError("asked before it was trained")
        verdict = self._model.judge(vector, np.array(probabilities))
        return self._outside(text, verdict, probabilities)

    def _outside(
        self, text: str, verdict: scope.ScopeVerdict, probabilities: Sequence[float]
    ) -> float | None:
        column = -1 if self._model is None else self._model.outside
        strange = 0.0 if column == scope.NO_INTENT else probabilities[column]
        best = max(probabilities)
        unsure = best < self._config["min_confidence"] or marks.is_wordless(text)
        if verdict.in_scope and not unsure and strange < best:
            return None
        # Two opinions on the same: the classifier's own, and this detector's.
        return max(strange, 1 - verdict.probability)
