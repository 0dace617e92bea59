"""The inbox lists each distinct message once, with the reasons to look at it."""

from __future__ import annotations

from conversations.models import TurnState
from tests.support import FakeClock
from tests.training.talk import Talk
from training.inbox import Filter, Item, Order, Show
from training.reasons import Reason
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
