"""Every route with every kind of caller. docs/routes.md holds the table, so that a review sees a new door."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from encoder import Encoder
from server.app import build_services, create_app
from server.auth import COOKIE, Role, create_staff
from server.database import Database
from server.settings import Settings, load_settings
from server.web import doors, refuse_undeclared
from tests.support import FakeClock, sign_in

TABLE = Path(__file__).resolve().parents[2] / "docs" / "routes.md"
PASSWORD = "a long enough password"
CALLERS = ("nobody", "visitor", "rasa", *Role)


@pytest.fixture
async def app(tmp_path: Path, clock: FakeClock, database: Database) -> FastAPI:
    """The whole app on a temporary database, not started: only its doors are tried."""
    house = load_settings()
    settings = Settings(
        environment="test",
        var=tmp_path,
        database_url=f"sqlite+aiosqlite:///{tmp_path / 'test.db'}",
        channel_secret="s" * 32,
        staff_requests_per_minute=100_000,  # each door is tried by everybody within the minute
        _env_file=None,
    )
    encoder = Encoder.load(house.encoder_path, precision=house.precision)
    return create_app(settings, build_services(settings, clock=clock, encoder=encoder))


@pytest.fixture
async def credentials(
    app: FastAPI, database: Database, clock: FakeClock
) -> AsyncIterator[dict[str, dict[str, str]]]:
    """The headers of each kind of caller."""
    headers: dict[str, dict[str, str]] = {"nobody": {}, "rasa": {"X-Handrail-Secret": "s" * 32}}
    for role in Role:
        async with database.write() as db:
            await create_staff(
                db, clock, login=role, name=role.title(), password=PASSWORD, roles=[role]
            )
            token = await sign_in(db, clock, role, PASSWORD, hours=1)
        headers[role] = {"Cookie": f"{COOKIE}={token}", "X-Handrail": "1"}
    async with _client(app) as http:
        visitor = (await http.post("/api/chat/visitors", json={})).json()
    headers["visitor"] = {"Authorization": f"Bearer {visitor['token']}"}
    yield headers
    await app.state.services.database.close()


def _client(app: FastAPI) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8080")


def rows(app: FastAPI) -> list[tuple[str, str, tuple[str, ...]]]:
    found = sorted(
        (door.path, method, door.who) for door in doors(app) for method in door.methods - {"HEAD"}
    )
    return [(method, path, who) for path, method, who in found]


def table(app: FastAPI) -> str:
    lines = [
        "# Who may call which route",
        "",
        "All but staff's pages (each names its roles), static files and the two sockets ([frames.md](frames.md)).",
        "Made and checked by `tests/server/test_route_roles.py`; an admin may call what any staff may.",
        "",
        "| method | path | who |",
        "|---|---|---|",
    ]
    lines += [f"| {method} | `{path}` | {', '.join(who)} |" for method, path, who in rows(app)]
    return "\n".join(lines) + "\n"


def may(caller: str, who: tuple[str, ...]) -> bool:
    if "public" in who:
        return True
    if caller == "visitor":
        return "visitor" in who
    if caller == "rasa":
        return "internal" in who
    return caller in who or (caller == Role.ADMIN and not {"visitor", "internal"} & set(who))


async def test_the_table_holds_the_whole_app(app: FastAPI) -> None:
    await app.state.services.database.close()
    paths = {door.path for door in doors(app)}
    assert {"/health", "/api/queue", "/api/chat/messages", "/internal/actions/webhook"} <= paths


async def test_every_caller_is_let_in_or_refused_as_the_table_says(
    app: FastAPI, credentials: dict[str, dict[str, str]]
) -> None:
    wrong = []
    async with _client(app) as http:
        for method, path, who in rows(app):
            if "public" in who:
                continue
            url = re.sub(r"{[^}]+}", "00000000-0000-4000-8000-000000000000", path)
            for caller in CALLERS:
                answer = await http.request(method, url, headers=credentials[caller], json={})
                refused = answer.status_code in (401, 403)
                if refused == may(caller, who):
                    wrong.append(f"{caller} {method} {path}: {answer.status_code}")
    assert not wrong


async def test_a_forged_request_without_our_header_changes_nothing(
    app: FastAPI, credentials: dict[str, dict[str, str]]
) -> None:
    cookie_only = {"Cookie": credentials[Role.ADMIN]["Cookie"]}
    async with _client(app) as http:
        for method, path, who in rows(app):
            if method == "GET" or {"public", "visitor", "internal"} & set(who):
                continue
            url = re.sub(r"{[^}]+}", "00000000-0000-4000-8000-000000000000", path)
            answer = await http.request(method, url, headers=cookie_only, json={})
            assert answer.status_code == 403, f"{method} {path}"


async def test_the_written_table_is_true(app: FastAPI) -> None:
    await app.state.services.database.close()
    assert TABLE.read_text("utf-8") == table(app), "update docs/routes.md and look at what changed"


async def test_an_undeclared_route_stops_the_app_from_being_built(app: FastAPI) -> None:
    await app.state.services.database.close()
    app.add_api_route("/api/forgotten", lambda: None)
    with pytest.raises(RuntimeError, match="/api/forgotten"):
        refuse_undeclared(app)
