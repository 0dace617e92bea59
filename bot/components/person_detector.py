"""Requests for a person, by `understanding.person`: words and classifier together."""

from __future__ import annotations

from typing import Any

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.components import shared
from bot.components.base import Component
from bot.components.language_detector import FOREIGN
from understanding import moment_phrases, moments, person

#: These lead to a person already, or to a language's own answer.
KEPT = frozenset({"request_someone_else", FOREIGN, *moments.KINDS})


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class PersonDetector(Component):
    """The intent becomes request_human where a message asks for a person, and is another where it doesn't."""

    def __init__(self, config: dict[str, Any]) -> None:
        super().__init__(config)
        # A wrong phrase stops the start, not somebody's message.
        for kind in (person.KIND, person.ALONE):
            moment_phrases.load(kind, person.FOLDER)

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        files = moment_phrases.files(person.FOLDER)
        return shared.fingerprint(moment_phrases, moments, person, files=files)

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            text, intent = str(message.get(TEXT) or ""), message.get(INTENT) or {}
            name = intent.get("name")
            if not text or name in KEPT or shared.is_command(message):
                continue
            believed = float(intent["confidence"]) if name == person.INTENT else 0.0
            inside = bool((message.get(shared.SCOPE) or {}).get("in_scope"))
            asks = person.wants((text, shared.text_of(message)), believed, inside)
            if asks and name != person.INTENT:
                sure = max(person.Thresholds().alone, believed)
                message.set(INTENT, {"name": person.INTENT, "confidence": sure}, add_to_output=True)
            elif not asks and name == person.INTENT:
                message.set(
                    INTENT, shared.next_guess(message, (person.INTENT,)), add_to_output=True
                )
        return messages
