"""Moments of truth, by `understanding.moments`: a person is called, whatever else the message is about."""

from __future__ import annotations

from typing import Any

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.components import shared
from bot.components.base import Component
from bot.components.language_detector import FOREIGN
from understanding import moment_phrases, moments

MOMENT = "moment"
#: A customer who leaves unless a person comes has asked for one; whom they asked for must not be lost.
ASKING = frozenset({"request_human", "request_someone_else"})
LEAVING = "cancellation_threat"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class MomentDetector(Component):
    """Adds `moment`; a strong one becomes the intent, so that the rules lead to a person.

    "Those shoes are to die for" is none: an intent that only a figure of speech led to gives way to the next.
    """

    def __init__(self, config: dict[str, Any]) -> None:
        super().__init__(config)
        self._thresholds = moments.Thresholds(
            config["noticed"], config["self_harm"], config["certain"]
        )
        for kind in moments.KINDS:  # a wrong phrase stops the start, not somebody's message
            moment_phrases.load(kind)

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        usual = moments.Thresholds()
        return {
            # Probabilities of the intent classifier; understanding/moments.py says what they were measured on.
            "noticed": usual.noticed,
            "self_harm": usual.self_harm,
            "certain": usual.certain,
        }

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        return shared.fingerprint(moment_phrases, moments, files=moment_phrases.files())

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            text = str(message.get(TEXT) or "")
            if not text or shared.is_command(message):
                continue
            # Words with slips mended count beside the words themselves; another language is mended into nonsense.
            if (
                shared.text_of(message) != text
                and (message.get(INTENT) or {}).get("name") != FOREIGN
            ):
                text = f"{text}\n{shared.text_of(message)}"
            moment = self._assess(text, message)
            if moment is not None:
                message.set(MOMENT, moment, add_to_output=True)
        return messages

    def _assess(self, text: str, message: Message) -> dict[str, Any] | None:
        """The moment as the parse carries it; a strong one has become the message's intent."""
        probabilities = message.get(shared.PROBABILITIES) or {}
        moment = moments.assess(text, probabilities, self._thresholds)
        name = (message.get(INTENT) or {}).get("name")
        if moment is None:
            if name in moments.KINDS and name in moments.read(text).harmless:
                message.set(INTENT, shared.next_guess(message, moments.KINDS), add_to_output=True)
                return {"kind": None, "evidence": "", "instead_of": name}
            return None
        found: dict[str, Any] = {"kind": moment.kind, "evidence": moment.evidence}
        if moment.probability is not None:
            found["probability"] = round(moment.probability, 4)
        if moment.strong and name != moment.kind and not _asks_already(moment.kind, name):
            found["instead_of"] = name
            # Words that say so are as sure as a certain classifier, however little it thought of them.
            sure = max(moment.probability or 0.0, self._thresholds.certain)
            replaced = {"name": moment.kind, "confidence": round(sure, 4)}
            message.set(INTENT, replaced, add_to_output=True)
        elif name == LEAVING and not moment.strong:
            # The least grave: it takes words or certainty. Half of the doubtful ones are something else.
            found["instead_of"] = name
            message.set(INTENT, shared.next_guess(message, moments.KINDS), add_to_output=True)
        return found


def _asks_already(kind: str, intent: str | None) -> bool:
    return kind == LEAVING and intent in ASKING
