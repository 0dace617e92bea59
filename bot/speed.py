"""What makes a turn quick in Rasa 3.6.21; each change says what it replaces and what that cost.

Measured on two cores, spaCy and encoder included, before → after: 31 → 20 ms of CPU time at turn 1 of an
episode, 127 → 25 ms at turn 30 (together with `bot.trackers`).
"""

from __future__ import annotations

import asyncio
from abc import ABCMeta
from graphlib import TopologicalSorter
from typing import Any

import aiohttp
import jsonschema
from jsonschema.exceptions import best_match
from rasa.core import tracker_store
from rasa.core.actions.action import RemoteAction
from rasa.engine.graph import GraphSchema
from rasa.engine.runner.dask import DaskGraphRunner
from rasa.shared.core.events import Event
from rasa.utils.endpoints import EndpointConfig
from sqlalchemy.engine import URL
from sqlalchemy.engine.url import make_url
from sqlalchemy.pool import QueuePool

from bot import replay
from bot.rules import find_rules_quickly

#: Messages of the customer whose events an action is sent.
EVENTS_OF_MESSAGES = 2
#: What of the domain an action is sent.
DOMAIN_OF_ACTIONS = ("slots", "forms")
#: Where an endpoint keeps its client.
_SESSION = "handrail_session"


def apply() -> None:
    """Apply all of them, before an agent is loaded."""
    cache_validator()
    remember_event_classes()
    tell_events_apart_quickly()
    run_graph_in_order()
    keep_sqlite_open()
    shorten_action_calls()
    keep_action_connection()
    replay.apply()
    find_rules_quickly()


async def close(endpoint: EndpointConfig | None) -> None:
    """Close the connection that `keep_action_connection` left open."""
    if endpoint is not None and (kept := endpoint.__dict__.pop(_SESSION, None)) is not None:
        await kept.close()


def cache_validator() -> None:
    """Build the JSON schema validator of action replies once: 24 ms → 3 ms for each reply.

    Slots that an action sets are most of its events and of the simplest form: they are checked here,
    in 0.1 ms altogether, and the validator sees what is left.
    """
    schema = RemoteAction.action_response_format_spec()
    validator_class = jsonschema.validators.validator_for(schema)
    validator_class.check_schema(schema)
    validator = validator_class(schema)

    def validate(self: RemoteAction, result: dict[str, Any]) -> bool:
        checked = result
        if isinstance(result, dict) and isinstance(result.get("events"), list):
            left = [event for event in result["events"] if not _is_slot_set(event)]
            checked = {**result, "events": left}
        error = best_match(validator.iter_errors(checked))
        if error is not None:
            raise error
        return True

    RemoteAction._validate_action_result = validate


def _is_slot_set(event: object) -> bool:
    """Tell whether the schema of a slot event, as rasa_sdk writes it, is certainly met."""
    return (
        isinstance(event, dict)
        and event.keys() == {"event", "timestamp", "name", "value"}
        and event["event"] == "slot"
        and isinstance(event["name"], str)
        and (event["timestamp"] is None or isinstance(event["timestamp"], float))
    )


def remember_event_classes() -> None:
    """Look an event's class up once: Rasa searches all classes again for each event it reads.

    That was 15 % of a turn's CPU time, most of it in reading the tracker.
    """
    resolve = Event.resolve_by_type
    known: dict[str, type[Event]] = {}

    def remembered(type_name: str, default: type[Event] | None = None) -> type[Event] | None:
        if type_name not in known:
            found: type[Event] | None = resolve(type_name, default)
            if found is None or found is default:
                return found
            known[type_name] = found
        return known[type_name]

    Event.resolve_by_type = staticmethod(remembered)


class _Plain(ABCMeta):
    """An abstract class whose instances are those of its real subclasses; nobody registers others."""

    __instancecheck__ = type.__instancecheck__


def tell_events_apart_quickly() -> None:
    """Let `isinstance(event, SlotSet)` be as quick as for any class: 0.4 → 0.05 µs.

    Going through a tracker's events asks that ten thousand times in a turn.
    """
    kinds: list[type] = [Event]
    while kinds:
        kind = kinds.pop()
        kinds += kind.__subclasses__()
        if type(kind) is ABCMeta:
            kind.__class__ = _Plain


