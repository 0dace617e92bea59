from __future__ import annotations

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import select

from server.auth import Role, Staff, StaffSession
from server.database import Database
from server.login import ensure_first_admin, local_path
from server.settings import Settings
from server.web import refuse_undeclared
from tests.handoff.conftest import PASSWORD, Api, Hire
from tests.support import FakeClock

ORIGIN = {"Origin": "http://testserver"}


async def log_in(
    client: httpx.AsyncClient, login: str = "ada", password: str = PASSWORD, **more: str
) -> httpx.Response:
    data = {"login": login, "password": password, **more}
    return await client.post("/staff/login", data=data, headers=ORIGIN)


async def test_signing_in_opens_a_session_and_signing_out_ends_it(api: Api, hire: Hire) -> None:
    await hire("ada")
    client = api.client()
    assert (await client.get("/api/staff/me")).status_code == 401
    answer = await log_in(client, login=" Ada ")
    assert (answer.status_code, answer.headers["location"]) == (303, "/staff")
    assert (await client.get("/api/staff/me")).json()["login"] == "ada"
    assert (await client.get("/staff")).headers["location"] == "/staff/queue"
    token = client.cookies["handrail_session"]
    out = await client.post("/staff/logout", headers=ORIGIN)
    assert out.headers["location"] == "/staff/login"
    assert "handrail_session" not in client.cookies
    stolen = api.client({"handrail_session": token})
    assert (await stolen.get("/api/staff/me")).status_code == 401


@pytest.mark.parametrize("login", ["ada", "nobody", "", "x" * 200])
async def test_a_refusal_does_not_say_what_was_wrong(api: Api, hire: Hire, login: str) -> None:
    await hire("ada")
    answer = await log_in(api.client(), login, "wrong")
    assert answer.status_code == 401
    assert "This name and password do not match." in answer.text
    assert "set-cookie" not in answer.headers


async def test_what_was_typed_is_shown_escaped_and_the_password_not_at_all(api: Api) -> None:
    answer = await log_in(api.client(), '"><script>alert(1)</script>', "hunter2-secret")
    assert "<script>" not in answer.text
    assert "hunter2-secret" not in answer.text


@pytest.mark.parametrize(
    ("url", "name", "flags"),
    [
        ("http://testserver", "handrail_session", {"HttpOnly", "SameSite=strict", "Path=/"}),
        (
            "https://help.example",
            "__Host-handrail_session",
            {"HttpOnly", "SameSite=strict", "Path=/", "Secure"},
        ),
    ],
)
async def test_cookie_flags(
    app: FastAPI, api: Api, hire: Hire, url: str, name: str, flags: set[str]
) -> None:
    app.state.services.settings = Settings(environment="test", public_url=url)
    await hire("ada")
    cookie = (await log_in(api.client())).headers["set-cookie"]
    first, *rest = [part.strip() for part in cookie.split(";")]
    assert first.split("=")[0] == name
    assert flags <= set(rest)
    assert "Domain" not in cookie
    assert ("Secure" in rest) == url.startswith("https")


@pytest.mark.parametrize(
    "origin", [None, "null", "http://evil.example", "http://testserver.evil.example", "testserver"]
)
@pytest.mark.parametrize("path", ["/staff/login", "/staff/logout", "/staff/password"])
async def test_forms_of_other_sites_are_refused(
    api: Api, hire: Hire, origin: str | None, path: str
) -> None:
    client = await api.as_staff(await hire("ada"))
    headers = {"Origin": origin} if origin else {}
    answer = await client.post(path, data={"login": "ada", "password": PASSWORD}, headers=headers)
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "forbidden")
    assert (await client.get("/api/staff/me")).status_code == 200


@pytest.mark.parametrize(
    ("target", "lands"),
    [
        ("/staff/chat/1", "/staff/chat/1"),
        ("https://evil.example", "/staff"),
        ("//evil.example", "/staff"),
        ("/staff/\\evil.example", "/staff"),
        ("/staff/../..//evil.example", "/staff"),
        ("/staff/\r\nSet-Cookie: a=b", "/staff"),
        ("javascript:alert(1)", "/staff"),
        ("", "/staff"),
    ],
)
async def test_signing_in_leads_only_to_staff_pages(
    api: Api, hire: Hire, target: str, lands: str
) -> None:
    await hire("ada")
    assert local_path(target) == lands
    assert (await log_in(api.client(), next=target)).headers["location"] == lands


async def test_guessing_at_one_name_is_slowed_down(api: Api, hire: Hire, clock: FakeClock) -> None:
    await hire("ada")
    client = api.client()
    statuses = [(await log_in(client, password="wrong")).status_code for _ in range(21)]
    assert statuses == [401] * 20 + [429]
    assert (await log_in(client)).status_code == 429, "also with the right password"
    await hire("bob")
    assert (await log_in(api.client(), "bob")).status_code == 303, "others may still sign in"
    clock.advance(61)
    assert (await log_in(client)).status_code == 303


async def test_guessing_names_from_one_address_is_slowed_down(api: Api, clock: FakeClock) -> None:
    client = api.client()
    statuses = [(await log_in(client, f"name{n}")).status_code for n in range(41)]
    assert statuses == [401] * 40 + [429]


async def test_a_network_of_ipv6_addresses_has_one_count(api: Api) -> None:
    async def guess(number: int, address: str) -> int:
        transport = httpx.ASGITransport(api.app, client=(address, 1))
        async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as client:
            return (await log_in(client, f"name{number}")).status_code

    statuses = [await guess(number, f"2001:db8::{number:x}") for number in range(41)]
    assert statuses == [401] * 40 + [429]
    assert await guess(41, "2001:db8:0:1::1") == 401


