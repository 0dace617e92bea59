"""Articles from rows: a JSON list, or a CSV table with a head line."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator
from typing import Any

from knowledge_base.exchange.portable import Sources, read_portable
from server.errors import HandrailError, Invalid

ROW_LIMIT = 10_000
COLUMN_LIMIT = 200
"""Each row is filled up to the head line's length: a million commas there would cost hours."""
FORMAT = "handrail-articles"
_LISTS = ("questions", "tags", "intents")


def json_sources(text: str) -> Sources:
    """Every object of a JSON list, or of the export's ``articles``.

    Raises:
        Invalid: it is not JSON of this form, or has more than 10,000 rows.
    """
    try:
        rows = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Invalid("This is not JSON.") from error
    if isinstance(rows, dict) and rows.get("format") == FORMAT:
        rows = rows.get("articles")
    if not isinstance(rows, list):
        raise Invalid("Expected a JSON list of articles.")
    yield from _checked(rows)


def csv_sources(text: str) -> Sources:
    """Every row of a table; several questions, tags or intents stand in one cell, separated by ``|`` or lines.

    Raises:
        Invalid: it is not a table with a column “title”, or has more than 10,000 rows.
    """
    yield from _checked(_csv_rows(text))


def _checked(rows: Iterable[Any]) -> Sources:
    for number, fields in enumerate(rows, 1):
        if number > ROW_LIMIT:
            raise Invalid(f"More than {ROW_LIMIT} rows; split the file.")
        try:
            if not isinstance(fields, dict):
                raise Invalid("row: expected an object with a title")
            yield str(number), read_portable(fields)
        except HandrailError as error:
            yield str(number), error


def _csv_rows(text: str) -> Iterator[dict[str, Any]]:
    lines = io.StringIO(text.removeprefix("\ufeff"), newline="")
    reader = csv.DictReader(lines, dialect=_dialect(text))
    try:
        names = [(name or "").strip().lower() for name in reader.fieldnames or ()]
        if len(names) > COLUMN_LIMIT:
            raise Invalid(f"More than {COLUMN_LIMIT} columns.")
        if "title" not in names:
            raise Invalid("The head line has no column “title”.")
        reader.fieldnames = names
        for row in reader:
            yield _row(row)
    except csv.Error as error:
        raise Invalid(f"This is not CSV: line {reader.line_num} can't be read.") from error


def _row(row: dict[Any, Any]) -> dict[str, Any]:
    fields: dict[str, Any] = {name: value for name, value in row.items() if name and value}
    for name in _LISTS:
        if name in fields:
            cell = fields[name].replace("\n", "|")
            fields[name] = [part.strip() for part in cell.split("|") if part.strip()]
    if None in row:
        fields["too many cells"] = True
    return fields


def _dialect(text: str) -> type[csv.Dialect]:
    """Spreadsheets of half of Europe write semicolons."""
    head = text.split("\n", 1)[0]

    class Found(csv.excel):
        delimiter = max(",;\t", key=head.count) if head.count(",") == 0 else ","

    return Found
