"""The actions without their effects: the business system is read, and never written."""

from __future__ import annotations

from typing import Any, cast

import pytest

from business.protocol import Task
from server.rehearsing import REFERENCE, STAND_IN_EMAIL, Rehearsal, SandboxShop, Session, _noting
from tests.actions.fakes import FakeKnowledge
from tests.business.fakes import FakeClock, FakeShop

CALL = {
    "sender_id": "c1:1",
    "domain": {},
    "tracker": {
        "sender_id": "c1:1",
        "slots": {},
        "events": [],
        "latest_action_name": None,
        "active_loop": {},
        "latest_input_channel": "handrail",
        "paused": False,
        "followup_action": None,
    },
}
TURN = "6ba7b811-9dad-11d1-80b4-00c04fd430c8"


def call(
    action: str, intent: str, text: str, loop: str | None = None, **slots: Any
) -> dict[str, Any]:
    latest = {
        "text": text,
        "intent": {"name": intent, "confidence": 0.9},
        "entities": [],
        "metadata": {"conversation_id": "c1", "turn_id": TURN, "epoch": 0},
    }
    tracker = {
        **cast(dict[str, Any], CALL["tracker"]),
        "latest_message": latest,
        "slots": {"stage": "acknowledge", "requested_slot": None, **slots},
        "active_loop": {"name": loop} if loop else {},
    }
    return {**CALL, "next_action": action, "tracker": tracker}


@pytest.fixture
def shop() -> FakeShop:
    return FakeShop()


@pytest.fixture
async def session(shop: FakeShop) -> Session:
    return await Rehearsal(FakeKnowledge(), shop, FakeClock()).begin()


async def test_a_cancelled_order_is_only_noted(session: Session, shop: FakeShop) -> None:
    asked = call("action_cancel_order", "affirm", "yes", order_number="FW-204411", confirmed=True)
    ran = await session.run(asked)
    assert ran.status == 200
    assert ran.would == [
        {"task": "cancel_order", "subject": "FW-204411", "with": {"order_number": "FW-204411"}}
    ]
    assert ran.records["effect"]["reference"] == REFERENCE
    said = " ".join(message["text"] for message in ran.body["responses"])
    assert REFERENCE in said
    assert "59.90" in said  # the order's own total, read from the shop
    assert (shop.effects, shop.receipts) == ([], {})


async def test_every_effect_is_noted_and_none_reaches_the_shop(shop: FakeShop) -> None:
    sandbox = SandboxShop(shop, FakeClock())
    with _noting() as would:
        await sandbox.return_order("FW-204412", "broken", key="k")
        await sandbox.cancel_order("FW-000000", key="k")
        await sandbox.cancel_subscription("ann@example.com", "moving", key="k")
    assert [one["task"] for one in would] == [task.value for task in Task]
    assert (shop.effects, shop.receipts) == ([], {})


async def test_masked_details_open_a_stand_in(shop: FakeShop) -> None:
    sandbox = SandboxShop(shop, FakeClock())
    stand_in = await sandbox.find_order("FW-000000")
    assert stand_in is not None
    assert (stand_in.email, stand_in.cannot_return) == (STAND_IN_EMAIL, None)
    assert await sandbox.find_order("FW-204411") == shop.orders["FW-204411"]
    assert await sandbox.find_order("FW-999999") is None
    assert await sandbox.find_subscription(STAND_IN_EMAIL) is not None
    assert await sandbox.find_subscription("bob@example.com") is None


async def test_a_handoff_is_only_noted(session: Session) -> None:
    ran = await session.run(call("action_handoff", "request_human", "a person please"))
    assert ran.records["handoff"]["reason"] == "asked"


async def test_an_unknown_action_and_a_broken_one_fail_as_for_a_customer(session: Session) -> None:
    assert (await session.run(call("action_nothing", "greet", "hi"))).status == 404
    broken = call("action_answer", "delivery_info", "when do you deliver", excluded=["no id"])
    assert (await session.run(broken)).status in (200, 500)


async def test_search_answers_in_the_form_of_a_decision(shop: FakeShop) -> None:
    rehearsal = Rehearsal(FakeKnowledge(), shop, FakeClock())
    found = await rehearsal.search("what does delivery cost", "delivery_info", 0.8)
    assert found["kind"] == "answer"
    assert found["candidates"][0]["title"] == "What delivery costs"
