"""The message's sentence vector, kept on the message for the components that follow."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from rasa.engine.graph import ExecutionContext
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.components import shared
from bot.components.base import Component
from encoder import Encoder
from encoder.vector_file import VectorFile


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=False)
class SentenceEncoder(Component):
    """Encodes each message once."""

    def __init__(self, config: dict[str, Any], encoder: Encoder) -> None:
        super().__init__(config)
        self._encoder = encoder

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> SentenceEncoder:
        return cls(config, shared.load_encoder())

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        return shared.fingerprint(shared)

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            if _lacks_vector(message):
                shared.add_vector(message, self._encoder.encode(shared.text_of(message)))
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        folder = os.environ.get(shared.VECTORS)
        if not folder:
            self.process(training_data.training_examples)
            return training_data
        encoder = self._encoder
        kept = VectorFile.of_encoder(encoder.encode_many, encoder.checksum, Path(folder))
        wanted = [message for message in training_data.training_examples if _lacks_vector(message)]
        if wanted:
            rows = kept.of([shared.text_of(message) for message in wanted])
            for message, row in zip(wanted, rows, strict=True):
                shared.add_vector(message, row)
            kept.save()
        return training_data


def _lacks_vector(message: Message) -> bool:
    text = shared.text_of(message)
    return bool(text) and not shared.is_command(message) and shared.vector_of(message) is None
