"""Staff sign in with argon2 passwords; sessions live on the server and end when they should."""

from __future__ import annotations

import pytest

from server import auth
from server.auth import (
    Role,
    Staff,
    authenticate,
    change_password,
    create_staff,
    get_staff,
    open_session,
    sign_out,
    staff_of_session,
)
from server.database import Database
from server.errors import Conflict, Invalid, NotSignedIn
from tests.support import FakeClock, sign_in

PASSWORD = "correct horse battery"
# As imported, before the suite's quick one takes its place.
HASHER = auth._hasher


@pytest.fixture(autouse=True)
def hashed_for_real(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(auth, "_hasher", HASHER)


@pytest.fixture
async def ada(database: Database, clock: FakeClock) -> Staff:
    async with database.write() as db:
        return await create_staff(
            db, clock, login="Ada", name="Ada", password=PASSWORD, roles=[Role.AGENT]
        )


def test_passwords_are_hashed_as_slowly_as_is_advised(ada: Staff) -> None:
    # RFC 9106, second recommended option: 64 MiB and three passes.
    assert ada.password_hash.startswith("$argon2id$v=19$m=65536,t=3,p=4$")


async def test_a_session_leads_back_to_its_person(
    database: Database, clock: FakeClock, ada: Staff
) -> None:
    async with database.write() as db:
        token = await sign_in(db, clock, " ADA ", PASSWORD, hours=1)
    async with database.read() as db:
        assert (await staff_of_session(db, clock, token)).id == ada.id


@pytest.mark.parametrize(("login", "password"), [("ada", "wrong password"), ("nobody", PASSWORD)])
async def test_a_wrong_name_and_a_wrong_password_look_alike(
    database: Database, clock: FakeClock, ada: Staff, login: str, password: str
) -> None:
    with pytest.raises(NotSignedIn, match="do not match"):
        async with database.write() as db:
            await sign_in(db, clock, login, password, hours=1)


async def test_a_session_ends_with_time_sign_out_and_a_new_password(
    database: Database, clock: FakeClock, ada: Staff
) -> None:
    async def is_signed_in(token: str) -> bool:
        async with database.read() as db:
            try:
                await staff_of_session(db, clock, token)
            except NotSignedIn:
                return False
            return True

    async def new_session() -> str:
        async with database.write() as db:
            return await sign_in(db, clock, "ada", PASSWORD, hours=1)

    token = await new_session()
    assert await is_signed_in(token)
    clock.advance(3601)
    assert not await is_signed_in(token)

    token = await new_session()
    async with database.write() as db:
        await sign_out(db, token)
    assert not await is_signed_in(token)

    token = await new_session()
    async with database.write() as db:
        await change_password(db, ada, "another long password")
    assert not await is_signed_in(token)


async def test_a_password_changed_while_signing_in_opens_no_session(
    database: Database, clock: FakeClock, ada: Staff
) -> None:
    async with database.read() as db:
        proven = await authenticate(db, "ada", PASSWORD)
    async with database.write() as db:
        await change_password(db, await get_staff(db, ada.id), "another long password")
    with pytest.raises(NotSignedIn):
        async with database.write() as db:
            await open_session(db, clock, proven, hours=1)


async def test_somebody_who_left_is_no_longer_let_in(
    database: Database, clock: FakeClock, ada: Staff
) -> None:
    async with database.write() as db:
        token = await sign_in(db, clock, "ada", PASSWORD, hours=1)
    async with database.write() as db:
        (await db.get_one(Staff, ada.id)).active = False
    async with database.read() as db:
        with pytest.raises(NotSignedIn):
            await staff_of_session(db, clock, token)


async def test_short_passwords_and_taken_names_are_refused(
    database: Database, clock: FakeClock, ada: Staff
) -> None:
    async with database.write() as db:
        with pytest.raises(Invalid):
            await create_staff(db, clock, login="bob", name="Bob", password="short", roles=[])
        with pytest.raises(Conflict):
            await create_staff(db, clock, login="ada", name="Ada", password=PASSWORD, roles=[])


def test_an_admin_may_everything_and_others_only_their_own() -> None:
    admin, agent = Staff(roles=["admin"]), Staff(roles=["agent"])
    assert admin.may(Role.TRAINER)
    assert agent.may(Role.AGENT, Role.SUPERVISOR)
    assert not agent.may(Role.EDITOR)


async def test_a_name_with_a_nul_is_nobodys(postgres: Database) -> None:
    """Only a multipart form brings one this far (server.nul), and PostgreSQL can't even be asked."""
    with pytest.raises(NotSignedIn):
        async with postgres.read() as db:
            await authenticate(db, "ada\x00", PASSWORD)
