"""What the widget is set to, asks and takes in; new intents; models of starts; customers who were told"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import server.database

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "created_intents",
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("keys", sa.JSON(), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=True),
        sa.Column("at", server.database.UtcDateTime(timezone=True), nullable=False),
        sa.Column("going", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["by"], ["staff.id"], name=op.f("fk_created_intents_by_staff")),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_created_intents")),
    )
    # Who did a step of the model where it was no member of staff at a page.
    with op.batch_alter_table("model_steps", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("who", sa.String(length=120), server_default="", nullable=False)
        )
    # What the house has set of its widget.
    op.create_table(
        "widget_settings",
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("config", sa.JSON(), nullable=False),
        sa.Column("note", sa.String(length=300), nullable=False),
        sa.Column("restores", sa.Integer(), nullable=True),
        sa.Column("by", sa.Uuid(), nullable=True),
        sa.Column("at", server.database.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["by"], ["staff.id"], name=op.f("fk_widget_settings_by_staff")),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_widget_settings")),
    )
    # What the customer is asked: consent, the form before the chat, thumbs and surveys.
    with op.batch_alter_table("visitors", schema=None) as batch_op:
        batch_op.add_column(sa.Column("language", sa.String(length=35), nullable=True))
        batch_op.add_column(sa.Column("answers", sa.JSON(), server_default="{}", nullable=False))
        batch_op.add_column(
            sa.Column("form_at", server.database.UtcDateTime(timezone=True), nullable=True)
        )
    op.create_table(
        "consents",
        sa.Column("visitor_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", server.database.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["visitor_id"], ["visitors.id"], name=op.f("fk_consents_visitor_id_visitors")
        ),
        sa.PrimaryKeyConstraint("visitor_id", "version", name=op.f("pk_consents")),
    )
    op.create_table(
        "thumbs",
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("episode", sa.Integer(), nullable=False),
        sa.Column("turn_id", sa.Uuid(), nullable=True),
        sa.Column("article_id", sa.String(length=36), nullable=False),
        sa.Column("up", sa.Boolean(), nullable=False),
        sa.Column("comment", sa.String(length=300), nullable=True),
        sa.Column("at", server.database.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.id"],
            name=op.f("fk_thumbs_conversation_id_conversations"),
        ),
        sa.PrimaryKeyConstraint("conversation_id", "seq", name=op.f("pk_thumbs")),
    )
    with op.batch_alter_table("thumbs", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_thumbs_at"), ["at"], unique=False)
        batch_op.create_index(batch_op.f("ix_thumbs_turn_id"), ["turn_id"], unique=False)
    op.create_table(
        "survey_answers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("visitor_id", sa.Uuid(), nullable=False),
        sa.Column("episode", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("score", sa.Integer(), nullable=True),
        sa.Column("comment", sa.String(length=1000), nullable=True),
        sa.Column("asked_at", server.database.UtcDateTime(timezone=True), nullable=False),
        sa.Column("answered_at", server.database.UtcDateTime(timezone=True), nullable=True),
        sa.Column("skipped_at", server.database.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.id"],
            name=op.f("fk_survey_answers_conversation_id_conversations"),
        ),
        sa.ForeignKeyConstraint(
            ["visitor_id"], ["visitors.id"], name=op.f("fk_survey_answers_visitor_id_visitors")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_survey_answers")),
        sa.UniqueConstraint(
            "conversation_id",
            "episode",
            "kind",
            name=op.f("uq_survey_answers_conversation_id_episode_kind"),
        ),
    )
    with op.batch_alter_table("survey_answers", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_survey_answers_asked_at"), ["asked_at"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_survey_answers_visitor_id"), ["visitor_id"], unique=False
        )
    # Files in chats; their bytes lie on the disk.
    op.create_table(
        "chat_files",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=True),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("media_type", sa.String(length=40), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=True),
        sa.Column("height", sa.Integer(), nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("at", server.database.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.id"],
            name=op.f("fk_chat_files_conversation_id_conversations"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_chat_files")),
    )
    with op.batch_alter_table("chat_files", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_chat_files_at"), ["at"], unique=False)
        batch_op.create_index(
            "ix_chat_files_conversation_id_at", ["conversation_id", "at"], unique=False
        )
    # Models that came into service with a start.
    with op.batch_alter_table("training_runs", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("at_a_start", sa.Boolean(), server_default=sa.false(), nullable=False)
        )
    # What became of the widget's invitations.
    op.create_table(
        "invitation_marks",
        sa.Column("visitor_id", sa.Uuid(), nullable=False),
        sa.Column("invitation", sa.String(length=40), nullable=False),
        sa.Column("shown_at", server.database.UtcDateTime(timezone=True), nullable=True),
        sa.Column("opened_at", server.database.UtcDateTime(timezone=True), nullable=True),
        sa.Column("dismissed_at", server.database.UtcDateTime(timezone=True), nullable=True),
        sa.Column("answered_at", server.database.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["visitor_id"], ["visitors.id"], name=op.f("fk_invitation_marks_visitor_id_visitors")
        ),
        sa.PrimaryKeyConstraint("visitor_id", "invitation", name=op.f("pk_invitation_marks")),
    )
    op.create_table(
        "invitation_days",
        sa.Column("invitation", sa.String(length=40), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("shown", sa.Integer(), nullable=False),
        sa.Column("opened", sa.Integer(), nullable=False),
        sa.Column("dismissed", sa.Integer(), nullable=False),
        sa.Column("answered", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("invitation", "day", name=op.f("pk_invitation_days")),
    )
    # Limits on mails that strangers cause count the latest ones.
    with op.batch_alter_table("mail_outbox", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_mail_outbox_created_at"), ["created_at"], unique=False)
    # Low ratings are few, and looked for at every look at the review queue.
    with op.batch_alter_table("episodes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_episodes_rating"), ["rating"], unique=False)
    # When a case's customer was told that its cause is mended.
    with op.batch_alter_table("handoffs", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("told_at", server.database.UtcDateTime(timezone=True), nullable=True)
        )


def downgrade() -> None:
    with op.batch_alter_table("handoffs", schema=None) as batch_op:
        batch_op.drop_column("told_at")
    with op.batch_alter_table("episodes", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_episodes_rating"))
    with op.batch_alter_table("mail_outbox", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_mail_outbox_created_at"))
    op.drop_table("invitation_days")
    op.drop_table("invitation_marks")
    with op.batch_alter_table("training_runs", schema=None) as batch_op:
        batch_op.drop_column("at_a_start")
    op.drop_table("chat_files")
    op.drop_table("survey_answers")
    op.drop_table("thumbs")
    op.drop_table("consents")
    with op.batch_alter_table("visitors", schema=None) as batch_op:
        batch_op.drop_column("form_at")
        batch_op.drop_column("answers")
        batch_op.drop_column("language")
    op.drop_table("widget_settings")
    with op.batch_alter_table("model_steps", schema=None) as batch_op:
        batch_op.drop_column("who")
    op.drop_table("created_intents")
