"""Notes and time lines grow without end; what is read of them does not."""

from __future__ import annotations

import uuid
from datetime import timedelta

import httpx
import pytest
from fastapi import FastAPI

from handoff import history, journal, queue
from handoff.cases import routes as case_routes
from handoff.desk import HandoffDesk, latest
from handoff.models import HandoffEvent, Note
from server.database import Database
from tests.handoff.building import Chat
from tests.handoff.conftest import Api, Hire
from tests.support import FakeClock

MANY = 450


@pytest.fixture
async def ada(
    api: Api, app: FastAPI, hire: Hire, database: Database, clock: FakeClock, desk: HandoffDesk
) -> tuple[httpx.AsyncClient, str]:
    """An agent with a chat of very many notes and lines."""
    app.include_router(case_routes.router)
    staff = await hire("ada")
    async with database.write() as db:
        chat = await Chat.begin(db, clock)
        await chat.needs_person(desk)
        await queue.claim(db, desk, chat.id, staff)
        handoff = await latest(db, chat.id)
        assert handoff is not None
        for number in range(MANY):
            # Three at a time: an order by time alone would lose some between two pages.
            at = clock.now() + timedelta(seconds=number // 3)
            db.add(
                Note(
                    conversation_id=chat.id, staff_id=staff.id, staff_name="Ada",
                    text=f"note {number:03}", created_at=at,
                )
            )  # fmt: skip
            db.add(HandoffEvent(handoff_id=handoff.id, what="tagged", detail={"n": number}, at=at))
            await db.flush()
    return await api.as_staff(staff), f"/api/conversations/{chat.id}"


async def test_notes_come_in_pages_the_newest_last(ada: tuple[httpx.AsyncClient, str]) -> None:
    client, base = ada
    card = (await client.get(f"{base}/card")).json()
    assert (len(card["notes"]), card["notes_earlier"]) == (history.PAGE, True)
    assert card["notes"][-1]["text"].startswith("note 44")
    read, earlier = card["notes"], True
    while earlier:
        page = (await client.get(f"{base}/notes?before={read[0]['id']}")).json()
        read, earlier = page["notes"] + read, page["earlier"]
        assert len(page["notes"]) <= history.PAGE
    assert sorted(one["text"] for one in read) == [f"note {number:03}" for number in range(MANY)]
    assert [one["created_at"] for one in read] == sorted(one["created_at"] for one in read)
    few = (await client.get(f"{base}/notes?limit=3")).json()
    assert few == {"notes": read[-3:], "earlier": True}
    assert (await client.get(f"{base}/notes?limit=201")).status_code == 422
    unknown = await client.get(f"{base}/notes?before={uuid.uuid4()}")
    assert unknown.status_code == 404


async def test_the_time_line_comes_in_pages_as_well(ada: tuple[httpx.AsyncClient, str]) -> None:
    client, base = ada
    sheet = (await client.get(f"{base}/case")).json()
    assert (len(sheet["timeline"]), sheet["timeline_earlier"]) == (journal.PAGE, True)
    assert sheet["questions"]["alone"] is True, "read from all lines, not from those that are shown"
    read, earlier = sheet["timeline"], True
    while earlier:
        page = (await client.get(f"{base}/case/timeline?before={read[0]['id']}")).json()
        read, earlier = page["timeline"] + read, page["earlier"]
    assert [one["what"] for one in read[:3]] == ["requested", "routed", "claimed"]
    assert len(read) == 3 + MANY
    assert (await client.get(f"{base}/case/timeline?limit=0")).status_code == 422


async def test_they_are_nobodys_who_may_not_read_the_chat(api: Api, hire: Hire) -> None:
    stranger = await api.as_staff(await hire("eve"))
    assert (await stranger.get(f"/api/conversations/{uuid.uuid4()}/notes")).status_code == 404
