"""What is read ahead of a turn is what the components ask for in it."""

from __future__ import annotations

from bot import ahead
from bot.components.spacy_entities import reader
from understanding import features, language, moments, normal


def test_a_turn_finds_everything_read() -> None:
    text = "  Wheeeere is my parcel, I'm Anna from Ghent 😭  "
    ahead.read(text)
    before = [one.cache_info().misses for one in (language.detect, moments.read, features.hash_words)]  # fmt: skip
    reader().read(text)
    language.detect(text)
    moments.read(text)
    features.hash_words(normal.plain(text))
    after = [one.cache_info().misses for one in (language.detect, moments.read, features.hash_words)]  # fmt: skip
    assert after == before
