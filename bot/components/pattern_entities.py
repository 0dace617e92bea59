"""Entities by their form: numbers of ours, e-mail addresses, amounts, dates, products and the like.

Forms stand in data/entities. Product names are learned, too, from what trainers marked in data/nlu.
"""

from __future__ import annotations

import json
from datetime import date, datetime, timezone
from pathlib import Path
from typing import Any

from rasa.engine.graph import ExecutionContext
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.components.base import Trained
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
    taught_products,
    yaml_files,
)
from understanding.errors import UnderstandingError

EXTRACTOR = "PatternEntities"
#: Of a message's metadata: when the customer wrote it, ISO 8601 with its offset.
SAID_AT = "said_at"
_HELPERS = (
    bank_numbers, calendar_words, check_digits, date_forms, dates, entities, money, name_words, names,
    numbers, patterns, products, safe_regex, taught_products, yaml_files,
)  # fmt: skip
LEARNED = "products.json"
Names = dict[str, list[str]]


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=True)
class PatternEntities(Trained[Names]):
    """Finds entities of fixed form; what it finds, SpacyEntities leaves alone."""

    def __init__(
        self,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        model: Names | None = None,
    ) -> None:
        super().__init__(config, model_storage, resource, model)
        catalogue = products.default().with_more(model or {})
        self._finder = entities.Entities(numbers.default(), catalogue)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> PatternEntities:
        try:
            return super().load(config, model_storage, resource, execution_context, **kwargs)
        except ValueError:
            # So Rasa says that nothing was kept: a model of before names were learned. It has the list alone, and
            # can be gone back to.
            return cls.create(config, model_storage, resource, execution_context)

    @classmethod
    def read(cls, folder: Path) -> Names:
        try:
            found = json.loads((folder / LEARNED).read_text("utf-8"))
            return {str(name): [str(one) for one in more] for name, more in found.items()}
        except (OSError, ValueError, AttributeError, TypeError) as error:
            raise UnderstandingError(f"{folder / LEARNED} is missing or damaged") from error

    def train(self, training_data: TrainingData) -> Resource:
        """Learn the product names that are marked in the examples."""
        marks, texts = [], []
        for message in training_data.nlu_examples:
            text = str(message.get(TEXT) or "")
            texts.append(text)
            for one in message.get(ENTITIES) or ():
                if one.get("entity") == entities.PRODUCT:
                    words = text[one["start"] : one["end"]]
                    value = str(one.get("value") or "")
                    said = "" if value == words else value
                    marks.append(taught_products.Mark(words, said))
        learned = taught_products.taught(marks, texts, products.default())
        with self._model_storage.write_to(self._resource) as folder:
            (folder / LEARNED).write_text(json.dumps(learned, ensure_ascii=False), "utf-8")
        return self._resource

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
