"""The bot's words, from words.yml: several ways of saying a thing, chosen by the turn.

The choice depends on the turn's id alone, so that a repeated turn says the same.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

FILE = Path(__file__).with_name("words.yml")


class Words:
    def __init__(self, entries: Mapping[str, Any]) -> None:
        self._entries = {key: _variants(value) for key, value in _flat(entries)}

    @classmethod
    def load(cls, path: Path = FILE) -> Words:
        return cls(yaml.safe_load(path.read_text(encoding="utf-8")))

    def __contains__(self, key: str) -> bool:
        return key in self._entries

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def variants(self, key: str) -> tuple[str, ...]:
        return self._entries[key]

    def say(self, key: str, turn: str, **values: object) -> str:
        """One variant of this entry with its values filled in.

        Raises:
            KeyError: there is no such entry, or a value for it is missing.
        """
        variants = self._entries[key]
        chosen = variants[zlib.crc32(f"{key}:{turn}".encode()) % len(variants)]
        return chosen.format_map(values)


def _variants(value: object) -> tuple[str, ...]:
    return tuple(value) if isinstance(value, list) else (str(value),)


def _flat(entries: Mapping[str, Any], prefix: str = "") -> list[tuple[str, object]]:
    pairs: list[tuple[str, object]] = []
    for key, value in entries.items():
        if isinstance(value, Mapping):
            pairs.extend(_flat(value, f"{prefix}{key}."))
        else:
            pairs.append((f"{prefix}{key}", value))
    return pairs
