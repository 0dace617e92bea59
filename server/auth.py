"""Staff: who they are, what they may do, and their sessions. Deny by default.

Every HTTP route declares who may call it: ``Depends(allow(Role.AGENT))`` for staff, ``Depends(anyone)``
for the public, the visitor and internal guards elsewhere. ``create_app`` refuses a route that declares nothing.
"""

from __future__ import annotations

import asyncio
import enum
import hashlib
import secrets
import uuid
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Annotated, Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from fastapi import Depends, Request
from sqlalchemy import JSON, Boolean, ForeignKey, String, bindparam, delete, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from server.clock import Clock
from server.database import Base, Database, UtcDateTime
from server.errors import Conflict, Forbidden, Invalid, NotFound, NotSignedIn

COOKIE = "handrail_session"
SECURE_COOKIE = "__Host-" + COOKIE
# A header that no plain HTML form can send; with SameSite=Strict it stops forged requests.
CSRF_HEADER = "x-handrail"
PASSWORD_LENGTH = 12

_hasher = PasswordHasher()
# Verified when the name is unknown, so that both cases take as long.
_NOBODY = _hasher.hash(secrets.token_hex(16))


class Role(enum.StrEnum):
    AGENT = "agent"
    EDITOR = "editor"
    TRAINER = "trainer"
    SUPERVISOR = "supervisor"
    ADMIN = "admin"


class Staff(Base):
    __tablename__ = "staff"
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    login: Mapped[str] = mapped_column(String(80), unique=True)
    name: Mapped[str] = mapped_column(String(80))
    """Shown to customers."""
    password_hash: Mapped[str] = mapped_column(String(200))
    roles: Mapped[list[str]] = mapped_column(JSON, default=list)
    active: Mapped[bool] = mapped_column(Boolean, default=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    def may(self, *roles: Role) -> bool:
        return Role.ADMIN in self.roles or any(role in self.roles for role in roles)


class StaffSession(Base):
    __tablename__ = "staff_sessions"
    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    staff_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("staff.id"), index=True)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)


def cookie_name(secure: bool) -> str:
    """The session cookie's name; over https browsers hold a ``__Host-`` cookie to this host and path."""
    return SECURE_COOKIE if secure else COOKIE


def hash_token(token: str) -> str:
    """Tokens carry 256 random bits, so a plain hash is enough to store them."""
    return hashlib.sha256(token.encode()).hexdigest()


async def create_staff(
    db: AsyncSession, clock: Clock, *, login: str, name: str, password: str, roles: list[Role]
) -> Staff:
    """Add a member of staff.

    Raises:
        Invalid: the password is shorter than 12 characters, or the login or name is empty.
        Conflict: the login is taken.
    """
    if len(password) < PASSWORD_LENGTH:
        raise Invalid(f"A password needs at least {PASSWORD_LENGTH} characters.")
    login = login.strip().lower()
    if not login or not name.strip() or len(login) > 80 or len(name) > 80:
        raise Invalid("A login and a name need 1 to 80 characters.")
    if await db.scalar(select(Staff).where(Staff.login == login)):
        raise Conflict("This login is taken.")
    staff = Staff(
        login=login,
        name=name.strip(),
        password_hash=_hasher.hash(password),
        roles=[role.value for role in roles],
        created_at=clock.now(),
    )
    db.add(staff)
    await db.flush()
    return staff


def _matches(hashed: str, password: str) -> bool:
    try:
        return _hasher.verify(hashed, password[:200])
    except (VerifyMismatchError, InvalidHashError):
        return False


async def knows_password(staff: Staff, password: str) -> bool:
    """Whether this is the person's present password."""
    return await asyncio.to_thread(_matches, staff.password_hash, password)


async def change_password(db: AsyncSession, staff: Staff, password: str) -> None:
    """Set a new password and end every session of this person.

    Raises:
        Invalid: the password is shorter than 12 characters.
    """
    if len(password) < PASSWORD_LENGTH:
        raise Invalid(f"A password needs at least {PASSWORD_LENGTH} characters.")
    staff.password_hash = _hasher.hash(password)
    await db.merge(staff)
    await db.execute(delete(StaffSession).where(StaffSession.staff_id == staff.id))