def run_graph_in_order() -> None:
    """Run the model's graph in an order found once; dask finds it again at each of three runs a turn."""

    def run(
        self: DaskGraphRunner,
        inputs: dict[str, Any] | None = None,
        targets: list[str] | None = None,
    ) -> dict[str, Any]:
        wanted = tuple(targets or self._graph_schema.target_names)
        orders = self.__dict__.setdefault("handrail_orders", {})
        if wanted not in orders:
            orders[wanted] = _ordered(self._graph_schema.minimal_graph_schema(list(wanted)))
        done: dict[str, Any] = {name: (name, value) for name, value in (inputs or {}).items()}
        for name, needs in orders[wanted]:
            # A node takes (name, output) of each parent, and the bare name of one that isn't there.
            done[name] = self._instantiated_nodes[name](*(done.get(need, need) for need in needs))
        return dict(done[name] for name in wanted)

    DaskGraphRunner.run = run


def _ordered(schema: GraphSchema) -> list[tuple[str, tuple[str, ...]]]:
    needs = {name: tuple(node.needs.values()) for name, node in schema.nodes.items()}
    order = TopologicalSorter(needs).static_order()
    return [(name, needs[name]) for name in order if name in needs]


def keep_sqlite_open() -> None:
    """Keep the tracker's SQLite file open between turns.

    SQLAlchemy 1.4 closes it after each session, and the last connection to close writes the whole
    write-ahead log back and deletes it.
    """
    stock = tracker_store.create_engine_kwargs

    def create_engine_kwargs(url: str | URL) -> dict[str, Any]:
        chosen: dict[str, Any] = stock(url)
        if make_url(url).get_backend_name() == "sqlite":
            chosen["poolclass"] = QueuePool
            chosen["connect_args"] = {"check_same_thread": False}
        return chosen

    tracker_store.create_engine_kwargs = create_engine_kwargs


def shorten_action_calls() -> None:
    """Send an action the events of the customer's last few messages, and slots and forms of the domain.

    Rasa sends the whole episode with each call, 94 kB at turn 30, and the whole domain.
    Actions and rasa_sdk's form validation read slots, the latest message, and events back to the
    message before it.
    """
    whole = RemoteAction._action_call_format

    def shortened(self: RemoteAction, *args: Any, **kwargs: Any) -> dict[str, Any]:
        call: dict[str, Any] = whole(self, *args, **kwargs)
        events = call["tracker"]["events"] or []
        said = [place for place, event in enumerate(events) if event.get("event") == "user"]
        if len(said) > EVENTS_OF_MESSAGES:
            call["tracker"]["events"] = events[said[-EVENTS_OF_MESSAGES] :]
        call["domain"] = {key: call["domain"][key] for key in DOMAIN_OF_ACTIONS}
        return call

    RemoteAction._action_call_format = shortened


def keep_action_connection() -> None:
    """Call actions over one connection that stays open; Rasa opens a client and a connection each time.

    A connection that the app closed meanwhile (it restarted) is opened again once. The call may have
    arrived before: an action that runs twice carries the same turn id, so its effect counts once.
    """
    new_session = EndpointConfig.session

    async def request(self: EndpointConfig, *args: Any, **kwargs: Any) -> Any:
        try:
            return await stock(self, *args, **kwargs)
        except (aiohttp.ServerDisconnectedError, aiohttp.ClientOSError) as error:
            if isinstance(error, aiohttp.ClientConnectorError):
                raise
            return await stock(self, *args, **kwargs)

    def session(self: EndpointConfig) -> _Lent:
        kept = self.__dict__.get(_SESSION)
        if kept is None or kept.closed or kept._loop is not asyncio.get_running_loop():
            kept = self.__dict__[_SESSION] = new_session(self)
        return _Lent(kept)

    stock = EndpointConfig.request
    EndpointConfig.session = session
    EndpointConfig.request = request


class _Lent:
    """`async with` gives the session, and leaves it open."""

    def __init__(self, session: aiohttp.ClientSession) -> None:
        self._session = session

    async def __aenter__(self) -> aiohttp.ClientSession:
        return self._session

    async def __aexit__(self, *_: object) -> None:
        return None
