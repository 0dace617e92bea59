"""The demo shop's tables."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Boolean, Date, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from server.database import Base, UtcDateTime


class DemoOrder(Base):
    __tablename__ = "demo_orders"
    number: Mapped[str] = mapped_column(String(20), primary_key=True)
    email: Mapped[str] = mapped_column(String(254))
    postcode: Mapped[str] = mapped_column(String(12))
    status: Mapped[str] = mapped_column(String(20))
    placed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    items: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    total_cents: Mapped[int] = mapped_column(Integer)
    returnable: Mapped[bool] = mapped_column(Boolean, default=True)
    courier: Mapped[str | None] = mapped_column(String(40))
    tracking_url: Mapped[str | None] = mapped_column(String(255))
    expected_on: Mapped[date | None] = mapped_column(Date)
    delivered_on: Mapped[date | None] = mapped_column(Date)


class DemoSubscription(Base):
    __tablename__ = "demo_subscriptions"
    email: Mapped[str] = mapped_column(String(254), primary_key=True)
    postcode: Mapped[str] = mapped_column(String(12))
    name: Mapped[str] = mapped_column(String(80))
    price_cents: Mapped[int] = mapped_column(Integer)
    paid_until: Mapped[date] = mapped_column(Date)
    ended: Mapped[bool] = mapped_column(Boolean, default=False)


class DemoReceipt(Base):
    """Effects done. The unique key is what makes a repeat harmless; it commits with the effect."""

    __tablename__ = "demo_receipts"
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    key: Mapped[str] = mapped_column(String(64), unique=True)
    task: Mapped[str] = mapped_column(String(30))
    subject: Mapped[str] = mapped_column(String(254))
    reason: Mapped[str] = mapped_column(String(1000), default="")
    done_at: Mapped[datetime] = mapped_column(UtcDateTime)
    amount_cents: Mapped[int | None] = mapped_column(Integer)
    label_url: Mapped[str | None] = mapped_column(String(255))
    ends_on: Mapped[date | None] = mapped_column(Date)
