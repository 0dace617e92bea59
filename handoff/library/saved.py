"""Saved views: filters of the queue under a name; one's own, and those that a supervisor gave everybody."""

from __future__ import annotations

import uuid

from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from handoff.library.inputs import NewView, ViewFilters
from handoff.library.models import SavedView
from server.auth import Role, Staff
from server.errors import Conflict, Forbidden, Invalid, NotFound

MOST = 30


class NameTaken(Conflict):
    code, message = "name_taken", "You have a view of this name already."


class TooManyViews(Conflict):
    code, message = "too_many_views", f"You have {MOST} views already. Delete one first."


async def of(db: AsyncSession, staff: Staff) -> list[SavedView]:
    """Everybody's views, then one's own, by name."""
    found = await db.scalars(
        select(SavedView)
        .where(or_(SavedView.shared, SavedView.staff_id == staff.id))
        .order_by(SavedView.shared.desc(), SavedView.name, SavedView.id)
        .limit(10 * MOST)
    )
    return list(found)


async def add(db: AsyncSession, view: NewView, staff: Staff) -> SavedView:
    """Keep a view.

    Raises:
        Forbidden: only supervisors share. Invalid: it filters nothing. NameTaken. TooManyViews.
    """
    if view.shared and not staff.may(Role.SUPERVISOR):
        raise Forbidden("A supervisor shares views with everybody.")
    if view.filters == ViewFilters():
        raise Invalid("Choose at least one filter first.")
    mine = select(SavedView).where(SavedView.staff_id == staff.id)
    if await db.scalar(mine.where(SavedView.name == view.name).limit(1)):
        raise NameTaken()
    if (await db.scalar(select(func.count()).select_from(mine.subquery())) or 0) >= MOST:
        raise TooManyViews()
    saved = SavedView(
        staff_id=staff.id,
        name=view.name,
        filters=view.filters.model_dump(mode="json", exclude_defaults=True),
        shared=view.shared,
    )
    db.add(saved)
    await db.flush()
    return saved


def may_remove(view: SavedView, staff: Staff) -> bool:
    return view.staff_id == staff.id or (view.shared and staff.may(Role.SUPERVISOR))


async def remove(db: AsyncSession, view_id: uuid.UUID, staff: Staff) -> None:
    """Delete one's own view; a supervisor deletes shared ones, too.

    Raises:
        NotFound: unknown, or another's (not told apart).
    """
    view = await db.get(SavedView, view_id)
    if view is None or not may_remove(view, staff):
        raise NotFound()
    await db.delete(view)
    await db.flush()