async def authenticate(db: AsyncSession, login: str, password: str) -> Staff:
    """The person with this name and password. Call it in a reading session: argon2 takes its time.

    Raises:
        NotSignedIn: name or password is wrong, or the person is no longer active (not told apart).
    """
    # What a form with files may hold, PostgreSQL can't be asked for.
    name = login.replace("\0", "?").strip().lower()[:80]
    staff = await db.scalar(select(Staff).where(Staff.login == name))
    hashed = staff.password_hash if staff else _NOBODY
    # In a thread: 30 ms of hashing on the event loop would make every customer wait.
    right = await asyncio.to_thread(_matches, hashed, password)
    if staff is None or not right or not staff.active:
        raise NotSignedIn("This name and password do not match.")
    return staff


async def open_session(db: AsyncSession, clock: Clock, staff: Staff, hours: float) -> str:
    """Open a session for somebody who was authenticated; returns its token, for the cookie.

    Raises:
        NotSignedIn: meanwhile the password was changed, or the person left.
    """
    now = await db.get(Staff, staff.id)
    if now is None or not now.active or now.password_hash != staff.password_hash:
        raise NotSignedIn("This name and password do not match.")
    token = secrets.token_urlsafe(32)
    expires = clock.now() + timedelta(hours=hours)
    await db.execute(delete(StaffSession).where(StaffSession.expires_at < clock.now()))
    db.add(StaffSession(token_hash=hash_token(token), staff_id=staff.id, expires_at=expires))
    return token


async def sign_out(db: AsyncSession, token: str) -> None:
    await db.execute(delete(StaffSession).where(StaffSession.token_hash == hash_token(token)))


# Built once: every request of staff asks it, and building it costs as much as running it.
_OF_SESSION = (
    select(Staff)
    .join(StaffSession, StaffSession.staff_id == Staff.id)
    .where(
        StaffSession.token_hash == bindparam("token"),
        StaffSession.expires_at > bindparam("now", type_=UtcDateTime),
        Staff.active,
    )
)


async def staff_of_session(db: AsyncSession, clock: Clock, token: str | None) -> Staff:
    """The person behind a session token.

    Raises:
        NotSignedIn: the session is unknown, has ended, or its person is no longer active.
    """
    if not token:
        raise NotSignedIn()
    found = await db.execute(_OF_SESSION, {"token": hash_token(token), "now": clock.now()})
    staff = found.scalar_one_or_none()
    if staff is None:
        raise NotSignedIn()
    return staff


async def get_staff(db: AsyncSession, staff_id: uuid.UUID) -> Staff:
    staff = await db.get(Staff, staff_id)
    if staff is None:
        raise NotFound()
    return staff


def services(request: Request) -> Any:
    """The app's services (server.app.Services), for dependencies."""
    return request.app.state.services


def allow(*roles: Role) -> Callable[[Request], Awaitable[Staff]]:
    """A dependency that lets in signed-in staff with one of these roles (an admin always).

    Raises:
        NotSignedIn: no valid session. Forbidden: another role, or a changing request without the header.
        TooMany: this session has asked the interface (``/api/``) for more than it may.
    """

    async def guard(request: Request) -> Staff:
        database: Database = services(request).database
        async with database.read() as db:
            cookie = cookie_name(services(request).settings.secure_cookies)
            token = request.cookies.get(cookie)
            staff = await staff_of_session(db, services(request).clock, token)
        if request.url.path.startswith("/api/"):
            # Only of a session that exists: strangers' cookies would push the others' counts out of memory.
            services(request).limits.take("staff_request", hash_token(token or ""))
        if not staff.may(*roles):
            raise Forbidden()
        if request.method not in ("GET", "HEAD") and request.headers.get(CSRF_HEADER) != "1":
            raise Forbidden("The X-Handrail header is missing.")
        return staff

    guard.access = tuple(roles) or ("staff",)  # type: ignore[attr-defined]
    return guard


async def anyone() -> None:
    """Declares a route as public."""


anyone.access = ("public",)  # type: ignore[attr-defined]

CurrentStaff = Annotated[Staff, Depends(allow(*Role))]
CurrentAgent = Annotated[Staff, Depends(allow(Role.AGENT, Role.SUPERVISOR))]
CurrentEditor = Annotated[Staff, Depends(allow(Role.EDITOR))]
CurrentTrainer = Annotated[Staff, Depends(allow(Role.TRAINER))]
CurrentAdmin = Annotated[Staff, Depends(allow(Role.ADMIN))]
