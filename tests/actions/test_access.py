"""An order opens to who can prove that it is theirs, and to nobody who guesses."""

from __future__ import annotations

from datetime import timedelta

import pytest

from actions.access import TRIES_PER_CONVERSATION, TRIES_PER_SUBJECT, Access, Locked
from actions.services import Order
from tests.business.fakes import FakeClock, FakeShop


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def access(clock: FakeClock) -> Access:
    return Access(FakeShop(), clock)


async def attempt(
    access: Access,
    number: str = "FW-204411",
    *,
    email: str | None = None,
    postcode: str | None = None,
    conversation: str = "one",
) -> Order | None:
    return await access.order(number, email=email, postcode=postcode, conversation=conversation)


async def test_email_or_postcode_opens_an_order(access: Access) -> None:
    assert await attempt(access, email=" Ann@Example.com ")
    assert await attempt(access, postcode="90 00")


async def test_a_number_alone_opens_nothing(access: Access) -> None:
    assert await attempt(access) is None
    assert await attempt(access, email="", postcode="") is None


async def test_unknown_and_foreign_orders_look_alike(access: Access) -> None:
    assert await attempt(access, email="eve@example.com") is None
    assert await attempt(access, "FW-999999", email="eve@example.com") is None


async def test_many_conversations_cannot_guess_at_one_order(
    access: Access, clock: FakeClock
) -> None:
    for n in range(TRIES_PER_SUBJECT):
        assert await attempt(access, postcode=f"{n}", conversation=f"c{n}") is None
    with pytest.raises(Locked):
        await attempt(access, postcode="9000", conversation="another")
    clock.time += timedelta(minutes=61)
    assert await attempt(access, postcode="9000", conversation="another")


async def test_one_conversation_cannot_guess_at_many_orders(access: Access) -> None:
    for n in range(TRIES_PER_CONVERSATION):
        assert await attempt(access, f"FW-00000{n}", email="eve@example.com") is None
    with pytest.raises(Locked):
        await attempt(access, email="ann@example.com")
    assert await attempt(access, email="ann@example.com", conversation="another")


async def test_a_subscription_opens_with_its_postcode(access: Access) -> None:
    opened = await access.subscription("ann@example.com", postcode="9000", conversation="one")
    assert opened is not None
    for email, postcode in (("ann@example.com", "1000"), ("eve@example.com", "9000")):
        assert await access.subscription(email, postcode=postcode, conversation="one") is None
