"""Encode what will be asked for in a moment, in a thread of its own."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from encoder.encoder import Encoder
from encoder.handover import pack


class Ahead:
    """4 ms of encoding that pass while the message is written to the disk; `stop` at the end."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="ahead")
        self._begun: set[str] = set()

    def begin(self, text: str) -> None:
        """Begin to encode; returns at once. The encoder remembers what comes of it."""
        if text and text not in self._begun:
            self._begun.add(text)
            begun = self._thread.submit(self._encoder.encode, text)
            begun.add_done_callback(lambda _: self._begun.discard(text))

    def ready(self, text: str) -> dict[str, str] | None:
        """Return the text's vector as `encoder.handover` packs it, if it is known by now."""
        vector = self._encoder.remembered(text)
        return None if vector is None else pack(self._encoder.checksum, vector)

    def stop(self) -> None:
        self._thread.shutdown(cancel_futures=True)
