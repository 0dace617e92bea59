"""The week's digest: every section with its figures, its screens, and who sees it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from conversations.models import Conversation, SurveyAnswer
from handoff.digest.chats import low_ratings
from insights.digest.found import Change, Digest, Room, seen_by
from insights.digest.letter import as_text, letter
from insights.digest.views import DigestView
from knowledge_base.asked.masking import mask
from server.auth import Role, Staff
from server.database import Database
from server.errors import Invalid
from server.week import Week
from tests.insights.conftest import filled, made
from tests.insights.house import MONDAY, WEEK, Chat
from tests.support import FakeClock


@pytest.fixture
async def found(house: dict[str, Any], database: Database, clock: FakeClock) -> Digest:
    digests = made(database, clock)
    return await digests.read(digests.wanted(""))


def lines(found: Digest, key: str) -> list[tuple[str, str, str]]:
    return [(one.text, one.told, one.path) for one in found.section(key).items]


async def test_the_weeks_complaints_lead_to_their_chats(
    found: Digest, house: dict[str, Any]
) -> None:
    assert (found.week, found.over, found.quiet) == (WEEK, True, False)
    low = found.section("low_ratings")
    assert low.change == Change(2, 1)
    (first, said, path), (second, also, _) = lines(found, "low_ratings")
    assert (said, path) == ("1 star of 5", f"/staff/chat/{house['rude']}")
    assert "useless" in first
    assert (second, also) == ("A chat without words to quote", "2 stars of 5")

    assert found.section("not_helped").change == Change(4, 0)
    assert lines(found, "not_helped") == [
        ("“ask [email]”", "2 answers did not help", f"/staff/chat/{house['once']}"),
        ("“can I change my address”", "2 answers did not help", f"/staff/chat/{house['no']}"),
    ]
    assert found.section("somebody_else").change == Change(1, 1)
    assert [path for _, _, path in lines(found, "somebody_else")] == [
        f"/staff/chat/{house['other']}"
    ]
    assert found.section("late").change == Change(1, 0)
    assert lines(found, "late") == [
        (
            "“I want my money back now”",
            "Refund: first answer late, solution late, nobody came at the promised time",
            f"/staff/chat/{house['late']}",
        )
    ]


async def test_stars_count_in_the_week_in_which_they_were_given(
    any_database: Database, clock: FakeClock
) -> None:
    async with any_database.write() as db:
        sunday = await Chat(WEEK.ends - timedelta(hours=2)).rated(1, "too slow").write(db)
        chat = await db.get_one(Conversation, sunday.id)
        db.add(
            SurveyAnswer(
                conversation_id=chat.id, visitor_id=chat.visitor_id, episode=1, kind="csat",
                score=1, asked_at=WEEK.ends, answered_at=WEEK.ends + timedelta(hours=8),
            )
        )  # fmt: skip
    for week, now, before in ((WEEK, 0, 0), (WEEK.later(1), 1, 0), (WEEK.later(2), 0, 1)):
        async with any_database.read() as db:
            low = await low_ratings(db, mask, week)
        assert (low.now, low.before, len(low.lines)) == (now, before, now)


async def test_causes_and_findings_lead_to_the_desk(found: Digest, house: dict[str, Any]) -> None:
    assert lines(found, "causes") == [
        (
            "The courier loses parcels",
            "1×, none the week before · nothing is planned against it",
            "/staff/desk/causes",
        )
    ]
    findings = found.section("findings")
    assert findings.change == Change(1, 0)
    assert "2 scored" in findings.note
    assert lines(found, "findings") == [
        (
            "A real chat about refund",
            "Clarify 2 of 5, Confirm 1 of 5 · The amount was never said.",
            f"/staff/desk/practice/chats/{house['practice']}",
        )
    ]


async def test_misread_intents_say_how_often_and_what_was_meant(found: Digest) -> None:
    misread = found.section("misread_intents")
    assert misread.change == Change(3, 1)
    assert "of 4 looked at (the week before: 2)" in misread.note
    assert lines(found, "misread_intents") == [
        (
            "Delivery info",
            "3×, 2 more than the week before · 75% of 4 looked at (the week before: 50% of 2 looked at)"
            " · really: order status 2, refund 1 · read 4 times in the week",
            "/staff/training?intent=delivery_info",
        )
    ]
    assert lines(found, "misread_pairs") == [
        (
            "Delivery info, when order status was meant",
            "2×, 1 more than the week before",
            "/staff/training?intent=delivery_info",
        )
    ]


async def test_articles_lead_to_their_editor(found: Digest, house: dict[str, Any]) -> None:
    assert lines(found, "worst_articles") == [
        (
            "The lamp does not light",
            "helped 1 of 10 (the week before: helped 3 of 12)",
            f"/staff/articles/{house['lamp']}",
        )
    ]
    assert lines(found, "old_articles") == [
        ("Return an item", "review was due on 2026-03-02", f"/staff/articles/{house['back']}")
    ]
    assert found.section("asked_in_vain").change == Change(1, 0)
    assert lines(found, "asked_in_vain") == [
        (
            "do you ship to norway",
            "1×, none the week before",
            "/staff/articles/unanswered?days=30&intent=shipping",
        )
    ]


async def test_postgresql_tells_the_same(
    found: Digest, postgres: Database, clock: FakeClock
) -> None:
    await filled(postgres, clock)
    other = await made(postgres, clock).read(WEEK)
    for mine, theirs in zip(found.sections, other.sections, strict=True):
        assert mine.change == theirs.change
        assert [(one.text, one.told) for one in mine.items] == [
            (one.text, one.told) for one in theirs.items
        ]


async def test_personal_data_is_masked_everywhere(found: Digest) -> None:
    told = letter(found, "https://help.example.com")
    for where in (told.text, told.html, DigestView.of(found).model_dump_json()):
        for personal in ("Marta", "Nowak", "0470", "204411", "peeters"):
            assert personal not in where


async def test_what_customers_wrote_stays_text_in_the_letter(
    found: Digest, house: dict[str, Any]
) -> None:
    made_letter = letter(found, "https://help.example.com")
    assert "<img" not in made_letter.html
    assert "&lt;img src=x" in made_letter.html
    assert f'href="https://help.example.com/staff/chat/{house["rude"]}"' in made_letter.html
    assert made_letter.subject == "Digest, week 10, 2026: 13 things to look at"
    assert f"https://help.example.com/staff/articles/{house['lamp']}" in made_letter.text
    assert made_letter.text.endswith("/staff/insights/digest?week=2026-W10\n")
    assert "Low ratings: 2, 1 more than the week before" in made_letter.text


@pytest.mark.parametrize(
    ("roles", "rooms", "opens"),
    [
        ([Role.SUPERVISOR], set(Room), {Room.DESK}),
        ([Role.EDITOR], {Room.KNOWLEDGE}, {Room.KNOWLEDGE}),
        ([Role.TRAINER], {Room.TRAINING}, {Room.TRAINING}),
        ([Role.SUPERVISOR, Role.TRAINER], set(Room), {Room.DESK, Room.TRAINING}),
        ([Role.ADMIN], set(Room), set(Room)),
        ([Role.AGENT], set(), set()),
    ],
)
async def test_everybody_sees_their_sections_with_links_they_may_open(
    found: Digest, roles: list[Role], rooms: set[Room], opens: set[Room]
) -> None:
    mine = seen_by(found, Staff(roles=[role.value for role in roles]))
    assert {one.room for one in mine.sections} == rooms
    assert {one.room for one in mine.sections if any(item.path for item in one.items)} == opens
    assert {one.room for one in mine.sections if one.closed} == rooms - opens


async def test_a_house_without_a_week_says_so(database: Database, clock: FakeClock) -> None:
    clock.moment = MONDAY
    found = await made(database, clock).read(WEEK)
    assert found.quiet
    said = as_text(found, "")
    for words in (
        "Low ratings: none",
        "  Nobody gave one or two stars.",
        "  No message was labelled or corrected this week.",
        "  Leads scored nothing this week.",
        "  Every question found a good answer.",
    ):
        assert words in said
    assert letter(found, "").subject == "Digest, week 10, 2026: nothing to mend"


async def test_a_week_that_goes_on_counts_so_far_and_a_coming_one_is_refused(
    database: Database, clock: FakeClock
) -> None:
    clock.moment = MONDAY
    digests = made(database, clock)
    assert "not over" in as_text(await digests.read(WEEK.later(1)), "")
    with pytest.raises(Invalid, match="not begun"):
        await digests.read(WEEK.later(2))
    assert digests.wanted("2026-W10") == Week(2026, 10)
    with pytest.raises(Invalid):
        digests.wanted("last week")


async def test_a_week_older_than_the_log_does_not_claim_that_all_was_answered(
    database: Database, clock: FakeClock
) -> None:
    clock.moment = MONDAY + timedelta(days=200)
    found = await made(database, clock).read(WEEK)
    assert "90 days" in found.section("asked_in_vain").empty