async def test_pages_carry_a_policy_without_scripts(api: Api, hire: Hire) -> None:
    client = await api.as_staff(await hire("ada"))
    for path in ("/staff/login", "/staff/password"):
        page = await client.get(path)
        policy = page.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "script-src" not in policy
        assert page.headers["x-frame-options"] == "DENY"
        assert "<script" not in page.text
        assert "style=" not in page.text


async def test_a_new_password_ends_every_session(api: Api, hire: Hire) -> None:
    ada = await hire("ada")
    here, elsewhere = await api.as_staff(ada), await api.as_staff(ada)
    path = "/api/staff/me/password"
    wrong = await here.put(path, json={"current": "wrong", "new": "another good one"})
    assert wrong.status_code == 422
    short = await here.put(path, json={"current": PASSWORD, "new": "short"})
    assert short.status_code == 422
    assert (await elsewhere.get("/api/staff/me")).status_code == 200
    done = await here.put(path, json={"current": PASSWORD, "new": "another good one"})
    assert done.status_code == 204
    for client in (here, elsewhere):
        assert (await client.get("/api/staff/me")).status_code == 401
    assert (await log_in(api.client())).status_code == 401
    assert (await log_in(api.client(), password="another good one")).status_code == 303


async def test_the_password_form(api: Api, hire: Hire) -> None:
    client = await api.as_staff(await hire("ada"))

    async def post(**data: str) -> httpx.Response:
        return await client.post("/staff/password", data=data, headers=ORIGIN)

    new = "another good one"
    unequal = await post(current=PASSWORD, new=new, again="another")
    assert (unequal.status_code, "same way twice" in unequal.text) == (422, True)
    assert (await post(current="wrong", new=new, again=new)).status_code == 422
    done = await post(current=PASSWORD, new=new, again=new)
    assert (done.status_code, done.headers["location"]) == (303, "/staff/login?changed=1")
    assert (
        (await api.client().get("/staff/password")).headers["location"].startswith("/staff/login")
    )


async def test_the_first_admin_is_made_once(
    database: Database, clock: FakeClock, settings: Settings
) -> None:
    async with database.write() as db:
        admin = await ensure_first_admin(db, clock, settings)
        assert admin is not None
        assert (admin.login, set(admin.roles)) == ("admin", {role.value for role in Role})
        assert await ensure_first_admin(db, clock, settings) is None
        assert len((await db.scalars(select(Staff))).all()) == 1


async def test_admins_add_and_change_staff(api: Api, hire: Hire, database: Database) -> None:
    admin = await api.as_staff(await hire("root", Role.ADMIN))
    body = {"login": "Eve", "name": "Eve", "password": PASSWORD, "roles": ["editor"]}
    made = await admin.post("/api/staff", json=body)
    assert (made.status_code, made.json()["login"], made.json()["roles"]) == (
        201,
        "eve",
        ["editor"],
    )
    assert "password" not in made.text
    assert (await admin.post("/api/staff", json=body)).status_code == 409
    assert (await admin.post("/api/staff", json={**body, "roles": ["king"]})).status_code == 422
    eve = api.client()
    await log_in(eve, "eve")
    path = f"/api/staff/{made.json()['id']}"
    assert (await eve.get("/staff")).headers["location"] == "/staff/articles"
    changed = await admin.patch(path, json={"roles": ["agent"], "name": "Eva"})
    assert (changed.json()["roles"], changed.json()["name"]) == (["agent"], "Eva")
    assert (await eve.get("/api/staff/me")).status_code == 401, "another role, another session"
    await log_in(eve, "eve")
    assert (await admin.patch(path, json={"active": False})).json()["active"] is False
    assert (await eve.get("/api/staff/me")).status_code == 401
    assert (await log_in(api.client(), "eve")).status_code == 401
    async with database.read() as db:
        assert len((await db.scalars(select(StaffSession))).all()) == 1
    assert [one["login"] for one in (await admin.get("/api/staff")).json()] == ["eve", "root"]


@pytest.mark.parametrize("change", [{"active": False}, {"roles": ["agent"]}])
async def test_the_last_admin_stays(api: Api, hire: Hire, change: dict[str, object]) -> None:
    root = await hire("root", Role.ADMIN)
    admin = await api.as_staff(root)
    refused = await admin.patch(f"/api/staff/{root.id}", json=change)
    assert refused.status_code == 409
    assert (await admin.get("/api/staff")).status_code == 200


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMIN])
async def test_only_admins_manage_staff(api: Api, hire: Hire, role: Role) -> None:
    staff = await hire("ada", role)
    client = await api.as_staff(staff)
    for method, path in (
        ("GET", "/api/staff"),
        ("POST", "/api/staff"),
        ("PATCH", f"/api/staff/{staff.id}"),
    ):
        assert (await client.request(method, path, json={"roles": ["admin"]})).status_code == 403


async def test_changes_need_the_header(api: Api, hire: Hire) -> None:
    client = await api.as_staff(await hire("root", Role.ADMIN))
    del client.headers["x-handrail"]
    body = {"current": PASSWORD, "new": "another good one"}
    assert (await client.put("/api/staff/me/password", json=body)).status_code == 403
    assert (await client.post("/api/staff", json={})).status_code == 403


def test_every_route_says_who_may_call_it(app: FastAPI) -> None:
    app.router.routes = [r for r in app.router.routes if getattr(r, "path", "") not in DOCS]
    refuse_undeclared(app)


DOCS = ("/docs", "/redoc", "/openapi.json", "/docs/oauth2-redirect")
