"""A tracker's past, gone through once: what it came to is carried on from event to event.

Rasa goes through all events again for each policy of each prediction and for each action, six to nine
times a turn, and copies every slot each time: 3 ms of a turn in a short episode, 5 ms in a long one.
"""

from __future__ import annotations

import copy
from typing import Any

from rasa.shared.core.constants import PREVIOUS_ACTION
from rasa.shared.core.domain import Domain, State, SubState
from rasa.shared.core.events import ActionExecuted, Event
from rasa.shared.core.trackers import DialogueStateTracker

#: Where a tracker keeps its replays.
_REPLAYS = "handrail_replays"
#: Where a tracker keeps the events that still count.
_APPLIED = "handrail_applied"
#: What events come to beside the slots, as `DialogueStateTracker.__init__` lists it.
_OUTCOME = (
    "_paused",
    "followup_action",
    "latest_action",
    "latest_message",
    "latest_bot_utterance",
    "active_loop",
)
_OWN = ("latest_action", "active_loop")


def apply() -> None:
    """Apply all of them, before an agent is loaded."""
    remember_applied_events()
    copy_trackers_whole()
    carry_states_on()


def remember_applied_events() -> None:
    """Undo what was undone once for each new event; Rasa goes through all events eight times a turn."""
    stock = DialogueStateTracker.applied_events

    def applied_events(self: DialogueStateTracker) -> list[Event]:
        last = self.events[-1] if self.events else None
        number, end, known = self.__dict__.get(_APPLIED, (0, None, []))
        if last is None or number != len(self.events) or end is not last:
            known = stock(self)
            self.__dict__[_APPLIED] = (len(self.events), last, known)
        return list(known)

    DialogueStateTracker.applied_events = applied_events


def copy_trackers_whole() -> None:
    """Copy what a tracker's events came to; Rasa applies all of them again, for each action it runs."""

    def copied(self: DialogueStateTracker) -> DialogueStateTracker:
        twin = self.init_copy()
        twin.events.extend(self.events)
        for name, slot in self.slots.items():
            twin.slots[name]._value, twin.slots[name]._has_been_set = slot.value, slot.has_been_set
        for name in _OUTCOME:
            # A message is shared by Rasa's copies as well; the others change in place.
            setattr(
                twin, name, copy.copy(getattr(self, name)) if name in _OWN else getattr(self, name)
            )
        return twin

    DialogueStateTracker.copy = copied


def carry_states_on() -> None:
    """Let `DialogueStateTracker.past_states` go on from where it ended for the same tracker."""

    def past_states(
        self: DialogueStateTracker,
        domain: Domain,
        omit_unset_slots: bool = False,
        ignore_rule_only_turns: bool = False,
        rule_only_data: dict[str, Any] | None = None,
    ) -> list[State]:
        replays: dict[tuple[bool, bool], Replay] = self.__dict__.setdefault(_REPLAYS, {})
        kind = (omit_unset_slots, ignore_rule_only_turns)
        only = rule_only_data if ignore_rule_only_turns else None
        events = self.applied_events()
        replay = replays.get(kind)
        if replay is None or not replay.leads_to(events, domain, only):
            replay = replays[kind] = Replay(self, domain, *kind, only)
        return replay.states(events)

    DialogueStateTracker.past_states = past_states


class Replay:
    """`Domain.states_for_tracker_history` (3.6.21) as a loop that can stop after any event."""

    def __init__(
        self,
        tracker: DialogueStateTracker,
        domain: Domain,
        omit_unset_slots: bool,
        ignore_rule_only_turns: bool,
        rule_only_data: dict[str, Any] | None,
    ) -> None:
        self._domain = domain
        self._omit_unset_slots = omit_unset_slots
        self._ignore_rule_only_turns = ignore_rule_only_turns
        self._rule_only_data = rule_only_data
        self._tracker = tracker.init_copy()
        self._seen: list[Event] = []
        self._states: list[State] = []
        self._last_ml_action: SubState | None = None
        self._hidden = False

    def leads_to(
        self, events: list[Event], domain: Domain, rule_only_data: dict[str, Any] | None
    ) -> bool:
        """Tell whether these events begin with the ones seen: an undone one is gone from them."""
        return (
            self._domain is domain
            and self._rule_only_data == rule_only_data
            and len(self._seen) <= len(events)
            and all(one is other for one, other in zip(self._seen, events, strict=False))
        )

    def states(self, events: list[Event]) -> list[State]:
        """Return the state before each action and the present one; the caller may change them."""
        for event in events[len(self._seen) :]:
            if isinstance(event, ActionExecuted):
                self._note(event.hide_rule_turn)
            self._tracker.update(event)
            self._seen.append(event)
        # The present is no past yet: what comes next may still change it.
        before = (len(self._states), self._last_ml_action, self._hidden)
        self._note(False)
        states = [{kind: dict(part) for kind, part in state.items()} for state in self._states]
        length, self._last_ml_action, self._hidden = before
        del self._states[length:]
        return states

    def _note(self, hide_rule_turn: bool) -> None:
        domain, tracker, states = self._domain, self._tracker, self._states
        if self._ignore_rule_only_turns:
            # The action before a hidden turn stands for those within it.
            if not self._hidden:
                self._last_ml_action = domain._get_prev_action_sub_state(tracker)
            # A follow-up action and a form's own repetition belong to the turn they are in.
            if (
                not tracker.followup_action
                and tracker.latest_action_name != tracker.active_loop_name
            ):
                self._hidden = hide_rule_turn
            if self._hidden:
                return
        state = domain.get_active_state(tracker, omit_unset_slots=self._omit_unset_slots)
        if self._ignore_rule_only_turns:
            domain._remove_rule_only_features(state, self._rule_only_data)
            if states:
                domain._substitute_rule_only_user_input(state, states[-1])
            if self._last_ml_action:
                state[PREVIOUS_ACTION] = self._last_ml_action
        states.append(domain._clean_state(state))
