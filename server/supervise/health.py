"""Ask a service whether it is well, without ever making the supervisor wait."""

from __future__ import annotations

import threading
import time
from typing import Protocol

import httpx

#: One question; a service that needs longer counts as silent.
TIMEOUT = 3.0
INTERVAL = 0.5


class Probe(Protocol):
    def healthy(self) -> bool:
        """Return what the latest question found."""
        ...

    def close(self) -> None:
        """Stop asking."""
        ...


class HttpProbe:
    """Asks a URL every half second in a thread of its own; 200 is well, all else is not."""

    def __init__(self, url: str, *, interval: float = INTERVAL, timeout: float = TIMEOUT) -> None:
        self._url, self._interval, self._timeout = url, interval, timeout
        self._healthy_at = 0.0
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._ask, name=f"probe {url}", daemon=True)
        self._thread.start()

    def healthy(self) -> bool:
        # A question that hangs says nothing, so an old "yes" must not count for ever.
        return time.monotonic() - self._healthy_at < self._interval + self._timeout

    def close(self) -> None:
        self._stopped.set()

    def _ask(self) -> None:
        # trust_env=False: a proxy of the house must not stand between us and our own loopback.
        with httpx.Client(timeout=self._timeout, trust_env=False) as client:
            while not self._stopped.is_set():
                try:
                    if client.get(self._url).status_code == 200:
                        self._healthy_at = time.monotonic()
                except httpx.HTTPError:
                    # Not there yet, or no longer: silence is what `healthy` reports.
                    pass
                self._stopped.wait(self._interval)
