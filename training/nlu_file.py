"""One training file, read and changed line by line, everything else kept to the byte.

A new example stands below the one that comes before it in the alphabet, whatever order the others have. So the
same examples give the same bytes in whatever order they came, lines that a person put somewhere stay there, and
what two branches add meets in one place only where neighbours in the alphabet were added (docs/operations.md has
the measured figures).
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from server.errors import Conflict
from training.spans import Span, read, write
from training.texts import normalise

HEAD = 'version: "3.1"\nnlu:\n'
NAME = re.compile(r"^[a-z][a-z0-9_]{0,79}\Z")
_INTENT = re.compile(r"^(?P<indent> *)- intent: *(?P<name>[a-z][a-z0-9_]*)\s*$")
_EXAMPLES = re.compile(r"^ +examples: *\|\s*$")
_EXAMPLE = re.compile(r"^(?P<indent> +)-(?P<text> .*)?$")
_OTHER = re.compile(r"^(?P<indent> *)- (?:synonym|regex|lookup): *\S")
_SECTION = re.compile(r"^(?P<name>[\w-]+):")
_MERGE = ("<<<<<<< ", "||||||| ", ">>>>>>> ")


class NotReadable(Conflict):
    code, message = "nlu_file_not_readable", "A training file is not in the form that is kept here."


@dataclass(frozen=True)
class Example:
    """One training message; `text` is without marks."""

    intent: str
    text: str
    spans: tuple[Span, ...] = ()

    @property
    def marked(self) -> str:
        """As it stands in the file."""
        return write(self.text, self.spans)


@dataclass(frozen=True)
class Entry:
    """One example's line, by its number from 0."""

    line: int
    example: Example
    marked: str

    @property
    def order(self) -> tuple[str, str]:
        return order_of(self.example.text)


@dataclass(frozen=True)
class Block:
    """One intent's examples: lines `start` up to `end` (exclusive) of its file."""

    intent: str
    start: int
    end: int
    dash: str
    """The spaces before its own dash."""
    indent: str
    """The spaces before an example's."""
    entries: tuple[Entry, ...]


@dataclass
class Edit:
    """What changes in one file."""

    add: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    """By intent: each example's text, and as it is written."""
    drop: set[int] = field(default_factory=set)
    swap: dict[int, str] = field(default_factory=dict)
    """By line: how its example is written from now on."""


def order_of(text: str) -> tuple[str, str]:
    """Where an example stands among others: by its letters, then to the letter."""
    return normalise(text), text


