"""The table of files in chats. The bytes lie on the disk, under the row's id."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, Index, Integer, String, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from server.database import Base, UtcDateTime


class ChatFile(Base):
    """A file that a customer or an agent has sent."""

    __tablename__ = "chat_files"
    __table_args__ = (Index("ix_chat_files_conversation_id_at", "conversation_id", "at"),)
    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True)
    conversation_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("conversations.id", ondelete="CASCADE")
    )
    seq: Mapped[int] = mapped_column(Integer)
    """Of the message that it came with."""
    staff_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    """Who sent it; null: the customer."""
    name: Mapped[str] = mapped_column(String(120))
    media_type: Mapped[str] = mapped_column(String(40))
    size: Mapped[int] = mapped_column(Integer)
    """Bytes on the disk; of a picture other than were sent."""
    width: Mapped[int | None] = mapped_column(Integer)
    height: Mapped[int | None] = mapped_column(Integer)
    sha256: Mapped[str] = mapped_column(String(64))
    """Of the bytes as they were sent."""
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
