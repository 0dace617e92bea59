"""Files that people bring: each row with its place; a file that can't be read says why as a whole."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.errors import HandrailError, Invalid, TooLarge
from training.exchange.rows import ROW_LIMIT, SIZE_LIMIT, Form, Row, read_rows
from training.spans import Span

KETTLE = (Span(3, 9, "product", "Fernway Kettle"),)
RASA = """# exported
version: "3.1"
nlu:
- intent: greet
  examples: |
    - hi
    - my [kettle]{"entity": "product", "value": "Fernway Kettle"}

    no dash
- synonym: kettle
  examples: |
    - tea kettle
- intent: deny
  examples:
  - text: |
      - never
  - text: nope
    metadata: {by: x}
rules: []
"""


def rows(text: str, form: Form) -> list[tuple[int, str, str]]:
    return [(row.line, row.text, row.intent) for row in read_rows(text.encode(), form)]


def test_rasas_yaml_in_its_forms() -> None:
    found = read_rows(RASA.encode(), Form.YAML)
    assert [(row.line, row.text, row.intent) for row in found] == [
        (6, "hi", "greet"), (7, "my kettle", "greet"), (9, "no dash", "greet"),
        (16, "never", "deny"), (17, "nope", "deny"),
    ]  # fmt: skip
    assert found[1].spans == KETTLE
    assert [row.line for row in found if row.problem] == [9]


def test_json_lines() -> None:
    said = [
        {"text": "my kettle", "intent": " greet ", "spans": [KETTLE[0].as_dict()], "at": 3},
        {"text": 3, "intent": "greet"},
        {"text": "x", "intent": "greet", "spans": [{"start": "0"}]},
        {"text": "x", "intent": "greet", "spans": 3},
    ]
    text = "\ufeff" + "\n\n".join(json.dumps(one) for one in said) + "\nnot json\n[1]\n"
    found = read_rows(text.encode(), Form.JSONL)
    assert found[0] == Row(1, "my kettle", "greet", KETTLE)
    assert [(row.line, bool(row.problem)) for row in found] == [
        (1, False), (3, True), (5, True), (7, True), (8, True), (9, True),
    ]  # fmt: skip


def test_tables_of_any_spreadsheet() -> None:
    text = (
        'Intent;Text;note\r\ngreet;"hi; ""you"" there";x\r\ndeny;\'=no;\r\ndeny;"two\r\nlines"\r\n'
    )
    assert rows(text, Form.CSV) == [
        (2, 'hi; "you" there', "greet"), (3, "=no", "deny"), (5, "two\r\nlines", "deny"),
    ]  # fmt: skip
    assert rows("text,intent\n'tis,greet\n", Form.CSV) == [(2, "'tis", "greet")]
    (bad,) = read_rows(b"text,intent,spans\nhi,greet,{\n", Form.CSV)
    assert "spans" in bad.problem


WHOLE = [
    (b"\xff\xfe", Form.CSV, "UTF-8"),
    (b"", Form.CSV, "columns"),
    (b"text;label\nhi;greet\n", Form.CSV, "columns"),
    (b'text,intent\n"hi,greet\n', Form.CSV, "Line 1 is not CSV"),
    (b"text,intent\n", Form.CSV, "no example"),
    (b"\n", Form.JSONL, "no example"),
    (b"nlu:\n- intent: [", Form.YAML, "line 3|line 2"),
    (b"a: " + b"[" * 100_000, Form.YAML, "not YAML"),
    (b"- " * 100_000, Form.YAML, "not YAML"),
    (b"- nlu", Form.YAML, "'nlu:' is missing"),
    (b"nlu:\n- synonym: x\n", Form.YAML, "no example"),
    (b",".join([b"text,intent"] * 40) + b"\n", Form.CSV, "columns"),
]


@pytest.mark.parametrize(("content", "form", "says"), WHOLE)
def test_a_file_that_cannot_be_read_says_why(content: bytes, form: Form, says: str) -> None:
    with pytest.raises(Invalid, match=says):
        read_rows(content, form)


def test_size_and_rows_have_a_limit() -> None:
    with pytest.raises(TooLarge, match="5 MB"):
        read_rows(b"x" * (SIZE_LIMIT + 1), Form.CSV)
    row = b'{"text": "x", "intent": "greet"}\n'
    assert len(read_rows(row * ROW_LIMIT, Form.JSONL)) == ROW_LIMIT
    with pytest.raises(TooLarge, match="5,000 rows"):
        read_rows(row * (ROW_LIMIT + 1), Form.JSONL)
    bomb = "a: &a [x,x]\n" + "".join(
        f"{name}: &{name} [*{before},*{before}]\n"
        for before, name in zip("abcdefghijklmno", "bcdefghijklmnop", strict=True)
    )
    with pytest.raises(Invalid):
        read_rows(f"{bomb}nlu: *p\n".encode(), Form.YAML)


@given(content=st.binary(max_size=200), form=st.sampled_from(Form))
def test_any_bytes_are_read_or_refused_in_words(content: bytes, form: Form) -> None:
    try:
        assert read_rows(content, form)
    except HandrailError as error:
        assert str(error)


@pytest.mark.parametrize(
    ("name", "form"), [("a.YML", Form.YAML), ("b.csv", Form.CSV), ("c.ndjson", Form.JSONL)]
)
def test_the_name_says_the_form(name: str, form: Form) -> None:
    assert Form.of_name(name) is form
    with pytest.raises(Invalid):
        Form.of_name(f"{name}.txt")
