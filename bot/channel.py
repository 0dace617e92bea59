"""The app's doors into Rasa: `POST /webhooks/handrail/turn` and `…/ahead` (docs/architecture.md)."""

from __future__ import annotations

import hmac
import os
from collections.abc import Awaitable, Callable
from typing import Any

from rasa.core.channels.channel import InputChannel, UserMessage
from rasa.shared.exceptions import RasaException
from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse

from bot import ahead
from bot.components.frustration_detector import FrustrationDetector, rules_of
from bot.components.shared import load_encoder
from bot.requests import BadRequest, parse, parse_text
from bot.turns import CHANNEL, Turns

SECRET_HEADER = "X-Handrail-Secret"  # noqa: S105 - the header's name
SECRET = "HANDRAIL_CHANNEL_SECRET"  # noqa: S105 - the variable's name


class HandrailInput(InputChannel):  # type: ignore[misc]
    """Runs turns for whoever knows the shared secret."""

    def __init__(self, secret: str, turns: Turns) -> None:
        if not secret:
            raise RasaException(f"{SECRET} must be set: the channel has no open door")
        self._secret = secret.encode()
        self._turns = turns

    @classmethod
    def name(cls) -> str:
        return CHANNEL

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> HandrailInput:
        rules = rules_of({**FrustrationDetector.get_default_config(), **(credentials or {})})
        return cls(os.environ.get(SECRET, ""), Turns(load_encoder(), rules))

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """Serve turns; `on_new_message` is not used, see `bot.turns`."""
        blueprint = Blueprint("handrail_channel")

        @blueprint.post("/turn")
        async def turn(request: Request) -> HTTPResponse:
            asked = parse(self._body_of(request))
            return response.json(await self._turns.run(request.app.ctx.agent, asked))

        @blueprint.post("/ahead")
        async def expect(request: Request) -> HTTPResponse:
            ahead.read(parse_text(self._body_of(request)))
            return response.empty()

        @blueprint.exception(BadRequest)
        async def refuse(_: Request, error: BadRequest) -> HTTPResponse:
            return response.json(error.as_dict(), status=error.status)

        return blueprint

    def _body_of(self, request: Request) -> bytes:
        """Return the body of a request that knows the secret.

        Raises:
            BadRequest: it does not.
        """
        given = request.headers.get(SECRET_HEADER, "").encode("utf-8", "replace")
        if not hmac.compare_digest(given, self._secret):
            raise BadRequest("unauthorized", f"{SECRET_HEADER} is missing or wrong", 401)
        return request.body or b""
