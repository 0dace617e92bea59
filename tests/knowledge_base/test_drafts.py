"""What an editor may write."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge_base.drafts import read_draft, slug_of
from knowledge_base.editor.linter import lint
from knowledge_base.markdown_files import parse_markdown, write_markdown
from server.errors import Invalid
from tests.knowledge_base.support import RETURN, draft

GOOD = {"title": "Return an item", "action": "Open My orders."}


@pytest.mark.parametrize(
    ("change", "at"),
    [
        ({"title": ""}, "title"),
        ({"title": "   "}, "article"),
        ({"title": "x" * 121}, "title"),
        ({"title": "a\x00b"}, "title"),
        ({"title": "evil \u202etxt"}, "title"),
        ({"action": "bell \x07"}, "action"),
        ({"action": "half \ud83d"}, "action"),
        ({"action": "hidden \U000e0041"}, "action"),
        ({"action": "x" * 20_001}, "action"),
        ({"action": "é" * 8_000, "outcome": "é" * 8_000}, "article"),
        ({"action": ""}, "article"),
        ({"questions": ["q"] * 41}, "questions"),
        ({"questions": ["q" * 201]}, "article"),
        ({"slug": "../etc/passwd"}, "slug"),
        ({"slug": "Über"}, "slug"),
        ({"language": "<script>"}, "language"),
        ({"audience": "everyone"}, "audience"),
        ({"status": "published"}, "status"),
    ],
)
def test_what_can_not_be_stored_is_refused_by_name(change: dict[str, object], at: str) -> None:
    with pytest.raises(Invalid) as refused:
        read_draft({**GOOD, **change})
    assert isinstance(refused.value.details, list)
    assert refused.value.details[0]["at"].startswith(at)


def test_right_to_left_emoji_and_html_are_just_text() -> None:
    text = "إرجاع 👩‍👩‍👧 <script>alert(1)</script>"
    assert read_draft({**GOOD, "title": text, "action": text}).title == text


def test_line_ends_and_spaces_are_tidied_and_repeated_questions_dropped() -> None:
    tidy = read_draft(
        {
            **GOOD,
            "title": "  Two\twords ",
            "action": "a\r\nb",
            "questions": ["Hi  there", "hi there", ""],
        }
    )
    assert (tidy.title, tidy.action, tidy.unique_questions) == ("Two words", "a\nb", ["hi there"])


@given(st.text(max_size=120))
def test_every_title_gives_a_usable_address(title: str) -> None:
    slug = slug_of(title.encode("utf-8", "replace").decode())
    assert slug
    assert len(slug) <= 80
    assert set(slug) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")


def test_a_file_written_is_read_back_equal() -> None:
    wanted = draft("Größe: no/yes?", "no", "30", "a: b", tags=["x"], owner="ada", audience="staff")
    assert parse_markdown(write_markdown(wanted)) == wanted
    assert parse_markdown(write_markdown(RETURN)) == RETURN


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no front matter",
        "---\ntitle: [\n---\n## Context\nx",
        "---\n- a\n---\n## Context\nx",
        "---\ntitle: A\nstatus: published\n---\n## Context\nx",
        "---\ntitle: A\n---\nno section",
        "---\ntitle: A\n---\n## Context\nx\n## Context\ny",
        "---\ntitle: A\n---\n## Other\nx",
        "---\ntitle: A\nquestions: one\n---\n## Context\nx",
        "---\ntitle: A\nquestions: [{a: b}]\n---\n## Context\nx",
        "---\ntitle: !!python/object/apply:os.system [echo]\n---\n## Context\nx",
    ],
)
def test_a_broken_file_is_refused(text: str) -> None:
    with pytest.raises(Invalid):
        parse_markdown(text)


def test_vague_times_are_found_where_they_stand() -> None:
    outcome = "We answer as soon as possible, or in a few days. It ships Soon."
    hints = lint(questions=["a", "b", "c"], context="x", action="y", outcome=outcome)
    words = [hint.words for hint in hints if hint.words]
    assert words == ["as soon as possible", "in a few days", "Soon"]
    assert [outcome[hint.start : hint.end].strip() for hint in hints if hint.words] == words


def test_an_outcome_without_a_time_is_pointed_out_and_one_with_a_time_is_not() -> None:
    def advice(outcome: str) -> list[str]:
        return [
            hint.part
            for hint in lint(questions=["a", "b", "c"], context="x", action="y", outcome=outcome)
        ]

    assert advice("You get your money.") == ["outcome"]
    for clear in (
        "within 5 working days",
        "in 2–4 days",
        "by tomorrow",
        "at 14:00",
        "on Monday",
        "after 30 minutes",
        "two days later",
    ):
        assert advice(f"You get your money {clear}.") == [], clear


@pytest.mark.parametrize("piece", ["1", "1-", "1 ", "1.", "one ", "in ", "a few ", "–", " ", "x"])
def test_hints_for_a_long_text_come_at_once(piece: str) -> None:
    text = piece * (20_000 // len(piece))
    started = time.process_time()
    lint(questions=[], context=text, action="", outcome=text)
    assert time.process_time() - started < 0.5


@pytest.mark.parametrize(
    "outcome",
    ["in 2–3 working days", "within 24 hours", "30 to 60 minutes", "1 or two days", "on the 3rd"],
)
def test_a_clear_time_is_seen(outcome: str) -> None:
    assert lint(questions=["a", "b", "c"], context="x", action="y", outcome=outcome) == []
