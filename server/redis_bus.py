"""Events between several app processes, over Redis publish/subscribe.

Redis carries hints only. When it is away, events still reach readers in this process, and readers elsewhere
find what they missed in the database (sockets re-read it at least every few seconds).
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import uuid
from collections.abc import Iterable
from contextlib import AbstractAsyncContextManager

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

from server.events import Event, LocalBus, Subscription

log = structlog.get_logger(__name__)

CHANNEL = "handrail:events"
RETRY_SECONDS = 1.0


class RedisBus:
    """A bus over one Redis channel; what this process publishes is delivered here at once."""

    def __init__(self, url: str) -> None:
        self._redis = Redis.from_url(url, socket_connect_timeout=2, health_check_interval=15)
        self._local = LocalBus()
        self._sender = uuid.uuid4().hex
        self._listener: asyncio.Task[None] | None = None

    async def start(self) -> None:
        self._listener = asyncio.create_task(self._listen())

    async def stop(self) -> None:
        if self._listener is not None:
            self._listener.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._listener
        await self._redis.aclose()

    async def publish(self, events: Iterable[Event]) -> None:
        events = list(events)
        await self._local.publish(events)
        for event in events:
            body = {
                "from": self._sender,
                "kind": type(event).__name__,
                "data": event.model_dump_json(),
            }
            try:
                await self._redis.publish(CHANNEL, json.dumps(body))
            except (RedisError, OSError) as error:
                log.warning("redis_publish_failed", kind=type(error).__name__)
                return

    def subscribe(self, *topics: str) -> AbstractAsyncContextManager[Subscription]:
        return self._local.subscribe(*topics)

    async def _listen(self) -> None:
        while True:
            try:
                async with self._redis.pubsub() as channel:
                    await channel.subscribe(CHANNEL)
                    async for item in channel.listen():
                        if item["type"] == "message":
                            await self._deliver(item["data"])
            except (RedisError, OSError) as error:
                log.warning("redis_listen_failed", kind=type(error).__name__)
                await asyncio.sleep(RETRY_SECONDS)

    async def _deliver(self, raw: bytes) -> None:
        body = json.loads(raw)
        kind = Event.kinds.get(body["kind"])
        if kind is not None and body["from"] != self._sender:
            await self._local.publish([kind.model_validate_json(body["data"])])
