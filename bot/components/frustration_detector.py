"""How fed up the customer is, by `understanding.frustration`."""

from __future__ import annotations

import logging
import os
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from rasa.engine.graph import ExecutionContext
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import INTENT, METADATA, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.components import memory, shared
from bot.components.base import Component
from bot.requests import FRUSTRATION_LEVELS, LEVELS
from encoder import Encoder
from understanding import frustration, moments, wording
from understanding import mood as mood_heads
from understanding.mood import MoodModel, load_mood

logger = logging.getLogger(__name__)

#: These already lead to a person or to somebody's safety, and their reason must not be lost.
KEPT = frozenset({"request_human", "request_someone_else", *moments.KINDS})


def rules_of(config: dict[str, Any]) -> frustration.Arithmetic:
    """Return the arithmetic of a configuration; HANDRAIL_FRUSTRATION_* settings come first."""
    values = {
        level: float(os.environ.get(f"HANDRAIL_FRUSTRATION_{level.upper()}") or config[level])
        for level in LEVELS
    }
    return frustration.Arithmetic(thresholds=frustration.Thresholds(**values))


def rules_at(rules: frustration.Arithmetic, metadata: Mapping[str, Any]) -> frustration.Arithmetic:
    """Return the arithmetic with the thresholds that came with a message, if any did: they hold at once."""
    levels = metadata.get(FRUSTRATION_LEVELS)
    if not levels:
        return rules
    thresholds = frustration.Thresholds(**{name: float(levels[name]) for name in LEVELS})
    return replace(rules, thresholds=thresholds)


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class FrustrationDetector(Component):
    """Adds `frustration`; at level handoff the intent becomes `frustrated`, with few exceptions."""

    def __init__(self, config: dict[str, Any], encoder: Encoder) -> None:
        super().__init__(config)
        self._encoder = encoder
        self._rules = rules_of(config)
        self._mood = _mood_for(encoder)

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> FrustrationDetector:
        return cls(config, shared.load_encoder())

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        # The least score of each level. One clearly angry message scores .4 to .59, two in a row more
        # than .7. At .60 three of a hundred calm chats of data/frustration/develop.jsonl end with a
        # person, and 80 of a hundred frustrated ones do so before their last message (by folds).
        return {"acknowledge": 0.40, "offer": 0.55, "handoff": 0.60}

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        return shared.fingerprint(frustration, memory, mood_heads, wording)

    def process(self, messages: list[Message], tracker: DialogueStateTracker) -> list[Message]:
        for message in messages:
            text = str(message.get(TEXT) or "")
            if not text or shared.is_command(message):
                continue
            intent = message.get(INTENT) or {}
            metadata = message.get(METADATA) or {}
            vector, mood = shared.vector_of(message), self._mood
            turn = frustration.Turn(
                text=text,
                mood=None if mood is None or vector is None else mood.upset(text, vector),
                probabilities=message.get(shared.PROBABILITIES) or {},
                intent=intent.get("name"),
                vector=vector,
                bot_failures=int(metadata.get("bot_failures") or 0),
                waiting_seconds=float(metadata.get("waiting_seconds") or 0.0),
            )
            rules = rules_at(self._rules, metadata)
            remembered = memory.recall(tracker, self._encoder, rules)
            found = frustration.assess(turn, remembered, rules)
            # By the score as it is kept, so that a replay of what was kept decides the same.
            score = round(found.score, 4)
            found = replace(found, score=score, level=rules.thresholds.level(score))
            output = as_output(found)
            if levels := metadata.get(FRUSTRATION_LEVELS):
                output["levels"] = dict(levels)
            if found.level is frustration.Level.HANDOFF and _may_replace(intent, tracker):
                output["instead_of"] = intent.get("name")
                replaced = {"name": frustration.FRUSTRATED, "confidence": round(found.score, 4)}
                message.set(INTENT, replaced, add_to_output=True)
            message.set(shared.FRUSTRATION, output, add_to_output=True)
        return messages


def _mood_for(encoder: Encoder) -> MoodModel | None:
    """Return the shipped heads; None, with a log line, if they read another encoder's vectors."""
    model = load_mood()
    if model.encoder != encoder.checksum:
        logger.warning("mood was fitted for another encoder: the list of words stands in for it")
        return None
    return model


def as_output(found: frustration.Frustration) -> dict[str, Any]:
    """Return the score as the parse carries it (docs/architecture.md)."""
    return {
        "score": round(found.score, 4),
        "level": found.level.value,
        "signals": [
            {"name": signal.name, "value": round(signal.value, 4), "evidence": signal.evidence}
            for signal in found.signals
        ],
    }


def _may_replace(intent: dict[str, Any], tracker: DialogueStateTracker) -> bool:
    name = intent.get("name")
    if name in KEPT or name == frustration.FRUSTRATED:
        return False
    # The bot has just asked "shall I?": the answer is a yes or a no, however it is put.
    requested = str(tracker.get_slot("requested_slot") or "")
    return not (tracker.active_loop_name and "confirm" in requested)
