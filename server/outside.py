"""Other people's servers, called without becoming their way into ours.

A host's name is resolved once, every address it has must be public, and the connection goes to the very address
that was checked: a name that answers otherwise a moment later (DNS rebinding) leads nowhere else.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import Awaitable, Callable, Iterable

import httpcore

from server.errors import HandrailError

#: These hide an IPv4 address in a public looking one: IPv4-compatible, -translated, 6to4, Teredo and NAT64.
_WRAPPED = tuple(
    map(
        ipaddress.ip_network,
        ("::/96", "::ffff:0:0:0/96", "2002::/16", "2001::/32", "64:ff9b::/96", "64:ff9b:1::/48"),
    )
)

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolve = Callable[[str, int], Awaitable[list[str]]]


def is_public(text: str) -> bool:
    """Whether an IP address belongs to the open internet.

    >>> [is_public(one) for one in ("93.184.215.14", "10.0.0.1", "::ffff:127.0.0.1", "169.254.169.254")]
    [True, False, False, False]
    """
    address: Address = ipaddress.ip_address(text.partition("%")[0])
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            address = address.ipv4_mapped
        elif address.is_site_local or any(address in network for network in _WRAPPED):
            return False
    return address.is_global and not (address.is_multicast or address.is_unspecified)


async def resolve(host: str, port: int) -> list[str]:
    """Every address of a host."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


class Checked(httpcore.AsyncNetworkBackend):
    """Resolves, checks every address, and connects to the first of those that answers."""

    def __init__(
        self,
        resolve: Resolve,
        public: Callable[[str], bool],
        *,
        refused: type[HandrailError],
        failed: type[HandrailError],
    ) -> None:
        """`refused` and `failed`: what the caller raises for a private address, and for an unknown host."""
        self._resolve = resolve
        self._public = public
        self._refused = refused
        self._failed = failed
        self._connect = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        try:
            addresses = await self._resolve(host, port)
        except (OSError, UnicodeError) as error:  # the latter: a label is empty or too long
            raise self._failed(f"There is no host {host[:100]}.") from error
        if not addresses or not all(map(self._public, addresses)):
            # One private address among public ones is how an attacker has it both ways.
            raise self._refused(f"The host {host[:100]} is not on the open internet.")
        for address in addresses[:-1]:
            try:
                return await self._connect.connect_tcp(
                    address, port, timeout, local_address, socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                continue  # such as an IPv6 address seen from a house without IPv6
        return await self._connect.connect_tcp(
            addresses[-1], port, timeout, local_address, socket_options
        )

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)
