"""Who finds a way to which staff page."""

from __future__ import annotations

import pytest

from server.auth import Role, Staff
from server.places import PASSWORD, landing, places_of

ROOM = {"Articles", "Quality"}


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


def test_work_starts_at_the_first_place_or_at_the_password() -> None:
    assert landing(Staff(roles=["supervisor"])) == "/staff/queue"
    assert landing(Staff(roles=[])) == PASSWORD
