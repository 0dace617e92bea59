"""The inbox lists each distinct message once, with the reasons to look at it."""

from __future__ import annotations

import asyncio

from conversations.models import TurnState
from server.auth import Staff
from server.database import Database
from tests.support import FakeClock
from tests.training.review.house import OneArticle, WordVectors
from tests.training.talk import Talk
from training import proposals
from training.paths import Paths, Tools
from training.review.items import Filter, Item, Order, Show
from training.review.protocols import Beside
from training.review.queue import ReviewQueue
from training.review.reasons import Reason
from training.review.shelf import AT_ONCE
from training.room import TrainingRoom


async def listed(room: TrainingRoom, wanted: Filter | None = None) -> list[Item]:
    return list((await room.inbox.page(wanted or Filter())).items)


async def reasons_of(room: TrainingRoom, text: str) -> set[Reason]:
    return {reason for item in await listed(room) if item.text == text for reason in item.reasons}


async def test_a_sure_and_accepted_message_has_no_reason(room: TrainingRoom, talk: Talk) -> None:
    await talk.says("hello there")
    (item,) = await listed(room)
    assert (item.text, item.intent, item.confidence, item.reasons) == (
        "hello there", "greet", 0.9, (),
    )  # fmt: skip
    assert item.candidates == (("greet", 0.9), ("deny", 0.05))
    assert await listed(room, Filter(doubtful=True)) == []


async def test_each_reason_is_found(room: TrainingRoom, talk: Talk) -> None:
    await talk.says("unsure", confidence=0.4)
    await talk.says("close", confidence=0.6, runner_up=("deny", 0.5))
    await talk.says("broken", state=TurnState.FAILED)
    await talk.says("pizza", scope={"probability": 0.1, "in_scope": False})
    await talk.says("grr", frustration={"score": 0.6, "level": "offer"})
    await talk.says("my thing", "order_status")
    await talk.says("no", "deny")
    assert await reasons_of(room, "unsure") == {Reason.LOW_CONFIDENCE}
    assert await reasons_of(room, "close") == {Reason.CLOSE_RUNNER_UP}
    assert await reasons_of(room, "broken") == {Reason.BOT_FAILED}
    assert await reasons_of(room, "pizza") == {Reason.OUT_OF_SCOPE}
    assert await reasons_of(room, "grr") == {Reason.FRUSTRATION}
    assert await reasons_of(room, "my thing") == {Reason.SAID_NO}
    assert await reasons_of(room, "no") == set()


async def test_a_no_in_another_conversation_is_no_reason(room: TrainingRoom, talk: Talk) -> None:
    await talk.says("my thing", "order_status")
    talk.over()
    await talk.says("no", "deny")
    assert await reasons_of(room, "my thing") == set()


async def test_a_pressed_no_counts_but_is_not_listed(room: TrainingRoom, talk: Talk) -> None:
    await talk.says("my thing", "order_status")
    await talk.says("No, that isn't it", "deny", button=True)
    (item,) = await listed(room)
    assert item.reasons == (Reason.SAID_NO,)


async def test_messages_that_read_the_same_are_one_item(
    room: TrainingRoom, talk: Talk, clock: FakeClock
) -> None:
    await talk.says("Where is FW-111111?", "order_status", 0.3)
    clock.advance(60)
    talk.over()
    latest = await talk.says("where is fw-222222", "order_status", 0.8)
    (item,) = await listed(room)
    assert (item.turn_id, item.text, item.times) == (latest, "where is fw-000000", 2)
    assert item.reasons == (Reason.LOW_CONFIDENCE,)


async def test_running_and_unreadable_turns_are_left_out(room: TrainingRoom, talk: Talk) -> None:
    await talk.says("still thinking", state=TurnState.RUNNING)
    await talk.says("/\u202e")
    await talk.says("a" * 100_000)
    assert [len(item.text) for item in await listed(room)] == [500]


async def test_a_strange_parse_breaks_nothing(room: TrainingRoom, talk: Talk) -> None:
    await talk.says("one", scope="x", frustration=[], intent_ranking=[None, {"name": 3}])
    assert len(await listed(room)) == 1


async def test_filters_search_order_and_pages(
    room: TrainingRoom, talk: Talk, clock: FakeClock
) -> None:
    for number in range(30):
        clock.advance(1)
        await talk.says(f"hello number {number}", confidence=0.3 if number == 4 else 0.9)
    await talk.says("Parcel, please!", "order_status")
    first = await room.inbox.page(Filter(), 1, 25)
    assert (first.total, first.pages, len(first.items)) == (31, 2, 25)
    assert first.items[0].text == "hello number 4"
    assert first.reasons[Reason.LOW_CONFIDENCE] == 1
    assert (await room.inbox.page(Filter(), 99, 25)).number == 2
    newest = await listed(room, Filter(order=Order.NEWEST))
    assert newest[0].text in ("Parcel, please!", "hello number 29")
    assert [item.text for item in await listed(room, Filter(search="PARCEL please"))] == [
        "Parcel, please!"
    ]
    assert len(await listed(room, Filter(intent="order_status"))) == 1
    assert len(await listed(room, Filter(reason=Reason.LOW_CONFIDENCE))) == 1


