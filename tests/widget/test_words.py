"""The catalogue: every sentence in every language, none left in English, and the same as what the server says."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from conversations.lines import ENGLISH as LINES
from widget.config import LANGUAGES
from widget.modules import STATIC

FORM = re.compile(r"_(zero|one|two|few|many|other)$")
# What Intl.PluralRules tells apart for the numbers that occur: "many" of Spanish and French begins at a million.
FORMS = {"ar": {"zero", "one", "two", "few", "many", "other"}}
USUAL = {"one", "other"}
# The same word in both languages, and sentences that are nothing but blanks.
SAME = {"panel", "log", "assistant", "writer", "star", "helpedNo", "waitingBoth", "transcript"}


def read(name: str) -> dict[str, Any]:
    """What a module of the catalogue holds, which is JSON but for its first words."""
    text = (STATIC / name).read_text("utf-8")
    found: dict[str, Any] = json.loads(
        text.split("\nexport default", 1)[1].strip().removesuffix(";")
    )
    return found


def catalogue(language: str) -> dict[str, str]:
    return {**read("words.bubble.js")[language], **read(f"words.{language}.js")}


@pytest.fixture(scope="module")
def words() -> dict[str, dict[str, str]]:
    return {language: catalogue(language) for language in LANGUAGES}


def keys(sentences: dict[str, str]) -> set[str]:
    return {FORM.sub("", key) for key in sentences}


def blanks(sentence: str) -> set[str]:
    return set(re.findall(r"\{(\w+)\}", sentence))


def twice(name: str) -> Iterator[str]:
    seen: set[str] = set()
    for key in re.findall(r'^ +"(\w+)":', (STATIC / name).read_text("utf-8"), re.MULTILINE):
        if key in seen:
            yield key
        seen.add(key)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_language_lacks_a_sentence_or_has_one_too_many(
    language: str, words: dict[str, dict[str, str]]
) -> None:
    assert keys(words[language]) ^ keys(words["en"]) == set()
    assert list(twice(f"words.{language}.js")) == []
    assert not [key for key, sentence in words[language].items() if not sentence.strip()]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_plural_has_all_forms_of_its_language(
    language: str, words: dict[str, dict[str, str]]
) -> None:
    found: dict[str, set[str]] = {}
    for key in words[language]:
        if form := FORM.search(key):
            found.setdefault(FORM.sub("", key), set()).add(form[1])
    counted = {FORM.sub("", key) for key in words["en"] if FORM.search(key)}
    assert counted <= found.keys()
    wanted = FORMS.get(language, USUAL)
    assert {key: wanted - forms for key, forms in found.items() if wanted - forms} == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_has_the_blanks_of_the_english_one(
    language: str, words: dict[str, dict[str, str]]
) -> None:
    english = words["en"]
    for key, sentence in words[language].items():
        base = FORM.sub("", key)
        wanted = blanks(english.get(base) or english[f"{base}_other"])
        # "One message", "two messages": a word says the number as well.
        spared = {"count"} if key.endswith(("_zero", "_one", "_two")) else set()
        assert wanted - spared <= blanks(sentence) <= wanted, key


@pytest.mark.parametrize("language", [one for one in LANGUAGES if one != "en"])
def test_no_sentence_is_left_in_english(language: str, words: dict[str, dict[str, str]]) -> None:
    left = {key for key, sentence in words[language].items() if words["en"].get(key) == sentence}
    assert left - SAME == set()


def test_arabic_is_written_in_arabic(words: dict[str, dict[str, str]]) -> None:
    for key, sentence in words["ar"].items():
        assert not re.search(r"[A-Za-z]", re.sub(r"\{\w+\}", "", sentence)), key


def test_what_the_server_says_stands_in_the_catalogue(words: dict[str, dict[str, str]]) -> None:
    assert {key: words["en"].get(key) for key in LINES} == LINES


def test_no_key_hides_what_the_wording_does() -> None:
    source = (STATIC / "wording.js").read_text("utf-8")
    members = set(re.findall(r"^  (\w+)\(", source, re.MULTILINE))
    members |= set(re.findall(r"this\.(\w+) = ", source))
    assert {"say", "when", "lines", "dir", "locale"} <= members
    assert keys(read("words.en.js")) & members == set()


def test_every_sentence_that_a_module_asks_for_is_there(words: dict[str, dict[str, str]]) -> None:
    source = (STATIC / "wording.js").read_text("utf-8")
    members = set(re.findall(r"^  (\w+)\(", source, re.MULTILINE))
    members |= set(re.findall(r"this\.(\w+) = ", source))
    asked: set[str] = set()
    for path in STATIC.glob("*.js"):
        text = path.read_text("utf-8")
        asked |= set(re.findall(r"\bwording\.(?!js\b)(\w+)\b(?!\()", text))
        asked |= set(re.findall(r'\.say\("(\w+)"', text))
    assert len(asked) > 100
    assert asked - members - keys(words["en"]) == set()
