"""Comparing versions, who changed what when two saved, languages of one article, and how hard it reads."""

from __future__ import annotations

import asyncio
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge_base import articles, catalogue, variants
from knowledge_base.articles import SavedByOther
from knowledge_base.drafts import Draft
from knowledge_base.editor import compare, reading
from knowledge_base.editor.compare import Run
from knowledge_base.editor.conflict import clash
from knowledge_base.editor.linter import lint
from knowledge_base.models import ArticleVersion
from server.database import Database
from server.errors import Conflict, Invalid, NotFound
from tests.knowledge_base.support import LAMP, RETURN, draft, published
from tests.support import FakeClock

WORDS = st.lists(st.sampled_from(["a", "b", "two days", "\n", " ", "é", "<b>"]), max_size=30)


@given(WORDS, WORDS)
@settings(max_examples=300, deadline=None)
def test_a_difference_holds_both_texts(one: list[str], two: list[str]) -> None:
    before, after = " ".join(one), " ".join(two)
    found = compare.runs(before, after)
    assert "".join(run.text for run in found if run.kind != "added") == before
    assert "".join(run.text for run in found if run.kind != "removed") == after
    assert all(run.text for run in found)


def test_only_the_words_that_changed_are_marked() -> None:
    old = draft("Return", action="Pack it.\nSend it in two days.\nWait.")
    new = draft("Return", action="Pack it.\nSend it in three days.\nWait.")
    (change,) = compare.compare(old, new)
    assert (change.part, [run for run in change.runs if run.kind != "same"]) == (
        "action",
        [Run("removed", "two"), Run("added", "three")],
    )


