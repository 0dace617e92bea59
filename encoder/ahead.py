"""Encode what will be asked for in a moment, in a thread of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray

from encoder.encoder import Encoder
from encoder.handover import pack

#: Seconds; under load texts queue here, and Rasa can encode as well.
PATIENCE = 0.2


class Ahead:
    """4 ms of encoding that pass while the message is written to the disk; `stop` at the end."""

    def __init__(
        self, encoder: Encoder, patience: float = PATIENCE, reads: Callable[[str], str] = str
    ) -> None:
        """``reads``: what of a text is encoded, the same at both ends (`understanding.normal.plain`)."""
        self._encoder = encoder
        self._reads = reads
        self._patience = patience
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="ahead")
        self._begun: dict[str, Future[NDArray[np.float32]]] = {}

    def begin(self, text: str) -> None:
        """Begin to encode the text, as the bot and the search will (`reads`); returns at once.

        The encoder remembers what comes of it. Slips are mended by the bot, which knows the words of the
        training examples: such a text is encoded again there.
        """
        text = self._reads(text)
        if text and text not in self._begun:
            begun = self._begun[text] = self._thread.submit(self._encoder.encode, text)
            begun.add_done_callback(lambda _: self._begun.pop(text, None))

    async def ready(self, text: str) -> dict[str, str] | None:
        """Return the text's vector as `encoder.handover` packs it; None if nobody began with it.

        Waits a while for one that is being made: the other process would make it again, and both
        would take longer.
        """
        text = self._reads(text)
        begun = self._begun.get(text)
        if begun is not None:
            waiting = asyncio.wrap_future(begun)
            # What can't be encoded is for Rasa to say, also after nobody waits any more.
            waiting.add_done_callback(lambda done: done.cancelled() or done.exception())
            await asyncio.wait([waiting], timeout=self._patience)  # cancels nobody else's
        vector = self._encoder.remembered(text)
        return None if vector is None else pack(self._encoder.checksum, vector)

    def stop(self) -> None:
        self._thread.shutdown(cancel_futures=True)
