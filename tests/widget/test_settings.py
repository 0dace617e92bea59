"""The widget's settings: what may be set, published once, noticed elsewhere, and brought back."""

from __future__ import annotations

from collections.abc import AsyncIterator
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from pydantic import ValidationError
from sqlalchemy.exc import OperationalError

from server.auth import COOKIE, Role, create_staff
from server.database import Database
from server.errors import Conflict, Invalid, NotFound, install_error_handlers
from server.limits import Limits
from server.settings import Settings
from tests.support import FakeClock, sign_in
from widget import routes_settings
from widget.colours import DARK_SURFACES, ENOUGH, LIGHT_SURFACES, colours_of, contrast
from widget.config import DEFAULT, WORDING_LIMIT, WidgetConfig
from widget.models import WidgetVersion
from widget.settings import KEPT, WidgetSettings

RED = WidgetConfig(accent="#B3261E", house="Fernway")
PASSWORD = "a long password"
HERE = "/api/widget/settings"


@pytest.fixture
def desk(database: Database, clock: FakeClock) -> WidgetSettings:
    return WidgetSettings(database, clock)


@pytest.fixture
def elsewhere(database: Database, clock: FakeClock) -> WidgetSettings:
    """Another process on the same database."""
    return WidgetSettings(database, clock)


# ---- what may be set ----


