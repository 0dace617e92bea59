"""The phrases of moments of truth, from data/moments, compiled."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from understanding.errors import UnderstandingError

FOLDER = Path(__file__).resolve().parents[1] / "data" / "moments"

#: `<word>` in a phrase: any one. A space follows it, so that there is one way to match.
ANY_WORD = "[a-z0-9]+"
#: `~` in a phrase. Each word of the text begins with its own space.
GAP = "(?: [a-z0-9]+){0,4}"
#: Words that may stand between a denial and what it denies; a new subject begins another clause.
DENIAL = "(?: (?!(?:i|im|ill|id|ive|you|youve|we|they|he|she|my|your)(?: |$))[a-z0-9]+){0,3}$"
#: What a harmless use is replaced by: a word that no phrase has.
_HARMLESS = " xx"
#: Characters before a phrase in which a denial is looked for: three long words and itself.
_REACH = 80
_SECTIONS = frozenset({"words", "phrases", "harmless", "denied"})
_WORD = re.compile(r"<([a-z_]+)>")
_UNBOUNDED = re.compile(r"(?<!\\)(?:[*+]|\{\d*,\})")


class PhrasesError(UnderstandingError):
    """A file of phrases can't be used; the text names the file, the phrase and what is wrong."""


@dataclass(frozen=True)
class Found:
    """What phrases say of a text: `words` that say it, empty when there are none, or only what sounds like it."""

    words: str
    harmless: bool = False
    denied: bool = False


@dataclass(frozen=True)
class Phrases:
    """Three expressions on text reduced to plain words (`moments.plain_words`)."""

    says: re.Pattern[str]
    harmless: re.Pattern[str]
    """Taken out before anything is looked for."""
    denied: re.Pattern[str] | None
    """What, standing before a phrase in its clause, takes it back."""

    def find(self, plain: str) -> Found:
        """Look for the first phrase that nothing takes back."""
        rest, innocents = self.harmless.subn(_HARMLESS, plain)
        denied = False
        for match in self.says.finditer(rest):
            before = rest[max(0, match.start() - _REACH) : match.start()]
            if self.denied is None or not self.denied.search(before):
                return Found(match.group().strip())
            denied = True
        return Found("", innocents > 0, denied)


@lru_cache(maxsize=64)
def load(kind: str, folder: Path = FOLDER) -> Phrases:
    """Read and compile the phrases of one kind.

    Raises:
        PhrasesError: the file is missing, has another form, or a phrase isn't a bounded expression.
    """
    path = folder / f"{kind}.yml"
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, yaml.YAMLError) as error:
        raise PhrasesError(f"{path.name} can't be read: {error}") from error
    if not isinstance(content, dict) or not content.get("phrases") or set(content) - _SECTIONS:
        raise PhrasesError(f"{path.name} needs phrases, and may have words, harmless and denied")
    denied = _expand(path, content, "denied")
    return Phrases(
        says=_any_of(_expand(path, content, "phrases")),
        harmless=_any_of(_expand(path, content, "harmless")),
        denied=re.compile(f" (?:{'|'.join(denied)}){DENIAL}") if denied else None,
    )


def files(folder: Path = FOLDER) -> list[Path]:
    """All files of phrases: a model trained with others must not be taken from a cache."""
    return sorted(folder.glob("*.yml"))


def _expand(path: Path, content: Mapping[str, Any], section: str) -> list[str]:
    words = {"word": "<word>", **(content.get("words") or {})}
    expanded = []
    for phrase in content.get(section) or []:
        try:
            plain = _WORD.sub(lambda match: str(words[match.group(1)]), str(phrase))
            if _UNBOUNDED.search(plain):
                raise ValueError("repeats without an upper bound; write {1,9} instead of + or *")
            if re.compile(plain).match(""):
                raise ValueError("matches the empty text")
        except KeyError as error:
            raise PhrasesError(f"{path.name}: {phrase!r} names no word: {error}") from error
        except (re.error, ValueError) as error:
            raise PhrasesError(f"{path.name}: {phrase!r} {error}") from error
        expanded.append(plain.replace(" ~", GAP).replace("<word>", ANY_WORD))
    return expanded


def _any_of(phrases: list[str]) -> re.Pattern[str]:
    # Nothing matches a place that is no place: a list may be empty.
    return re.compile(f" (?:{'|'.join(phrases) or '(?!)'})(?= |$)")
