"""Searches of the help centre, and who changed how answers are decided"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import server.database

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "policy_changes",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("what", sa.String(length=20), nullable=False),
        sa.Column("before", sa.String(length=500), nullable=False),
        sa.Column("after", sa.String(length=500), nullable=False),
        sa.Column("by", sa.String(length=80), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("at", server.database.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_policy_changes")),
    )
    op.create_table(
        "help_searches",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("text", sa.String(length=400), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("probability", sa.Float(), nullable=False),
        sa.Column("first", sa.Uuid(), nullable=True),
        sa.Column("opened", sa.Boolean(), nullable=False),
        sa.Column("reader", sa.String(length=64), nullable=False),
        sa.Column("at", server.database.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_help_searches")),
    )
    with op.batch_alter_table("help_searches", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_help_searches_at"), ["at"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("help_searches", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_help_searches_at"))

    op.drop_table("help_searches")
    op.drop_table("policy_changes")
