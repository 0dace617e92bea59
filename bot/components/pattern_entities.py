"""Entities by their form (order numbers, e-mail addresses and the like)."""

from __future__ import annotations

from typing import Any

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.components.base import Component
from bot.components.shared import fingerprint, is_command
from understanding import patterns

EXTRACTOR = "PatternEntities"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class PatternEntities(Component):
    """Finds entities of fixed form; what it finds, SpacyEntities leaves alone."""

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        return fingerprint(patterns)

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            if is_command(message):
                continue
            entities = [
                {
                    "entity": found.entity,
                    "value": found.value,
                    "start": found.start,
                    "end": found.end,
                    "masked": found.masked,
                    "extractor": EXTRACTOR,
                }
                for found in patterns.find(str(message.get(TEXT) or ""))
            ]
            message.set(ENTITIES, [*message.get(ENTITIES, []), *entities], add_to_output=True)
        return messages
