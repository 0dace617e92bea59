"""The staff pages, and who may open which; the header's navigation and the landing page follow it."""

from __future__ import annotations

from dataclasses import dataclass

from server.auth import Role, Staff

LOGIN = "/staff/login"
PASSWORD = "/staff/password"  # noqa: S105 - a path


@dataclass(frozen=True)
class Place:
    path: str
    label: str
    roles: tuple[Role, ...]
    also: tuple[str, ...] = ()
    """Where else one is still at this place."""
    within: str = ""
    """The place whose own links lead here; who may open that one needs no link of its own."""

    def holds(self, path: str) -> bool:
        """Whether the page at ``path`` belongs to this place."""
        return path.startswith((self.within or self.path, *self.also))


PLACES = (
    Place("/staff/queue", "Queue", (Role.AGENT, Role.SUPERVISOR), also=("/staff/chat/",)),
    Place("/staff/desk", "Desk", (Role.SUPERVISOR,)),
    Place("/staff/desk/replies", "Desk", (Role.AGENT,), within="/staff/desk"),
    Place("/staff/articles", "Articles", (Role.EDITOR,)),
    Place("/staff/articles/quality", "Quality", (Role.SUPERVISOR,), within="/staff/articles"),
    Place("/staff/training", "Training", (Role.TRAINER,)),
    Place("/staff/insights", "Insights", (Role.SUPERVISOR,)),
    Place("/staff/widget", "Widget", (Role.SUPERVISOR,)),
    Place(
        "/staff/insights/digest", "Digest", (Role.EDITOR, Role.TRAINER), within="/staff/insights"
    ),
    Place(
        "/staff/training/opinions", "Second opinions", (Role.SUPERVISOR,), within="/staff/training"
    ),
)


def places_of(staff: Staff) -> list[Place]:
    open_to = {place.path: place for place in PLACES if staff.may(*place.roles)}
    return [place for place in open_to.values() if place.within not in open_to]


def landing(staff: Staff) -> str:
    """Where this person's work starts; without any page of their own, the password page."""
    places = places_of(staff)
    return places[0].path if places else PASSWORD
