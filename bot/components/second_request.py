"""What a message asks beside or beneath its words as a whole, by `understanding.asked`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import INTENT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.components import learning, shared
from bot.components.base import Trained
from understanding import (
    asked,
    features,
    followups,
    intents,
    lessons,
    logistic,
    segments,
    slips,
    storage,
)
from understanding.scope import OUT_OF_SCOPE

QUESTION, ALSO = "question", "also"
#: Names of slots (domain.yml).
LAST_QUESTION = "last_question"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class SecondRequest(Trained[intents.IntentModel]):
    """Adds `question`, what to search with, and `also`, a second request; the intent follows the first.

    Most messages are one clause and lean on nothing: for them nothing is computed. Reading a clause
    costs 4 ms. ScopeDetector, which stands before, judges the clause as it judges whole messages. Inside
    a form the form reads the message, and this only finds what stands among politeness.
    """

    @classmethod
    def read(cls, folder: Path) -> intents.IntentModel:
        return storage.load_intents(folder)

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        return {
            # Intents that count as requests; tests/bot/test_second_request.py compares them with domain.yml.
            "tasks": [
                "order_status",
                "return_order",
                "cancel_order",
                "cancel_subscription",
                "suggestion",
            ],
            "topics": [
                "order_change",
                "address_change",
                "delivery_info",
                "item_damaged",
                "item_missing",
                "return_policy",
                "exchange",
                "refund_status",
                "payment_methods",
                "payment_problem",
                "invoice",
                "account_details",
                "login_problem",
                "password_reset",
                "subscription_info",
                "subscription_change",
                "technical_problem",
                "outage",
                "product_question",
                "sizing",
                "warranty",
                "discount_code",
                "gift_card",
                "complaint",
                "privacy",
                "showroom_contact",
            ],
            # Where a question that goes on about a task belongs: only a request to act opens a form.
            "about": {
                "return_order": "return_policy",
                "cancel_order": "order_change",
                "cancel_subscription": "subscription_info",
            },
            # Two sides of one matter, told apart by a word: never two requests.
            "alike": [
                ["return_order", "return_policy"],
                ["order_status", "delivery_info", "item_missing"],
                ["cancel_subscription", "subscription_info", "subscription_change"],
                ["login_problem", "password_reset"],
                ["technical_problem", "outage"],
                ["cancel_order", "order_change"],
                ["item_damaged", "item_missing", "complaint"],
            ],
        }

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        learned = (features, intents, learning, lessons, logistic, slips, storage)
        return shared.fingerprint(asked, followups, segments, *learned)

    def train(self, training_data: TrainingData) -> Resource:
        # The classifier's own model: trained once for both.
        self._model = learning.train_intents(learning.examples_of(training_data)).model
        with self._model_storage.write_to(self._resource) as folder:
            storage.save_intents(self._model, folder)
        return self._resource

    def process(self, messages: list[Message], tracker: DialogueStateTracker) -> list[Message]:
        for message in messages:
            whole = message.get(INTENT) or {}
            text = shared.text_of(message)
            if self._model is None or not whole or not text or shared.is_command(message):
                continue
            before = tracker.get_slot(LAST_QUESTION) if tracker is not None else None
            opinion = message.get(shared.SCOPE_OPINION)

            def judge(words: str, opinion: shared.ScopeOpinion | None = opinion) -> asked.Judged:
                return self._judge(words, opinion)

            judged, kinds = self._as_judged(whole), self._kinds()
            if tracker is not None and tracker.active_loop_name:
                found = asked.under_politeness(text, judged, judge, kinds)
            else:
                found = asked.read(text, judged, judge, kinds, str(before or ""))
            if found is not None:
                _put(message, found)
        return messages

    def _kinds(self) -> asked.Kinds:
        return asked.Kinds(
            frozenset(self._config["tasks"]),
            frozenset(self._config["topics"]),
            tuple(map(frozenset, self._config["alike"])),
            dict(self._config["about"]),
        )

    def _as_judged(self, intent: dict[str, Any]) -> asked.Judged:
        # ScopeDetector has spoken already: what it doubts is out_of_scope here.
        name = str(intent["name"])
        return asked.Judged(name, float(intent["confidence"]), name != OUT_OF_SCOPE)

    def _judge(self, text: str, opinion: shared.ScopeOpinion | None) -> asked.Judged:
        if self._model is None:
            raise RuntimeError("asked before it was trained")
        vector = shared.load_encoder().encode(text)
        probabilities = self._model.probabilities(text, vector)
        name, confidence = self._model.ranking(probabilities, 1)[0]
        outside = None if opinion is None else opinion(text, vector, probabilities.tolist())
        if outside is not None:
            return asked.Judged(OUT_OF_SCOPE, outside, False)
        return asked.Judged(name, confidence, name != OUT_OF_SCOPE)


def _put(message: Message, found: asked.Asked) -> None:
    first = found.first
    intent = {"name": first.intent, "confidence": round(first.confidence, 4)}
    message.set(INTENT, intent, add_to_output=True)
    message.set(QUESTION, first.text, add_to_output=True)
    scope = message.get(shared.SCOPE)
    if scope is not None:
        message.set(shared.SCOPE, {**scope, "in_scope": first.in_scope}, add_to_output=True)
    if found.also is not None:
        second = {
            "intent": found.also.intent,
            "confidence": round(found.also.confidence, 4),
            "text": found.also.text,
        }
        message.set(ALSO, second, add_to_output=True)
