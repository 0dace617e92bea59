"""Each reason is read from what was stored: the turn, its steps, the turns after it, the rating."""

from __future__ import annotations

import pytest

from conversations.models import TurnState
from server.database import Database
from tests.support import FakeClock
from tests.training.review.house import Notes, candidate
from tests.training.talk import Talk
from training.paths import Paths, Tools
from training.review.items import Filter, Item
from training.review.reasons import After, Reason
from training.room import TrainingRoom

SHOWN = "00000000-0000-0000-0000-000000000009"


async def item_of(room: TrainingRoom, text: str) -> Item:
    (found,) = [one for one in (await room.inbox.page(Filter(), 1, 100)).items if one.text == text]
    return found


async def reasons_of(room: TrainingRoom, text: str) -> set[Reason]:
    return set((await item_of(room, text)).reasons)


async def test_what_the_model_thought_of_it(room: TrainingRoom, talk: Talk) -> None:
    for text in ("unsure", "close", "broken", "pizza", "grr"):
        talk.over()
        await talk.says(
            text,
            confidence={"unsure": 0.4, "close": 0.6}.get(text, 0.9),
            runner_up=("deny", 0.5 if text == "close" else 0.05),
            state=TurnState.FAILED if text == "broken" else TurnState.DONE,
            scope={"probability": 0.1, "in_scope": text != "pizza"},
            frustration={"level": "offer" if text == "grr" else "calm"},
        )
    assert await reasons_of(room, "unsure") == {Reason.LOW_CONFIDENCE}
    assert await reasons_of(room, "close") == {Reason.CLOSE_RUNNER_UP}
    assert await reasons_of(room, "broken") == {Reason.BOT_FAILED}
    assert await reasons_of(room, "pizza") == {Reason.OUT_OF_SCOPE}
    assert await reasons_of(room, "grr") == {Reason.FRUSTRATION}


async def test_a_no_afterwards(room: TrainingRoom, talk: Talk) -> None:
    await talk.says("my thing", "order_status")
    await talk.says("no", "deny")
    found = await item_of(room, "my thing")
    assert (found.reasons, found.after) == ((Reason.SAID_NO,), After.SAID_NO)
    assert (await item_of(room, "no")).after is After.NOTHING


async def test_asked_again_in_other_words(room: TrainingRoom, talk: Talk) -> None:
    await talk.says("where is the parcel you sent", "order_status")
    await talk.says("the parcel you sent where", "order_status")
    await talk.says("and now something else entirely", "order_status")
    assert await reasons_of(room, "where is the parcel you sent") == {Reason.REPHRASED}
    assert (await item_of(room, "where is the parcel you sent")).after is After.REPHRASED
    assert await reasons_of(room, "and now something else entirely") == set()


async def test_asking_again_needs_no_vectors(
    database: Database, clock: FakeClock, paths: Paths, tools: Tools, talk: Talk
) -> None:
    plain = TrainingRoom(database, clock, paths, tools)
    await talk.says("refund for kettle?", "order_status")
    await talk.says("kettle refund!!", "order_status")
    assert await reasons_of(plain, "refund for kettle?") == {Reason.REPHRASED}


async def test_a_greeting_said_twice_asks_nothing_again(room: TrainingRoom, talk: Talk) -> None:
    await talk.says("hello there you", "greet")
    await talk.says("hello there you!", "greet")
    assert await reasons_of(room, "hello there you!") == set()


@pytest.mark.parametrize("turns_between", [0, 1, 2])
async def test_asked_for_a_person_soon(room: TrainingRoom, talk: Talk, turns_between: int) -> None:
    await talk.says("my thing", "order_status")
    for number in range(turns_between):
        await talk.says(f"other {number}", "order_status")
    await talk.says("a person please", "request_human")
    assert (Reason.ASKED_PERSON in await reasons_of(room, "my thing")) is (turns_between < 2)
    assert await reasons_of(room, "a person please") == set()


