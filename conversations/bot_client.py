"""The app's way to the bot: one call for one turn, with every fault turned into one named error."""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from pathlib import Path
from typing import Any, Protocol

import aiohttp
import structlog
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from conversations.errors import BotMalformed, BotTimeout, BotUnavailable
from server.settings import Settings

log = structlog.get_logger(__name__)

SECRET_HEADER = "X-Handrail-Secret"  # noqa: S105 - the header's name
# Rasa closes idle connections by itself; a call that meets such a one is sent again.
RETRY_PAUSE = 0.1
CHECK_TIMEOUT = 2.0


class BotTurn(BaseModel):
    """One turn as it is sent: docs/architecture.md, "A turn, from app to Rasa and back"."""

    sender: str
    turn_id: str
    text: str | None
    payload: str | None
    vector: dict[str, str] | None = None
    """The text's sentence vector, when it is known already (encoder/handover.py)."""
    metadata: dict[str, Any]


class BotMessage(BaseModel):
    model_config = ConfigDict(extra="ignore")
    text: str | None = None
    custom: dict[str, Any] | None = None


class BotReply(BaseModel):
    """What the bot made of a turn."""

    model_config = ConfigDict(extra="ignore")
    turn_id: str
    messages: list[BotMessage] = Field(default_factory=list)
    parse: dict[str, Any] = Field(default_factory=dict)
    slots: dict[str, Any] = Field(default_factory=dict)
    failed: str | None = None
    timings: dict[str, Any] = Field(default_factory=dict)
    versions: dict[str, Any] = Field(default_factory=dict)


class Bot(Protocol):
    async def turn(self, request: BotTurn) -> BotReply:
        """Run a turn, or repeat the answer of one that ran already.

        Raises:
            BotUnavailable: it can't be reached. BotTimeout: it took too long.
            BotMalformed: its answer makes no sense.
        """
        ...

    async def expect(self, text: str) -> None:
        """A turn with this text follows at once; never raises, and may do nothing."""
        ...

    async def check(self) -> bool:
        """Whether the bot can be reached; never raises."""
        ...

    async def close(self) -> None:
        """End what is open; call it last."""
        ...


class HttpBot:
    """Calls Rasa's own channel (bot/channel.py). A turn id makes a repeated call harmless."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._open: aiohttp.ClientSession | None = None
        self._address = _Address(settings.var / "rasa.json", settings.rasa_port)

    async def turn(self, request: BotTurn) -> BotReply:
        try:
            async with asyncio.timeout(self._settings.turn_timeout):
                status, body = await self._post(request)
        except TimeoutError as error:
            raise BotTimeout() from error
        except aiohttp.ClientError as error:
            raise BotUnavailable() from error
        if status != 200:
            log.warning("bot_refused", status=status, turn_id=request.turn_id)
            raise BotUnavailable()
        try:
            reply = BotReply.model_validate_json(body)
        except ValidationError as error:
            raise BotMalformed() from error
        if reply.turn_id != request.turn_id:
            raise BotMalformed()
        return reply

    async def expect(self, text: str) -> None:
        with suppress(TimeoutError, aiohttp.ClientError):
            async with asyncio.timeout(CHECK_TIMEOUT):
                await self._send("ahead", json.dumps({"text": text}).encode())

    async def _post(self, request: BotTurn) -> tuple[int, bytes]:
        body = request.model_dump_json().encode()
        try:
            return await self._send("turn", body)
        except (aiohttp.ClientOSError, aiohttp.ServerDisconnectedError):
            await asyncio.sleep(RETRY_PAUSE)
            return await self._send("turn", body)

    async def _send(self, door: str, body: bytes) -> tuple[int, bytes]:
        call = self._session().post(
            f"{self._address.url()}/webhooks/handrail/{door}",
            data=body,
            headers={
                SECRET_HEADER: self._settings.channel_secret.get_secret_value(),
                "Content-Type": "application/json",
            },
        )
        async with call as response:
            return response.status, await response.read()

    async def check(self) -> bool:
        try:
            async with (
                asyncio.timeout(CHECK_TIMEOUT),
                self._session().get(f"{self._address.url()}/") as response,
            ):
                return response.status == 200
        except (TimeoutError, aiohttp.ClientError):
            return False

    async def close(self) -> None:
        if self._open is not None:
            await self._open.close()

    def _session(self) -> aiohttp.ClientSession:
        """One client for all calls; it belongs to the running loop. 0.6 ms a call, where httpx took 1.8."""
        if self._open is None or self._open.closed:
            # Rasa is on this machine; a proxy of the house must not stand between us. The limits are ours.
            self._open = aiohttp.ClientSession(
                trust_env=False, timeout=aiohttp.ClientTimeout(total=None)
            )
        return self._open


class _Address:
    """Where Rasa listens now: ``{"url": …}`` in a file that the supervisor writes when it switches."""

    def __init__(self, file: Path, port: int) -> None:
        self._file = file
        self._default = f"http://127.0.0.1:{port}"
        self._read: tuple[int, str] | None = None

    def url(self) -> str:
        try:
            changed = self._file.stat().st_mtime_ns
            if self._read is None or self._read[0] != changed:
                self._read = (changed, str(json.loads(self._file.read_text())["url"]).rstrip("/"))
        except FileNotFoundError:
            return self._default
        except (OSError, ValueError, KeyError, TypeError) as error:
            # Seen while the file is being written: what was known before holds.
            log.warning("rasa_address_unreadable", kind=type(error).__name__)
        return self._read[1] if self._read else self._default
