"""Who finds a way to which staff page."""

from __future__ import annotations

import pytest

from server.auth import Role, Staff
from server.places import PASSWORD, landing, places_of
from training.pages import SCREENS, screens_of

ROOM = {"Articles", "Quality"}
TRAINERS = {"Training", "Second opinions"}


@pytest.mark.parametrize(
    ("roles", "seen"),
    [
        ((), set()),
        ((Role.AGENT,), set()),
        ((Role.EDITOR,), {"Articles"}),
        ((Role.SUPERVISOR,), {"Quality"}),
        ((Role.SUPERVISOR, Role.EDITOR), {"Articles"}),
        ((Role.ADMIN,), {"Articles"}),
    ],
)
def test_the_quality_page_has_one_way_in(roles: tuple[Role, ...], seen: set[str]) -> None:
    """Editors go there by their room; a supervisor who is no editor by the header."""
    staff = Staff(roles=[role.value for role in roles])
    labels = [place.label for place in places_of(staff)]
    assert {label for label in labels if label in ROOM} == seen
    assert len(labels) == len(set(labels))


@pytest.mark.parametrize(
    ("roles", "seen"),
    [
        ((), set()),
        ((Role.AGENT,), set()),
        ((Role.EDITOR,), set()),
        ((Role.TRAINER,), {"Training"}),
        ((Role.SUPERVISOR,), {"Second opinions"}),
        ((Role.SUPERVISOR, Role.TRAINER), {"Training"}),
        ((Role.ADMIN,), {"Training"}),
    ],
)
def test_second_opinions_have_one_way_in(roles: tuple[Role, ...], seen: set[str]) -> None:
    """Trainers go there by their room; a supervisor who is no trainer by the header."""
    staff = Staff(roles=[role.value for role in roles])
    labels = [place.label for place in places_of(staff)]
    assert {label for label in labels if label in TRAINERS} == seen
    assert len(labels) == len(set(labels))


@pytest.mark.parametrize(
    ("roles", "links"), [((Role.TRAINER,), len(SCREENS)), ((Role.SUPERVISOR,), 1), ((), 0)]
)
def test_the_trainers_room_links_what_one_may_open(roles: tuple[Role, ...], links: int) -> None:
    shown = screens_of(Staff(roles=[role.value for role in roles]))
    assert len(shown) == links
    if links == 1:
        assert shown[0].path == "/staff/training/opinions"


def test_work_starts_at_the_first_place_or_at_the_password() -> None:
    assert landing(Staff(roles=["supervisor"])) == "/staff/queue"
    assert landing(Staff(roles=[])) == PASSWORD


@pytest.mark.parametrize(
    ("path", "here"),
    [
        ("/staff/queue", ["Queue"]),
        ("/staff/chat/6f1c3c52-8a57-4d7e-9d0a-0f4a5e2f2a11", ["Queue"]),
        ("/staff/desk/alerts", ["Desk"]),
        ("/staff/articles/quality", ["Articles"]),
        ("/staff/training/opinions", ["Training"]),
        ("/staff/insights/digest", ["Insights"]),
        ("/staff/password", []),
    ],
)
def test_the_header_says_where_one_is(path: str, here: list[str]) -> None:
    admin = Staff(roles=[Role.ADMIN.value])
    assert [place.label for place in places_of(admin) if place.holds(path)] == here
