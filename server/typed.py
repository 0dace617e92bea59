"""What is typed into staff pages, as it comes through NiceGUI's socket: what can't be stored is left out."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from nicegui import core

# The escapes of NUL and of surrogates: in pairs those are a character, alone they are none. NiceGUI's decoder
# refuses a whole event for one, so that the page goes on with the text of before and nobody hears why; a
# decoder that takes it hands on what no database stores.
_DOUBTFUL = re.compile(r"\\u(?:0000|d[89a-f])", re.IGNORECASE)
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")


class TypedJson:
    """A JSON module for python-socketio whose ``loads`` gives texts that every database stores."""

    def __init__(self, inner: Any) -> None:
        self.dumps: Callable[..., str] = inner.dumps
        self._loads: Callable[[str], Any] = inner.loads

    def loads(self, text: str) -> Any:
        """Raises:
        ValueError: this is no JSON.
        """
        if not _DOUBTFUL.search(text):
            return self._loads(text)
        return without(json.loads(text))


def without(found: Any) -> Any:
    """The same value, without NUL and lone surrogates in its texts."""
    if isinstance(found, str):
        return _UNSTORABLE.sub("", found)
    if isinstance(found, list):
        return [without(one) for one in found]
    if isinstance(found, dict):
        return {without(key): without(value) for key, value in found.items()}
    return found


def install() -> None:
    """Have NiceGUI read what pages send in this way; once or more often."""
    packet = core.sio.packet_class
    if not isinstance(packet.json, TypedJson):
        packet.json = TypedJson(packet.json)
