"""One signed POST to another system, which may be anywhere on the open internet but not in our own network."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import ssl
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import httpcore

from server.errors import HandrailError
from server.outside import Checked, Resolve, is_public, resolve

URL_LIMIT = 500
SECONDS = 10.0
_PORTS = {"http": 80, "https": 443}


class UrlRefused(HandrailError):
    """The message says which rule the address breaks."""

    code, status, message = "url_refused", 422, "This address may not be called."


class CallFailed(HandrailError):
    code, status, message = "call_failed", 502, "The other system did not take it."


def sign(secret: str, at: datetime, body: bytes) -> dict[str, str]:
    """The headers by which the other side knows that a body is ours, and fresh.

    HMAC-SHA256 with the webhook's secret over ``<timestamp>.<body>``; the timestamp is in whole seconds.
    """
    stamp = str(int(at.timestamp()))
    mac = hmac.new(secret.encode(), stamp.encode() + b"." + body, hashlib.sha256)
    return {"Handrail-Timestamp": stamp, "Handrail-Signature": f"sha256={mac.hexdigest()}"}


def encoded(body: Mapping[str, Any]) -> bytes:
    return json.dumps(body, sort_keys=True, separators=(",", ":")).encode()


class Caller:
    """Calls webhooks. `hosts`: names, or name:port, of one's own network: only these may be private or http."""

    def __init__(
        self,
        hosts: Iterable[str],
        *,
        resolve: Resolve = resolve,
        public: Callable[[str], bool] = is_public,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._hosts = frozenset(host.strip().lower() for host in hosts)
        self._resolve = resolve
        self._public = public
        self._tls = tls or ssl.create_default_context()

    def check(self, url: str) -> str:
        """The address, if it may be called as far as one can see without asking for it.

        Raises:
            UrlRefused: it is none, hides a password, or is neither public https nor on the list.
        """
        url = url.strip()
        try:
            parts = urlsplit(url)
            host, port = (parts.hostname or "").lower(), parts.port
        except ValueError as error:
            raise UrlRefused("This is no web address.") from error
        if len(url) > URL_LIMIT or not url.isascii() or not url.isprintable() or " " in url:
            raise UrlRefused("An address has at most 500 plain characters.")
        if parts.scheme not in _PORTS or not host:
            raise UrlRefused("An address begins with https://.")
        if "@" in parts.netloc:
            raise UrlRefused("An address must not hold a name or password.")
        if parts.fragment:
            raise UrlRefused("An address must not have a part after #.")
        if not self._listed(url) and (parts.scheme != "https" or port not in (None, 443)):
            raise UrlRefused(
                "Only https:// on its usual port may be called; "
                "HANDRAIL_WEBHOOK_HOSTS lists hosts of your own network."
            )
        return url

    def _listed(self, url: str) -> bool:
        parts = urlsplit(url)
        host = (parts.hostname or "").lower()
        usual = parts.port in (None, _PORTS.get(parts.scheme))
        return (host if usual else f"{host}:{parts.port}") in self._hosts

    async def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> None:
        """Deliver one body; a redirect counts as a refusal.

        Raises:
            UrlRefused: the address may not be called, or its host is not on the open internet.
            CallFailed: no answer in time, or another than 2xx.
        """
        url = self.check(url)
        public = (lambda _: True) if self._listed(url) else self._public
        backend = Checked(self._resolve, public, refused=UrlRefused, failed=CallFailed)
        sent = {
            "Host": urlsplit(url).netloc,
            "User-Agent": "Handrail-webhook",
            "Content-Type": "application/json",
            "Content-Length": str(len(body)),
            **headers,
        }
        try:
            async with (
                asyncio.timeout(SECONDS),
                httpcore.AsyncConnectionPool(
                    ssl_context=self._tls, network_backend=backend
                ) as pool,
                pool.stream("POST", url, headers=list(sent.items()), content=body) as answer,
            ):
                # What it says is of no interest, and may be endless: the status alone counts.
                status = answer.status
        except TimeoutError as error:
            raise CallFailed(f"No answer within {SECONDS:.0f} seconds.") from error
        except (httpcore.NetworkError, httpcore.TimeoutException, httpcore.ProtocolError) as error:
            raise CallFailed("The host did not answer.") from error
        if not 200 <= status < 300:
            raise CallFailed(f"It answered with status {status}.")
