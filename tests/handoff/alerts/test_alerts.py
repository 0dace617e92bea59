"""Other systems hear what happens at the desk, signed, once, and again until they take it."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import select

from handoff import journal
from handoff.alerts import hooks, routes, sender
from handoff.alerts.models import Delivery, Webhook
from handoff.alerts.outgoing import Caller, CallFailed, UrlRefused
from handoff.alerts.sender import AlertSender
from handoff.clocks.alarms import raise_alarm
from handoff.desk import HandoffDesk, latest
from handoff.models import Mention, Note
from server.auth import Role, Staff
from server.database import Database
from server.events import LocalBus
from server.settings import Settings
from tests.handoff.building import Chat
from tests.handoff.conftest import Api, Hire
from tests.support import FakeClock

EVERYTHING = ["alarm_raised", "breached", "nobody_online", "mention"]


@dataclass
class Pager:
    """Another system on a port of ours; answers with `status`."""

    port: int = 0
    status: int = 204
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").splitlines()[1:]
        headers = dict(line.split(": ", 1) for line in head if line)
        body = await reader.readexactly(int(headers["Content-Length"]))
        self.got.append((headers, body))
        extra = "Location: http://169.254.169.254/\r\n" if self.status == 302 else ""
        writer.write(f"HTTP/1.1 {self.status} X\r\n{extra}Content-Length: 0\r\n\r\n".encode())
        await writer.drain()
        writer.close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook"

    @property
    def events(self) -> list[dict[str, Any]]:
        return [json.loads(body) for _, body in self.got]


@pytest.fixture
async def pager() -> AsyncIterator[Pager]:
    made = Pager()
    server = await asyncio.start_server(made.serve, "127.0.0.1", 0)
    made.port = server.sockets[0].getsockname()[1]
    yield made
    server.close()


@pytest.fixture
def alerts(database: Database, bus: LocalBus, clock: FakeClock, pager: Pager) -> AlertSender:
    settings = Settings(
        environment="test", webhook_hosts=[f"127.0.0.1:{pager.port}"], _env_file=None
    )
    return AlertSender(database, bus, clock, settings)


async def hook(
    database: Database, clock: FakeClock, alerts: AlertSender, lead: Staff, url: str,
    events: list[str] = EVERYTHING,
) -> Webhook:  # fmt: skip
    async with database.write() as db:
        return await hooks.add(db, clock, alerts.caller, lead, url=url, events=events)


async def alarm(database: Database, clock: FakeClock, desk: HandoffDesk) -> uuid.UUID:
    """A customer whose case somebody raises the alarm for."""
    async with database.write() as db:
        chat = await Chat.begin(db, clock, name="Eve Example", email="eve@shop.example")
        await chat.says("My kettle is on fire", "order_status")
        await chat.needs_person(desk)
        handoff = await latest(db, chat.id)
        assert handoff is not None
        raise_alarm(db, clock, handoff, "she wrote: my kettle is on fire")
        return chat.id


async def deliveries(database: Database) -> list[Delivery]:
    async with database.read() as db:
        return list(await db.scalars(select(Delivery)))


async def test_an_alarm_is_told_once_signed_and_without_the_customers_words(
    database: Database, clock: FakeClock, desk: HandoffDesk, hire: Hire,
    alerts: AlertSender, pager: Pager, bus: LocalBus,
) -> None:  # fmt: skip
    made = await hook(database, clock, alerts, await hire("lead", Role.SUPERVISOR), pager.url)
    chat = await alarm(database, clock, desk)
    other = AlertSender(database, bus, clock, Settings(environment="test", _env_file=None))
    other.caller = alerts.caller
    await asyncio.gather(alerts.step(), other.step())
    await alerts.step()
    [(headers, body)] = pager.got
    [told] = pager.events
    assert (told["event"], told["data"]["conversation"]) == ("alarm_raised", str(chat))
    assert told["data"]["url"].endswith(f"/staff/chat/{chat}")
    assert told["id"] == headers["Handrail-Delivery"]
    signed = headers["Handrail-Timestamp"].encode() + b"." + body
    expected = hmac.new(made.secret.encode(), signed, hashlib.sha256).hexdigest()
    assert headers["Handrail-Signature"] == f"sha256={expected}"
    assert int(headers["Handrail-Timestamp"]) == int(clock.now().timestamp())
    for theirs in (b"kettle", b"Eve", b"eve@"):
        assert theirs not in body


async def test_missed_times_absences_and_mentions_are_told_to_who_wants_them(
    database: Database, clock: FakeClock, desk: HandoffDesk, hire: Hire,
    alerts: AlertSender, pager: Pager,
) -> None:  # fmt: skip
    lead, ada = await hire("lead", Role.SUPERVISOR), await hire("ada")
    await hook(database, clock, alerts, lead, pager.url, ["breached", "nobody_online", "mention"])
    chat = await alarm(database, clock, desk)
    async with database.write() as db:
        handoff = await latest(db, chat)
        assert handoff is not None
        journal.note(db, clock, handoff, "breached", promise="first")
        journal.note(db, clock, handoff, "promised", until="2026-03-02T07:00:00+00:00")
        note = Note(
            conversation_id=chat, staff_id=lead.id, staff_name=lead.name,
            text="@ada the customer is furious", created_at=clock.now(),
        )  # fmt: skip
        db.add(note)
        await db.flush()
        db.add(Mention(note_id=note.id, staff_id=ada.id))
    await alerts.step()
    told = {one["event"]: one["data"] for one in pager.events}
    assert set(told) == {"breached", "nobody_online", "mention"}
    assert told["breached"]["promise"] == "first"
    assert told["nobody_online"]["until"] == "2026-03-02T07:00:00+00:00"
    assert told["mention"]["mentioned"]["name"] == "Ada"
    assert b"furious" not in b"".join(body for _, body in pager.got)


async def test_it_is_tried_again_with_pauses_until_taken(
    database: Database, clock: FakeClock, desk: HandoffDesk, hire: Hire,
    alerts: AlertSender, pager: Pager,
) -> None:  # fmt: skip
    await hook(database, clock, alerts, await hire("lead", Role.SUPERVISOR), pager.url)
    await alarm(database, clock, desk)
    for status in (500, 302):  # a redirect leads nowhere
        pager.status = status
        assert await alerts.step() == 0
        assert await alerts.step() == 0  # not before the pause is over
        clock.advance(21)
    pager.status = 200
    assert await alerts.step() == 1
    [row] = await deliveries(database)
    assert (row.attempts, row.next_try_at, row.problem) == (3, None, "")
    assert len({headers["Handrail-Delivery"] for headers, _ in pager.got}) == 1
    assert len({headers["Handrail-Signature"] for headers, _ in pager.got}) == 3


async def test_it_is_given_up_after_the_last_try_and_says_why(
    database: Database, clock: FakeClock, desk: HandoffDesk, hire: Hire,
    alerts: AlertSender, pager: Pager,
) -> None:  # fmt: skip
    await hook(database, clock, alerts, await hire("lead", Role.SUPERVISOR), pager.url)
    await alarm(database, clock, desk)
    pager.status = 503
    for _ in range(sender.ATTEMPTS):
        await alerts.step()
        clock.advance(3601)
    [row] = await deliveries(database)
    assert (row.attempts, row.next_try_at) == (sender.ATTEMPTS, None)
    assert row.problem == "It answered with status 503."


async def test_what_happened_before_it_was_set_up_is_not_told(
    database: Database, clock: FakeClock, desk: HandoffDesk, hire: Hire,
    alerts: AlertSender, pager: Pager,
) -> None:  # fmt: skip
    await alarm(database, clock, desk)
    clock.advance(60)
    await hook(database, clock, alerts, await hire("lead", Role.SUPERVISOR), pager.url)
    await alerts.step()
    assert pager.got == []


@pytest.mark.parametrize(
    "url",
    [
        "http://pager.example/hook",
        "https://pager.example:8443/hook",
        "https://me:secret@pager.example/hook",
        "https://pager.example/hook#part",
        "ftp://pager.example/",
        "https:///hook",
        "pager.example",
        "https://pager.example/a b",
        "https://pager.example/\r\nX: y",
        "https://pager.example/" + "a" * 500,
        "http://127.0.0.1:1/",
    ],
)
def test_only_public_https_or_listed_hosts_may_be_called(url: str) -> None:
    with pytest.raises(UrlRefused):
        Caller(["127.0.0.1:9"]).check(url)
    assert Caller(["127.0.0.1:9"]).check("http://127.0.0.1:9/hook")
    assert Caller([]).check("https://pager.example/hook?key=1")


@pytest.mark.parametrize("address", ["10.0.0.1", "127.0.0.1", "169.254.169.254", "::1"])
async def test_a_public_name_that_leads_into_our_network_is_refused(address: str) -> None:
    async def inside(host: str, port: int) -> list[str]:
        return ["93.184.215.14", address]

    with pytest.raises(UrlRefused, match="open internet"):
        await Caller([], resolve=inside).post("https://pager.example/hook", b"{}", {})


@pytest.mark.parametrize("host", ["pager..example", "p" * 64 + ".example"])
async def test_a_name_that_no_host_can_have_is_a_failed_call(host: str) -> None:
    with pytest.raises(CallFailed, match="no host"):
        await Caller([]).post(f"https://{host}/hook", b"{}", {})


async def test_supervisors_set_webhooks_up_over_rest(
    app: FastAPI, api: Api, hire: Hire, alerts: AlertSender, pager: Pager
) -> None:
    app.include_router(routes.router)
    app.state.services.alerts = alerts
    ada = await api.as_staff(await hire("ada"))
    lead = await api.as_staff(await hire("lead", Role.SUPERVISOR))
    new = {"url": pager.url, "events": ["mention"]}
    assert (await ada.post("/api/desk/alerts", json=new)).status_code == 403
    refused = await lead.post("/api/desk/alerts", json={**new, "url": "http://10.0.0.1/"})
    assert refused.json()["error"]["code"] == "url_refused"
    unknown = await lead.post("/api/desk/alerts", json={**new, "events": ["everything"]})
    assert unknown.status_code == 422
    made = (await lead.post("/api/desk/alerts", json=new)).json()
    assert len(made["secret"]) == 64
    place = f"/api/desk/alerts/{made['hook']['id']}"
    assert made["secret"] not in (await lead.get("/api/desk/alerts")).text
    tested = (await lead.post(f"{place}/test")).json()
    assert tested["delivered_at"] is not None
    assert pager.events[0]["event"] == "test"
    assert [one["id"] for one in (await lead.get(f"{place}/deliveries")).json()] == [tested["id"]]
    off = await lead.patch(place, json={"active": False})
    assert off.json()["active"] is False
    assert (await lead.delete(place)).status_code == 204
    assert (await lead.get(f"{place}/deliveries")).status_code == 404