async def test_the_assistant_gave_up(room: TrainingRoom, talk: Talk, notes: Notes) -> None:
    await notes.step(
        await talk.says("my thing", "order_status"), handoff={"reason": "no_answer", "detail": ""}
    )
    talk.over()
    await notes.step(
        await talk.says("I am hacked", "greet"), handoff={"reason": "moment_of_truth", "detail": ""}
    )
    assert await reasons_of(room, "my thing") == {Reason.HANDED_OFF}
    assert await reasons_of(room, "I am hacked") == set()


async def test_the_answer_got_thumbs_down_or_up(
    room: TrainingRoom, talk: Talk, notes: Notes
) -> None:
    for text, helped in (("bad one", False), ("good one", True)):
        talk.over()
        asked = await talk.says(text, "order_status")
        await notes.decided(asked, kind="answer", question=text, shown=SHOWN, attempt=1)
        verdict = await talk.says("button", "affirm", button=True)
        await notes.step(verdict, verdict={"article_id": SHOWN, "helped": helped})
    assert await reasons_of(room, "bad one") == {Reason.THUMBS_DOWN}
    found = await item_of(room, "good one")
    assert (found.reasons, found.after, found.decided) == ((), After.CONFIRMED, "answer")


async def test_one_star_speaks_against_the_last_question(
    room: TrainingRoom, talk: Talk, notes: Notes
) -> None:
    await talk.says("first thing", "order_status")
    last = await talk.says("another matter", "order_status")
    await talk.says("bye", "goodbye")
    assert (await item_of(room, "another matter")).reasons == ()
    await notes.rated(last, 1)
    assert await reasons_of(room, "another matter") == {Reason.THUMBS_DOWN}
    assert await reasons_of(room, "first thing") == set()


async def test_the_search_found_an_article_of_another_intent(
    room: TrainingRoom, talk: Talk, notes: Notes
) -> None:
    for text, agreement, probability in (
        ("agrees", 0.9, 0.9), ("differs", -0.9, 0.9), ("differs faintly", -0.9, 0.2),
    ):  # fmt: skip
        talk.over()
        turn = await talk.says(text, "order_status")
        found = [candidate(agreement, probability)]
        await notes.decided(turn, kind="answer", question=text, attempt=1, candidates=found)
    assert await reasons_of(room, "agrees") == set() == await reasons_of(room, "differs faintly")
    found_one = await item_of(room, "differs")
    assert found_one.reasons == (Reason.SEARCH_DISAGREES,)
    assert [one.title for one in found_one.found] == ["Refunds"] and found_one.searched


async def test_what_was_searched_for_the_question_before_is_not_this_ones(
    room: TrainingRoom, talk: Talk, notes: Notes
) -> None:
    turn = await talk.says("nope that is wrong", "deny")
    await notes.decided(
        turn, kind="choose", question="where is my kettle", attempt=2, candidates=[candidate(-0.9)]
    )
    found = await item_of(room, "nope that is wrong")
    assert (found.decided, found.searched, found.reasons) == (None, False, ())


async def test_the_nearest_examples_speak_for_another_intent(
    room: TrainingRoom, talk: Talk
) -> None:
    await talk.says("where is my order now", "greet")
    talk.over()
    await talk.says("where is my order today", "order_status")
    found = await item_of(room, "where is my order now")
    assert (found.second, found.reasons) == ("order_status", (Reason.MODELS_DISAGREE,))
    assert found.nearest is not None and found.nearest.text == "where is my order"
    assert (await item_of(room, "where is my order today")).second is None


async def test_reasons_gather_over_all_times_it_was_said(
    room: TrainingRoom, talk: Talk, clock: FakeClock
) -> None:
    await talk.says("My thing?", "order_status", 0.3)
    talk.over()
    clock.advance(60)
    await talk.says("my thing", "order_status", 0.9)
    await talk.says("no", "deny")
    found = await item_of(room, "my thing")
    assert set(found.reasons) == {Reason.LOW_CONFIDENCE, Reason.SAID_NO}
    assert (found.times, found.confidence, found.like) == (2, 0.9, 2)
