"""Invitations on the server: what a house may set, who is shown one, and what is counted and logged."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator, Collection
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import httpx
import jwt
import pytest
from fastapi import FastAPI
from pydantic import ValidationError
from sqlalchemy.ext.asyncio import AsyncSession

from conversations import consent, frames, visitors
from conversations.models import Owner, Visitor
from conversations.speaking import say
from server.auth import COOKIE, Role, create_staff
from server.database import Database
from server.errors import install_error_handlers
from server.limits import Limits
from server.settings import Settings
from tests.conversations.fakes import FakeDesk
from tests.support import FakeClock, sign_in
from widget import routes_invitations, routes_settings
from widget.config import WidgetConfig
from widget.settings import WidgetSettings

SECRET = "s" * 40
OFFER = {
    "id": "offer",
    "name": "For those about to go",
    "text": {"en": "Any questions?", "de": "Fragen?"},
}
CLUB = {"id": "club", "segment": "high_value", "text": {"en": "Your adviser is here."}}
HERE = {"id": "here", "online": True, "text": {"en": "We are here."}}
DOOR = "/api/widget/invitations"


class Segments:
    """By a signed attribute."""

    async def of(self, db: AsyncSession, visitor: Visitor) -> str | None:
        return visitor.attributes.get("segment") if visitor.verified_at else None


@dataclass
class Presence:
    there: set[uuid.UUID] = field(default_factory=set)

    def online(self) -> Collection[uuid.UUID]:
        return self.there


@dataclass
class House:
    client: httpx.AsyncClient
    database: Database
    clock: FakeClock
    settings: Settings
    widget: WidgetSettings
    presence: Presence

    async def set(self, **values: Any) -> None:
        config = WidgetConfig.model_validate(values)
        await self.widget.publish(
            config, "for a test", None, seen=(await self.widget.now()).version
        )

    async def visitor(self, **values: Any) -> tuple[uuid.UUID, str]:
        async with self.database.write() as db:
            made, token = await visitors.create(db, self.clock, "https://shop.example")
            for name, value in values.items():
                setattr(made, name, value)
        return made.id, token

    async def shows(self, name: str, token: str | None = None, signed: str | None = None) -> bool:
        answer = await self.client.post(
            f"{DOOR}/{name}/check", json={"token": signed} if signed else {}, headers=bearer(token)
        )
        assert answer.status_code == 200, answer.text
        assert answer.json().keys() == {"show"}, "the page learns no more than yes or no"
        return bool(answer.json()["show"])

    async def tell(self, name: str, what: str, token: str | None = None) -> int:
        answer = await self.client.post(
            f"{DOOR}/{name}", json={"what": what}, headers=bearer(token)
        )
        return answer.status_code

    async def counts(self) -> dict[str, dict[str, int]]:
        found = await self.widget.invitation_counts(30)
        return {name: vars(one) for name, one in found.items()}

    def sign(self, sub: str, **attributes: str) -> str:
        now = self.clock.now().timestamp()
        claims = {
            "sub": sub,
            "jti": uuid.uuid4().hex,
            "exp": int(now) + 600,
            "aud": self.settings.base_url,
        }
        return jwt.encode({**claims, "attributes": attributes}, SECRET, "HS256")

    async def answer(self, visitor_id: uuid.UUID, text: str, client_id: str = "answer-1") -> bool:
        invited = frames.Invited(id="offer", text="Any questions?")
        async with self.database.write() as db:
            conversation = await visitors.conversation_of(db, visitor_id)
            said = await say(
                db, self.clock, FakeDesk(), conversation.id,
                client_id=client_id, text=text, button=None, limit=2000, invited=invited,
            )  # fmt: skip
            if said.invited:
                await self.widget.answered(db, visitor_id, invited.id)
        return said.invited


def bearer(token: str | None) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"} if token else {}


@pytest.fixture
async def house(database: Database, clock: FakeClock) -> AsyncIterator[House]:
    app = FastAPI()
    settings = Settings(
        environment="test", widget_origins=["https://shop.example"], identity_secret=SECRET
    )
    widget, presence = WidgetSettings(database, clock), Presence()
    app.state.services = SimpleNamespace(
        settings=settings, clock=clock, database=database, limits=Limits.of(clock, settings),
        widget=widget, desk=SimpleNamespace(segments=Segments()), presence=presence,
    )  # fmt: skip
    install_error_handlers(app)
    app.include_router(routes_settings.router)
    app.include_router(routes_invitations.router)
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8080") as client:
        yield House(client, database, clock, settings, widget, presence)


@pytest.mark.parametrize(
    "wrong",
    [
        {"id": "Offer"},
        {"text": {}},
        {"text": {"en": "x" * 201}},
        {"text": {"en": "two\nlines"}},
        {"page": "checkout"},
        {"page": "/*a*b*c*"},
        {"seconds": -1},
        {"seconds": "5"},
        {"event": "cart left"},
        {"segment": "At risk"},
        {"visitor": "old"},
        {"starters": ["a", "b", "c", "d"]},
        {"unknown": 1},
    ],
)
def test_what_is_no_invitation_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        WidgetConfig.model_validate({"invitations": [{**OFFER, **wrong}]})


def test_ids_are_unique_and_all_together_stays_small() -> None:
    with pytest.raises(ValidationError, match="same id"):
        WidgetConfig.model_validate({"invitations": [OFFER, OFFER]})
    long = dict.fromkeys(("en", "es", "de", "fr", "ar"), "x" * 200)
    many = [{"id": f"one_{at}", "text": long} for at in range(7)]
    with pytest.raises(ValidationError, match="7000 characters of 6000"):
        WidgetConfig.model_validate({"invitations": many})


def test_a_page_learns_nothing_of_segments_names_or_what_is_off() -> None:
    told = WidgetConfig.model_validate(
        {"invitations": [OFFER, CLUB, HERE, {**OFFER, "id": "off", "on": False}]}
    ).public()["invitations"]
    assert [(one["id"], one["ask"]) for one in told] == [
        ("offer", False),
        ("club", True),
        ("here", True),
    ]
    assert not {"segment", "name", "online", "on"} & told[1].keys()
    assert "high_value" not in str(told) and "about to go" not in str(told)


async def test_the_server_decides_the_segment_by_what_is_signed(house: House) -> None:
    await house.set(invitations=[CLUB])
    _, anna = await house.visitor(
        external_id="anna", verified_at=house.clock.now(), attributes={"segment": "high_value"}
    )
    _, bob = await house.visitor(claimed={"segment": "high_value"})
    assert await house.shows("club", anna)
    assert not await house.shows("club", bob), "what the page claims proves nothing"
    assert not await house.shows("club")
    # Who the site signs for need not have chatted before, and is not kept.
    assert await house.shows("club", signed=house.sign("carl", segment="high_value"))
    assert not await house.shows("club", signed=house.sign("dora", segment="frequent"))
    assert not await house.shows("club", signed="no.token.atall")
    unknown = await house.client.post(f"{DOOR}/club/check", json={}, headers=bearer("t" * 43))
    assert unknown.status_code == 401


async def test_some_only_while_somebody_is_there(house: House) -> None:
    await house.set(invitations=[HERE])
    assert not await house.shows("here")
    house.presence.there.add(uuid.uuid4())
    assert await house.shows("here")


async def test_a_known_visitor_sees_each_once_on_every_device_and_none_after_sending_one_away(
    house: House,
) -> None:
    await house.set(invitations=[OFFER, HERE, {**OFFER, "id": "third"}])
    _, laptop = await house.visitor(external_id="anna", verified_at=house.clock.now())
    _, phone = await house.visitor(external_id="anna", verified_at=house.clock.now())
    _, other = await house.visitor()
    assert await house.tell("offer", "shown", laptop) == 204
    assert not await house.shows("offer", phone)
    assert not await house.shows("offer", signed=house.sign("anna"))
    assert await house.shows("third", phone)
    assert await house.shows("offer", other)
    await house.tell("offer", "dismissed", laptop)
    assert not await house.shows("third", phone)
    house.clock.advance(24 * 3600 + 1)
    assert await house.shows("third", phone)
    assert not await house.shows("offer", phone)


async def test_none_while_a_chat_goes_on(house: House) -> None:
    await house.set(invitations=[OFFER, {**OFFER, "id": "third"}])
    visitor, token = await house.visitor()
    assert await house.shows("third", token)
    await house.answer(visitor, "Yes, one")
    assert not await house.shows("third", token)
    async with house.database.write() as db:
        (await visitors.conversation_of(db, visitor)).owner = Owner.CLOSED
    assert await house.shows("third", token)


async def test_before_consent_nothing_is_told_or_counted(house: House) -> None:
    await house.set(invitations=[OFFER], consent={"text": {"en": "We keep it."}})
    visitor, token = await house.visitor()
    for one in (None, token):
        asked = await house.client.post(f"{DOOR}/offer/check", json={}, headers=bearer(one))
        assert (asked.status_code, asked.json()["error"]["code"]) == (403, "consent_required")
        assert await house.tell("offer", "shown", one) == 403
    assert await house.counts() == {}
    async with house.database.write() as db:
        await consent.give(db, house.clock, await house.widget.config(), visitor, 1)
    assert await house.shows("offer", token)
    assert await house.tell("offer", "shown", token) == 204


async def test_what_became_of_it_is_counted_for_supervisors(house: House) -> None:
    await house.set(invitations=[OFFER])
    visitor, token = await house.visitor()
    for _ in range(2):
        assert await house.tell("offer", "shown") == 204
        assert await house.tell("offer", "shown", token) == 204, "of a known visitor once"
    await house.tell("offer", "opened", token)
    assert await house.tell("nothing", "shown") == 404
    assert await house.tell("offer", "answered") == 422, "that is for the log to say"
    assert await house.answer(visitor, "Yes, one")
    expected = {"shown": 3, "opened": 1, "dismissed": 0, "answered": 1}
    assert await house.counts() == {"offer": expected}
    async with house.database.write() as db:
        await create_staff(
            db, house.clock, login="sue", name="Sue", password="a long password",
            roles=[Role.SUPERVISOR],
        )  # fmt: skip
    async with house.database.write() as db:
        cookie = await sign_in(db, house.clock, "sue", "a long password", 1)
    assert (await house.client.get("/api/widget/settings/invitations")).status_code == 401
    house.client.cookies.set(COOKIE, cookie)
    told = (await house.client.get("/api/widget/settings/invitations")).json()
    assert told == {"days": 30, "invitations": {"offer": expected}}
    house.clock.advance(40 * 86_400)
    assert await house.counts() == {}


async def test_the_house_stands_by_what_it_said_before_a_change(house: House) -> None:
    await house.set(invitations=[OFFER])
    await house.set(invitations=[{**OFFER, "text": {"en": "Need help?"}}])
    assert await house.widget.invites("offer", "Need help?")
    assert await house.widget.invites("offer", "Fragen?")
    assert not await house.widget.invites("offer", "Free money!")
    assert not await house.widget.invites("club", "Need help?")
