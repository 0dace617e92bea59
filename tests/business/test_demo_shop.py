"""The demo shop keeps the contract, and Fernway's own rules."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from business.demo import DemoShop
from business.errors import AlreadyPacked, AlreadyReturned, BusinessUnavailable, NotReturnable
from business.protocol import BusinessSystem
from server.database import Base, Database
from server.events import LocalBus
from tests.business.contract import BusinessSystemContract
from tests.business.fakes import FakeClock, FakeShop


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'shop.db'}", LocalBus())
    async with database.write() as db:
        connection = await db.connection()
        await connection.run_sync(Base.metadata.create_all)
    yield database
    await database.close()


@pytest.fixture
async def demo(database: Database, clock: FakeClock) -> DemoShop:
    shop = DemoShop(database, clock)
    assert await shop.seed() == 16
    return shop


class TestDemoShop(BusinessSystemContract):
    @pytest.fixture
    def shop(self, demo: DemoShop) -> BusinessSystem:
        return demo


class TestFakeShop(BusinessSystemContract):
    @pytest.fixture
    def shop(self) -> BusinessSystem:
        return FakeShop()


async def test_seeding_twice_changes_nothing(demo: DemoShop) -> None:
    await demo.cancel_order("FW-204411", key="turn-1")
    assert await demo.seed() == 0
    order = await demo.find_order("FW-204411")
    assert order is not None
    assert order.cannot_cancel == "already_cancelled"


async def test_packing_orders_can_be_cancelled_for_an_hour(
    demo: DemoShop, clock: FakeClock
) -> None:
    fresh = await demo.find_order("FW-220138")
    assert fresh is not None
    assert fresh.cannot_cancel is None
    clock.time += timedelta(minutes=41)
    with pytest.raises(AlreadyPacked):
        await demo.cancel_order("FW-220138", key="turn-1")


async def test_what_cannot_go_back(demo: DemoShop) -> None:
    with pytest.raises(NotReturnable):
        await demo.return_order("FW-405561", "", key="turn-1")
    with pytest.raises(AlreadyReturned):
        await demo.return_order("FW-512004", "", key="turn-2")


async def test_the_thirtieth_day_still_counts(demo: DemoShop, clock: FakeClock) -> None:
    clock.time += timedelta(days=24)  # delivered 6 days before
    await demo.return_order("FW-204412", "late", key="turn-1")


async def test_a_repeat_after_a_restart_finds_the_receipt(
    demo: DemoShop, database: Database, clock: FakeClock
) -> None:
    first = await demo.cancel_order("FW-204411", key="turn-1")
    clock.time += timedelta(minutes=5)
    assert await DemoShop(database, clock).cancel_order("FW-204411", key="turn-1") == first


async def test_a_database_that_cannot_write_is_named_as_the_shop_being_down(
    demo: DemoShop, database: Database
) -> None:
    async with database.write() as db:
        connection = await db.connection()
        await connection.exec_driver_sql("DROP TABLE demo_receipts")
    with pytest.raises(BusinessUnavailable):
        await demo.cancel_order("FW-204411", key="turn-1")
    order = await demo.find_order("FW-204411")
    assert order is not None
    assert order.cannot_cancel is None