@pytest.mark.parametrize(
    "wrong",
    [
        {"house": "x" * 61},
        {"house": "two\nlines"},
        {"starters": ["a"] * 6},
        {"starters": [" "]},
        {"accent": "red"},
        {"accent": "#12345"},
        {"side": "left"},
        {"language": "nl"},
        {"help": "yes"},
        {"unknown": 1},
        {"wording": {"en": {"Greeting!": "Hi"}}},
        {"wording": {"nl": {"greeting": "Dag"}}},
        {"wording": {"en": {f"k{at}": "x" * 300 for at in range(WORDING_LIMIT // 300 + 1)}}},
        {"consent": {"text": {}}},
        {"consent": {"text": {"en": "Yes?"}, "link": "javascript:alert(1)"}},
        {"consent": {"text": {"en": "Yes?"}, "link": "https://user@evil.test"}},
        {"consent": {"text": {"en": "Yes?"}, "version": 0}},
        {"form": [{"name": "email", "kind": "text"}]},
        {"form": [{"name": "colour"}]},
        {"form": [{"name": "Colour", "label": {"en": "Colour"}}]},
        {"form": [{"name": "colour", "label": {"en": "Colour"}, "kind": "choice"}]},
        {"form": [{"name": "colour", "label": {"en": "Colour"}, "choices": ["a", "b"]}]},
        {"form": [{"name": "name"}, {"name": "name"}]},
        {"surveys": {"csat": 1}},
    ],
)
def test_what_does_not_fit_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        WidgetConfig.model_validate(wrong)


def test_the_default_is_the_widget_as_it_is_embedded_without_settings() -> None:
    told = DEFAULT.public()
    assert told["accent"] is None
    assert (told["language"], told["first"], told["side"]) == ("en", "bot", "end")
    assert (told["consent"], told["form"], told["starters"], told["wording"]) == (None, [], [], {})


def test_a_newer_releases_field_does_not_stop_this_one() -> None:
    kept = {**RED.model_dump(mode="json"), "sparkles": True}
    assert WidgetConfig.stored(kept) == RED


@pytest.mark.parametrize(
    "accent", ["#000000", "#ffffff", "#ffcc00", "#1f5fbf", "#777777", "#00ff00", "#b3261e"]
)
def test_every_text_on_or_beside_an_accent_is_readable(accent: str) -> None:
    found = colours_of(accent)
    assert contrast(found.fill, found.ink) >= ENOUGH
    assert contrast(found.dark, found.darkInk) >= ENOUGH
    assert all(contrast(found.mark, surface) >= ENOUGH for surface in LIGHT_SURFACES)
    assert all(contrast(found.dark, surface) >= ENOUGH for surface in DARK_SURFACES)
    assert found.fill == accent, "the house's colour itself stays"


def test_a_readable_accent_is_used_as_it_is_and_contrast_is_wcags() -> None:
    assert colours_of("#1f5fbf").mark == "#1f5fbf"
    assert round(contrast("#ffffff", "#000000"), 2) == 21
    assert round(contrast("#767676", "#ffffff"), 2) == 4.54  # a known pair, just enough


# ---- publishing ----


async def test_what_is_published_holds_and_is_kept(desk: WidgetSettings) -> None:
    assert await desk.config() == DEFAULT
    await desk.publish(RED, "  our   red ", None, seen=0)
    assert await desk.config() == RED
    await desk.publish(DEFAULT, "blue again", None, seen=1)
    history = await desk.history()
    assert [(one.version, one.note) for one in history] == [(2, "blue again"), (1, "our red")]
    assert history[1].config == RED


async def test_only_the_first_of_two_who_saw_the_same_publishes(
    desk: WidgetSettings, elsewhere: WidgetSettings
) -> None:
    await desk.publish(RED, "our red", None, seen=0)
    with pytest.raises(Conflict) as refused:
        await elsewhere.publish(WidgetConfig(house="Mine"), "my name", None, seen=0)
    assert refused.value.code == "conflict"
    assert (await elsewhere.now()).config == RED


async def test_of_two_at_the_same_moment_one_is_told(
    desk: WidgetSettings, elsewhere: WidgetSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = await elsewhere.now()
    await desk.publish(RED, "our red", None, seen=0)

    async def looked_too_early() -> object:
        return before

    monkeypatch.setattr(elsewhere, "now", looked_too_early)
    with pytest.raises(Conflict):
        await elsewhere.publish(WidgetConfig(house="Mine"), "my name", None, seen=0)
    assert len(await desk.history()) == 1


@pytest.mark.parametrize(("config", "note"), [(DEFAULT, "nothing"), (RED, "  x "), (RED, "")])
async def test_nothing_new_and_no_reason_are_refused(
    desk: WidgetSettings, config: WidgetConfig, note: str
) -> None:
    with pytest.raises(Invalid):
        await desk.publish(config, note, None, seen=0)
    assert await desk.history() == []


async def test_an_earlier_version_comes_back_as_a_new_one(desk: WidgetSettings) -> None:
    await desk.publish(RED, "our red", None, seen=0)
    await desk.restore(0, "back to the beginning", None, seen=1)
    await desk.restore(1, "red after all", None, seen=2)
    assert (await desk.now()).config == RED
    assert [one.restores for one in await desk.history()] == [1, 0, None]
    with pytest.raises(NotFound):
        await desk.restore(9, "never was", None, seen=3)


# ---- read by others ----


async def test_another_process_notices_within_two_seconds(
    desk: WidgetSettings, elsewhere: WidgetSettings, clock: FakeClock
) -> None:
    assert await elsewhere.config() == DEFAULT
    await desk.publish(RED, "our red", None, seen=0)
    assert await elsewhere.config() == DEFAULT, "what was just read counts for a moment"
    clock.advance(KEPT.total_seconds())
    assert await elsewhere.config() == RED


async def test_a_database_that_is_gone_changes_nothing(
    desk: WidgetSettings, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    await desk.publish(RED, "our red", None, seen=0)
    clock.advance(60)

    async def gone() -> object:
        raise OperationalError("select", {}, Exception("gone"))

    with monkeypatch.context() as patch:
        patch.setattr(desk, "now", gone)
        assert await desk.config() == RED
    with monkeypatch.context() as patch:
        fresh = WidgetSettings(desk._database, clock)
        patch.setattr(fresh, "now", gone)
        with pytest.raises(OperationalError):
            await fresh.config()
        assert await fresh.config_or_default() == DEFAULT, "the bubble is there all the same"


# ---- over HTTP ----


@pytest.fixture
async def call(database: Database, clock: FakeClock) -> AsyncIterator[httpx.AsyncClient]:
    app = FastAPI()
    settings = Settings(environment="test")
    app.state.services = SimpleNamespace(
        database=database,
        clock=clock,
        settings=settings,
        limits=Limits.of(clock, settings),
        widget=WidgetSettings(database, clock),
    )
    install_error_handlers(app)
    app.include_router(routes_settings.router)
    async with database.write() as db:
        await create_staff(
            db, clock, login="sue", name="Sue", password=PASSWORD, roles=[Role.SUPERVISOR]
        )
    async with database.write() as db:
        token = await sign_in(db, clock, "sue", PASSWORD, hours=1)
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app),
        base_url="http://testserver",
        headers={"Cookie": f"{COOKIE}={token}", "X-Handrail": "1"},
    ) as http:
        yield http


async def test_a_supervisor_publishes_and_brings_back(call: httpx.AsyncClient) -> None:
    first = (await call.get(HERE)).json()
    assert first["version"] == 0
    assert first["config"] == first["default"]
    mine = {**first["config"], "house": " Fernway "}
    body = {"config": mine, "note": "our name", "seen": 0}
    assert (await call.put(HERE, json=body)).json()["version"] == 1
    again = await call.put(HERE, json={**body, "note": "too late"})
    assert (again.status_code, again.json()["error"]["code"]) == (409, "conflict")
    back = {"version": 0, "note": "without a name", "seen": 1}
    assert (await call.post(f"{HERE}/restore", json=back)).json()["config"]["house"] == ""
    history = (await call.get(f"{HERE}/history")).json()
    assert [(one["version"], one["by"], one["restores"]) for one in history] == [
        (2, "Sue", 0),
        (1, "Sue", None),
    ]
    assert history[1]["config"]["house"] == "Fernway"


async def test_a_refusal_says_where_and_why(call: httpx.AsyncClient) -> None:
    wrong = {"form": [{"name": "colour"}], "house": "x" * 61}
    refused = await call.put(HERE, json={"config": wrong, "note": "a form", "seen": 0})
    assert (refused.status_code, refused.json()["error"]["code"]) == (422, "invalid")
    told = {tuple(one["at"]): one["message"] for one in refused.json()["error"]["details"]}
    assert told == {
        ("form", 0): "The field colour needs a label.",
        ("house",): "At most 60 characters fit here.",
    }
    checked = (await call.post(f"{HERE}/check", json={"config": wrong})).json()
    assert checked["config"] is None
    assert len(checked["wrong"]) == 2


async def test_a_draft_is_checked_and_nothing_of_it_is_kept(
    call: httpx.AsyncClient, database: Database
) -> None:
    draft = {"accent": "#FFCC00", "surveys": {"nps": True}}
    checked = (await call.post(f"{HERE}/check", json={"config": draft})).json()
    assert checked["wrong"] == []
    assert checked["config"]["accent"]["fill"] == "#ffcc00"
    assert checked["colours"]["ink"] == "#000000"
    assert checked["colours"]["ink_contrast"] > ENOUGH > checked["colours"]["light_contrast"]
    async with database.read() as db:
        assert await db.get(WidgetVersion, 1) is None
