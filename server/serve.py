"""The app process: `python -m server.serve`."""

from __future__ import annotations

import gc
import os
import socket
import sys

import uvicorn

from server.app import create_app
from server.settings import load_settings

#: Far above our own limit of 16 kB, so that a large frame gets an error with a code instead of a closed socket.
FRAME_LIMIT = 1024 * 1024

# SQLite answers in threads. By default one of them that has its rows waits up to 5 ms for a busy event loop to let
# go of the interpreter, and a request makes ten such round trips.
SWITCH_SECONDS = 0.0005

# Python's own but for the last, 10. A full collection holds the interpreter, 20 ms for a review queue of 5,000
# turns on a quiet core, some 80 on a busy one, and nearly every label asked for one (7 in 17 changes; now 2).
# The garbage of a few dozen pages more may wait for it.
COLLECT_AFTER = (700, 10, 30)


class _Server(uvicorn.Server):
    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        # What is loaded by now stays: the garbage collector need not look through it again in a turn.
        gc.collect()
        gc.freeze()
        gc.set_threshold(*COLLECT_AFTER)


def main() -> None:
    """Serve until SIGTERM; connections then have 5 s to end."""
    settings = load_settings()
    sys.setswitchinterval(SWITCH_SECONDS)
    config = uvicorn.Config(
        create_app(settings),
        host=settings.host,
        port=settings.port,
        # Behind a proxy FORWARDED_ALLOW_IPS names it, and uvicorn believes its X-Forwarded-For; unasked,
        # a header from anybody would decide which address the rate limits see.
        proxy_headers="FORWARDED_ALLOW_IPS" in os.environ,
        server_header=False,
        # Half the CPU per frame of the older implementation (29 against 60 µs).
        ws="websockets-sansio",
        ws_max_size=FRAME_LIMIT,
        # A chat's frames are too small to gain by it, and it costs time and 32 kB for each connection.
        ws_per_message_deflate=False,
        ws_ping_interval=20.0,
        ws_ping_timeout=20.0,
        timeout_graceful_shutdown=5,
        # The access log would write query strings, which may hold what a customer typed.
        access_log=False,
    )
    _Server(config).run()


if __name__ == "__main__":
    main()
