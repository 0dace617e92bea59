"""The first question to a new Rasa."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor

import httpx

from server.supervise.promotion import WARM_UP_LIMIT

TEXT = "where is my parcel"


class ParseWarmUp:
    """Asks Rasa to parse one text, in a thread of its own, with the token."""

    def __init__(self, token: str) -> None:
        self._token = token
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="warm-up")

    def __call__(self, url: str) -> Future[None]:
        return self._pool.submit(self._parse, url)

    def _parse(self, url: str) -> None:
        try:
            # Rasa reads its token from the query only; loopback, and its access log is off.
            answer = httpx.post(
                f"{url}/model/parse",
                params={"token": self._token},
                json={"text": TEXT},
                timeout=WARM_UP_LIMIT,
                trust_env=False,
            )
        except httpx.HTTPError as error:
            # The exception's own text may hold the address with the token.
            raise WarmUpFailed(type(error).__name__) from None
        if answer.status_code != 200:
            raise WarmUpFailed(f"status {answer.status_code}")
        if not answer.json().get("intent"):
            raise WarmUpFailed("it answered without an intent")


class WarmUpFailed(Exception):
    """The new Rasa did not parse the first text; the text says why, without secrets."""