@pytest.mark.parametrize("piece", ["a b ", "x\n", "word. ", "é"])
def test_long_texts_are_compared_in_time(piece: str) -> None:
    text = piece * (20_000 // len(piece.encode()))
    started = time.process_time()
    found = compare.runs(text, text[::-1])
    assert time.process_time() - started < 4
    assert "".join(run.text for run in found if run.kind != "added") == text


def version(number: int, author: str, words: Draft) -> ArticleVersion:
    return ArticleVersion(
        number=number,
        author=author,
        title=words.title,
        questions=words.unique_questions,
        context=words.context,
        action=words.action,
        outcome=words.outcome,
    )


async def test_of_two_editors_each_is_told_what_the_other_changed() -> None:
    base = draft("Return", "how", context="old", action="old", outcome="old")
    theirs = draft("Return", "how", context="theirs", action="theirs", outcome="old")
    mine = draft("Return", "how", context="old", action="mine", outcome="mine")
    found = await clash(version(1, "ada", base), version(2, "bob", theirs), mine)
    assert found.mine == {"action", "outcome"}
    assert found.free == {"context"}, "taking it loses nothing of mine"
    assert [change.part for change in found.both] == ["action"]


async def test_restoring_makes_a_new_version_and_never_over_another_save(
    any_database: Database, clock: FakeClock
) -> None:
    article = await published(any_database, clock, RETURN)
    changed = Draft.model_validate({**LAMP.model_dump(), "slug": RETURN.slug})
    async with any_database.write() as db:
        await articles.save(db, clock, article.id, changed, "bob", expected=1)
    with pytest.raises(SavedByOther):
        async with any_database.write() as db:
            await articles.restore(db, clock, article.id, 1, "ada", expected=1)
    with pytest.raises(NotFound):
        async with any_database.write() as db:
            await articles.restore(db, clock, article.id, 9, "ada", expected=2)
    async with any_database.write() as db:
        restored = await articles.restore(db, clock, article.id, 1, "ada", expected=2)
        words = await catalogue.version(db, article.id, 3)
    assert (restored.newest, restored.published) == (3, 1)
    assert (words.title, words.author) == (RETURN.title, "ada")
    assert restored.category == LAMP.category, "the filing stays"


async def test_a_variant_has_the_same_filing_and_is_missed_until_it_is_there(
    any_database: Database, clock: FakeClock
) -> None:
    wanted = draft("Return", tags=["x"], intents=["return"], owner="ada", audience="staff")
    article = await published(any_database, clock, wanted)
    async with any_database.read() as db:
        assert (await variants.family(db, article.id)).missing == (), "one language, none missing"
    await published(any_database, clock, draft("Lampe", language="de"))
    async with any_database.read() as db:
        assert (await variants.family(db, article.id)).missing == ("de",)
    async with any_database.write() as db:
        made = await variants.add(db, clock, article.id, "de", "bob")
        with pytest.raises(Conflict):
            await variants.add(db, clock, made.id, "en", "bob")
        third = await variants.add(db, clock, made.id, "pt-BR", "bob")
    assert (made.slug, third.slug) == ("return-de", "return-de-pt-br")
    assert (made.tags, made.intents, made.owner, made.audience) == (
        ["x"], ["return"], "ada", "staff",
    )  # fmt: skip
    async with any_database.read() as db:
        family = await variants.family(db, article.id)
        listed = list(family.members)
        missing = await variants.missing(db, listed)
    assert [one.language for one in family.members] == ["de", "en", "pt-BR"]
    assert (family.missing, set(missing.values())) == ((), {()})


async def test_of_two_who_add_a_language_at_once_one_wins(
    any_database: Database, clock: FakeClock
) -> None:
    article = await published(any_database, clock, RETURN)

    async def add() -> str:
        try:
            async with any_database.write() as db:
                return (await variants.add(db, clock, article.id, "de", "ada")).slug
        except Conflict:
            return "refused"

    found = sorted(await asyncio.gather(*(add() for _ in range(4))))
    assert found == ["refused"] * 3 + ["return-an-item-de"]


async def test_what_is_no_language_is_refused(database: Database, clock: FakeClock) -> None:
    article = await published(database, clock, RETURN)
    with pytest.raises(Invalid):
        async with database.write() as db:
            await variants.add(db, clock, article.id, "?", "ada")


HARD = (
    "Notwithstanding any previously communicated administrative regulations, customers requesting "
    "reimbursement for unsatisfactory merchandise are obligated to communicate documentation "
    "establishing authenticity, purchasing chronology and corresponding identification to the "
    "appropriate departmental representatives before initiating transportation of the merchandise "
    "to our distribution centre."
)
EASY = "Open My orders. Choose the item. Press Return. Print the label. Bring it to the shop. " * 3


def hints_for(text: str, language: str = "en") -> list[tuple[str, str]]:
    found = lint(
        questions=["a", "b", "c"], context=text, action="1. Ask.", outcome="In 2 days.",
        language=language,
    )  # fmt: skip
    return [(hint.part, hint.advice) for hint in found]


def test_hard_words_are_pointed_out_with_the_longest_sentence() -> None:
    grade, sentence = hints_for(HARD)
    assert (grade[0], "school grade" in grade[1]) == ("text", True)
    assert (sentence[0], "words in one sentence" in sentence[1]) == ("context", True)
    assert hints_for(EASY) == []
    assert hints_for(HARD, "de") == [], "the formula is for English"


@pytest.mark.parametrize(
    ("word", "count"),
    [("cat", 1), ("open", 2), ("made", 1), ("table", 2), ("wanted", 2), ("asked", 1), ("the", 1),
     ("return", 2), ("customer", 3), ("I", 1), ("queue", 1), ("agree", 2)],
)  # fmt: skip
def test_syllables(word: str, count: int) -> None:
    assert reading.syllables(word) == count


def test_steps_and_promises_in_the_wrong_part_are_pointed_out() -> None:
    found = lint(
        questions=["a", "b", "c"],
        context="1. Open My orders.\n2. Press Return.",
        action="You will get your money in 5 days.",
        outcome="Ask us on Monday.",
    )
    assert [(hint.part, hint.advice.split(":")[0]) for hint in found] == [
        ("context", "Steps stand here"),
        ("action", "This tells what happens next"),
    ]
    assert ("context", "Say what this is about, and for whom.") in hints_for(" ")


@pytest.mark.parametrize("piece", ["a. ", "word ", "1. x\n", "e", "\n", "You will "])
def test_a_long_text_is_measured_at_once(piece: str) -> None:
    text = piece * (20_000 // len(piece))
    started = time.process_time()
    lint(questions=[], context=text, action=text, outcome=text)
    assert time.process_time() - started < 2
