"""The rows of a file that somebody brings: each with its place, and what is wrong with it if anything is.

JSON lines and CSV have ``text``, ``intent`` and perhaps ``spans`` (``[{"start", "end", "entity", …}]``, in CSV as
JSON); what else they have is left aside. In Rasa's YAML, entities are marked in the text.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import yaml

from server.errors import Invalid, TooLarge
from training.spans import Span, read

ROW_LIMIT = 5_000
SIZE_LIMIT = 5 * 1024 * 1024
COLUMN_LIMIT = 50
DEEPEST = 20
#: What a spreadsheet takes for a formula at the start of a cell; the export puts an apostrophe before it.
FORMULA = ("=", "+", "-", "@", "\t", "\r")


class Form(StrEnum):
    YAML = "yaml"
    CSV = "csv"
    JSONL = "jsonl"

    @classmethod
    def of_name(cls, name: str) -> Form:
        """Return the form that a file's name says.

        Raises:
            Invalid: it says none of these.
        """
        ending = name.rpartition(".")[2].lower()
        known = {
            "yml": cls.YAML,
            "yaml": cls.YAML,
            "csv": cls.CSV,
            "jsonl": cls.JSONL,
            "ndjson": cls.JSONL,
        }
        if ending not in known:
            raise Invalid("The file's name must end in .yml, .csv or .jsonl.")
        return known[ending]


@dataclass(frozen=True)
class Row:
    line: int
    """In the file, from 1."""
    text: str = ""
    intent: str = ""
    spans: tuple[Span, ...] = ()
    problem: str = ""
    """What is wrong with its form."""


def read_rows(content: bytes, form: Form) -> list[Row]:
    """Return a file's rows.

    Raises:
        TooLarge: it has over 5 MB, or over 5,000 rows. Invalid: the file as a whole can't be read.
    """
    if len(content) > SIZE_LIMIT:
        raise TooLarge("A file may have 5 MB; split it.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Invalid("The file is not UTF-8 text. Save it as UTF-8, then try again.") from error
    readers = {Form.YAML: _yaml_rows, Form.CSV: _csv_rows, Form.JSONL: _json_rows}
    rows = []
    for row in readers[form](text):
        rows.append(row)
        if len(rows) > ROW_LIMIT:
            raise TooLarge(f"A file may have {ROW_LIMIT:,} rows; split it.")
    if not rows:
        raise Invalid("There is no example in this file.")
    return rows


def _json_rows(text: str) -> Iterator[Row]:
    for line, said in enumerate(text.split("\n"), 1):
        if not said.strip():
            continue
        try:
            found = json.loads(said)
        except (ValueError, RecursionError):
            found = None
        if isinstance(found, dict):
            yield _row(line, found)
        else:
            yield Row(line, problem="This line is not a JSON object.")


def _csv_rows(text: str) -> Iterator[Row]:
    head = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=head.count)
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        names = [(name or "").strip().lower() for name in reader.fieldnames or ()]
        if len(names) > COLUMN_LIMIT:
            raise Invalid(f"More than {COLUMN_LIMIT} columns.")
        if not {"text", "intent"} <= set(names):
            raise Invalid("The first line must name the columns “text” and “intent”.")
        reader.fieldnames = names
        for found in reader:
            yield _cells(reader.line_num, found)
    except csv.Error as error:
        raise Invalid(f"Line {reader.line_num} is not CSV.") from error


def _cells(line: int, found: dict[Any, Any]) -> Row:
    text = found.get("text") or ""
    if text[:1] == "'" and text[1:].startswith(FORMULA):
        text = text[1:]
    spans = found.get("spans") or "[]"
    try:
        marks = json.loads(spans)
    except (ValueError, RecursionError):
        return Row(line, text, found.get("intent") or "", problem="The column “spans” is not JSON.")
    return _row(line, {"text": text, "intent": found.get("intent") or "", "spans": marks})


def _row(line: int, found: dict[str, Any]) -> Row:
    text, intent, marks = found.get("text"), found.get("intent"), found.get("spans") or []
    if not isinstance(text, str) or not isinstance(intent, str):
        return Row(line, problem="It needs a text and an intent.")
    row = Row(line, text, intent.strip())
    if not isinstance(marks, list) or not all(isinstance(one, dict) for one in marks):
        return Row(
            line, row.text, row.intent, problem="The marked entities are not a list of objects."
        )
    try:
        return Row(line, row.text, row.intent, tuple(Span.of(one) for one in marks))
    except Invalid as error:
        return Row(line, row.text, row.intent, problem=str(error))


def _yaml_rows(text: str) -> Iterator[Row]:
    try:
        _check_depth(text)
        root = yaml.compose(text, Loader=yaml.CSafeLoader)
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f", line {mark.line + 1}" if mark else ""
        raise Invalid(f"This is not YAML{where}.") from error
    listed = dict(_fields(root)).get("nlu")
    if not isinstance(listed, yaml.SequenceNode):
        raise Invalid("This is not Rasa's training data: the list 'nlu:' is missing.")
    for node in listed.value:
        fields = dict(_fields(node))
        intent, examples = fields.get("intent"), fields.get("examples")
        if intent is None:
            continue  # synonyms, lookups, expressions
        name = intent.value if isinstance(intent, yaml.ScalarNode) else ""
        for line, said in _examples(examples):
            marked = said.strip()
            if not marked.startswith("-"):
                yield Row(line, marked, name, problem="The example does not begin with a dash.")
            elif marked[1:].strip():
                yield Row(line, *_read(marked[1:].strip(), name))


def _check_depth(text: str) -> None:
    """Composing recurses in C: a hundred thousand brackets would end the process."""
    depth = 0
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST:
            raise Invalid("This is not YAML as Rasa writes it: too deeply nested.")


def _read(marked: str, intent: str) -> tuple[str, str, tuple[Span, ...]]:
    text, spans = read(marked)
    return text, intent, spans


def _examples(node: yaml.Node | None) -> Iterator[tuple[int, str]]:
    if isinstance(node, yaml.ScalarNode):
        first = node.start_mark.line + (2 if node.style in ("|", ">") else 1)
        yield from (
            (first + n, line) for n, line in enumerate(node.value.split("\n")) if line.strip()
        )
    elif isinstance(node, yaml.SequenceNode):
        for one in node.value:
            said = dict(_fields(one)).get("text", one)
            if isinstance(said, yaml.ScalarNode):
                text = said.value.strip()
                first = said.start_mark.line + (2 if said.style in ("|", ">") else 1)
                yield first, text if text.startswith("-") else f"- {text}"


def _fields(node: yaml.Node | None) -> Iterable[tuple[str, yaml.Node]]:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if isinstance(key, yaml.ScalarNode):
                yield key.value, value
