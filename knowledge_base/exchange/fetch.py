"""Pages from other houses' servers, without becoming their way into ours.

Only allow-listed hosts are asked, over http or https. A host's name is resolved once, every address it has
must be public, and the connection goes to the very address that was checked: a name that answers otherwise a
moment later (DNS rebinding) leads nowhere else. Redirects are checked like the first address.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

import httpcore

from server.errors import HandrailError
from server.outside import Checked, Resolve, is_public, resolve

REDIRECTS = 3
#: One page with all its redirects; a byte a second would otherwise hold an import for days.
PAGE_SECONDS = 20.0
CONNECT_SECONDS = 5.0
TOTAL_LIMIT = 200 * 1024 * 1024
"""Bytes of all pages of one import."""
_PORTS = {"http": 80, "https": 443}


class FetchRefused(HandrailError):
    """The message says which rule an address breaks."""

    code, status, message = "fetch_refused", 422, "This address may not be fetched."


class FetchFailed(HandrailError):
    code, status, message = "fetch_failed", 502, "This page could not be fetched."


class PageTooLarge(HandrailError):
    code, status, message = "too_large", 413, "This page is too large."


@dataclass(frozen=True)
class Page:
    """What an address answered; `address` is the one after redirects."""

    address: str
    content: bytes
    media_type: str


class Fetcher:
    """Fetches pages for one import; use as an async context. `hosts`: names, or name:port for other ports."""

    def __init__(
        self,
        hosts: Iterable[str],
        *,
        resolve: Resolve = resolve,
        public: Callable[[str], bool] = is_public,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._hosts = frozenset(host.strip().lower() for host in hosts)
        self._left = TOTAL_LIMIT
        backend = Checked(resolve, public, refused=FetchRefused, failed=FetchFailed)
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=tls or ssl.create_default_context(),
            max_connections=4,
            keepalive_expiry=5.0,
            network_backend=backend,
        )

    async def __aenter__(self) -> Fetcher:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._pool.aclose()

    def check(self, url: str) -> str:
        """The address without its fragment.

        Raises:
            FetchRefused: not http or https, a name in it, or a host that is not on the list.
        """
        try:
            parts = urlsplit(url.strip())
            host, port = (parts.hostname or "").lower(), parts.port
        except ValueError as error:
            raise FetchRefused("This is no web address.") from error
        if parts.scheme not in _PORTS or not host:
            raise FetchRefused("An address begins with https:// or http://.")
        if "@" in parts.netloc:
            raise FetchRefused("An address must not hold a name or password.")
        if not self._hosts:
            raise FetchRefused(
                "Importing from addresses is off. HANDRAIL_IMPORT_HOSTS lists the hosts that may be asked."
            )
        usual = port in (None, _PORTS[parts.scheme])
        if (host if usual else f"{host}:{port}") not in self._hosts:
            raise FetchRefused(f"The host {host[:100]} is not in HANDRAIL_IMPORT_HOSTS.")
        return parts._replace(fragment="").geturl()

    async def get(self, url: str, limit: int) -> Page:
        """One page of at most `limit` bytes.

        Raises:
            FetchRefused: this address, or one it leads to, may not be asked.
            FetchFailed: no answer in time, or one that is no page.
            PageTooLarge: more than `limit`, or more than 200 MB in all.
        """
        try:
            async with asyncio.timeout(PAGE_SECONDS):
                for _ in range(REDIRECTS + 1):
                    url = self.check(url)
                    found = await self._ask(url, limit)
                    if isinstance(found, Page):
                        return found
                    url = urljoin(url, found)
        except TimeoutError as error:
            raise FetchFailed(f"No whole answer within {PAGE_SECONDS:.0f} seconds.") from error
        except (httpcore.NetworkError, httpcore.TimeoutException, httpcore.ProtocolError) as error:
            raise FetchFailed("The host did not answer.") from error
        except (httpcore.UnsupportedProtocol, UnicodeError, ValueError) as error:
            raise FetchRefused("This is no web address.") from error
        raise FetchFailed(f"More than {REDIRECTS} redirects.")

    async def _ask(self, url: str, limit: int) -> Page | str:
        """The page, or where it is said to be."""
        headers: dict[bytes | str, bytes | str] = {
            "Host": urlsplit(url).netloc,
            "User-Agent": "Handrail-import",
            "Accept": "text/html, application/xhtml+xml, application/xml;q=0.9, */*;q=0.1",
            # Packed answers could unpack to anything.
            "Accept-Encoding": "identity",
        }
        waits = dict.fromkeys(("connect", "pool"), CONNECT_SECONDS)
        waits |= {"read": PAGE_SECONDS, "write": CONNECT_SECONDS}
        async with self._pool.stream(
            "GET", url, headers=headers, extensions={"timeout": waits}
        ) as answer:
            said = {name.lower(): value.decode("latin-1") for name, value in answer.headers}
            if answer.status in (301, 302, 303, 307, 308) and b"location" in said:
                return said[b"location"]
            if answer.status != 200:
                raise FetchFailed(f"The host answered with status {answer.status}.")
            if said.get(b"content-encoding", "identity").lower() != "identity":
                raise FetchFailed("The host packed its answer, though asked not to.")
            parts: list[bytes] = []
            size = 0
            async for part in answer.aiter_stream():
                size += len(part)
                self._left -= len(part)
                if size > limit or self._left < 0:
                    raise PageTooLarge()
                parts.append(part)
        kind = said.get(b"content-type", "").partition(";")[0].strip().lower()
        return Page(url, b"".join(parts), kind)
