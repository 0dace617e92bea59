"""Signing in and out, and changing one's password: server-rendered pages that need no JavaScript."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import structlog
from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from jinja2 import Environment, FileSystemLoader
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from server.auth import (
    PASSWORD_LENGTH,
    Role,
    Staff,
    anyone,
    authenticate,
    change_password,
    cookie_name,
    create_staff,
    knows_password,
    open_session,
    services,
    sign_out,
    staff_of_session,
)
from server.clock import Clock
from server.errors import Forbidden, HandrailError, Invalid, NotSignedIn, TooMany
from server.limits import Limits, Rate, address_of
from server.places import LOGIN, landing
from server.settings import Settings

log = structlog.get_logger(__name__)

HERE = Path(__file__).parent
# No script at all, styles from our own sheet, forms to ourselves, no frame around it.
STRICT_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
}
_STAFF_PATH = re.compile(r"/staff(/[A-Za-z0-9_-]{1,80}){1,5}")
# A person mistypes a few times; a guesser then gets one try a minute at one name, from wherever.
TRIES = {"sign_in_name": Rate(20, 1200), "sign_in_address": Rate(40, 480)}

TEMPLATES = Environment(loader=FileSystemLoader(HERE / "templates"), autoescape=True)


async def ensure_first_admin(db: AsyncSession, clock: Clock, settings: Settings) -> Staff | None:
    """Create ``admin``, who may do everything, when nobody works here yet; else change nothing."""
    if await db.scalar(select(Staff.id).limit(1)):
        return None
    password = settings.first_password.get_secret_value()
    staff = await create_staff(
        db, clock, login="admin", name="Admin", password=password, roles=list(Role)
    )
    log.info("first_admin_created", staff=str(staff.id))
    return staff


def same_origin(request: Request) -> None:
    """A dependency for plain forms, which can't send our header: the page must be our own.

    Raises:
        Forbidden: the Origin header is missing, ``null``, or another site's.
    """
    origin = urlsplit(request.headers.get("origin", ""))
    if not origin.netloc or origin.netloc != request.headers.get("host"):
        raise Forbidden("This form was sent from another site.")


def local_path(target: str) -> str:
    """The path to go to after signing in: one of the staff pages, or the landing page.

    Anything else, another site's address among it, would make this form an open redirect.
    """
    return target if _STAFF_PATH.fullmatch(target) else "/staff"


def _page(template: str, status: int = 200, **values: object) -> HTMLResponse:
    html = TEMPLATES.get_template(template).render(minimum=PASSWORD_LENGTH, **values)
    return HTMLResponse(html, status_code=status, headers=STRICT_HEADERS)


def _to(path: str) -> RedirectResponse:
    return RedirectResponse(path, status_code=303, headers={"Cache-Control": "no-store"})


async def _person(request: Request) -> Staff:
    held = services(request)
    cookie = request.cookies.get(cookie_name(held.settings.secure_cookies))
    async with held.database.read() as db:
        return await staff_of_session(db, held.clock, cookie)


def _end_cookie(response: Response, settings: Settings) -> None:
    secure = settings.secure_cookies
    response.delete_cookie(
        cookie_name(secure), path="/", secure=secure, httponly=True, samesite="strict"
    )


class Gate:
    """How often one may try to sign in, by name and by address."""

    def __init__(self, clock: Clock) -> None:
        self._limits = Limits(clock, TRIES)

    def check(self, login: str, address: str) -> None:
        """Count one try.

        Raises:
            TooMany: too many tries, for this name or from this address.
        """
        try:
            self._limits.take("sign_in_address", address)
            self._limits.take("sign_in_name", login.strip().lower()[:80])
        except TooMany:
            raise TooMany("Too many tries. Please wait a few minutes.") from None


def login_routes(clock: Clock) -> APIRouter:
    """``/staff`` (landing), ``/staff/login``, ``/staff/logout`` and ``/staff/password``."""
    router = APIRouter(dependencies=[Depends(anyone)], include_in_schema=False)
    gate = Gate(clock)
    form = [Depends(same_origin)]

    @router.get("/staff")
    async def land(request: Request) -> RedirectResponse:
        try:
            return _to(landing(await _person(request)))
        except NotSignedIn:
            return _to(LOGIN)

    @router.get(LOGIN)
    async def login_page(next: str = "", changed: bool = False) -> HTMLResponse:
        return _page("login.html", next=local_path(next), login="", error="", changed=changed)

    @router.post(LOGIN, dependencies=form)
    async def log_in(
        request: Request,
        login: Annotated[str, Form(max_length=200)] = "",
        password: Annotated[str, Form(max_length=1000)] = "",
        next: Annotated[str, Form(max_length=500)] = "",
    ) -> Response:
        held = services(request)
        settings: Settings = held.settings
        try:
            gate.check(login, address_of(request))
            async with held.database.read() as db:
                staff = await authenticate(db, login, password)
            async with held.database.write() as db:
                token = await open_session(db, held.clock, staff, settings.session_hours)
        except (NotSignedIn, TooMany) as error:
            log.info("sign_in_refused", code=error.code, address=address_of(request))
            values = {"next": local_path(next), "login": login[:80], "error": str(error)}
            return _page("login.html", error.status, changed=False, **values)
        response = _to(local_path(next))
        response.set_cookie(
            cookie_name(settings.secure_cookies),
            token,
            max_age=int(settings.session_hours * 3600),
            path="/",
            secure=settings.secure_cookies,
            httponly=True,
            samesite="strict",
        )
        return response

    @router.post("/staff/logout", dependencies=form)
    async def log_out(request: Request) -> RedirectResponse:
        held = services(request)
        token = request.cookies.get(cookie_name(held.settings.secure_cookies))
        if token:
            async with held.database.write() as db:
                await sign_out(db, token)
        response = _to(LOGIN)
        _end_cookie(response, held.settings)
        return response

    @router.get("/staff/password")
    async def password_page(request: Request) -> Response:
        try:
            return _page("password.html", name=(await _person(request)).name, error="")
        except NotSignedIn:
            return _to(f"{LOGIN}?next=/staff/password")

    @router.post("/staff/password", dependencies=form)
    async def new_password(
        request: Request,
        current: Annotated[str, Form(max_length=1000)] = "",
        new: Annotated[str, Form(max_length=1000)] = "",
        again: Annotated[str, Form(max_length=1000)] = "",
    ) -> Response:
        staff = await _person(request)
        try:
            if new != again:
                raise Invalid("The new password was not typed the same way twice.")
            await replace_password(request, gate, staff, current, new)
        except HandrailError as error:
            return _page("password.html", error.status, name=staff.name, error=str(error))
        response = _to(f"{LOGIN}?changed=1")
        _end_cookie(response, services(request).settings)
        return response

    return router


async def replace_password(
    request: Request, gate: Gate, staff: Staff, current: str, new: str
) -> None:
    """Change a person's password, who proves to know the present one; ends all their sessions.

    Raises:
        Invalid: the present password is wrong, or the new one too short.
        TooMany: too many tries.
    """
    gate.check(staff.login, address_of(request))
    if not await knows_password(staff, current):
        raise Invalid("The present password is not right.")
    async with services(request).database.write() as db:
        await change_password(db, staff, new)
