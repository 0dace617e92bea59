"""Everything said is found by who may read it, a moment later, and card numbers never are."""

from __future__ import annotations

import pytest
from sqlalchemy import delete, func, select, text, update

from conversations import messages
from conversations.models import Author, Message, Visitor
from handoff import notes
from handoff.desk import HandoffDesk
from handoff.finding.indexer import BATCH, Indexer
from handoff.finding.search import Found, search
from handoff.finding.tables import ENTRIES, PENDING
from handoff.finding.words import snippet, words
from handoff.models import Handoff
from server.auth import Role, Staff, create_staff
from server.database import Database
from server.errors import Invalid
from tests.handoff.building import Chat
from tests.support import FakeClock

PASSWORD = "correct horse battery"


async def person(database: Database, clock: FakeClock, login: str, role: Role) -> Staff:
    async with database.write() as db:
        return await create_staff(
            db, clock, login=login, name=login.title(), password=PASSWORD, roles=[role]
        )


async def index(database: Database) -> None:
    while await Indexer(database).step():
        pass


async def look(database: Database, q: str, reader: Staff, **options: int) -> Found:
    async with database.read() as db:
        return await search(db, q, reader, **options)


async def texts(database: Database, q: str, reader: Staff) -> list[str]:
    return [hit.text for hit in (await look(database, q, reader)).hits]


async def test_words_names_notes_topics_and_tags_are_found_the_newest_first(
    history: Database, clock: FakeClock, desk: HandoffDesk
) -> None:
    ada = await person(history, clock, "ada", Role.AGENT)
    async with history.write() as db:
        chat = await Chat.begin(db, clock, name="Zoë Müller", email="zoe@example.com")
        turn = await chat.says("Where is my café crème order FW-4411?", "order_status")
        await chat.answers(turn, "Your order is on its way.")
        await chat.needs_person(desk)
        await notes.add(db, desk, chat.id, ada, "Called the courier about the order.")
        handoff = (await db.scalars(select(Handoff))).one()
        handoff.topic, handoff.tags = "parcel_lost", ["gold customer"]
    await index(history)
    found = await look(history, "ORDER", ada)
    assert [(hit.kind, hit.author) for hit in found.hits] == [
        ("note", "Ada"),
        ("message", "bot"),
        ("message", "customer"),
    ]
    assert found.before is None
    assert {(hit.customer, hit.topic) for hit in found.hits} == {("Zoë Müller", "parcel_lost")}
    asked = found.hits[2]
    first, last = asked.marks[0]
    assert (asked.text[first:last], asked.seq) == ("order", 1)
    assert await texts(history, "cafe creme", ada) == ["Where is my café crème order FW-4411?"]
    assert await texts(history, "4411 fw", ada) == ["Where is my café crème order FW-4411?"]
    assert await texts(history, "mulle", ada) == ["Zoë Müller · zoe@example.com"]
    assert await texts(history, "zoe@example.com", ada) == ["Zoë Müller · zoe@example.com"]
    assert await texts(history, "gold parc", ada) == ["Parcel lost · gold customer"]
    assert await texts(history, "courier refund", ada) == []


async def test_agents_find_what_came_to_the_desk_and_supervisors_everything(
    history: Database, clock: FakeClock, desk: HandoffDesk
) -> None:
    ada = await person(history, clock, "ada", Role.AGENT)
    chief = await person(history, clock, "chief", Role.SUPERVISOR)
    async with history.write() as db:
        private = await Chat.begin(db, clock)
        await private.says("parcel kept with the bot")
        shared = await Chat.begin(db, clock)
        await shared.says("parcel for a person")
        await shared.needs_person(desk)
    await index(history)
    assert await texts(history, "parcel", ada) == ["parcel for a person"]
    assert await texts(history, "parcel", chief) == [
        "parcel for a person",
        "parcel kept with the bot",
    ]


