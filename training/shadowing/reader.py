"""Ask a Rasa what it understands; it says nothing to anybody and keeps nothing."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import httpx

#: A parse takes 20 to 80 ms; at low priority on a busy machine it may wait.
TIMEOUT = 5.0
TEXT_LIMIT = 4000
_HARMLESS_SLASH = "\u2215"


@dataclass(frozen=True)
class Reading:
    """What a model made of one text."""

    intent: str | None
    confidence: float | None
    milliseconds: float | None
    error: str | None = None


class Reader(Protocol):
    async def read(self, url: str, text: str) -> Reading:
        """Return what the Rasa at this address understands; a fault is a `Reading` with an error."""
        ...

    async def close(self) -> None: ...


class HttpReader:
    """Asks `/model/parse`, which runs no action and writes no tracker."""

    def __init__(self, token: str) -> None:
        self._token = token
        self._http: httpx.AsyncClient | None = None

    async def read(self, url: str, text: str) -> Reading:
        if self._http is None:
            # trust_env=False: a proxy of the house must not stand between us and our own loopback.
            self._http = httpx.AsyncClient(timeout=TIMEOUT, trust_env=False)
        began = time.perf_counter()
        try:
            # Rasa reads its token from the query only; loopback, and its access log is off.
            answer = await self._http.post(
                f"{url}/model/parse", params={"token": self._token}, json={"text": harmless(text)}
            )
            found = answer.json() if answer.status_code == 200 else None
        except (httpx.HTTPError, ValueError) as error:
            # The exception's own text may hold the address with the token.
            return Reading(None, None, None, type(error).__name__[:80])
        if not isinstance(found, Mapping):
            return Reading(None, None, None, f"status {answer.status_code}")
        return _reading(found, (time.perf_counter() - began) * 1000)

    async def close(self) -> None:
        if self._http is not None:
            await self._http.aclose()
            self._http = None


def harmless(text: str) -> str:
    """Return a customer's text as the channel gives it to Rasa: one that begins with a slash is no command."""
    bare = text[:TEXT_LIMIT].encode("utf-8", "replace").decode("utf-8").strip()
    while bare.startswith("/"):
        bare = bare.lstrip("/").strip()
    return bare or _HARMLESS_SLASH


def _reading(parse: Mapping[str, Any], milliseconds: float) -> Reading:
    intent = parse.get("intent")
    name = intent.get("name") if isinstance(intent, Mapping) else None
    sure = intent.get("confidence") if isinstance(intent, Mapping) else None
    return Reading(
        intent=str(name)[:80] if name else None,
        confidence=float(sure) if isinstance(sure, int | float) else None,
        milliseconds=milliseconds,
        error=None if name else "no intent",
    )
