"""What depends on a message's words alone, found before its turn begins and remembered until then."""

from __future__ import annotations

from bot.components.shared import load_intent_encoder
from bot.components.spacy_entities import MAX_CHARACTERS, reader
from understanding import language, moments, normal, person
from understanding.features import hash_words


def read(text: str) -> None:
    """Read a text that a turn follows with: 6 ms which pass while the app writes it down.

    An encoder tuned on the house's examples makes that 11.
    """
    reader().read(text[:MAX_CHARACTERS])
    language.detect(text)
    moments.read(text)
    person.read(text)
    plain = normal.plain(text)
    hash_words(plain)
    # The app sends the vector of its own encoder along; the second one's is remembered from here.
    if (encoder := load_intent_encoder()) is not None:
        encoder.encode(plain)