async def test_dealt_with_messages_stay_away(room: TrainingRoom, talk: Talk) -> None:
    one, two, _ = [await talk.says(text) for text in ("first one", "second one", "third one")]
    await room.labels.label([one], "deny", None)
    await room.labels.ignore([two], None)
    await talk.says("First one!!")
    await talk.says("SECOND one")
    assert [item.text for item in await listed(room)] == ["third one"]
    (labelled,) = await listed(room, Filter(show=Show.LABELLED))
    assert (labelled.text, labelled.label) == ("First one!!", "deny")
    assert [item.text for item in await listed(room, Filter(show=Show.IGNORED))] == ["SECOND one"]
    # The label's own intent is what a labelled message is filtered by.
    assert await listed(room, Filter(show=Show.LABELLED, intent="greet")) == []


async def test_messages_without_a_vector_stand_at_the_end_until_they_have_one(
    room: TrainingRoom, talk: Talk, clock: FakeClock, vectors: WordVectors
) -> None:
    for number in range(AT_ONCE + 5):
        clock.advance(1)
        await talk.says(f"word{number} other{number}", "order_status", 0.3)
    page = await room.inbox.page(Filter(), 1, 100)
    assert (page.unread, len(page.items), vectors.encoded) == (AT_ONCE + 5, AT_ONCE + 5, [])
    await room.inbox.refresh(breath=0)
    page = await room.inbox.page(Filter(), 1, 100)
    assert (page.unread, vectors.saved) == (0, 1)
    encoded = len(vectors.encoded)
    clock.advance(1)
    await talk.says("one more", "order_status", 0.3)
    assert (await room.inbox.page(Filter())).unread == 0
    assert len(vectors.encoded) == encoded + 1


async def test_the_background_reads_what_comes(
    database: Database, clock: FakeClock, room: TrainingRoom, talk: Talk, vectors: WordVectors
) -> None:
    queue = ReviewQueue(database, clock, room.labels, Beside(vectors), pause=0.01)
    await talk.says("something new", "order_status", 0.3)
    queue.start()
    try:
        assert await asyncio.to_thread(vectors.stored.wait, 10)
    finally:
        await queue.stop()
    assert "something new" in vectors.encoded


async def test_a_label_moves_what_it_covers_down(
    room: TrainingRoom, talk: Talk, clock: FakeClock
) -> None:
    lamp = "the lamp that I bought last week is broken"
    for text in (lamp, f"{lamp} now", f"{lamp} sadly", "how do I pay my bill"):
        clock.advance(1)
        talk.over()
        await talk.says(text, "order_status", 0.3)
    first, second, *_ = (await room.inbox.page(Filter())).items
    assert (first.text, second.text) == (lamp, "how do I pay my bill")
    assert "unlike any example" in first.why and "3 chats say something like this" in first.why
    await room.labels.label([first.turn_id], "greet", None)
    after = (await room.inbox.page(Filter())).items
    assert after[0].text == "how do I pay my bill"
    assert after[1].nearest is not None and after[1].nearest.intent == "greet"
    await room.labels.undo(first.turn_id)
    again = (await room.inbox.page(Filter())).items
    assert (again[0].text, again[0].why) == (first.text, first.why)


async def test_an_agents_correction_comes_first(
    room: TrainingRoom, talk: Talk, clock: FakeClock, database: Database, tess: Staff
) -> None:
    corrected = await talk.says("where is my order", "order_status", 0.99)
    talk.over()
    clock.advance(1)
    await talk.says("something nobody understands", "greet", 0.1)
    async with database.write() as db:
        await proposals.add(db, clock, turn_id=corrected, intent="deny", by=tess.id)
    found = (await room.inbox.page(Filter())).items
    assert found[0].turn_id == corrected
    assert found[0].why.startswith("an agent corrected it")


async def test_what_the_search_says_now_is_asked_once_until_the_articles_change(
    room: TrainingRoom, talk: Talk, search: OneArticle
) -> None:
    await talk.says("something new", "order_status", 0.3)
    for _ in range(2):
        (found,) = await listed(room)
    assert found.found == (OneArticle.article,) and search.asked == ["something new"]
    search.revision += 1
    await listed(room)
    assert len(search.asked) == 2


async def test_two_processes_see_the_same(
    database: Database, clock: FakeClock, room: TrainingRoom, paths: Paths, tools: Tools, talk: Talk
) -> None:
    for number in range(6):
        clock.advance(1)
        await talk.says(f"thing {number} thing {number % 2}", "order_status", 0.2 + number / 20)
    await listed(room)
    (turn,) = [item.turn_id for item in await listed(room) if item.text.startswith("thing 3")]
    other = TrainingRoom(database, clock, paths, tools, review=Beside(WordVectors()))
    await other.labels.label([turn], "greet", None)
    mine, theirs = await listed(room), await listed(other)
    assert [(one.text, one.cluster, one.why) for one in mine] == [
        (one.text, one.cluster, one.why) for one in theirs
    ]
