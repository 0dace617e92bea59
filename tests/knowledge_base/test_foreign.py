"""Articles in other languages: found by their words, offered and never given as the answer."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

import pytest

from knowledge_base.search.decision import DecisionContext
from knowledge_base.search.tongues import is_understood, terms
from knowledge_base.service import KnowledgeBase
from server.clock import Clock
from server.database import Database
from tests.knowledge_base.spoken import ARTICLES, ASKED, BESIDE
from tests.knowledge_base.support import draft, published

SHOWN = 3


@pytest.fixture
async def house(
    knowledge: KnowledgeBase, database: Database, clock: Clock
) -> tuple[KnowledgeBase, dict[UUID, tuple[str, str]]]:
    """A shop's six articles in four languages and two in English, and which is which."""
    names: dict[UUID, tuple[str, str]] = {}
    for language, shelf in ARTICLES.items():
        for name, (title, question, action) in shelf.items():
            wanted = draft(
                title, question, slug=f"{name}-{language}", language=language, action=action,
                context="", outcome="",
            )  # fmt: skip
            names[(await published(database, clock, wanted)).id] = (language, name)
    for title in ("Mein Paket: what the label means", "Return an item"):
        english = await published(database, clock, draft(title, "how do I send something back"))
        names[english.id] = ("en", title)
    assert await knowledge.wait_for_revision(len(names))
    return knowledge, names


def _all(sentences: dict[str, list[str]]) -> Iterator[tuple[str, str]]:
    return ((language, one) for language, some in sentences.items() for one in some)


async def test_the_right_article_is_among_those_offered(
    house: tuple[KnowledgeBase, dict[UUID, tuple[str, str]]],
) -> None:
    knowledge, names = house
    hits = asked = 0
    for language, questions in ASKED.items():
        for text, wanted in questions:
            decision = await knowledge.decide(text, DecisionContext(language=language))
            assert decision.kind in ("choose", "nothing")
            found = [names[one.article_id] for one in decision.candidates[:SHOWN]]
            assert all(spoken == language for spoken, _ in found)
            hits += decision.kind == "choose" and (language, wanted) in found
            asked += 1
    assert (asked, hits >= 45) == (48, True), hits


async def test_what_no_article_is_about_is_mostly_left_alone(
    house: tuple[KnowledgeBase, dict[UUID, tuple[str, str]]],
) -> None:
    knowledge, _ = house
    kinds = [
        (await knowledge.decide(text, DecisionContext(language=language))).kind
        for language, text in _all(BESIDE)
    ]
    assert len(kinds) == 20
    assert kinds.count("nothing") >= 16


async def test_english_questions_are_answered_from_english_articles(
    house: tuple[KnowledgeBase, dict[UUID, tuple[str, str]]],
) -> None:
    knowledge, names = house
    decision = await knowledge.decide(
        "how do I send something back", DecisionContext(language="en")
    )
    assert decision.candidates
    assert {names[one.article_id][0] for one in decision.candidates} == {"en"}


async def test_a_search_is_in_the_readers_language(
    house: tuple[KnowledgeBase, dict[UUID, tuple[str, str]]],
) -> None:
    knowledge, names = house
    found = await knowledge.search("Rechnungen", language="de")
    assert next(names[one.article_id] for one in found) == ("de", "invoice")


async def test_a_search_shows_what_comes_near_even_without_a_word_of_it(
    house: tuple[KnowledgeBase, dict[UUID, tuple[str, str]]],
) -> None:
    knowledge, names = house
    found = await knowledge.search("Rechnu", 10, language="de")
    assert len(found) == 6
    assert {names[one.article_id][0] for one in found} == {"de"}
    assert all(one.probability == 0 for one in found)


async def test_a_search_of_all_languages_knows_the_words_of_each(
    house: tuple[KnowledgeBase, dict[UUID, tuple[str, str]]],
) -> None:
    knowledge, names = house
    for words, wanted in (("Rechnungen", "de"), ("las devoluciones", "es"), ("mes factures", "fr")):
        found = await knowledge.search(words, 26)
        shared = {names[one.article_id][0] for one in found if one.signals["lexical"] > 0}
        assert wanted in shared, words


async def test_the_assistant_is_asked_for_english_articles_unless_told_otherwise(
    house: tuple[KnowledgeBase, dict[UUID, tuple[str, str]]],
) -> None:
    knowledge, names = house
    found = (await knowledge.decide("Mein Paket ist verspätet")).candidates
    assert {names[one.article_id][0] for one in found} <= {"en"}


async def test_what_was_shown_and_turned_down_is_not_offered_again(
    house: tuple[KnowledgeBase, dict[UUID, tuple[str, str]]],
) -> None:
    knowledge, _ = house
    first = await knowledge.decide("Wo ist meine Rechnung?", DecisionContext(language="de"))
    shown = frozenset(one.article_id for one in first.candidates)
    again = await knowledge.decide(
        "Wo ist meine Rechnung?", DecisionContext(language="de", excluded=shown)
    )
    assert shown.isdisjoint(one.article_id for one in again.candidates)


@pytest.mark.parametrize(
    ("language", "one", "other"),
    [
        ("de", "meine Rechnungen", "der Rechnung"),
        ("es", "las devoluciones", "una devolución"),
        ("fr", "les factures", "ma facture"),
        ("ar", "الفاتورة", "فاتورة"),
        ("de-AT", "meine Rechnungen", "der Rechnung"),
    ],
)
def test_forms_of_a_word_meet(language: str, one: str, other: str) -> None:
    assert terms(one, language) == terms(other, language)


def test_a_language_nobody_has_a_list_of_has_its_words_as_they_are() -> None:
    assert terms("Tere tulemast", "xx") == ["tere", "tulemast"]
    assert is_understood(None) and is_understood("en-GB") and not is_understood("de")