class NluFile:
    """One file as its lines; ``text`` gives back what was parsed."""

    def __init__(self, name: str, text: str) -> None:
        """Raises NotReadable: an intent's examples are not written as one `- line` per example."""
        self.name = name
        self.lines = text.split("\n")
        self.blocks: list[Block] = []
        self._end = len(self.lines) - (self.lines[-1] == "")
        """Where the list of intents ends."""
        self._has_list = False
        self._return = "\r" if self.lines[0].endswith("\r") else ""
        self._parse()

    @property
    def text(self) -> str:
        return "\n".join(self.lines)

    def entries(self) -> list[Entry]:
        """The examples' lines, in file order."""
        return [entry for block in self.blocks for entry in block.entries]

    def examples(self) -> list[Example]:
        """The examples in file order, without their marks."""
        return [entry.example for entry in self.entries()]

    def append(self, intent: str, texts: Sequence[str]) -> str:
        """Return the file with these examples added to the intent's others."""
        return self.changed(Edit(add={intent: [(text, text) for text in texts]}))

    def remove(self, intent: str, text: str) -> str:
        """Return the file without the last example of this text; unchanged when it has none."""
        lines = [
            entry.line
            for entry in self.entries()
            if (entry.example.intent, entry.example.text) == (intent, text)
        ]
        return self.changed(Edit(drop=set(lines[-1:])))

    def changed(self, edit: Edit) -> str:
        """Return the file with an edit made."""
        below: dict[int, list[str]] = {}
        fresh = dict(edit.add)
        for block in self.blocks:
            wanted = fresh.pop(block.intent, [])
            for number, written in _places(block, wanted, edit.drop):
                below.setdefault(number, []).append(f"{block.indent}- {written}{self._return}")
        lines: list[str] = []
        for number, line in enumerate(self.lines):
            if number == self._end:
                lines += self._new_blocks(fresh)
            if number in edit.swap:
                lines.append(_with_text(line, edit.swap[number]))
            elif number not in edit.drop:
                lines.append(line)
            lines += below.get(number, [])
        if self._end == len(self.lines):
            lines += self._new_blocks(fresh)
        grown = len(lines) > len(self.lines)
        return "\n".join(lines if lines[-1] == "" or not grown else [*lines, ""])

    def _new_blocks(self, fresh: Mapping[str, Sequence[tuple[str, str]]]) -> list[str]:
        wanted = {intent: examples for intent, examples in fresh.items() if examples}
        if not wanted:
            return []
        lines: list[str] = []
        if not self._has_list:
            lines = ["nlu:"] if self.text else HEAD.splitlines()
        indent = self.blocks[-1].dash if self.blocks else ""
        for intent in sorted(wanted):
            lines += [f"{indent}- intent: {intent}", f"{indent}  examples: |"]
            ordered = sorted(wanted[intent], key=lambda pair: order_of(pair[0]))
            lines += [f"{indent}    - {written}" for _, written in ordered]
        return [line + self._return for line in lines]

    def _parse(self) -> None:
        number, section = 0, ""
        while number < len(self.lines):
            line = self.lines[number].rstrip("\r")
            number += 1
            if line.startswith(_MERGE):
                raise self._problem(number, "a merge was left unfinished here")
            if found := _SECTION.match(line):
                if section == "nlu":
                    self._end = number - 1
                section = found["name"]
                if section == "nlu" and line[4:].split("#")[0].strip():
                    raise self._problem(number, "the list of intents does not start below 'nlu:'")
                self._has_list = self._has_list or section == "nlu"
                continue
            if not line.strip() or line.lstrip().startswith("#") or line in ("---", "..."):
                continue
            if section != "nlu":
                if section in ("", "version"):
                    raise self._problem(number, "this line stands outside of 'nlu:'")
                continue
            if intent := _INTENT.match(line):
                number = self._parse_block(number, intent)
            elif line.lstrip(" ").startswith("- intent:"):
                raise self._problem(number, "an intent's name is not plain")
            elif other := _OTHER.match(line):
                number = self._past(number, len(other["indent"]))
            else:
                raise self._problem(number, "this line is no intent and no example")

    def _parse_block(self, number: int, intent: re.Match[str]) -> int:
        if number >= len(self.lines) or not _EXAMPLES.match(self.lines[number]):
            raise self._problem(number + 1, "'examples: |' is missing")
        start, end = number + 1, self._past(number + 1, len(intent["indent"]) + 2)
        indent, entries = "", []
        for place in range(start, end):
            line = self.lines[place].rstrip("\r")
            if not line.strip():
                continue
            match = _EXAMPLE.match(line)
            if match is None:
                raise self._problem(place + 1, "an example does not start with '- '")
            if indent and match["indent"] != indent:
                raise self._problem(place + 1, "an example is not indented like the one above")
            indent = match["indent"]
            if marked := (match["text"] or "").strip():
                entries.append(Entry(place, Example(intent["name"], *read(marked)), marked))
        dash = intent["indent"]
        block = Block(intent["name"], start, end, dash, indent or f"{dash}    ", tuple(entries))
        self.blocks.append(block)
        return end

    def _past(self, number: int, indent: int) -> int:
        """Return the first line from `number` on that is not indented deeper than `indent`."""
        while number < len(self.lines):
            line = self.lines[number]
            if line.strip() and len(line) - len(line.lstrip(" ")) <= indent:
                break
            number += 1
        return number

    def _problem(self, number: int, problem: str) -> NotReadable:
        return NotReadable(
            f"data/nlu/{self.name}, line {number}: {problem}. Mend it, then try again."
        )


def _places(
    block: Block, wanted: Iterable[tuple[str, str]], dropped: Collection[int]
) -> Iterable[tuple[int, str]]:
    """Yield for each new example the line that it stands below; those of one line in their order."""
    kept = sorted(
        (entry for entry in block.entries if entry.line not in dropped),
        key=lambda entry: (*entry.order, entry.line),
    )
    orders = [entry.order for entry in kept]
    for text, written in sorted(wanted, key=lambda pair: order_of(pair[0])):
        before = bisect_left(orders, order_of(text))
        yield kept[before - 1].line if before else block.start - 1, written


def _with_text(line: str, written: str) -> str:
    end = "\r" if line.endswith("\r") else ""
    return f"{line.partition('-')[0]}- {written}{end}"
