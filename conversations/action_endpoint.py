"""Where Rasa calls our actions: each run is written down here, because Rasa hides what fails."""

from __future__ import annotations

import asyncio
import json
import time
import uuid
import zlib
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

import structlog
from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse
from rasa_sdk.executor import ActionExecutor
from rasa_sdk.interfaces import (
    ActionExecutionRejection,
    ActionMissingDomainException,
    ActionNotFoundException,
)
from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError

from conversations.guards import internal, sized
from conversations.models import TurnStep
from server.auth import services
from server.database import Database
from server.errors import Invalid

log = structlog.get_logger(__name__)

CALL_BYTES = 4_000_000
"""A tracker of a long episode is some hundred kB; Rasa may send it deflated."""

# The table's own insert: the answer waits for it, and nobody needs the object.
_STEP = insert(TurnStep)

Recording = Callable[[], AbstractContextManager[dict[str, Any]]]
"""`actions.turn.recording`: what the action records meanwhile lands in the dictionary."""


@dataclass(frozen=True)
class Answer:
    status: int
    body: dict[str, Any]


class ActionRunner:
    """Runs actions by rasa_sdk's executor and writes one `TurnStep` for each, failed or not."""

    def __init__(
        self,
        database: Database,
        actions: Sequence[Any],
        recording: Recording,
        *,
        timeout: float,
    ) -> None:
        self._database = database
        self._recording = recording
        self._timeout = timeout
        self._executor = ActionExecutor()
        for action in actions:
            self._executor.register_action(action)

    async def run(self, call: dict[str, Any]) -> Answer:
        """Run the action that Rasa asks for; the answer has rasa_sdk's form and status.

        400 tells Rasa that the action declined (it then predicts again); 500 that it failed.

        Raises:
            Invalid: the call names no action, or no turn that we know.
        """
        name = call.get("next_action")
        turn_id = _turn_of(call)
        if not isinstance(name, str) or turn_id is None:
            log.error("action_without_turn", action=str(name)[:80])
            raise Invalid("An action call names an action and a turn.")
        started = time.perf_counter()
        failed: str | None = None
        with self._recording() as records:
            try:
                async with asyncio.timeout(self._timeout):
                    result = await self._executor.run(call)
                answer = Answer(200, result.model_dump() if result else {})
            except ActionExecutionRejection as error:
                answer = _refusal(400, name, error.message)
            except ActionMissingDomainException as error:
                return _refusal(449, name, error.message)  # Rasa calls again, with the domain
            except ActionNotFoundException as error:
                failed = type(error).__name__
                answer = _refusal(404, name, error.message)
            except Exception as error:
                failed = type(error).__name__
                log.error("action_failed", action=name, turn_id=str(turn_id), exc_info=error)
                answer = _refusal(500, name, failed)
        step = {
            "turn_id": turn_id,
            "action": name[:80],
            "failed": failed[:120] if failed else None,
            "records": _plain(records),
            "milliseconds": (time.perf_counter() - started) * 1000,
        }
        try:
            await self._database.execute(_STEP, step)
        except IntegrityError as error:
            raise Invalid("There is no such turn.") from error
        return answer


router = APIRouter(prefix="/internal/actions", include_in_schema=False)


@router.post("/webhook", dependencies=[Depends(internal)])
async def run_action(request: Request) -> JSONResponse:
    """Rasa's call, with the shared secret."""
    runner: ActionRunner = services(request).actions
    answer = await runner.run(await _read(request))
    return JSONResponse(answer.body, status_code=answer.status)


async def _read(request: Request) -> dict[str, Any]:
    body = await sized(request, CALL_BYTES)
    try:
        if request.headers.get("content-encoding") == "deflate":
            unpacker = zlib.decompressobj()
            body = unpacker.decompress(body, CALL_BYTES)
            if unpacker.unconsumed_tail:
                raise Invalid("This call is too large.")
        call = json.loads(body)
    except (ValueError, zlib.error) as error:
        raise Invalid() from error
    if not isinstance(call, dict):
        raise Invalid()
    return call


def _turn_of(call: dict[str, Any]) -> uuid.UUID | None:
    tracker = call.get("tracker")
    latest = tracker.get("latest_message") if isinstance(tracker, dict) else None
    metadata = latest.get("metadata") if isinstance(latest, dict) else None
    return _uuid(metadata.get("turn_id")) if isinstance(metadata, dict) else None


def _uuid(value: object) -> uuid.UUID | None:
    try:
        return uuid.UUID(str(value))
    except ValueError:
        return None


def _refusal(status: int, action: str, error: str) -> Answer:
    return Answer(status, {"error": error, "action_name": action})


def _plain(records: dict[str, Any]) -> dict[str, Any]:
    """The records as JSON can hold them: ids, times and decimals become text."""
    plain: dict[str, Any] = json.loads(json.dumps(records, default=str))
    return plain
