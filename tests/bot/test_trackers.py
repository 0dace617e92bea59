"""Short trackers at hand: the same state, the same predictions, and the store has the last word."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from rasa.core.tracker_store import SQLTrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import (
    ActionExecuted,
    ActionExecutionRejected,
    ActiveLoop,
    BotUttered,
    Event,
    LoopInterrupted,
    SessionStarted,
    SlotSet,
    UserUttered,
)
from rasa.shared.core.trackers import DialogueStateTracker

from bot.trackers import KEPT_BEFORE_FORM, KEPT_MESSAGES, LONGEST, Trackers, shortened

DOMAIN = """
version: "3.1"
intents: [ask, order, thanks]
slots:
  stage: {type: any, initial_value: begin, mappings: [{type: custom}]}
  topic: {type: any, mappings: [{type: custom}]}
  order_number: {type: text, influence_conversation: false, mappings: [{type: custom}]}
forms:
  order_form: {required_slots: [order_number]}
actions: [action_answer]
"""


@pytest.fixture(scope="module")
def domain() -> Domain:
    return Domain.from_yaml(DOMAIN)


@pytest.fixture
def stores(domain: Domain, tmp_path: Path) -> Iterator[list[SQLTrackerStore]]:
    """Two processes' stores on one database."""
    both = [SQLTrackerStore(domain, db=str(tmp_path / "rasa.db")) for _ in range(2)]
    yield both
    for store in both:
        store.engine.dispose()


def processor(store: SQLTrackerStore) -> Any:
    async def get_tracker(sender: str) -> DialogueStateTracker:
        return await store.get_or_create_tracker(sender, append_action_listen=False)

    return SimpleNamespace(
        tracker_store=store,
        domain=store.domain,
        model_metadata=SimpleNamespace(model_id="m", assistant_id="a"),
        get_tracker=get_tracker,
        save_tracker=store.save,
    )


def begin() -> list[Event]:
    return [
        ActionExecuted("action_session_start"),
        SessionStarted(),
        ActionExecuted("action_listen"),
    ]


def turn(
    number: int, *, form: bool = False, intent: str = "ask", scored: bool = True
) -> list[Event]:
    parse: dict[str, Any] = {"intent": {"name": intent, "confidence": 1.0}, "entities": []}
    if scored:
        parse["frustration"] = {"score": number / 100, "level": "calm", "signals": []}
    done: list[Event] = [
        UserUttered(
            f"text {number}", parse["intent"], [], parse, metadata={"turn_id": f"t{number}"}
        ),
        ActionExecuted("order_form" if form else "action_answer"),
        BotUttered(f"answer {number}"),
        SlotSet("topic", f"topic {number}"),
    ]
    if number == 1:
        done.append(SlotSet("stage", None))
    return [*done, ActionExecuted("action_listen")]


def conversation(turns: int, *, form_from: int | None = None, form_to: int = 10**6) -> list[Event]:
    events = begin()
    for number in range(1, turns + 1):
        inside = form_from is not None and form_from <= number < form_to
        said = turn(number, form=inside, intent="order" if inside else "ask")
        if number == form_from:
            said[-1:-1] = [ActiveLoop("order_form"), SlotSet("order_number", "4411")]
        if number == form_to:
            said[-1:-1] = [ActiveLoop(None)]
        events += said
    return events


def tracker_of(domain: Domain, events: list[Event]) -> DialogueStateTracker:
    return DialogueStateTracker.from_events("c:1", events, domain.slots)


def said(tracker: DialogueStateTracker) -> list[str | None]:
    return [event.text for event in tracker.events if isinstance(event, UserUttered)]


