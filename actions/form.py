"""What all forms share: read the customer's message for the question at hand, or let it interrupt.

A form's validation action runs once per message (and again when the form goes on after an
interruption). It reads, checks and asks within that one call; Rasa only keeps the loop.
"""

from __future__ import annotations

import enum
import re
from typing import Any, Final

from rasa_sdk import FormValidationAction, Tracker
from rasa_sdk.events import ActionExecutionRejected
from rasa_sdk.executor import CollectingDispatcher

from actions import empathy, memory, questions, resolve
from actions.access import Access
from actions.exchange import Button, Events, Exchange
from actions.handoff import hand_off
from actions.intents import FORMS, HANDOFF, NO_TOPIC, NOT_SURE
from actions.moments import Moment, choice_is_open, moment_of
from actions.proof import details, looked_up
from actions.services import ActionServices
from actions.stage import Happening
from actions.words import Words
from understanding import followups

FREE_TEXT: Final = frozenset(
    {
        memory.RETURN_REASON,
        memory.CANCEL_REASON,
        memory.SUGGESTION,
        memory.SUGGESTION_REASON,
    }
)
REASON_LIMIT = 500
_SKIP = re.compile(r"(skip|skip it|skip this|no|nope|none|no reason|rather not|pass)[.!]?", re.I)
_YES = re.compile(r"(yes|yep|yeah|ok|okay|sure|please do|do it)\b.{0,20}", re.I)
_NO = re.compile(r"(no|nope|don'?t|stop)\b.{0,20}", re.I)


class Reading(enum.Enum):
    FILLED = enum.auto()
    MISSED = enum.auto()
    INTERRUPTED = enum.auto()
    ASKED = enum.auto()
    """A question, under an intent for which Rasa's rules would not search."""


