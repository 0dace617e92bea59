"""The editor's room: set times, files, labelled questions, what happened to an article"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import server.database

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "questions_set_aside",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("by", sa.String(length=80), nullable=False),
        sa.Column("at", server.database.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_questions_set_aside")),
    )
    op.create_table(
        "article_days",
        sa.Column("article_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("views", sa.Integer(), nullable=False),
        sa.Column("helped", sa.Integer(), nullable=False),
        sa.Column("not_helped", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"],
            ["articles.id"],
            name=op.f("fk_article_days_article_id_articles"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("article_id", "day", name=op.f("pk_article_days")),
    )
    op.create_table(
        "article_events",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("article_id", sa.Uuid(), nullable=False),
        sa.Column("what", sa.String(length=20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=True),
        sa.Column("by", sa.String(length=80), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("at", server.database.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"],
            ["articles.id"],
            name=op.f("fk_article_events_article_id_articles"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_article_events")),
    )
    with op.batch_alter_table("article_events", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_article_events_article_id"), ["article_id"], unique=False
        )

    op.create_table(
        "article_files",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("article_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("media_type", sa.String(length=80), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("by", sa.String(length=80), nullable=False),
        sa.Column("at", server.database.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"],
            ["articles.id"],
            name=op.f("fk_article_files_article_id_articles"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_article_files")),
    )
    with op.batch_alter_table("article_files", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_article_files_article_id"), ["article_id"], unique=False
        )

    op.create_table(
        "stored_questions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("text", sa.String(length=500), nullable=False),
        sa.Column("article_id", sa.Uuid(), nullable=True),
        sa.Column("golden", sa.Boolean(), nullable=False),
        sa.Column("source", sa.String(length=12), nullable=False),
        sa.Column("created_at", server.database.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"],
            ["articles.id"],
            name=op.f("fk_stored_questions_article_id_articles"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stored_questions")),
        sa.UniqueConstraint("key", name=op.f("uq_stored_questions_key")),
    )
    with op.batch_alter_table("stored_questions", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_stored_questions_article_id"), ["article_id"], unique=False
        )

    with op.batch_alter_table("articles", schema=None) as batch_op:
        batch_op.add_column(sa.Column("review_by", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("scheduled", sa.Integer(), nullable=True))
        batch_op.add_column(
            sa.Column("publish_at", server.database.UtcDateTime(timezone=True), nullable=True)
        )
        batch_op.add_column(
            sa.Column("expires_at", server.database.UtcDateTime(timezone=True), nullable=True)
        )
        batch_op.add_column(sa.Column("family", sa.Uuid(), nullable=True))
        batch_op.create_index(batch_op.f("ix_articles_expires_at"), ["expires_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_articles_family"), ["family"], unique=False)
        batch_op.create_index(batch_op.f("ix_articles_publish_at"), ["publish_at"], unique=False)

    with op.batch_alter_table("knowledge_state", schema=None) as batch_op:
        batch_op.add_column(sa.Column("answer_precision", sa.Float(), nullable=True))
        batch_op.add_column(sa.Column("calibration", sa.JSON(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("knowledge_state", schema=None) as batch_op:
        batch_op.drop_column("calibration")
        batch_op.drop_column("answer_precision")

    with op.batch_alter_table("articles", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_articles_publish_at"))
        batch_op.drop_index(batch_op.f("ix_articles_family"))
        batch_op.drop_index(batch_op.f("ix_articles_expires_at"))
        batch_op.drop_column("family")
        batch_op.drop_column("expires_at")
        batch_op.drop_column("publish_at")
        batch_op.drop_column("scheduled")
        batch_op.drop_column("review_by")

    with op.batch_alter_table("stored_questions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_stored_questions_article_id"))

    op.drop_table("stored_questions")
    with op.batch_alter_table("article_files", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_article_files_article_id"))

    op.drop_table("article_files")
    with op.batch_alter_table("article_events", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_article_events_article_id"))

    op.drop_table("article_events")
    op.drop_table("article_days")
    op.drop_table("questions_set_aside")
