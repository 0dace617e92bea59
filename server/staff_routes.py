"""Staff as REST: oneself, and (admins only) everybody."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field
from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from server.auth import (
    CurrentAdmin,
    CurrentStaff,
    Role,
    Staff,
    StaffSession,
    change_password,
    create_staff,
    get_staff,
    services,
)
from server.clock import Clock
from server.errors import Conflict, Invalid
from server.login import Gate, replace_password

Name = Annotated[str, Field(min_length=1, max_length=80)]
Password = Annotated[str, Field(max_length=200)]


class StaffView(BaseModel):
    id: UUID
    login: str
    name: str
    roles: list[Role]
    active: bool
    created_at: datetime

    @classmethod
    def of(cls, staff: Staff) -> StaffView:
        return cls.model_validate(staff, from_attributes=True)


class NewStaff(BaseModel):
    login: Name
    name: Name
    password: Password
    roles: list[Role] = Field(default_factory=list, max_length=5)


class StaffChange(BaseModel):
    """What is left out stays as it is."""

    name: Name | None = None
    roles: list[Role] | None = Field(default=None, max_length=5)
    active: bool | None = None
    password: Password | None = None


class PasswordChange(BaseModel):
    current: Password
    new: Password


async def change_staff(db: AsyncSession, staff_id: UUID, change: StaffChange) -> Staff:
    """Change a person's name, roles, password or whether they still work here.

    Losing a role or the job ends their sessions.

    Raises:
        NotFound: there is no such person.
        Conflict: nobody would be left who may do this.
        Invalid: the new password is too short, or the name is empty.
    """
    staff = await get_staff(db, staff_id)
    if change.name is not None:
        if not change.name.strip():
            raise Invalid("A name needs 1 to 80 characters.")
        staff.name = change.name.strip()
    if change.roles is not None:
        staff.roles = [role.value for role in change.roles]
    if change.active is not None:
        staff.active = change.active
    await db.flush()
    everybody = await db.scalars(select(Staff).where(Staff.active))
    if not any(Role.ADMIN in person.roles for person in everybody):
        raise Conflict("Somebody active has to stay an administrator.")
    if change.password is not None:
        await change_password(db, staff, change.password)
    if change.roles is not None or change.active is False:
        await db.execute(delete(StaffSession).where(StaffSession.staff_id == staff.id))
    return staff


def staff_routes(clock: Clock) -> APIRouter:
    """``/api/staff``: one's own name and password, and the administrators' list of people."""
    router = APIRouter(prefix="/api/staff", tags=["staff"])
    gate = Gate(clock)

    @router.get("/me")
    async def me(staff: CurrentStaff) -> StaffView:
        return StaffView.of(staff)

    async def set_password(request: Request, staff: CurrentStaff, body: PasswordChange) -> Response:
        """Ends every session of this person, the present one too."""
        await replace_password(request, gate, staff, body.current, body.new)
        return Response(status_code=204)

    for method in ("PUT", "POST"):
        router.add_api_route(
            "/me/password",
            set_password,
            methods=[method],
            status_code=204,
            operation_id=f"set_password_{method.lower()}",
        )

    @router.get("")
    async def people(request: Request, _: CurrentAdmin) -> list[StaffView]:
        async with services(request).database.read() as db:
            found = await db.scalars(select(Staff).order_by(Staff.login))
            return [StaffView.of(staff) for staff in found]

    @router.post("", status_code=201)
    async def add(request: Request, _: CurrentAdmin, body: NewStaff) -> StaffView:
        held: Any = services(request)
        async with held.database.write() as db:
            return StaffView.of(await create_staff(db, held.clock, **dict(body)))

    @router.patch("/{staff_id}")
    async def change(
        request: Request, _: CurrentAdmin, staff_id: UUID, body: StaffChange
    ) -> StaffView:
        async with services(request).database.write() as db:
            return StaffView.of(await change_staff(db, staff_id, body))

    return router
