"""Changes to Rasa 3.6.21 that serving needs; each says what it replaces and why."""

from __future__ import annotations

import sqlite3
from typing import Any

import rasa.core.actions.action as rasa_action
import rasa.utils.endpoints as rasa_endpoints
from rasa.core.actions.action import RemoteAction
from rasa.core.agent import Agent
from rasa.core.tracker_store import InMemoryTrackerStore, TrackerStore
from rasa.shared.core.domain import Domain
from sqlalchemy import event
from sqlalchemy.engine import Engine

from bot import failures, speed


def apply(action_timeout: float) -> None:
    """Apply all of them, before an agent is loaded."""
    limit_actions(action_timeout)
    speed.apply()
    note_failed_actions()
    fail_loudly_without_tracker_store()
    tune_sqlite()


def limit_actions(seconds: float) -> None:
    """Give an action's call this long; Rasa waits 300 s, and has no setting for it."""
    rasa_action.DEFAULT_REQUEST_TIMEOUT = seconds
    rasa_endpoints.DEFAULT_REQUEST_TIMEOUT = seconds


def note_failed_actions() -> None:
    """Tell `bot.failures` of every action that raises; the processor only logs it."""
    run = RemoteAction.run

    async def noting_run(self: RemoteAction, *args: Any, **kwargs: Any) -> Any:
        try:
            return await run(self, *args, **kwargs)
        except rasa_action.ActionExecutionRejection:
            # A form's way to say that this message does not fill its slot.
            raise
        except Exception as error:
            failures.note(f"{self.name()}: {type(error).__name__}")
            raise

    RemoteAction.run = noting_run


def fail_loudly_without_tracker_store() -> None:
    """Let a broken tracker store break the turn.

    FailSafeTrackerStore goes on in memory, so a conversation would forget everything at the next
    start, and two Rasa processes would disagree about it.
    """

    def create(store: TrackerStore | None, domain: Domain) -> TrackerStore:
        if store is None:
            return InMemoryTrackerStore(domain)
        store.domain = domain
        return store

    Agent._create_tracker_store = staticmethod(create)


def tune_sqlite() -> None:
    """Readers don't wait for writers, and writers wait for each other.

    The tracker may lose its last turn when the machine loses power (synchronous=NORMAL): the app's
    database is the record of what was said.
    """

    @event.listens_for(Engine, "connect")
    def pragmas(connection: object, _record: object) -> None:
        if isinstance(connection, sqlite3.Connection):
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("PRAGMA synchronous=NORMAL")
            connection.execute("PRAGMA busy_timeout=5000")
