"""The search's own tables, made by migration 0005 and not from models: their words live in each database's own
full-text index (SQLite: FTS5, PostgreSQL: tsvector), which no model can describe for both.

Triggers on messages, notes, visitors, conversations and handoffs write what changed into ``history_pending`` in
the same transaction; `indexer` takes it from there. So no change is missed, whoever makes it, and a message
costs one small row more.
"""

from __future__ import annotations

import enum

from sqlalchemy import BigInteger, Column, Integer, MetaData, String, Table, Uuid

_OWN = MetaData()
_ID = BigInteger().with_variant(Integer, "sqlite")


class Kind(enum.StrEnum):
    MESSAGE = "message"
    NOTE = "note"
    CUSTOMER = "customer"
    """A name and an e-mail address; `ref` is the visitor."""
    CASE = "case"
    """A topic and tags; `ref` is the handoff."""


PENDING = Table(
    "history_pending",
    _OWN,
    Column("id", _ID, primary_key=True),
    Column("kind", String(10)),
    Column("ref", Uuid),
)
ENTRIES = Table(
    "history_entries",
    _OWN,
    # Rises with time: newest first is the index's own order, and nothing is sorted.
    Column("id", _ID, primary_key=True),
    Column("kind", String(10)),
    Column("ref", Uuid),
    Column("conversation_id", Uuid),
)
