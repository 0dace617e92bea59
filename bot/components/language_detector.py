"""Which language a message is in, by `understanding.language`."""

from __future__ import annotations

from typing import Any

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.components import shared
from bot.components.base import Component
from understanding import language, language_words

LANGUAGE = "language"
FOREIGN = "foreign_language"
#: "Danke schön" and "arrivederci" close an English conversation too.
COURTESIES = frozenset({"thanks", "goodbye"})
#: The classifier, whose encoder reads English, must be this sure of a courtesy.
CERTAIN = 0.5


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class LanguageDetector(Component):
    """Adds `language` when it is known; where it surely isn't English, the intent becomes foreign_language.

    No classifier learns that intent (`intents.DECIDED_ELSEWHERE`).
    """

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        return shared.fingerprint(language, language_words)

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            text = str(message.get(TEXT) or "")
            if not text or shared.is_command(message):
                continue
            found = language.detect(text)
            if found.code is None:
                continue
            intent = message.get(INTENT) or {}
            output: dict[str, Any] = {
                "code": found.code,
                "name": found.name,
                "probability": found.probability,
                "sure": found.sure,
            }
            if found.asks_person:
                output["asks_person"] = True
            if found.is_foreign and not _is_courtesy(intent):
                output["instead_of"] = intent.get("name")
                replaced = {"name": FOREIGN, "confidence": found.probability}
                message.set(INTENT, replaced, add_to_output=True)
            message.set(LANGUAGE, output, add_to_output=True)
        return messages


def _is_courtesy(intent: dict[str, Any]) -> bool:
    return intent.get("name") in COURTESIES and float(intent.get("confidence") or 0.0) >= CERTAIN
