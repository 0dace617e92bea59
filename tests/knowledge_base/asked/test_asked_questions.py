"""Stored questions: shipped, written, told by clicks."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest

from knowledge_base.asked import clicks, questions
from knowledge_base.asked.clicks import Click
from knowledge_base.asked.masking import key_of
from knowledge_base.asked.questions import Labelled
from server.database import Database
from server.errors import Conflict, Invalid, NotFound
from tests.knowledge_base.support import LAMP, RETURN, published
from tests.support import FakeClock

SHIPPED = [
    ("send it back?", "return-an-item"),
    ("Send it BACK", "return-an-item"),
    ("can i return", "return-an-item"),
    ("whats the weather", None),
    ("unknown", "no-such-article"),
]


async def labelled(database: Database) -> dict[str, Labelled]:
    async with database.read() as db:
        return {one.text: one for one in await questions.labelled(db)}


async def test_shipped_questions_are_loaded_once(any_database: Database, clock: FakeClock) -> None:
    await published(any_database, clock, RETURN)
    async with any_database.write() as db:
        assert await questions.load_starter(db, clock, SHIPPED) == 3
    assert await labelled(any_database) == {
        "send it back?": Labelled("send it back?", "return-an-item", True, "starter"),
        "can i return": Labelled("can i return", "return-an-item", False, "starter"),
        "whats the weather": Labelled("whats the weather", None, False, "starter"),
    }
    async with any_database.write() as db:
        found = (await questions.listing(db, words="can i")).lines
        await questions.remove(db, found[0].question.id)
        assert await questions.load_starter(db, clock, SHIPPED) == 0
    assert "can i return" not in await labelled(any_database)


async def test_editors_add_label_and_delete(any_database: Database, clock: FakeClock) -> None:
    await published(any_database, clock, RETURN)
    await published(any_database, clock, LAMP)
    async with any_database.write() as db:
        made = await questions.add(db, clock, "  dark   lamp? ", "return-an-item", golden=True)
        with pytest.raises(Conflict):
            await questions.add(db, clock, "Dark lamp", None)
        with pytest.raises(NotFound):
            await questions.add(db, clock, "other", "nowhere")
        for bad in ("", "x" * 501, "a\x00b"):
            with pytest.raises(Invalid):
                await questions.add(db, clock, bad, None)
        await questions.change(db, made.id, "the-lamp-does-not-light", golden=False)
    found = await labelled(any_database)
    assert found["dark lamp?"] == Labelled("dark lamp?", "the-lamp-does-not-light", False, "editor")
    async with any_database.write() as db:
        await questions.remove(db, made.id)
        with pytest.raises(NotFound):
            await questions.remove(db, made.id)


async def test_clicks_label_and_the_newest_holds(any_database: Database, clock: FakeClock) -> None:
    back = await published(any_database, clock, RETURN)
    lamp = await published(any_database, clock, LAMP)
    now = clock.now()
    told = [
        Click("where is it", back.id, True, now),
        Click("Where is IT?", lamp.id, False, now + timedelta(minutes=1)),
        Click("gone article", uuid.uuid4(), True, now),
        Click("", back.id, True, now),
    ]
    async with any_database.write() as db:
        assert await clicks.store_clicks(db, told) == 1
        assert await clicks.store_clicks(db, told) == 0
        assert await clicks.last_click(db) == now + timedelta(minutes=1)
    (one,) = (await labelled(any_database)).values()
    assert (one.slug, one.source) == ("the-lamp-does-not-light", "refused")


async def test_no_click_changes_what_an_editor_wrote(database: Database, clock: FakeClock) -> None:
    back = await published(database, clock, RETURN)
    lamp = await published(database, clock, LAMP)
    async with database.write() as db:
        await clicks.store_clicks(db, [Click("my question", lamp.id, True, clock.now())])
        await questions.add(db, clock, "My question", "return-an-item")
        later = clock.now() + timedelta(days=1)
        assert await clicks.store_clicks(db, [Click("my question", lamp.id, True, later)]) == 0
    (one,) = (await labelled(database)).values()
    assert (one.slug, one.source) == (back.slug, "editor")


async def test_clicks_never_fill_the_table(database: Database, clock: FakeClock) -> None:
    back = await published(database, clock, RETURN)
    now = clock.now()
    told = [
        Click(f"question {word}", back.id, True, now + timedelta(minutes=at))
        for at, word in enumerate(("one", "two", "three", "four"))
    ]
    async with database.write() as db:
        await clicks.store_clicks(db, told, most=2)
    assert set(await labelled(database)) == {"question three", "question four"}


async def test_the_list_is_searched_filtered_and_paged(
    database: Database, clock: FakeClock
) -> None:
    await published(database, clock, RETURN)
    async with database.write() as db:
        for number in range(questions.PAGE + 1):
            slug = "return-an-item" if number % 2 else None
            await questions.add(db, clock, f"question {number}x", slug, golden=number == 3)
    async with database.read() as db:
        assert len((await questions.listing(db, page=1)).lines) == questions.PAGE
        last = await questions.listing(db, page=9)
        assert (last.page, last.pages, len(last.lines)) == (2, 2, 1)
        golden = await questions.listing(db, golden=True)
        assert [line.question.text for line in golden.lines] == ["question 3x"]
        assert golden.lines[0].title == "Return an item"
        assert (await questions.listing(db, words="17x")).total == 1
        assert (await questions.listing(db, words="return ITEM")).total == 25
        assert (await questions.listing(db, source="starter")).total == 0
        assert (await questions.listing(db, words="%")).total == 0


def test_keys_see_no_case_accents_or_marks() -> None:
    assert key_of("Où est MA commande??") == key_of("ou est ma commande")
    assert key_of("a") != key_of("b")
    assert key_of("?!") != key_of("👍")
