"""The tracker of an episode, short and at hand: a turn must not cost more the longer an episode lasts.

Rasa reads every event of the episode from the store at each turn, copies the tracker for each action and
replays it for each prediction; turn 30 took three times as long as turn 1. Here a tracker holds the last
messages only, and the one that a turn left behind serves the next turn, if nobody wrote meanwhile.
"""

from __future__ import annotations

import json
from collections import OrderedDict
from dataclasses import dataclass
from itertools import islice
from typing import Any

import sqlalchemy as sa
from rasa.core.processor import MessageProcessor
from rasa.core.tracker_store import SQLTrackerStore, TrackerStore
from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, ActiveLoop, Event, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from sqlalchemy.engine import Connection

from bot.components.memory import WINDOW
from bot.components.shared import FRUSTRATION

# Rasa's table without its ORM, and statements built once: 1.3 ms less for each turn.
_ROWS = SQLTrackerStore.SQLEvent.__table__
_INSERT = sa.insert(_ROWS)
_POSITION = sa.select(sa.func.max(_ROWS.c.id), sa.func.count()).where(
    _ROWS.c.sender_id == sa.bindparam("of")
)

#: Messages of the customer that a shortened tracker keeps. Nobody looks further back: the frustration
#: window is WINDOW messages, and MemoizationPolicy's six states are three turns.
KEPT_MESSAGES = WINDOW + 1
#: Beside them, of an active form: the message that began it and so many before.
KEPT_BEFORE_FORM = 2
#: Shortening replays the tracker, so it waits until there is something to gain.
LONGEST = KEPT_MESSAGES + KEPT_BEFORE_FORM + 2
#: Episodes at hand, 0.1 MB each; others are read from the store.
REMEMBERED = 200


@dataclass(frozen=True)
class Position:
    """Where the store's rows of an episode end; whoever adds or removes one changes it."""

    last: int | None
    count: int


@dataclass
class Taken:
    """A tracker for one turn, and how many of its events the store has."""

    tracker: DialogueStateTracker
    stored: int
    position: Position | None
    """None: this kind of store is left to Rasa."""


@dataclass(frozen=True)
class _Left:
    tracker: DialogueStateTracker
    position: Position
    domain: Domain


class Trackers:
    """Gives out an episode's tracker and takes it back, one turn at a time for each sender."""

    def __init__(self, remembered: int = REMEMBERED) -> None:
        self._remembered = remembered
        self._left: OrderedDict[str, _Left] = OrderedDict()

    async def take(self, processor: MessageProcessor, sender: str) -> Taken:
        """Return the tracker as the store has it, or a new one without events.

        Another process may write to the same store, so what is remembered counts only while the
        store's rows end where they ended then. A turn that fails never brings its tracker back,
        and the next one reads the store.
        """
        left = self._left.pop(sender, None)
        store = processor.tracker_store
        if not _is_ours(store):
            tracker = await processor.get_tracker(sender)
            return Taken(tracker, len(tracker.events), None)
        with store.engine.connect() as connection:
            position = _position(connection, sender)
        if left is not None and left.position == position and left.domain is processor.domain:
            return Taken(left.tracker, len(left.tracker.events), position)
        if position.count:
            tracker = shortened(await processor.get_tracker(sender))
            return Taken(tracker, len(tracker.events), position)
        tracker = store.init_tracker(sender)
        # As `MessageProcessor.get_tracker` does.
        tracker.model_id = processor.model_metadata.model_id
        tracker.assistant_id = processor.model_metadata.assistant_id
        return Taken(tracker, 0, position)

    async def keep(self, processor: MessageProcessor, taken: Taken) -> None:
        """Write what is new, all or nothing."""
        tracker, store = taken.tracker, processor.tracker_store
        if taken.position is None:
            await processor.save_tracker(tracker)
            return
        rows = [
            _row(tracker.sender_id, event) for event in islice(tracker.events, taken.stored, None)
        ]
        with store.engine.begin() as connection:
            if rows:
                connection.execute(_INSERT, rows)
            position = _position(connection, tracker.sender_id)
        # Otherwise somebody else wrote during this turn, and only the store knows the whole.
        if position.count == taken.position.count + len(rows):
            left = _Left(shortened(tracker), position, processor.domain)
            self._left[tracker.sender_id] = left
            while len(self._left) > self._remembered:
                self._left.popitem(last=False)


