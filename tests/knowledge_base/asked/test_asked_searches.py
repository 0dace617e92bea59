"""Searches of the help centre among the unanswered questions: counted apart, and no flood."""

from __future__ import annotations

from datetime import timedelta

import pytest

from knowledge_base.asked import desk as desk_module
from knowledge_base.asked.desk import AskedDesk
from knowledge_base.asked.outcomes import Fate
from knowledge_base.models import HelpSearch
from knowledge_base.service import KnowledgeBase
from server.database import Database
from tests.knowledge_base.asked.story import Chat
from tests.knowledge_base.support import FakeEncoder, draft, published
from tests.support import FakeClock

NORWAY = "do you ship to norway"


@pytest.fixture
def desk(
    database: Database, clock: FakeClock, encoder: FakeEncoder, knowledge: KnowledgeBase
) -> AskedDesk:
    return AskedDesk(database, clock, encoder, knowledge)


async def searched(
    database: Database,
    clock: FakeClock,
    text: str,
    *readers: str,
    kind: str = "nothing",
    opened: bool = False,
    hours: float = 30,
) -> None:
    async with database.write() as db:
        for reader in readers:
            db.add(
                HelpSearch(
                    text=text,
                    kind=kind,
                    probability=0.2,
                    opened=opened,
                    reader=reader,
                    at=clock.now() - timedelta(hours=hours),
                )
            )


async def test_searches_and_chats_of_one_meaning_are_one_line_counted_apart(
    desk: AskedDesk, database: Database, clock: FakeClock
) -> None:
    await Chat(clock.now() - timedelta(hours=5)).asks(NORWAY).write(database)
    await searched(database, clock, NORWAY, "ann", "bob")
    await searched(database, clock, "ship to norway", "ann", hours=1)
    await searched(database, clock, "gift card lost", "cleo")
    first, second = await desk.unanswered()
    one = first.cluster
    # Ann searched twice for the same on one day: her digest is the same, and she counts once.
    assert (one.failed, one.in_chats, one.searches, one.asked) == (3, 1, 2, 3)
    assert one.fates == {Fate.NOTHING: 3}
    assert set(one.examples) == {NORWAY, "ship to norway"}
    assert len(one.chats) == 1
    assert (second.cluster.in_chats, second.cluster.searches) == (0, 1)
    assert await desk.places() == {"chat": 1, "help": 3}
    assert [item.cluster.key for item in await desk.unanswered(place="help")] == [
        one.key,
        second.cluster.key,
    ]
    assert [item.cluster.key for item in await desk.unanswered(place="chat")] == [one.key]


async def test_in_vain_is_what_found_nothing_or_was_not_opened_within_the_day(
    desk: AskedDesk, database: Database, clock: FakeClock
) -> None:
    await searched(database, clock, "norway nothing", "a", hours=0.1)
    await searched(database, clock, "invoice choice left", "b", kind="choose")
    await searched(database, clock, "kettle choice pending", "c", kind="choose", hours=2)
    await searched(database, clock, "lamp choice opened", "d", kind="choose", opened=True)
    await searched(database, clock, "filter answer refused", "e", kind="answer")
    await searched(database, clock, "parcel answer", "f", kind="answer", opened=True)
    found = {one.cluster.heading: one.cluster.fates for one in await desk.unanswered()}
    assert found == {
        "norway nothing": {Fate.NOTHING: 1},
        "invoice choice left": {Fate.CHOICE_LEFT: 1},
        "filter answer refused": {Fate.NOT_HELPED: 1},
    }


async def test_a_search_that_was_answered_counts_as_asked(
    desk: AskedDesk, database: Database, clock: FakeClock
) -> None:
    await searched(database, clock, NORWAY, "a")
    await searched(database, clock, NORWAY, "b", "c", kind="answer", opened=True)
    (one,) = await desk.unanswered()
    assert (one.cluster.failed, one.cluster.asked) == (1, 3)


async def test_one_visitor_cannot_fill_the_list(
    desk: AskedDesk, database: Database, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    strange = [
        f"{word}zzz {word}qqq" for word in ["alpha", "beta", "gamma", "delta", "kilo", "lima"]
    ]
    for text in strange:
        await searched(database, clock, text, "mallory")
    await searched(database, clock, NORWAY, "ann", "bob")
    found = [one.cluster for one in await desk.unanswered()]
    assert len(found) == 1 + 3
    assert found[0].heading == NORWAY
    # With many addresses there is still room for what was asked in chats.
    for at, text in enumerate(strange):
        await searched(database, clock, text, f"m{at}", f"n{at}", f"o{at}")
    await Chat(clock.now() - timedelta(hours=5)).asks("warranty of the kettle").write(database)
    clock.advance(3600)
    monkeypatch.setattr(desk_module, "SHOWN", 4)
    shown = [one.cluster for one in await desk.unanswered()]
    assert [one.in_chats > 0 for one in shown] == [False, False, True]
    assert len(await desk.unanswered(place="help")) == 4


async def test_searches_take_no_room_from_chats(
    desk: AskedDesk, database: Database, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    from knowledge_base.asked import unanswered

    monkeypatch.setattr(unanswered, "SEARCH_LIMIT", 2)
    for text in ("kettle leaks water", "voucher expired today", "courier broke gate"):
        await searched(database, clock, text, "a", "b")
    await Chat(clock.now() - timedelta(days=20)).asks(NORWAY).write(database)
    found = [one.cluster.in_chats for one in await desk.unanswered()]
    assert sorted(found) == [0, 0, 1]


async def test_what_a_search_finds_by_now_is_told_when_it_was_published_after_it(
    desk: AskedDesk, database: Database, clock: FakeClock, knowledge: KnowledgeBase
) -> None:
    texts = ("where do i buy a new filter", "buy new filter where")
    for other in ("Return an item", "Get an invoice"):
        await published(database, clock, draft(other, other.lower()))
    for text in texts:
        await searched(database, clock, text, "a", "b")
    article = await published(
        database, clock, draft("Buy a new filter", *texts, context="Filters for every kettle.")
    )
    await knowledge.wait_for_revision(article.revision)
    (one,) = await desk.unanswered()
    assert one.nearest is not None
    assert one.nearest.changed
    await searched(database, clock, texts[0], "c", hours=-0.01)
    clock.advance(3600)
    (one,) = await desk.unanswered()
    assert one.nearest is not None
    assert not one.nearest.changed


async def test_a_search_set_aside_comes_back_when_more_readers_ask(
    desk: AskedDesk, database: Database, clock: FakeClock
) -> None:
    await searched(database, clock, NORWAY, "a", "b")
    key = (await desk.unanswered())[0].cluster.key
    await desk.set_aside(key, "ada")
    clock.advance(3600)
    await searched(database, clock, NORWAY, *"cccccc", hours=0.1)
    clock.advance(3600)
    assert await desk.unanswered() == []
    await searched(database, clock, NORWAY, *"defg", hours=0.1)
    clock.advance(3600)
    assert (await desk.unanswered())[0].cluster.searches == 7
    slug = await desk.draft(key, "ada")
    assert slug == "do-you-ship-to-norway"
