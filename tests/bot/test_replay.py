"""What is carried on from event to event equals Rasa's own replay, whatever happens in between."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import (
    ActionExecuted,
    ActionExecutionRejected,
    ActionReverted,
    ActiveLoop,
    BotUttered,
    DefinePrevUserUtteredFeaturization,
    Event,
    FollowupAction,
    LoopInterrupted,
    Restarted,
    SessionStarted,
    SlotSet,
    UserUtteranceReverted,
    UserUttered,
)
from rasa.shared.core.trackers import DialogueStateTracker

from bot import replay
from bot.replay import Replay

APPLIED = DialogueStateTracker.applied_events
DOMAIN = """
version: "3.1"
intents: [ask, order]
entities: [number]
slots:
  topic: {type: text, initial_value: first, influence_conversation: true, mappings: [{type: custom}]}
  done: {type: bool, influence_conversation: true, mappings: [{type: custom}]}
forms:
  order_form: {required_slots: [done]}
actions: [action_answer]
"""
ONLY = {"rule_only_slots": ["done"], "rule_only_loops": ["order_form"]}
KINDS = [(False, False, None), (True, False, None), (False, True, ONLY), (False, True, None)]


@pytest.fixture(scope="module")
def domain() -> Domain:
    return Domain.from_yaml(DOMAIN)


@pytest.fixture(scope="module", autouse=True)
def carried_on() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        for name in ("past_states", "applied_events", "copy"):
            patch.setattr(DialogueStateTracker, name, getattr(DialogueStateTracker, name))
        replay.apply()
        yield


def acted(name: str, hidden: bool) -> Event:
    return ActionExecuted(name, hide_rule_turn=hidden)


def said(intent: str) -> Event:
    return UserUttered("text", {"name": intent}, [{"entity": "number", "value": "1"}])


# Made anew for each example: Rasa changes a message that is already in a tracker.
EVENTS: list[Callable[[bool], Event]] = [
    lambda hidden: acted("action_answer", hidden),
    lambda hidden: acted("action_answer", hidden),
    lambda hidden: acted("order_form", hidden),
    lambda hidden: acted("order_form", hidden),
    lambda hidden: acted("action_listen", hidden),
    lambda hidden: acted("action_listen", hidden),
    lambda hidden: said("ask" if hidden else "order"),
    lambda hidden: said("ask" if hidden else "order"),
    lambda on: ActiveLoop("order_form" if on else None),
    lambda on: SlotSet("done", on or None),
    lambda on: SlotSet("topic", "other" if on else None),
    lambda on: LoopInterrupted(on),
    lambda _: ActionExecutionRejected("order_form"),
    lambda _: FollowupAction("action_answer"),
    lambda _: BotUttered("answer"),
    lambda _: ActionReverted(),
    lambda _: UserUtteranceReverted(),
    lambda _: SessionStarted(),
    lambda _: Restarted(),
]


@given(st.lists(st.tuples(st.sampled_from(EVENTS), st.booleans(), st.integers(0, 3)), max_size=40))
def test_states_are_the_ones_that_rasa_replays(
    domain: Domain, made: list[tuple[Callable[[bool], Event], bool, int]]
) -> None:
    tracker = DialogueStateTracker("c:1", domain.slots)
    for make, on, asked in made:
        tracker.update(make(on))
        if isinstance(tracker.events[-1], UserUttered) and on:
            tracker.update(DefinePrevUserUtteredFeaturization(False))
        # Not after every event: policies are asked only between actions.
        omit, ignore, only = KINDS[asked]
        found = tracker.past_states(domain, omit, ignore, only)
        assert found == domain.states_for_tracker_history(tracker, omit, ignore, only)
        assert all(
            one is other
            for one, other in zip(tracker.applied_events(), APPLIED(tracker), strict=True)
        )
        same(tracker.copy(), tracker.travel_back_in_time(float("inf")))


def same(one: DialogueStateTracker, other: DialogueStateTracker) -> None:
    """Alike in all that Rasa keeps, and each slot as set or unset as its twin."""
    states = []
    for tracker in (one, other):
        state = dict(tracker.__dict__)
        state["slots"] = {name: slot.__dict__ for name, slot in tracker.slots.items()}
        states.append(
            {name: part for name, part in state.items() if not name.startswith("handrail")}
        )
    assert states[0] == states[1]


def test_a_copy_goes_its_own_way(domain: Domain) -> None:
    tracker = DialogueStateTracker("c:1", domain.slots)
    for event in (acted("action_listen", False), said("order"), ActiveLoop("order_form")):
        tracker.update(event)
    twin = tracker.copy()
    for event in (SlotSet("topic", "other"), LoopInterrupted(True), acted("order_form", False)):
        twin.update(event)
    assert tracker.get_slot("topic") == "first"
    assert tracker.active_loop and not tracker.active_loop.is_interrupted
    assert tracker.latest_action_name == "action_listen"
    assert len(tracker.events) == 3


def test_what_a_policy_does_to_its_states_stays_with_it(domain: Domain) -> None:
    tracker = DialogueStateTracker("c:1", domain.slots)
    for event in (acted("action_listen", False), said("ask"), acted("action_answer", False)):
        tracker.update(event)
    states = tracker.past_states(domain)
    states[-1]["user"] = {"intent": "changed"}
    states[0].clear()
    assert tracker.past_states(domain) == domain.states_for_tracker_history(tracker)


def test_a_new_event_costs_one_state_and_not_a_replay(
    domain: Domain, monkeypatch: pytest.MonkeyPatch
) -> None:
    tracker = DialogueStateTracker("c:1", domain.slots)
    for _ in range(20):
        for event in (acted("action_listen", False), said("ask"), acted("action_answer", False)):
            tracker.update(event)
    tracker.past_states(domain)
    noted: list[bool] = []
    note = Replay._note

    def counting(self: Replay, hide_rule_turn: bool) -> None:
        noted.append(hide_rule_turn)
        note(self, hide_rule_turn)

    monkeypatch.setattr(Replay, "_note", counting)
    tracker.update(acted("action_listen", False))
    tracker.past_states(domain)
    assert len(noted) == 2, "the state before the action, and the present one"
