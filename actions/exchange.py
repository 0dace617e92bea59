"""One run of one action: what was heard, what is remembered, what is said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import ActiveLoop, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions import heard, memory
from actions.services import ActionServices
from actions.stage import Happening, Stage, next_stage
from actions.words import Words

Events = list[dict[str, Any]]


@dataclass(frozen=True)
class Button:
    title: str
    payload: str
    """What pressing it means to Rasa; the app keeps it on the server."""
    primary: bool = False

    @classmethod
    def article(cls, article_id: str, title: str) -> Button:
        """Pressing it shows this article."""
        return cls(title, f'/give_details{{"article_id": "{article_id}"}}')

    def json(self) -> dict[str, str]:
        style = "primary" if self.primary else "plain"
        return {"title": self.title, "style": style, "payload": self.payload}


class Exchange:
    """Reads slots, writes slots, speaks; ``events`` is what the action returns to Rasa."""

    def __init__(
        self,
        services: ActionServices,
        words: Words,
        dispatcher: CollectingDispatcher,
        tracker: Tracker,
    ) -> None:
        self.services = services
        self.words = words
        self.heard = heard.read(tracker.latest_message, tracker.sender_id)
        self.loop: str | None = tracker.active_loop_name
        self._dispatcher = dispatcher
        self._slots: dict[str, Any] = dict(tracker.current_slot_values())
        self._written: dict[str, Any] = {}
        self._more: Events = []
        self.spoke = False

    # --- memory

    def get(self, slot: str) -> Any:
        return self._slots.get(slot)

    def text(self, slot: str) -> str | None:
        value = self._slots.get(slot)
        return None if value is None else str(value)

    def count(self, slot: str) -> int:
        return int(self._slots.get(slot) or 0)

    def ids(self, slot: str) -> list[str]:
        return [str(value) for value in self._slots.get(slot) or []]

    def set(self, slot: str, value: object) -> None:
        if slot == memory.STAGE:
            raise ValueError("the stage is moved by move() alone")
        self._write(slot, value)

    def move(self, happening: Happening) -> None:
        """Let the stage follow what happened."""
        stage = Stage(self._slots.get(memory.STAGE) or Stage.ACKNOWLEDGE)
        self._write(memory.STAGE, next_stage(stage, happening).value)

    def _write(self, slot: str, value: object) -> None:
        self._slots[slot] = value
        self._written[slot] = value

    def forget_task(self) -> None:
        """The form is over; what it asked for is not remembered for the next one."""
        for slot in memory.OF_ONE_TASK:
            if self._slots.get(slot) is not None:
                self.set(slot, None)

    def leave_form(self) -> None:
        if self.loop is None:
            return
        self.forget_task()
        self.set(memory.REQUESTED, None)
        self._more.append(ActiveLoop(None))
        self.loop = None

    def add(self, event: dict[str, Any]) -> None:
        self._more.append(event)

    @property
    def events(self) -> Events:
        return [*(SlotSet(name, value) for name, value in self._written.items()), *self._more]

    # --- speech

    def phrase(self, key: str, **values: object) -> str:
        return self.words.say(key, self.heard.turn_id, **values)

    def say(
        self,
        text: str,
        *,
        kind: str | None = None,
        buttons: Sequence[Button] = (),
        parts: Mapping[str, str] | None = None,
        source: Mapping[str, str] | None = None,
    ) -> None:
        """Send one message; keys of its payload are those of docs/frames.md."""
        payload: dict[str, Any] = {}
        if kind:
            payload["kind"] = kind
        if parts:
            payload["parts"] = dict(parts)
        if source:
            payload["source"] = dict(source)
        if buttons:
            payload["buttons"] = [button.json() for button in buttons]
        self._dispatcher.utter_message(text=text, json_message=payload)
        self.spoke = True

    def ask(self, text: str, *buttons: Button, awaiting: str | None = None) -> None:
        """Ask one question; ``awaiting`` says how a plain yes or no will be understood."""
        self.say(text, kind="ask", buttons=buttons)
        self.set(memory.AWAITING, awaiting)

    def yes_no(self) -> tuple[Button, Button]:
        return (
            Button(self.phrase("button.yes"), "/affirm", primary=True),
            Button(self.phrase("button.no"), "/deny"),
        )

    def person(self) -> Button:
        return Button(self.phrase("button.person"), "/request_human")


class TurnAction(Action):  # type: ignore[misc]  # rasa_sdk has no types
    """Base of all our actions: ``act`` works on an Exchange."""

    action_name: str

    def __init__(self, services: ActionServices, words: Words) -> None:
        self.services = services
        self.words = words

    def name(self) -> str:
        return self.action_name

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> Events:
        exchange = Exchange(self.services, self.words, dispatcher, tracker)
        await self.act(exchange)
        return exchange.events

    async def act(self, x: Exchange) -> None:
        raise NotImplementedError