async def test_what_changes_or_goes_is_found_as_it_is_now(
    history: Database, clock: FakeClock, desk: HandoffDesk
) -> None:
    chief = await person(history, clock, "chief", Role.SUPERVISOR)
    async with history.write() as db:
        chat = await Chat.begin(db, clock, name="Old Name")
        await chat.says("a secret to be erased")
        await chat.says("something that stays")
    await index(history)
    async with history.write() as db:
        await db.execute(update(Visitor).values(name="New Name"))
        await db.execute(delete(Message).where(Message.seq == 1))
    await index(history)
    assert await texts(history, "old", chief) == []
    assert await texts(history, "new", chief) == ["New Name"]
    assert await texts(history, "secret", chief) == []
    assert await texts(history, "stays", chief) == ["something that stays"]
    async with history.read() as db:
        assert await db.scalar(select(func.count()).select_from(ENTRIES)) == 2
        assert await db.scalar(select(func.count()).select_from(PENDING)) == 0


async def test_card_numbers_are_neither_found_nor_shown(
    database: Database, clock: FakeClock
) -> None:
    chief = await person(database, clock, "chief", Role.SUPERVISOR)
    async with database.write() as db:
        chat = await Chat.begin(db, clock)
        await chat.says("charge 4111 1111 1111 1111 or BE68 5390 0754 7034 please")
    await index(database)
    [shown] = await texts(database, "charge", chief)
    assert shown == "charge ************1111 or BE**********7034 please"
    assert await texts(database, "4111", chief) == []
    assert await texts(database, "5390 0754", chief) == []
    for number in ("4111 1111 1111 1111", "BE68539007547034"):
        with pytest.raises(Invalid):
            await look(database, number, chief)


async def test_pages_follow_each_other_without_holes(database: Database, clock: FakeClock) -> None:
    chief = await person(database, clock, "chief", Role.SUPERVISOR)
    async with database.write() as db:
        chat = await Chat.begin(db, clock)
        for number in range(BATCH + 30):
            messages.add(
                db, clock, chat.conversation, author=Author.CUSTOMER, text=f"parcel {number}"
            )
    assert await Indexer(database).step() == BATCH
    await index(database)
    seen: list[int] = []
    before: int | None = None
    while True:
        async with database.read() as db:
            page = await search(db, "parcel", chief, limit=50, before=before)
        seen += [int(hit.text.split()[1]) for hit in page.hits]
        before = page.before
        if before is None:
            break
    assert seen == list(reversed(range(BATCH + 30)))


STRANGE = (
    '" OR 1',
    "a* NOT b",
    "it's :* & | ! <-> \\",
    "NEAR(a b)",
    "x' OR '1'='1",
    "words:a ^b -c",
)


async def test_a_query_is_only_words(history: Database, clock: FakeClock) -> None:
    chief = await person(history, clock, "chief", Role.SUPERVISOR)
    for q in STRANGE:
        assert (await look(history, q, chief)).hits == [], q


async def test_senseless_queries_are_refused(database: Database, clock: FakeClock) -> None:
    chief = await person(database, clock, "chief", Role.SUPERVISOR)
    for q in ("?!", "a b c d e f g h i"):
        with pytest.raises(Invalid):
            await look(database, q, chief)


async def test_a_failed_round_loses_nothing(
    database: Database, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    chief = await person(database, clock, "chief", Role.SUPERVISOR)
    async with database.write() as db:
        chat = await Chat.begin(db, clock)
        await chat.says("kept through a crash")

    async def broken(*_: object) -> None:
        raise RuntimeError("the process dies here")

    with monkeypatch.context() as patched:
        patched.setattr("handoff.finding.sources.read", broken)
        with pytest.raises(RuntimeError):
            await Indexer(database).step()
    await index(database)
    assert await texts(database, "crash", chief) == ["kept through a crash"]


async def test_every_trigger_is_there(database: Database) -> None:
    async with database.read() as db:
        made = await db.scalars(
            text("SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'history%'")
        )
    assert len(made.all()) == 12


def test_marks_are_counted_as_browsers_count() -> None:
    found = snippet("😀 e\u0301te\u0301 and Straße, then été", ["ete", "strasse"])
    units = found.text.encode("utf-16-le")
    marked = [units[2 * first : 2 * last].decode("utf-16-le") for first, last in found.marks]
    assert marked == ["été", "Straße", "été"]
    long = snippet("word " * 200 + "needle " + "word " * 200, ["needle"])
    [(first, last)] = long.marks
    assert long.text[first:last] == "needle"
    assert (long.text[:2], long.text[-2:], len(long.text) < 200) == ("… ", " …", True)


def test_signs_written_without_spaces_are_words() -> None:
    assert [one.text for one in words("返金 please")] == ["返", "金", "please"]
