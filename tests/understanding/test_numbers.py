"""Numbers as data: the shipped file, a file of one's own, check digits, and files that are refused."""

from __future__ import annotations

import re
import time
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from understanding import check_digits, numbers, patterns, safe_regex

ENTRY: dict[str, Any] = {
    "entity": "order_number",
    "forms": ["ord[ -]?[0-9]{7}"],
    "bare": ["[0-9]{7}"],
    "canonical": "ORD-#######",
}


def written(folder: Path, *entries: dict[str, Any], **more: Any) -> Path:
    path = folder / "numbers.yml"
    path.write_text(yaml.safe_dump({"numbers": list(entries), **more}), encoding="utf-8")
    return path


def test_the_shipped_file_is_the_demo_shops() -> None:
    kinds = {kind.entity: kind for kind in numbers.load(numbers.FILE).kinds}
    assert set(kinds) == {"order_number", "invoice_number", "ticket_number"}
    assert {kind.check for kind in kinds.values()} == {"none"}
    orders = yaml.safe_load(Path("data/demo/orders.yml").read_text(encoding="utf-8"))["orders"]
    for order in orders:
        assert numbers.default().all(order["number"], "order_number") == [order["number"]]


def test_every_entity_of_the_shipped_file_has_its_slot() -> None:
    domain = yaml.safe_load(Path("domain.yml").read_text(encoding="utf-8"))
    for kind in numbers.default().kinds:
        assert {kind.entity, kind.entity + numbers.UNSURE} <= {
            name for name in domain["entities"] if isinstance(name, str)
        }
        assert kind.entity in domain["slots"]


@pytest.mark.parametrize(
    ("rule", "right", "wrong"),
    [
        ("luhn", "7992738", "7992739"),
        ("mod11", "1234560", "1234561"),
        ("mod97", "1234520", "1234502"),
    ],
)
def test_a_wrong_check_digit_is_found_as_unsure(
    tmp_path: Path, rule: str, right: str, wrong: str
) -> None:
    kinds = numbers.load(written(tmp_path, {**ENTRY, "check": rule}))
    for text in (f"ord {right}", right, f"about ORD-{right}!"):
        found = patterns.find(text, kinds=kinds)
        assert [(one.entity, one.value) for one in found] == [("order_number", f"ORD-{right}")]
    for text in (f"ord {wrong}", wrong):
        found = patterns.find(text, kinds=kinds)
        assert [(one.entity, one.value) for one in found] == [
            ("order_number_unsure", f"ORD-{wrong}")
        ]
    assert kinds.all(f"{right} and {wrong} and ord{right}", "order_number") == [f"ORD-{right}"]


@pytest.mark.parametrize("rule", ["luhn", "mod11", "mod97"])
@given(body=st.integers(10_000, 10**9), place=st.integers(0, 20), by=st.integers(1, 9))
def test_a_changed_digit_never_passes(rule: str, body: int, place: int, by: int) -> None:
    check = check_digits.RULES[rule]
    ends = range(100) if rule == "mod97" else range(10)
    whole = [f"{body}{end:02d}" if rule == "mod97" else f"{body}{end}" for end in ends]
    right = [digits for digits in whole if check(digits)]
    assert len(right) <= (2 if rule == "mod97" else 1)
    for digits in right:
        at = place % len(digits)
        changed = digits[:at] + str((int(digits[at]) + by) % 10) + digits[at + 1 :]
        assert not check(changed)


@pytest.mark.parametrize(
    ("form", "says"),
    [
        ("([0-9]+ ?)+", "upper bound"),
        ("(?:[0-9]+ ?)+", "upper bound"),
        ("ab*c", "upper bound"),
        ("(?:a?){30}b", "ways to match"),
        ("a?" * 30 + "b", "ways to match"),
        ("(?:(?:a{1,3}){1,3}){1,3}", "ways to match"),
        ("x{1000}", "1000 characters"),
        ("(fw)[0-9]{6}", "has a group"),
        ("fw(?=[0-9])", "does not need"),
        ("(?i)fw[0-9]{6}", "sets flags"),
        ("(?i:fw)[0-9]{6}", "sets flags"),
        ("(?:fw|)", "empty text"),
        ("[", "no regular expression"),
        ("(" * 5000, "no regular expression"),
    ],
)
def test_a_hostile_expression_is_refused_by_entry_and_line(
    tmp_path: Path, form: str, says: str
) -> None:
    good = {**ENTRY, "entity": "ticket_number"}
    path = written(tmp_path, good, {**ENTRY, "forms": ["ord-[0-9]{7}", form]})
    with pytest.raises(
        numbers.NumbersError, match=r"entry 2 .order_number.: forms, line 2"
    ) as error:
        numbers.load(path)
    assert says in str(error.value)
    assert str(path) in str(error.value)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"check": "mod10"}, "mod10"),
        ({"canonical": "ORD"}, "canonical"),
        ({"entity": "Order Number"}, "entity"),
        ({"entity": "order_unsure"}, "entity"),
        ({"colour": "red"}, "nothing else"),
        ({"forms": [], "bare": []}, "needs a form"),
        ({"forms": "ord[0-9]{7}"}, "list"),
        ({"examples": {"ord 1": "ORD-1"}}, "example"),
        ({"examples": {"ord 1234567": "ORD-7654321"}}, "ORD-7654321"),
    ],
)
def test_an_entry_that_is_wrong_is_named(tmp_path: Path, change: dict[str, Any], says: str) -> None:
    path = written(tmp_path, {**ENTRY, **change})
    with pytest.raises(numbers.NumbersError, match="entry 1") as error:
        numbers.load(path)
    assert says in str(error.value)


@pytest.mark.parametrize("content", ["", "- a", "numbers: 3", "numbers: [3]", "a: [", "\x00"])
def test_a_file_of_another_form_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "numbers.yml"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(numbers.NumbersError, match=re.escape(str(path))):
        numbers.load(path)


def test_a_missing_file_twice_the_same_entity_and_wrong_dates_are_refused(tmp_path: Path) -> None:
    with pytest.raises(numbers.NumbersError, match="cannot be read"):
        numbers.load(tmp_path / "none.yml")
    with pytest.raises(numbers.NumbersError, match="twice"):
        numbers.load(written(tmp_path, ENTRY, ENTRY))
    for dates in ({"first": "year"}, {"zone": "Mars/Base"}, ["day"]):
        with pytest.raises(numbers.NumbersError, match="dates"):
            numbers.load(written(tmp_path, ENTRY, dates=dates))


@pytest.mark.parametrize("form", ["[ab]{0,7}[ab]{0,7}c", "(?:a|b)[ ]?(?:[ab]{1,16})x"])
def test_the_worst_expression_that_passes_is_still_linear(form: str) -> None:
    safe_regex.check(form)
    start = time.perf_counter()
    assert re.search(f"(?:{form})(?![a-z])", "ab" * 2000) is None
    assert time.perf_counter() - start < 0.5