@pytest.mark.parametrize(
    "events",
    [
        conversation(30),
        conversation(30, form_from=2),
        conversation(30, form_from=26),
        conversation(30, form_from=12, form_to=15),
        conversation(30, form_from=20, form_to=25),
        conversation(LONGEST + 1),
    ],
    ids=["plain", "in a long form", "form just begun", "form over", "form within", "just long"],
)
def test_a_shortened_tracker_is_in_the_same_state(domain: Domain, events: list[Event]) -> None:
    whole = tracker_of(domain, events)
    short = shortened(whole)
    assert said(short)[-KEPT_MESSAGES:] == said(whole)[-KEPT_MESSAGES:]
    assert len(said(short)) <= KEPT_MESSAGES + KEPT_BEFORE_FORM + 1
    assert short.current_slot_values() == whole.current_slot_values()
    assert short.active_loop_name == whole.active_loop_name
    assert short.latest_action_name == whole.latest_action_name
    assert short.followup_action == whole.followup_action
    assert short.latest_message == whole.latest_message
    assert short.latest_bot_utterance == whole.latest_bot_utterance
    # What rules and memoized stories look at, for this prediction and the next turn's.
    for tracker in (short, whole):
        tracker.update(turn(31)[0])
    wanted, found = (one.past_states(domain) for one in (whole, short))
    assert found[-6:] == wanted[-6:]


def test_many_shortenings_leave_the_same_state_as_none(domain: Domain) -> None:
    for events in (conversation(60), conversation(60, form_from=9), questions_in_a_form(60)):
        whole = tracker_of(domain, [])
        short = tracker_of(domain, [])
        for event in events:
            whole.update(event)
            short.update(event)
            if isinstance(event, ActionExecuted) and event.action_name == "action_listen":
                short = shortened(short)
                assert len(said(short)) <= LONGEST
                assert short.current_slot_values() == whole.current_slot_values()
                assert short.active_loop_name == whole.active_loop_name
                assert short.past_states(domain)[-6:] == whole.past_states(domain)[-6:]


def questions_in_a_form(turns: int) -> list[Event]:
    """From the third turn on in a form, in which every other turn asks something else."""
    events = begin()
    for number in range(1, turns + 1):
        if number < 3:
            events += turn(number)
        elif number % 2:
            events += turn(number, form=True, intent="order")
            if number == 3:
                events[-1:-1] = [ActiveLoop("order_form")]
        else:
            asked, *answered = turn(number)
            events += [asked, ActionExecutionRejected("order_form"), *answered[:-1]]
            events += [LoopInterrupted(True), ActionExecuted("order_form"), answered[-1]]
    return events


def test_a_short_tracker_stays_as_it_is(domain: Domain) -> None:
    tracker = tracker_of(domain, conversation(LONGEST))
    assert shortened(tracker) is tracker


def test_the_cut_lies_where_the_frustration_so_far_is_known(domain: Domain) -> None:
    events = begin()
    for number in range(1, 31):
        # Pressed buttons carry no score of their own: the last one known is from message 20.
        events += turn(number, scored=number <= 20)
    assert said(shortened(tracker_of(domain, events)))[0] == "text 20"


def test_no_cut_where_nothing_is_known(domain: Domain) -> None:
    events = begin()
    for number in range(1, 31):
        events += turn(number, scored=False)
    tracker = tracker_of(domain, events)
    assert shortened(tracker) is tracker


async def play(trackers: Trackers, of: Any, numbers: range) -> list[DialogueStateTracker]:
    used = []
    for number in numbers:
        taken = await trackers.take(of, "c:1")
        for event in [*(begin() if not taken.tracker.events else []), *turn(number)]:
            taken.tracker.update(event)
        used.append(taken.tracker)
        await trackers.keep(of, taken)
    return used


def stored(store: SQLTrackerStore) -> DialogueStateTracker | None:
    return asyncio.run(store.retrieve("c:1"))


def test_the_store_gets_every_event_once_and_in_order(stores: list[SQLTrackerStore]) -> None:
    of = processor(stores[0])
    used = asyncio.run(play(Trackers(), of, range(1, 41)))
    whole = stored(stores[1])
    assert whole is not None
    assert said(whole) == [f"text {number}" for number in range(1, 41)]
    with stores[1].session_scope() as session:
        # The session's start, the stage of turn 1, and five events a turn.
        assert session.query(SQLTrackerStore.SQLEvent).count() == 3 + 1 + 40 * 5
    assert max(len(said(tracker)) for tracker in used) == LONGEST + 1
    assert whole.current_slot_values() == used[-1].current_slot_values()


