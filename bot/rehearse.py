"""Walk conversations with kept models, leaving no trace: `python -m bot.rehearse`, JSON lines in and out.

Trackers live in memory for one walk. Actions aren't called over HTTP: each call is a line out, its answer a
line in, so that whoever started this decides what actions may do.

in    {"model": "/path.tar.gz", "sender": "…", "said": [{"turn_id", "text" or "payload", "intent"?, "metadata"?}]}
out   {"call": {…}}            what Rasa sends to an action server     → in {"status": 200, "body": {…}}
out   {"turn": {…}}            after each of `said`: the channel's answer, with `ran` and `steps`
out   {"done": true} or {"error": "…"}

`intent` is what the message shall count as, whatever the model reads in it.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import sys
from collections import OrderedDict
from collections.abc import Mapping
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from bot import environment

if TYPE_CHECKING:
    from rasa.core.agent import Agent
    from rasa.shared.core.events import Event

#: Models that stay loaded: the serving one, the candidate, and one more to compare with.
KEPT = 3
#: An action asks the knowledge base; this is a bound for a broken one, not a promise to a customer.
ACTION_LIMIT = 30.0
#: Slots that stories name: the others are the actions' memory, which no rule reads.
STORY_SLOTS = frozenset({"requested_slot"})
_SILENT = frozenset({"action_listen", "action_session_start"})


class Line:
    """The line to whoever started this; one question at a time."""

    def __init__(self, source: IO[str], target: IO[str]) -> None:
        self._source, self._target = source, target

    def say(self, **record: Any) -> None:
        print(json.dumps(record, ensure_ascii=False), file=self._target, flush=True)

    async def hear(self) -> dict[str, Any] | None:
        """Return the next object, or None at the end of the input."""
        # In a thread: Rasa's own tasks run on meanwhile.
        text = await asyncio.get_running_loop().run_in_executor(None, self._source.readline)
        if not text:
            return None
        found = json.loads(text)
        if not isinstance(found, dict):
            raise ValueError("a line is no JSON object")
        return found


def endpoint_on(line: Line) -> Any:
    """Return an action endpoint that asks the line instead of a server."""
    from rasa.utils.endpoints import ClientResponseError, EndpointConfig

    class Endpoint(EndpointConfig):  # type: ignore[misc]
        async def request(self, *_: Any, json: Any = None, **__: Any) -> Any:
            line.say(call=json)
            answer = await line.hear()
            if answer is None:
                raise EOFError("nobody is there any more")
            if answer.get("status") != 200:
                body = _text(answer.get("body"))
                raise ClientResponseError(int(answer.get("status") or 500), "refused", body)
            return answer.get("body")

    return Endpoint(url="line:")


class Models:
    """Loads models as they are asked for; the least recently used one makes room."""

    def __init__(self, line: Line, kept: int = KEPT) -> None:
        self._line, self._kept = line, kept
        self._agents: OrderedDict[str, tuple[Agent, dict[str, str]]] = OrderedDict()

    def take(self, path: str) -> tuple[Agent, dict[str, str]]:
        """Return a model, with the intents that turns shall count as.

        Raises:
            RuntimeError: it can't be loaded.
        """
        if path not in self._agents:
            while len(self._agents) >= self._kept:
                self._agents.popitem(last=False)
            self._agents[path] = self._load(path)
        self._agents.move_to_end(path)
        return self._agents[path]

    def _load(self, path: str) -> tuple[Agent, dict[str, str]]:
        from rasa.core.agent import Agent

        if not Path(path).is_file():
            raise RuntimeError("its file is gone")
        agent = Agent.load(path, action_endpoint=endpoint_on(self._line))
        if not agent.is_ready():
            raise RuntimeError("it cannot be loaded")
        meant: dict[str, str] = {}
        _count_as(agent, meant)
        return agent, meant


def _count_as(agent: Agent, meant: Mapping[str, str]) -> None:
    """Let messages whose turn stands in `meant` have that intent."""
    processor = agent.processor
    stock = processor.parse_message

    async def parse_message(message: Any, *rest: Any, **named: Any) -> dict[str, Any]:
        parse: dict[str, Any] = await stock(message, *rest, **named)
        intent = meant.get(message.message_id)
        if intent:
            parse["intent"] = {"name": intent, "confidence": 1.0}
            scope = parse.get("scope") or {}
            parse["scope"] = {**scope, "in_scope": intent != "out_of_scope"}
        return parse

    processor.parse_message = parse_message


class Walker:
    """Walks one conversation after the other."""

    def __init__(self, line: Line) -> None:
        import yaml

        from bot.components.frustration_detector import FrustrationDetector, rules_of
        from bot.components.shared import load_encoder

        written = yaml.safe_load((environment.ROOT / "credentials.yml").read_text("utf-8"))
        own = written.get("bot.channel.HandrailInput") or {}
        self._rules = rules_of({**FrustrationDetector.get_default_config(), **own})
        self._encoder = load_encoder()
        self._line = line
        self._models = Models(line)

    async def walk(self, asked: Mapping[str, Any]) -> None:
        """Say each turn as it ends.

        Raises:
            RuntimeError: the model can't be loaded. BadRequest: a message has no fitting form.
        """
        from bot.requests import parse
        from bot.turns import Turns

        agent, meant = self._models.take(str(asked["model"]))
        sender = str(asked["sender"])
        turns = Turns(self._encoder, self._rules)
        store = agent.tracker_store
        try:
            for said in asked["said"]:
                meant.clear()
                if said.get("intent"):
                    meant[str(said["turn_id"])] = str(said["intent"])
                before = await store.retrieve(sender)
                known = len(before.events) if before else 0
                request = parse(json.dumps({**said, "sender": sender}).encode())
                answer = await turns.run(agent, request)
                after = await store.retrieve(sender)
                events = list(after.events)[known:] if after else []
                self._line.say(turn={**answer, "ran": ran(events), "steps": steps(events)})
        finally:
            meant.clear()
            store.store.pop(sender, None)


def ran(events: list[Event]) -> list[dict[str, Any]]:
    """Return which actions ran, and who chose them."""
    from rasa.shared.core.events import ActionExecuted

    return [
        {"action": event.action_name, "policy": event.policy, "confidence": event.confidence}
        for event in events
        if isinstance(event, ActionExecuted) and event.action_name not in _SILENT
    ]


def steps(events: list[Event]) -> list[dict[str, Any]]:
    """Return what a story says of these events, in its own words."""
    from rasa.shared.core.events import ActionExecuted, ActiveLoop, SlotSet, UserUttered

    found: list[dict[str, Any]] = []
    heard = False
    for event in events:
        if isinstance(event, UserUttered):
            heard = True
        elif not heard:
            continue  # How the session began.
        elif isinstance(event, ActionExecuted) and event.action_name not in _SILENT:
            found.append({"action": event.action_name})
        elif isinstance(event, ActiveLoop):
            found.append({"active_loop": event.name})
        elif isinstance(event, SlotSet) and event.key in STORY_SLOTS:
            found.append({"slot_was_set": {event.key: event.value}})
    # A form that ends says so twice: the action that checks it, and Rasa.
    return [step for place, step in enumerate(found) if place == 0 or step != found[place - 1]]


async def run(line: Line) -> None:
    """Walk until the input ends."""
    walker = Walker(line)
    line.say(ready=True)
    while (asked := await line.hear()) is not None:
        try:
            await walker.walk(asked)
            line.say(done=True)
        except EOFError:
            return
        except Exception as error:
            # One conversation that can't be walked must not end those to come.
            line.say(error=f"{type(error).__name__}: {error}"[:300])


def _text(body: object) -> str:
    return body if isinstance(body, str) else json.dumps(body)


def main(arguments: list[str] | None = None) -> int:
    argparse.ArgumentParser(prog="python -m bot.rehearse", description=__doc__).parse_args(
        arguments
    )
    environment.quiet()
    # What Rasa prints must not stand between the JSON lines.
    with contextlib.redirect_stdout(sys.stderr):
        from bot import logs

        logs.calm_warnings()
        import rasa.core.agent  # noqa: F401 - before its logging is configured

        from bot import patches

        logs.configure()
        patches.apply(ACTION_LIMIT)
        asyncio.run(run(Line(sys.stdin, sys.__stdout__ or sys.stdout)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
