"""The training files, `data/nlu/<intent>.yml`: read and changed line by line, everything else kept.

A change touches the lines of its examples and no other, so that git merges what several people did.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from server.errors import Conflict, Invalid
from training.files import locked, replace
from training.texts import clean, normalise

HEAD = 'version: "3.1"\nnlu:\n'
_INTENT = re.compile(r"^(?P<indent> *)- intent: *(?P<name>[a-z][a-z0-9_]*)\s*$")
_EXAMPLES = re.compile(r"^ +examples: *\|\s*$")
_EXAMPLE = re.compile(r"^(?P<indent> +)-(?P<text> .*)?$")
NAME = re.compile(r"^[a-z][a-z0-9_]{0,79}\Z")


class NotReadable(Conflict):
    code, message = "nlu_file_not_readable", "A training file is not in the form that is kept here."


@dataclass(frozen=True)
class Example:
    intent: str
    text: str


@dataclass(frozen=True)
class Block:
    """One intent's examples: lines `start` up to `end` (exclusive) of its file."""

    intent: str
    start: int
    end: int


class NluFile:
    """One file as its lines; ``text`` gives back what was parsed, to the byte."""

    def __init__(self, name: str, text: str) -> None:
        """Raises NotReadable: an intent's examples are not written as one `- line` per example."""
        self.name = name
        self.lines = text.split("\n")
        self.blocks = list(self._find_blocks())

    @property
    def text(self) -> str:
        return "\n".join(self.lines)

    def examples(self) -> list[Example]:
        """The examples in file order."""
        found = []
        for block in self.blocks:
            for line in self.lines[block.start : block.end]:
                match = _EXAMPLE.match(line)
                if match is not None and (text := (match["text"] or "").strip()):
                    found.append(Example(block.intent, text))
        return found

    def append(self, intent: str, texts: Sequence[str]) -> str:
        """Return the file with these examples at the end of the intent's others."""
        block = next((block for block in self.blocks if block.intent == intent), None)
        if block is None:
            body = self.text or HEAD
            added = f"- intent: {intent}\n  examples: |\n" + "".join(f"    - {t}\n" for t in texts)
            return body + ("" if body.endswith("\n") else "\n") + added
        indent, at = "    ", block.start
        for number in range(block.start, block.end):
            if match := _EXAMPLE.match(self.lines[number]):
                indent, at = match["indent"], number + 1
        before, after = self.lines[:at], self.lines[at:] or [""]
        return "\n".join([*before, *(f"{indent}- {text}" for text in texts), *after])

    def remove(self, intent: str, text: str) -> str:
        """Return the file without the last example of this text; unchanged when it has none."""
        for block in self.blocks:
            if block.intent != intent:
                continue
            for number in range(block.end - 1, block.start - 1, -1):
                match = _EXAMPLE.match(self.lines[number])
                if match is not None and (match["text"] or "").strip() == text:
                    return "\n".join(self.lines[:number] + self.lines[number + 1 :])
        return self.text

    def _find_blocks(self) -> Iterable[Block]:
        number = 0
        while number < len(self.lines):
            intent = _INTENT.match(self.lines[number])
            number += 1
            if intent is None:
                if self.lines[number - 1].lstrip(" ").startswith("- intent:"):
                    raise self._problem(number, "an intent's name is not plain")
                continue
            if number >= len(self.lines) or not _EXAMPLES.match(self.lines[number]):
                raise self._problem(number + 1, "'examples: |' is missing")
            start = number = number + 1
            while number < len(self.lines) and _belongs(self.lines[number], len(intent["indent"])):
                if self.lines[number].strip() and not _EXAMPLE.match(self.lines[number]):
                    raise self._problem(number + 1, "an example does not start with '- '")
                number += 1
            yield Block(intent["name"], start, number)

    def _problem(self, number: int, problem: str) -> NotReadable:
        return NotReadable(
            f"data/nlu/{self.name}, line {number}: {problem}. Mend it, then try again."
        )


def _belongs(line: str, indent: int) -> bool:
    """Whether a line is part of the literal block below `examples:`, which is indented deeper."""
    return not line.strip() or len(line) - len(line.lstrip(" ")) > indent + 2


class NluFolder:
    """All training files; one writer at a time, across processes."""

    def __init__(self, folder: Path, lock: Path) -> None:
        self.folder = folder
        self._lock = lock

    def examples(self) -> list[Example]:
        """Every example, by file name, then in file order."""
        return [
            example
            for path in sorted(self.folder.glob("*.yml"))
            for example in self._read(path).examples()
        ]

    def add(self, wanted: Sequence[Example]) -> list[str | None]:
        """Append examples, each to its intent's file, in the order given.

        Returns for each None when it was added, or the intent that has it already.

        Raises:
            Invalid: a text is empty or not clean, or an intent can't be a file's name.
            NotReadable: a file was edited into another form; nothing was written.
        """
        for example in wanted:
            if not NAME.match(example.intent):
                raise Invalid("This is no intent's name.")
            if not example.text or clean(example.text) != example.text:
                raise Invalid("This text can't stand in a training file.")
        with locked(self._lock):
            known = {normalise(found.text): found.intent for found in self.examples()}
            answers: list[str | None] = []
            fresh: dict[str, list[str]] = {}
            for example in wanted:
                there = known.get(normalise(example.text))
                answers.append(there)
                if there is None:
                    known[normalise(example.text)] = example.intent
                    fresh.setdefault(example.intent, []).append(example.text)
            # All files are worked out before the first is written.
            changed = {
                path: self._read(path).append(intent, texts)
                for intent, texts in fresh.items()
                if (path := self._path(intent))
            }
            for path, text in changed.items():
                replace(path, text)
        return answers

    def remove(self, example: Example) -> None:
        """Take an example out again; does nothing when it is not there."""
        with locked(self._lock):
            path = self._path(example.intent)
            before = self._read(path)
            after = before.remove(example.intent, example.text)
            if after != before.text:
                replace(path, after)

    def _path(self, intent: str) -> Path:
        return self.folder / f"{intent}.yml"

    def _read(self, path: Path) -> NluFile:
        try:
            return NluFile(path.name, path.read_bytes().decode() if path.exists() else "")
        except UnicodeDecodeError as error:
            raise NotReadable(f"data/nlu/{path.name} is not UTF-8.") from error