def test_a_stored_row_is_the_one_that_rasa_writes(stores: list[SQLTrackerStore]) -> None:
    events = [*begin(), *turn(1)]
    theirs = DialogueStateTracker.from_events("theirs", events, stores[0].domain.slots)

    async def write() -> None:
        await stores[0].save(theirs)
        of, trackers = processor(stores[0]), Trackers()
        taken = await trackers.take(of, "ours")
        taken.tracker.model_id = taken.tracker.assistant_id = None
        for event in events:
            taken.tracker.update(event)
        await trackers.keep(of, taken)

    asyncio.run(write())
    row = SQLTrackerStore.SQLEvent
    columns = (row.type_name, row.timestamp, row.intent_name, row.action_name, row.data)
    with stores[0].session_scope() as session:
        both = [
            session.query(*columns).filter(row.sender_id == who).order_by(row.id).all()
            for who in ("theirs", "ours")
        ]
    assert both[0] == both[1]
    assert len(both[0]) == len(events)


def test_what_another_process_wrote_is_seen(stores: list[SQLTrackerStore]) -> None:
    here, there = Trackers(), Trackers()

    async def take_turns() -> list[str | None]:
        await play(here, processor(stores[0]), range(1, 3))
        await play(there, processor(stores[1]), range(3, 5))
        taken = await here.take(processor(stores[0]), "c:1")
        return said(taken.tracker)

    assert asyncio.run(take_turns()) == ["text 1", "text 2", "text 3", "text 4"]


def test_a_turn_that_another_process_overtook_is_not_remembered(
    stores: list[SQLTrackerStore],
) -> None:
    here, there = Trackers(), Trackers()

    async def overtake() -> list[str | None]:
        of = processor(stores[0])
        await play(here, of, range(1, 3))
        taken = await here.take(of, "c:1")
        await play(there, processor(stores[1]), range(3, 4))
        for event in turn(4):
            taken.tracker.update(event)
        await here.keep(of, taken)
        return said((await here.take(of, "c:1")).tracker)

    assert asyncio.run(overtake()) == ["text 1", "text 2", "text 3", "text 4"]


def test_erased_events_are_forgotten(stores: list[SQLTrackerStore]) -> None:
    trackers, of = Trackers(), processor(stores[0])

    async def erase() -> list[str | None]:
        await play(trackers, of, range(1, 4))
        with stores[1].session_scope() as session:
            session.query(SQLTrackerStore.SQLEvent).delete()
            session.commit()
        return said((await trackers.take(of, "c:1")).tracker)

    assert asyncio.run(erase()) == []


def test_a_broken_turn_leaves_no_trace(stores: list[SQLTrackerStore]) -> None:
    trackers, of = Trackers(), processor(stores[0])

    async def fail() -> list[str | None]:
        await play(trackers, of, range(1, 4))
        taken = await trackers.take(of, "c:1")
        taken.tracker.update(turn(4)[0])
        return said((await trackers.take(of, "c:1")).tracker)

    assert asyncio.run(fail()) == ["text 1", "text 2", "text 3"]


def test_another_domain_reads_the_store_again(stores: list[SQLTrackerStore]) -> None:
    trackers, of = Trackers(), processor(stores[0])
    asyncio.run(play(trackers, of, range(1, 3)))
    other = Domain.from_yaml(
        DOMAIN.replace("  topic:", "  colour: {type: any, mappings: [{type: custom}]}\n  topic:")
    )
    stores[0].domain = other
    taken = asyncio.run(trackers.take(processor(stores[0]), "c:1"))
    assert "colour" in taken.tracker.slots


def test_only_so_many_episodes_are_remembered(stores: list[SQLTrackerStore]) -> None:
    trackers, of = Trackers(remembered=3), processor(stores[0])

    async def talk() -> None:
        for number in range(5):
            taken = await trackers.take(of, f"c:{number}")
            taken.tracker.update(turn(1)[0])
            await trackers.keep(of, taken)

    asyncio.run(talk())
    assert list(trackers._left) == ["c:2", "c:3", "c:4"]


def test_other_stores_are_left_to_rasa(domain: Domain) -> None:
    from rasa.core.tracker_store import InMemoryTrackerStore

    store = InMemoryTrackerStore(domain)
    of = processor(store)  # type: ignore[arg-type]
    asyncio.run(play(Trackers(), of, range(1, 13)))
    whole = asyncio.run(store.retrieve("c:1"))
    assert whole is not None
    assert len(said(whole)) == 12