class ValidateForm(FormValidationAction):  # type: ignore[misc]  # rasa_sdk has no types
    """Base of the forms' validation actions; a subclass says what comes ``next``."""

    task: str

    def __init__(self, services: ActionServices, words: Words, access: Access) -> None:
        self.services = services
        self.words = words
        self.access = access

    def name(self) -> str:
        return f"validate_{FORMS[self.task]}"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> Events:
        x = Exchange(self.services, self.words, dispatcher, tracker)
        if empathy.too_much(x):
            self.give_up(x, "frustration")
            return x.events
        match moment_of(tracker, self.form_name()):
            case Moment.OPENED:
                await self._start(x)
            case Moment.RESUMED:
                # One question at a time.
                if not choice_is_open(tracker) and x.get(memory.AWAITING) != "person":
                    await self.next(x)
            case Moment.HEARD:
                await self._hear(x)
        return x.events

    async def _start(self, x: Exchange) -> None:
        x.forget_task()
        resolve.start_issue(x)
        x.set(memory.AWAITING, None)
        x.set(memory.TOPIC, self.task)
        x.set(memory.TOPIC_CONFIDENCE, x.heard.confidence)
        x.set(memory.LAST_QUESTION, x.heard.text or self.task.replace("_", " "))
        empathy.show(x)
        details(x)
        self.begin(x)
        await resolve.answer_beside(x)
        await self.next(x)

    async def _hear(self, x: Exchange) -> None:
        offered = x.get(memory.AWAITING) == "person"
        x.set(memory.AWAITING, None)
        # A yes to the person, not to what the form asked before.
        if offered and x.heard.intent == "affirm":
            self.give_up(x, "asked")
            return
        reading = self._read(x)
        if reading is Reading.INTERRUPTED:
            x.add(ActionExecutionRejected(self.form_name()))
            return
        empathy.show(x)
        if reading is Reading.ASKED:
            await self._answer(x)
        elif reading is Reading.MISSED:
            self._missed(x)
        else:
            await self.next(x)

    async def _answer(self, x: Exchange) -> None:
        match await resolve.answer_aside(x):
            case "answer":
                await self.next(x)
            case "choose":  # one question at a time; what was requested stays so
                x.set(memory.REQUESTED, x.get(memory.REQUESTED))
            case _:
                self._missed(x)

    def _missed(self, x: Exchange) -> None:
        if self._tried_too_often(x):
            self.give_up(x, "no_answer")
        else:
            self.ask(x, str(x.get(memory.REQUESTED)), hint=True)

    def begin(self, x: Exchange) -> None:
        """Take what the message that opened the form has already said."""

    async def next(self, x: Exchange) -> None:
        """Ask for what is missing, or finish."""
        raise NotImplementedError

    # --- reading

    def _read(self, x: Exchange) -> Reading:
        requested = str(x.get(memory.REQUESTED))
        intent = x.heard.intent
        if x.heard.wordless:
            return Reading.MISSED
        if intent in HANDOFF or intent == "never_mind" or x.heard.entity("article_id"):
            return Reading.INTERRUPTED
        if intent == "foreign_language" and x.heard.asks_person:
            return Reading.INTERRUPTED
        if requested in FREE_TEXT:
            return self._read_free_text(x, requested)
        if intent in FORMS and intent != self.task and not self._means_this(x):
            return Reading.INTERRUPTED
        given = details(x, requested=requested)
        if requested == memory.CONFIRMED and (not given or looked_up(x) is not None):
            return self._read_yes_no(x)
        if given:
            return Reading.MISSED if looked_up(x) is False else Reading.FILLED
        return self._not_an_answer(x)

    def _means_this(self, x: Exchange) -> bool:
        """ "Just cancel it" in a form that cancels is about what is being cancelled."""
        kind = self.task.split("_")[0]
        return x.heard.intent.startswith(f"{kind}_") and followups.leans(x.heard.text)

    def _read_free_text(self, x: Exchange, slot: str) -> Reading:
        text, intent = x.heard.text, x.heard.intent
        optional = slot != memory.SUGGESTION
        if optional and (intent == "deny" or _SKIP.fullmatch(text)):
            x.set(slot, memory.NOT_GIVEN)
            return Reading.FILLED
        if not text:
            return self._not_an_answer(x)
        asks = text.endswith("?") or questions.begins_as_question(text)
        if asks and intent not in NO_TOPIC and intent not in FORMS:
            return Reading.INTERRUPTED
        x.set(slot, text[:REASON_LIMIT])
        return Reading.FILLED

    def _read_yes_no(self, x: Exchange) -> Reading:
        agrees = x.heard.intent == "affirm" and not questions.asks(x.heard.text)
        if agrees or _YES.fullmatch(x.heard.text):
            x.set(memory.CONFIRMED, True)
            return Reading.FILLED
        if x.heard.intent == "deny" or _NO.fullmatch(x.heard.text):
            x.set(memory.CONFIRMED, False)
            return Reading.FILLED
        return self._not_an_answer(x)

    def _not_an_answer(self, x: Exchange) -> Reading:
        intent = x.heard.intent
        known = {"affirm", "deny", "give_details", self.task, *NOT_SURE}
        if intent not in known and not (intent in FORMS and self._means_this(x)):
            return Reading.INTERRUPTED
        return Reading.ASKED if self._asks_something_else(x) else Reading.MISSED

    def _asks_something_else(self, x: Exchange) -> bool:
        text = x.heard.text
        # "Can you cancel it?" wants the task again; "can i order from u guys" was cancel_order at .40.
        same = x.heard.intent == self.task and x.heard.confidence >= empathy.SURE
        return not same and questions.asks(text) and questions.names_a_matter(text)

    # --- speaking

    def ask(self, x: Exchange, slot: str, *, hint: bool = False, words: str | None = None) -> None:
        """Ask for one slot; with a hint when the last message did not give it."""
        key = f"{'hint' if hint else 'ask'}.{words or self.words_for(slot)}"
        if slot in FREE_TEXT and slot != memory.SUGGESTION:
            buttons = [Button(x.phrase("button.skip"), "/deny")]
        elif slot == memory.CONFIRMED:
            buttons = [*x.yes_no(), x.person()]
        else:
            buttons = [x.person()]
        self.request(x, slot, x.phrase(key, number=x.text(memory.ORDER_NUMBER)), *buttons)

    def words_for(self, slot: str) -> str:
        return f"confirm_{self.task}" if slot == memory.CONFIRMED else slot

    def request(self, x: Exchange, slot: str, text: str, *buttons: Button) -> None:
        x.ask(text, *buttons)
        x.set(memory.REQUESTED, slot)
        x.move(Happening.UNCLEAR)

    def finish(self, x: Exchange) -> None:
        """All is known; the task's own action follows."""
        x.set(memory.REQUESTED, None)

    def end(self, x: Exchange) -> None:
        """All is said; the task's own action has nothing to do."""
        x.set(memory.TASK_END, "told")
        x.set(memory.REQUESTED, None)

    def give_up(self, x: Exchange, reason: str, words: str | None = None) -> None:
        hand_off(x, reason, words=words)
        self.end(x)

    def _tried_too_often(self, x: Exchange) -> bool:
        x.set(memory.TRIES, x.count(memory.TRIES) + 1)
        return x.count(memory.TRIES) >= x.services.thresholds.tries
