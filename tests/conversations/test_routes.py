"""The REST twin: the same rules as the socket."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest
from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from conversations import action_endpoint, routes, routes_asking
from conversations.models import Author
from server.auth import Role
from server.limits import Rate
from tests.conversations.conftest import SHOP, Room

FROM_SHOP = {"origin": SHOP}


async def new_visitor(http: httpx.AsyncClient) -> dict[str, str]:
    made = await http.post("/api/chat/visitors", headers=FROM_SHOP, json={})
    assert made.status_code == 200
    return {**FROM_SHOP, "authorization": f"Bearer {made.json()['token']}"}


async def test_a_whole_chat(room: Room, http: httpx.AsyncClient) -> None:
    visitor = await new_visitor(http)
    body = {"client_id": "client-0001", "text": "hello"}
    for _ in range(3):
        sent = await http.post("/api/chat/messages", headers=visitor, json=body)
        assert (sent.status_code, sent.json()) == (200, {"seq": 1})
    log = (await http.get("/api/chat/messages", headers=visitor)).json()
    while log["last_seq"] < 2:
        log = (await http.get("/api/chat/messages", headers=visitor)).json()
    assert [m["text"] for m in log["messages"]] == ["hello", "re: hello"]
    after = await http.get("/api/chat/messages?after=1", headers=visitor)
    assert [m["seq"] for m in after.json()["messages"]] == [2]
    queued = await http.post("/api/chat/person", headers=visitor)
    assert (queued.json()["owner"], queued.json()["position"]) == ("queued", 1)
    back = await http.post("/api/chat/cancel", headers=visitor)
    repeat = await http.post("/api/chat/person", headers=visitor, json={"seq": 2})
    assert repeat.json() == back.json(), "asked for, given and left: a repeat asks for nothing"
    wrong = await http.post("/api/chat/person", headers=visitor, json={"seq": -1})
    assert (wrong.status_code, wrong.json()["error"]["code"]) == (422, "invalid")
    assert (back.json()["owner"], back.json()["episode"]) == ("bot", 2)
    details = await http.post("/api/chat/details", headers=visitor, json={"email": "a@b.example"})
    assert details.status_code == 200
    rating = await http.post("/api/chat/rating", headers=visitor, json={"episode": 2, "score": 5})
    assert rating.status_code == 404  # it hasn't ended


async def test_many_visitors_at_one_address_share_a_limit(
    room: Room, http: httpx.AsyncClient
) -> None:
    room.limits._rates["message_address"] = Rate(3, 60)
    codes = []
    for _ in range(4):
        visitor = await new_visitor(http)
        body = {"client_id": "client-0001", "text": "hello"}
        codes.append(
            (await http.post("/api/chat/messages", headers=visitor, json=body)).status_code
        )
    codes.append((await http.post("/api/chat/person", headers=visitor)).status_code)
    assert codes == [200, 200, 200, 429, 429]


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"client_id": "client-0001", "text": ""}, 422, "empty_message"),
        ({"client_id": "client-0001", "text": "x" * 2001}, 413, "too_large"),
        ({"client_id": "client-0001", "text": "x" * 100_000}, 413, "too_large"),
        ({"client_id": "client-0001", "text": "🎉" * 10_000}, 413, "too_large"),
        ({"client_id": "short", "text": "x"}, 422, "invalid"),
        ({"text": "x"}, 422, "invalid"),
        ([], 422, "invalid"),
        ({"client_id": "client-0001", "text": "x", "author": "agent"}, 422, "invalid"),
        (
            {"client_id": "client-0001", "text": "x", "button": {"seq": 9, "index": 0}},
            422, "invalid",
        ),
    ],
)  # fmt: skip
async def test_bad_bodies_get_a_coded_error(
    http: httpx.AsyncClient, body: object, status: int, code: str
) -> None:
    visitor = await new_visitor(http)
    answer = await http.post("/api/chat/messages", headers=visitor, json=body)
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)
    assert (await http.get("/api/chat/messages", headers=visitor)).json()["messages"] == []


async def test_binary_is_no_body(http: httpx.AsyncClient) -> None:
    visitor = await new_visitor(http)
    for content in (b"\x00\xff\xfe", b"{", b""):
        answer = await http.post("/api/chat/messages", headers=visitor, content=content)
        assert (answer.status_code, answer.json()["error"]["code"]) == (422, "invalid")


async def test_the_same_id_with_another_text_is_an_error(http: httpx.AsyncClient) -> None:
    visitor = await new_visitor(http)
    for text, status in (("one", 200), ("two", 422)):
        body = {"client_id": "client-0001", "text": text}
        answer = await http.post("/api/chat/messages", headers=visitor, json=body)
        assert answer.status_code == status
    assert answer.json()["error"]["code"] == "client_id_reused"


async def test_right_to_left_and_markup_come_back_as_they_went(
    room: Room, http: httpx.AsyncClient
) -> None:
    visitor = await new_visitor(http)
    texts = ["مرحبا، أين طلبي؟", "<img src=x onerror=alert(1)>", "{{7*7}} ${x}"]
    for n, text in enumerate(texts):
        body = {"client_id": f"client-{n:04d}", "text": text}
        assert (await http.post("/api/chat/messages", headers=visitor, json=body)).is_success
    log = (await http.get("/api/chat/messages", headers=visitor)).json()
    assert [m["text"] for m in log["messages"] if m["author"] == Author.CUSTOMER] == texts


async def test_strangers_are_refused(room: Room, http: httpx.AsyncClient) -> None:
    visitor = await new_visitor(http)
    cases = [
        ({}, 401, "token_unknown"),
        ({"authorization": "Bearer nonsense"}, 401, "token_unknown"),
        ({"authorization": visitor["authorization"].replace("Bearer", "Basic")}, 401, "token_unknown"),
        ({**visitor, "origin": "https://evil.example"}, 403, "origin_refused"),
        ({**visitor, "origin": "null"}, 403, "origin_refused"),
        ({**visitor, "origin": room.settings.base_url}, 401, "token_unknown"),  # not its own
    ]  # fmt: skip
    for headers, status, code in cases:
        answer = await http.get("/api/chat/messages", headers=headers)
        assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)
    foreign = await http.post("/api/chat/visitors", headers={"origin": "https://evil.example"})
    assert foreign.status_code == 403
    # A program sends no origin; its token is enough.
    alone = {"authorization": visitor["authorization"]}
    assert (await http.get("/api/chat/messages", headers=alone)).is_success


async def test_messages_are_limited_by_the_minute(room: Room, http: httpx.AsyncClient) -> None:
    visitor = await new_visitor(http)
    statuses = []
    for n in range(32):
        body = {"client_id": f"client-{n:04d}", "text": f"m{n}"}
        statuses.append(
            (await http.post("/api/chat/messages", headers=visitor, json=body)).status_code
        )
    assert statuses == [200] * 30 + [429] * 2
    room.clock.advance(2)
    body = {"client_id": "client-later", "text": "now"}
    assert (await http.post("/api/chat/messages", headers=visitor, json=body)).is_success


async def test_a_network_of_ipv6_addresses_counts_as_one(room: Room, app: FastAPI) -> None:
    room.limits._rates["visitor"] = Rate(2, 60)
    statuses = []
    for at in ("2001:db8::1", "2001:db8::2", "2001:db8::ffff:3", "2001:db8:0:1::1"):
        transport = httpx.ASGITransport(app, client=(at, 1))
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8080") as one:
            statuses.append((await one.post("/api/chat/visitors", headers=FROM_SHOP)).status_code)
    assert statuses == [200, 200, 429, 200]


async def test_new_visitors_are_limited_by_address(http: httpx.AsyncClient) -> None:
    answers = [await http.post("/api/chat/visitors", headers=FROM_SHOP) for _ in range(121)]
    assert [answer.status_code for answer in answers] == [200] * 120 + [429]


def guards_of(dependant: Dependant) -> Iterator[tuple[str, ...]]:
    access = getattr(dependant.call, "access", None)
    if access is not None:
        yield access
    for child in dependant.dependencies:
        yield from guards_of(child)


def test_every_route_says_who_may_call_it() -> None:
    said = {
        route.path: next(guards_of(route.dependant), ())
        for router in (routes.router, routes_asking.router, action_endpoint.router)
        for route in router.routes
        if isinstance(route, APIRoute)
    }
    asked = ("rating", "details", "agree", "thumb", "survey")
    chat = ("messages", "person", "cancel", "identify", "seen", "transcript", *asked)
    assert said == {
        "/api/chat/visitors": ("public",),
        "/api/chat/resume": ("public",),
        **{f"/api/chat/{name}": ("visitor",) for name in chat},
        "/api/staff/ticket": (Role.AGENT, Role.SUPERVISOR),
        "/internal/actions/webhook": ("internal",),
    }
