"""One turn through Rasa, in the steps of its own `MessageProcessor.handle_message` (3.6.21).

Taken apart because the channel needs the tracker before (has this turn been run?) and after (parse,
slots), and because reading, copying and replaying a whole episode is most of a long one's cost
(`bot.trackers`).
"""

from __future__ import annotations

import asyncio
import logging
from typing import Any
from weakref import WeakValueDictionary

from rasa.core.agent import Agent
from rasa.core.channels.channel import UserMessage
from rasa.core.processor import MessageProcessor
from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.events import SlotSet
from rasa.shared.core.trackers import DialogueStateTracker

from bot import failures
from bot.replies import Stopwatch, Utterances, parse_of, replies_after, slots_of, turn_event
from bot.requests import TurnRequest
from bot.trackers import Trackers
from encoder import Encoder, EncoderError
from encoder.handover import unpack
from understanding.frustration import Arithmetic
from understanding.frustration_version import scoring_version
from understanding.normal import plain

logger = logging.getLogger(__name__)

CHANNEL = "handrail"


class Turns:
    """Runs turns on an agent; one at a time for each sender."""

    def __init__(self, encoder: Encoder, rules: Arithmetic) -> None:
        self._encoder = encoder
        self._rules = rules
        self._trackers = Trackers()
        # The app sends one turn at a time, but one that it gave up on may still run here.
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def run(self, agent: Agent, request: TurnRequest) -> dict[str, Any]:
        """Return the answer of docs/architecture.md; `failed` names what went wrong, or is null.

        A failed turn leaves the tracker as it was, so asking again runs the whole turn again; its
        effects are harmless when repeated, for they carry the turn's id.
        """
        watch = Stopwatch()
        answer: dict[str, Any] = {
            "turn_id": request.turn_id,
            "messages": [],
            "parse": {},
            "slots": {},
            "failed": None,
            "timings": {},
            "versions": {
                "model": agent.model_id,
                "encoder": self._encoder.checksum,
                "frustration": scoring_version(),
            },
        }
        lock = self._locks.setdefault(request.sender, asyncio.Lock())
        try:
            async with lock:
                await self._run(agent.processor, request, answer, watch)
        except Exception as error:
            # Named, because the app must tell a broken turn from one with nothing to say.
            answer["failed"] = f"{type(error).__name__} in {_step(watch)}"
            logger.exception("turn %s failed: %s", request.turn_id, answer["failed"])
        answer["timings"] = watch.total()
        return answer

    async def _run(
        self,
        processor: MessageProcessor,
        request: TurnRequest,
        answer: dict[str, Any],
        watch: Stopwatch,
    ) -> None:
        output = Utterances()
        taken = await self._trackers.take(processor, request.sender)
        tracker = taken.tracker
        known = turn_event(tracker, request.turn_id)
        watch.lap("tracker")
        if known is not None:
            answer["messages"] = replies_after(tracker, known)
            answer["parse"] = parse_of(tracker, known, self._rules)
            answer["slots"] = slots_of(tracker)
            return
        if not tracker.events:
            await processor._update_tracker_session(tracker, output)
            tracker.update_with_events(_seeds(tracker, request.slots), processor.domain)
        self._learn(request)
        message = UserMessage(
            request.said,
            output,
            request.sender,
            input_channel=CHANNEL,
            message_id=request.turn_id,
            metadata=request.metadata,
        )
        await processor._handle_message_with_tracker(message, tracker)
        answer["parse"] = parse_of(tracker, tracker.latest_message, self._rules)
        watch.lap("parse")
        with failures.collecting() as failed:
            await processor.run_action_extract_slots(output, tracker)
            await processor._run_prediction_loop(output, tracker)
        watch.lap("actions")
        answer["messages"] = output.messages
        if not failed and tracker.latest_action_name != ACTION_LISTEN_NAME:
            failed.append("too many actions in one turn")
        if failed:
            answer["failed"] = "; ".join(failed)
            logger.error("turn %s failed: %s", request.turn_id, answer["failed"])
            return
        await self._trackers.keep(processor, taken)
        answer["slots"] = slots_of(tracker)
        watch.lap("save")

    def _learn(self, request: TurnRequest) -> None:
        """Take over the vector that the app made of the same words with the same encoder."""
        vector = request.vector
        if vector and vector.get("encoder") == self._encoder.checksum:
            try:
                self._encoder.learn(plain(request.said), unpack(vector, self._encoder.dimension))
            except EncoderError as error:
                logger.warning("turn %s: %s", request.turn_id, error)


def _seeds(tracker: DialogueStateTracker, slots: dict[str, Any]) -> list[SlotSet]:
    unknown = sorted(set(slots) - set(tracker.slots))
    if unknown:
        logger.warning("slots that the domain doesn't have are not seeded: %s", unknown)
    return [SlotSet(name, value) for name, value in slots.items() if name in tracker.slots]


def _step(watch: Stopwatch) -> str:
    steps = ("tracker", "parse", "actions", "save")
    return next((step for step in steps if step not in watch.timings), "the end")