def shortened(tracker: DialogueStateTracker) -> DialogueStateTracker:
    """Return a tracker in the same state with the last KEPT_MESSAGES messages only; itself if short.

    The cut lies where the bot listened, before a message whose frustration is known, for that sums up
    all before. What is left out becomes its outcome, the slots that were set. In a form the turn that
    began it stays as well: Rasa takes a form's own repetitions out of what its policies see, so that
    they look back to before the form however long it lasts.
    """
    events = list(tracker.events)
    said = [place for place, event in enumerate(events) if isinstance(event, UserUttered)]
    if len(said) <= LONGEST:
        return tracker
    for place in reversed(said[: -KEPT_MESSAGES + 1]):
        cut = place - 1
        before = _replayed(tracker, events[:cut])
        if _may_begin(events, place) and _is_plain(before):
            head = _form_begun(events[:cut], before)
            left_out = _replayed(tracker, events[: head.start])
            kept = _replayed(tracker, [*_outcome(tracker.init_copy(), left_out), *events[head]])
            return _replayed(tracker, [*kept.events, *_outcome(kept, before), *events[cut:]])
    return tracker


def _form_begun(events: list[Event], tracker: DialogueStateTracker) -> slice:
    """Return where the turn lies that began the active form, with what came before; else nothing."""
    begun = [
        place
        for place, event in enumerate(events)
        if isinstance(event, ActiveLoop) and event.name and event.name == tracker.active_loop_name
    ]
    if not begun:
        return slice(len(events), len(events))
    # A form that asks again within itself sets itself active once only, so the last one counts.
    listened = [place for place, event in enumerate(events) if _is_listening(event)]
    earlier = [place for place in listened if place < begun[-1]]
    later = [place for place in listened if place > begun[-1]]
    first = earlier[-KEPT_BEFORE_FORM - 1 :][:1] or [0]
    return slice(first[0], later[0] if later else len(events))


def _is_listening(event: Event) -> bool:
    return isinstance(event, ActionExecuted) and event.action_name == ACTION_LISTEN_NAME


def _may_begin(events: list[Event], place: int) -> bool:
    listened = place > 0 and _is_listening(events[place - 1])
    return listened and FRUSTRATION in (events[place].parse_data or {})


def _is_plain(tracker: DialogueStateTracker) -> bool:
    """Tell whether slots and the active form are all that the tracker's past left behind."""
    loop = tracker.active_loop
    return not (
        tracker.is_paused()
        or tracker.followup_action
        or (loop and (loop.rejected or loop.is_interrupted))
    )


def _outcome(start: DialogueStateTracker, end: DialogueStateTracker) -> list[Event]:
    """Return the slots that differ between two states of one conversation."""
    at = end.events[-1].timestamp if end.events else None
    return [
        SlotSet(name, slot.value, timestamp=at)
        for name, slot in end.slots.items()
        if slot.value != start.slots[name].value
    ]


def _replayed(tracker: DialogueStateTracker, events: list[Event]) -> DialogueStateTracker:
    copy = tracker.init_copy()
    for event in events:
        copy.update(event)
    copy.model_id, copy.assistant_id = tracker.model_id, tracker.assistant_id
    return copy


def _is_ours(store: TrackerStore) -> bool:
    # A broker wants to see the whole tracker at each save.
    return isinstance(store, SQLTrackerStore) and store.event_broker is None


def _position(connection: Connection, sender: str) -> Position:
    return Position(*connection.execute(_POSITION, {"of": sender}).one())


def _row(sender: str, event: Event) -> dict[str, Any]:
    """Return the event's row as `SQLTrackerStore.save` writes it."""
    data = event.as_dict()
    return {
        "sender_id": sender,
        "type_name": event.type_name,
        "timestamp": data.get("timestamp"),
        "intent_name": data.get("parse_data", {}).get("intent", {}).get("name"),
        "action_name": data.get("name"),
        "data": json.dumps(data),
    }
