"""Addresses of files: who has one may read the file, for a week or two; a picture's tag can send no header."""

from __future__ import annotations

import base64
import hashlib
import hmac
import uuid
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import quote

from server.clock import Clock

WEEK = int(timedelta(days=7).total_seconds())


class Links:
    """Makes addresses and knows its own again. They hold for one to two weeks: within a week a file has the same
    one in every frame, so that a browser that has it need not ask again."""

    def __init__(self, secret: str, clock: Clock) -> None:
        self._key = hmac.digest(secret.encode(), b"files in chats", hashlib.sha256)
        self._clock = clock

    def shown(self, file: Mapping[str, Any]) -> dict[str, Any]:
        """A message's ``payload.file`` as a client gets it: with its address, as long as it is kept."""
        return {**file} if file.get("gone") else {**file, "url": self.address(file)}

    def address(self, file: Mapping[str, Any]) -> str:
        file_id = uuid.UUID(str(file["id"]))
        until = (int(self._clock.now().timestamp()) // WEEK + 2) * WEEK
        name = quote(str(file["name"]), safe="")
        return f"/api/chat/files/{file_id}/{name}?until={until}&key={self._sign(file_id, until)}"

    def opens(self, file_id: uuid.UUID, until: int, key: str) -> bool:
        """Whether this address was ours, and still holds."""
        right = self._sign(file_id, until).encode()
        same = hmac.compare_digest(right, key.encode("utf-8", "surrogatepass"))
        return same and until > self._clock.now().timestamp()

    def _sign(self, file_id: uuid.UUID, until: int) -> str:
        signed = hmac.digest(self._key, f"{file_id.hex}:{until}".encode(), hashlib.sha256)
        return base64.urlsafe_b64encode(signed).decode().rstrip("=")
