"""What a page asks and tells about invitations: `/api/widget/invitations`."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, ConfigDict, Field

from conversations import identity
from conversations.guards import address_of, origin_of, visitor
from conversations.models import Visitor
from server.auth import anyone, services
from server.clock import Clock
from server.database import Database
from server.limits import Limits
from server.settings import Settings
from widget import invitations
from widget.config import Name
from widget.settings import WidgetSettings

router = APIRouter(prefix="/api/widget/invitations", tags=["widget"])


class _Body(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid")


class Ask(_Body):
    token: Annotated[str, Field(min_length=1, max_length=identity.TOKEN_LIMIT)] | None = None
    """Signed by the site: who the customer is. It is not used up by this."""


class Answer(BaseModel):
    show: bool


class Note(_Body):
    what: Literal["shown", "opened", "dismissed"]


class _App:
    """What these routes need of the app."""

    def __init__(self, held: Any) -> None:
        self.settings: Settings = held.settings
        self.clock: Clock = held.clock
        self.database: Database = held.database
        self.limits: Limits = held.limits
        self.widget: WidgetSettings = held.widget
        self.segments: invitations.Segments = held.desk.segments
        self.presence: invitations.Presence = held.presence


def _app(request: Request) -> _App:
    return _App(services(request))


async def _visitor(request: Request) -> Visitor | None:
    """Who brings a visitor's token; None: a stranger.

    Raises:
        OriginRefused: a foreign page. And what `conversations.guards.visitor` raises.
    """
    origin_of(request)
    return await visitor(request) if "authorization" in request.headers else None


App = Annotated[_App, Depends(_app)]
Somebody = Annotated[Visitor | None, Depends(_visitor)]


@router.post("/{name}/check", dependencies=[Depends(anyone)])
async def check_invitation(
    request: Request, app: App, who: Somebody, name: Name, body: Ask
) -> Answer:
    """Whether it may be shown to this visitor now. Why not is not told.

    Raises:
        NotFound: there is none of this id. ConsentRequired, TooMany.
    """
    app.limits.take("invitation", address_of(request))
    config = await app.widget.config()
    one = invitations.find(config, name)
    known = _identity(app, body.token)
    async with app.database.read() as db:
        await invitations.require_consent(db, config, who)
        show = await invitations.may_show(
            db, app.clock.now(), one, who, known, segments=app.segments, presence=app.presence
        )
    return Answer(show=show)


@router.post("/{name}", dependencies=[Depends(anyone)], status_code=204)
async def note_invitation(
    request: Request, app: App, who: Somebody, name: Name, body: Note
) -> None:
    """Count that it was shown, opened or dismissed.

    Raises:
        NotFound: there is none of this id. ConsentRequired, TooMany.
    """
    app.limits.take("invitation", address_of(request))
    config = await app.widget.config()
    one = invitations.find(config, name)
    async with app.database.write() as db:
        await invitations.require_consent(db, config, who)
        await invitations.note(db, app.clock, one.id, body.what, who.id if who else None)


def _identity(app: _App, token: str | None) -> identity.Identity | None:
    """Who the site says it is; a token that is not good says nothing."""
    if token is None:
        return None
    try:
        return identity.verify(app.settings, app.clock.now(), token)
    except identity.IdentityRefused:
        return None
