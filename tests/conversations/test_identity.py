"""Who the site says a customer is: signed, checked, used once; and what a forger gets."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import jwt
import pytest
import structlog
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import SecretStr, ValidationError

from conversations import identity, resume, visitors
from conversations.identity import IdentityChanged, IdentityRefused
from conversations.models import IdentityUse, Visitor
from server.database import Database
from server.errors import Invalid
from server.settings import Settings
from tests.conversations.conftest import SHOP, Chat, Room
from tests.conversations.test_chat_socket import hello, say
from tests.support import FakeClock

SECRET = "a secret of the site, 32 or more"
HOUSE = Settings(
    environment="test",
    public_url="https://help.example",
    identity_secret=SecretStr(SECRET),
    _env_file=None,
)
CLOCK = FakeClock()
PUBLIC_KEY = """-----BEGIN PUBLIC KEY-----
MFwwDQYJKoZIhvcNAQEBBQADSwAwSAJBAK3qeLHRoCXv2N6s4Lr5o5tRA3gVwO9q
bq0cQ8m0oW3H6wN9s1rJt4X9Z5yY1f2kU7Lr0x5c8w6nQm1d3e4f5g8CAwEAAQ==
-----END PUBLIC KEY-----
"""


def claims(clock: FakeClock = CLOCK, **changes: Any) -> dict[str, Any]:
    now = int(clock.now().timestamp())
    plain = {
        "aud": "https://help.example",
        "sub": "customer-17",
        "jti": uuid.uuid4().hex,
        "exp": now + 600,
        "name": "Ines Maes",
        "email": "ines@example.org",
        "attributes": {"plan": "pro", "lifetime_value": 812.5, "newsletter": False},
    }
    return {key: value for key, value in (plain | changes).items() if value is not None}


def signed(key: str = SECRET, /, **changes: Any) -> str:
    return jwt.encode(claims(**changes), key, algorithm="HS256")


def unchecked(header: dict[str, Any], payload: object, signature: bytes = b"") -> str:
    parts = (json.dumps(header).encode(), json.dumps(payload).encode(), signature)
    return ".".join(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts)


def by_hand(key: bytes, payload: object) -> str:
    """Signed with HS256, also where the library would refuse to."""
    unsigned = unchecked({"alg": "HS256", "typ": "JWT"}, payload).rsplit(".", 1)[0]
    return f"{unsigned}.{_part(hmac.new(key, unsigned.encode(), hashlib.sha256).digest())}"


def why(token: str, house: Settings = HOUSE) -> str:
    """The reason in the log for which a token is refused; the customer hears none."""
    with structlog.testing.capture_logs() as lines, pytest.raises(IdentityRefused) as refused:
        identity.verify(house, CLOCK.now(), token)
    assert refused.value.body()["error"] == {
        "code": "identity_refused",
        "message": "This identity can't be accepted.",
        "details": None,
    }
    return str(lines[-1]["why"])


def test_a_good_token_is_read() -> None:
    found = identity.verify(HOUSE, CLOCK.now(), signed())
    assert (found.external_id, found.name, found.email) == (
        "customer-17",
        "Ines Maes",
        "ines@example.org",
    )
    assert found.attributes == {"plan": "pro", "lifetime_value": 812.5, "newsletter": False}


def test_everything_wrong_is_refused_alike_and_logged_apart() -> None:
    now = int(CLOCK.now().timestamp())
    assert why(signed("another secret, also long enough")) == "bad_signature"
    assert why(signed(aud="https://other.example")) == "wrong_audience"
    assert why(signed(aud=["https://help.example", "https://other.example"])) == "wrong_audience"
    assert why(signed(exp=now - 31)) == "expired"
    assert why(signed(exp=now + 3700)) == "lives_too_long"
    assert why(signed(nbf=now + 60)) == "not_yet"
    for missing in ("exp", "aud", "sub", "jti"):
        assert why(signed(**{missing: None})) in ("claim_missing", "wrong_audience"), missing
    assert why("no.token.at-all") == "malformed"
    assert why("x" * 8193) == "too_long"
    assert why(signed(), HOUSE.model_copy(update={"identity_secret": SecretStr("")})) == "no_secret"
    wrongs: tuple[dict[str, Any], ...] = (
        {"sub": " "},
        {"sub": "x" * 121},
        {"name": "x" * 81},
        {"attributes": {str(n): n for n in range(41)}},
        {"attributes": {"a": "x" * 201}},
        {"attributes": {"x" * 41: 1}},
        {"attributes": {"a": {"b": 1}}},
        {"attributes": {"a": 2**53 + 1}},
        {"attributes": ["a"]},
    )
    for wrong in wrongs:
        assert why(signed(**wrong)) == "claims", wrong
    assert why(signed(exp="tomorrow")) in ("claims", "malformed")
    assert why(signed(exp=1e300)) in ("claims", "malformed")
    last = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)
    assert why(signed(exp=int(last.timestamp()))) == "lives_too_long"


def test_an_algorithm_of_the_forgers_choice_is_refused() -> None:
    for name in ("none", "None", "NONE", ""):
        assert why(unchecked({"alg": name, "typ": "JWT"}, claims())) in ("algorithm", "malformed")
    assert why(jwt.encode(claims(), SECRET * 2, algorithm="HS512")) == "algorithm"
    # RS for HS: what verifies with a public key could be given that key, which all know, as the secret.
    assert why(unchecked({"alg": "RS256", "typ": "JWT"}, claims(), b"s" * 256)) == "algorithm"
    assert why(by_hand(PUBLIC_KEY.encode(), claims())) == "bad_signature"
    good = signed()
    head, body, signature = good.split(".")
    assert why(f"{head}.{body}.") == "bad_signature"
    assert why(f"{head}.{_part(json.dumps(claims()).encode())}.{signature}") == "bad_signature"


def _part(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


@settings(max_examples=150, deadline=None)
@given(
    st.one_of(
        st.text(max_size=300),
        st.dictionaries(
            st.sampled_from(["exp", "aud", "sub", "jti", "nbf", "iat", "attributes", "name"]),
            st.recursive(
                st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
                lambda inner: (
                    st.lists(inner, max_size=3)
                    | st.dictionaries(st.text(max_size=5), inner, max_size=3)
                ),
                max_leaves=6,
            ),
        ),
    )
)
def test_nothing_a_stranger_sends_breaks_the_reader(given_: str | dict[str, Any]) -> None:
    if isinstance(given_, str):
        tokens = [given_]
    else:
        tokens = [by_hand(SECRET.encode(), {**claims(), **given_})]
        tokens.append(unchecked({"alg": "HS256"}, given_, b"x"))
    for token in tokens:
        try:
            found = identity.verify(HOUSE, CLOCK.now(), token)
        except IdentityRefused:
            continue
        assert found.external_id and found.nonce
        assert len(found.attributes) <= identity.ATTRIBUTES_AT_MOST


async def test_a_token_is_used_once_by_one_visitor(database: Database, clock: FakeClock) -> None:
    known = identity.verify(HOUSE, clock.now(), signed())
    async with database.write() as db:
        first, _ = await visitors.create(db, clock, "https://shop.example")
        other, _ = await visitors.create(db, clock, "https://shop.example")
        await visitors.give_details(db, first.id, name="Inês", email=None)
        await identity.accept(db, clock, first.id, known)
        # The same frame again, as after a lost connection.
        await identity.accept(db, clock, first.id, known)
    with structlog.testing.capture_logs() as lines, pytest.raises(IdentityRefused):
        async with database.write() as db:
            await identity.accept(db, clock, other.id, known)
    assert lines[-1]["why"] == "replayed"
    async with database.read() as db:
        first = await db.get_one(Visitor, first.id)
        other = await db.get_one(Visitor, other.id)
    assert (first.external_id, first.verified_at) == ("customer-17", clock.now())
    assert first.attributes["plan"] == "pro"
    assert (first.name, first.email) == ("Inês", "ines@example.org"), "what was typed stays"
    assert (other.external_id, other.verified_at, other.attributes) == (None, None, {})


async def test_two_racing_visitors_can_not_both_use_a_token(postgres: Database) -> None:
    clock = FakeClock()
    known = identity.verify(HOUSE, clock.now(), signed())
    async with postgres.write() as db:
        both = [(await visitors.create(db, clock, "https://shop.example"))[0] for _ in range(2)]

    async def bring(visitor_id: uuid.UUID) -> bool:
        try:
            async with postgres.write() as db:
                await identity.accept(db, clock, visitor_id, known)
        except IdentityRefused:
            return False
        return True

    assert sorted(await asyncio.gather(*(bring(one.id) for one in both))) == [False, True]


async def test_another_customer_on_the_same_browser_is_sent_to_a_chat_of_their_own(
    database: Database, clock: FakeClock
) -> None:
    async with database.write() as db:
        visitor, _ = await visitors.create(db, clock, "https://shop.example")
        await identity.accept(db, clock, visitor.id, identity.verify(HOUSE, clock.now(), signed()))
    second = identity.verify(HOUSE, clock.now(), signed(sub="customer-18"))
    with pytest.raises(IdentityChanged):
        async with database.write() as db:
            await identity.accept(db, clock, visitor.id, second)
    async with database.write() as db:
        fresh, _ = await visitors.create(db, clock, "https://shop.example")
        await identity.accept(db, clock, fresh.id, second)  # the refusal had not used it up
        clock.advance(timedelta(hours=2).total_seconds())
        later = jwt.encode(claims(clock), SECRET, algorithm="HS256")
        await identity.accept(db, clock, fresh.id, _as(second, later, clock))
        assert len((await db.execute(IdentityUse.__table__.select())).all()) == 1, "old ones go"


def _as(known: identity.Identity, token: str, clock: FakeClock) -> identity.Identity:
    fresh = identity.verify(HOUSE, clock.now(), token)
    return identity.Identity(known.external_id, fresh.nonce, fresh.expires_at)


async def test_what_is_not_signed_is_kept_apart(database: Database, clock: FakeClock) -> None:
    async with database.write() as db:
        visitor, _ = await visitors.create(db, clock, "https://shop.example")
        await identity.claim(db, visitor.id, {"plan": "pro\x00\u202e", "age": 31})
    async with database.read() as db:
        visitor = await db.get_one(Visitor, visitor.id)
    assert visitor.claimed == {"plan": "pro", "age": 31}
    assert (visitor.attributes, visitor.external_id, visitor.verified_at) == ({}, None, None)
    for wrong in ("pro", {"a": None}, {"a": float("nan")}, {"": 1}, {1: 1}):
        with pytest.raises(Invalid):
            identity.attributes(wrong)


async def test_the_socket_takes_an_identity_and_ends_for_another_customer(
    room: Room, chat: Chat
) -> None:
    room.settings.identity_secret = SecretStr(SECRET)
    ours = {"aud": room.settings.base_url}
    conversation, token = await room.visitor()
    async with chat() as socket:
        await hello(socket, token)
        await socket.send({"type": "identify", "token": "forged"})
        assert (await socket.until("error"))["code"] == "identity_refused"
        await socket.send({"type": "identify", "attributes": {"plan": "free"}})
        await socket.send({"type": "identify", "token": signed(**ours)})
        await socket.send(say("who am I?"))
        await socket.until("ack")
        await socket.send({"type": "identify", "token": signed(sub="customer-18", **ours)})
        await socket.send(say("the other one's words", "client-0002"))
        error = await socket.until("error")
        assert (error["code"], error["fatal"]) == ("identity_changed", True)
    await room.settled(conversation)
    async with room.database.read() as db:
        one = await visitors.of_token(db, room.clock, token, None)
    assert (one.external_id, one.claimed) == ("customer-17", {"plan": "free"})
    assert all("other" not in message.text for message in await room.log(conversation))


async def test_rest_takes_it_too(room: Room, http: httpx.AsyncClient) -> None:
    room.settings.identity_secret = SecretStr(SECRET)
    _, token = await room.visitor()
    headers = {"authorization": f"Bearer {token}"}
    good = {"token": signed(aud=room.settings.base_url), "attributes": {"plan": "free"}}
    assert (await http.post("/api/chat/identify", json=good, headers=headers)).status_code == 204
    for body, code in (({"token": "x"}, "identity_refused"), ({}, "invalid")):
        answer = await http.post("/api/chat/identify", json=body, headers=headers)
        assert answer.json()["error"]["code"] == code


async def test_who_opens_a_strangers_link_signs_nobody_in_to_the_strangers_chat(
    room: Room, chat: Chat, http: httpx.AsyncClient
) -> None:
    """A stranger passes the link of their own mail on: the victim's site must not make them the victim."""
    room.settings.identity_secret = SecretStr(SECRET)
    ours = {"aud": room.settings.base_url}
    _, strangers = await room.visitor()
    async with room.database.write() as db:
        stranger = await visitors.of_token(db, room.clock, strangers, None)
        link = await resume.issue(db, room.clock, stranger.id)
    given = await http.post("/api/chat/resume", json={"token": link}, headers={"origin": SHOP})
    key = given.json()["token"]
    headers = {"authorization": f"Bearer {key}"}
    said = {"token": signed(**ours)}
    answer = await http.post("/api/chat/identify", json=said, headers=headers)
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "identity_changed")
    async with chat() as socket:
        await hello(socket, key)
        await socket.send({"type": "identify", **said})
        assert (await socket.until("error"))["code"] == "identity_changed"
    async with room.database.read() as db:
        found = await visitors.of_token(db, room.clock, strangers, None)
    assert (found.external_id, found.verified_at) == (None, None)
    # Whoever was signed in before they followed their link stays it.
    for token in (strangers, key):
        headers = {"authorization": f"Bearer {token}"}
        answer = await http.post("/api/chat/identify", json=said, headers=headers)
        assert answer.status_code == 204


def test_a_short_secret_is_refused_at_the_start() -> None:
    with pytest.raises(ValidationError, match="32 characters"):
        Settings(identity_secret=SecretStr("short"), _env_file=None)
