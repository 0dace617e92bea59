"""Entities by their form: numbers of ours, e-mail addresses, amounts, dates, products and the like."""

from __future__ import annotations

from datetime import date, datetime, timezone
from typing import Any

from rasa.engine.graph import ExecutionContext
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.components.base import Component
from bot.components.shared import fingerprint, is_command
from understanding import (
    bank_numbers,
    calendar_words,
    check_digits,
    date_forms,
    dates,
    entities,
    money,
    name_words,
    names,
    numbers,
    patterns,
    products,
    safe_regex,
    yaml_files,
)

EXTRACTOR = "PatternEntities"
#: Of a message's metadata: when the customer wrote it, ISO 8601 with its offset.
SAID_AT = "said_at"
_HELPERS = (
    bank_numbers, calendar_words, check_digits, date_forms, dates, entities, money, name_words, names,
    numbers, patterns, products, safe_regex, yaml_files,
)  # fmt: skip


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class PatternEntities(Component):
    """Finds entities of fixed form; what it finds, SpacyEntities leaves alone."""

    def __init__(self, config: dict[str, Any], finder: entities.Entities) -> None:
        super().__init__(config)
        self._finder = finder

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> PatternEntities:
        return cls(config, entities.Entities.default())

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        return fingerprint(*_HELPERS, files=(numbers.FILE, products.FILE))

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            if is_command(message):
                continue
            found = [
                {
                    **one.more,
                    "entity": one.entity,
                    "value": one.value,
                    "start": one.start,
                    "end": one.end,
                    "masked": one.masked,
                    "extractor": EXTRACTOR,
                }
                for one in self._finder.find(str(message.get(TEXT) or ""), self._day_of(message))
            ]
            message.set(ENTITIES, [*message.get(ENTITIES, []), *found], add_to_output=True)
        return messages

    def _day_of(self, message: Message) -> date:
        """Return the day that "today" means in this message; a turn runs within seconds of being said."""
        said_at = (message.get("metadata") or {}).get(SAID_AT)
        try:
            moment = datetime.fromisoformat(str(said_at))
        except ValueError:
            moment = datetime.now(timezone.utc)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=timezone.utc)
        return moment.astimezone(self._finder.zone).date()
