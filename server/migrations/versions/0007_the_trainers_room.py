"""The trainer's room"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import server.database

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Labels that came with no message, and what was said before.
    with op.batch_alter_table("labels", schema=None) as batch_op:
        batch_op.alter_column("turn_id", existing_type=sa.Uuid(), nullable=True)
        batch_op.add_column(
            sa.Column(
                "source",
                sa.Enum(
                    "turn",
                    "agent",
                    "opinion",
                    "import",
                    "typed",
                    "file",
                    name="source",
                    native_enum=False,
                    length=20,
                ),
                server_default="turn",
                nullable=False,
            )
        )
        batch_op.add_column(sa.Column("spans", sa.JSON(), server_default="[]", nullable=False))
        batch_op.add_column(sa.Column("history", sa.JSON(), server_default="[]", nullable=False))
        batch_op.add_column(sa.Column("approved_by", sa.Uuid(), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_labels_approved_by_staff"), "staff", ["approved_by"], ["id"]
        )
    # The frustration threshold, and scores worked out again.
    op.create_table(
        "mood_thresholds",
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("handoff", sa.Float(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("restores", sa.Integer(), nullable=True),
        sa.Column("by", sa.Uuid(), nullable=True),
        sa.Column("at", server.database.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["by"], ["staff.id"], name=op.f("fk_mood_thresholds_by_staff")),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_mood_thresholds")),
    )
    op.create_table(
        "mood_scores",
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("first_seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("version", sa.String(length=120), nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("signals", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.id"],
            name=op.f("fk_mood_scores_conversation_id_conversations"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("conversation_id", "first_seq", name=op.f("pk_mood_scores")),
    )
    # Findings about the training data that are no problem.
    op.create_table(
        "health_no_problems",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=True),
        sa.Column("at", server.database.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["by"], ["staff.id"], name=op.f("fk_health_no_problems_by_staff")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_health_no_problems")),
    )
    # Second opinions on labels.
    op.create_table(
        "opinion_rules",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("share", sa.Float(), nullable=False),
        sa.Column("new_intents", sa.Boolean(), nullable=False),
        sa.Column("intents", sa.JSON(), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=True),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("at", server.database.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["by"], ["staff.id"], name=op.f("fk_opinion_rules_by_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opinion_rules")),
    )
    op.create_table(
        "opinion_cases",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("turn_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("open_key", sa.String(length=64), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column(
            "why",
            sa.Enum(
                "drawn",
                "new_intent",
                "listed",
                "unsure",
                name="why",
                native_enum=False,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "waiting",
                "disagreed",
                "agreed",
                "done",
                "withdrawn",
                name="casestate",
                native_enum=False,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("spans", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("opened_at", server.database.UtcDateTime(timezone=True), nullable=False),
        sa.Column("decided_at", server.database.UtcDateTime(timezone=True), nullable=True),
        sa.Column("intent", sa.String(length=80), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("settled_by", sa.Uuid(), nullable=True),
        sa.Column("problem", sa.String(length=500), nullable=False),
        sa.ForeignKeyConstraint(
            ["settled_by"], ["staff.id"], name=op.f("fk_opinion_cases_settled_by_staff")
        ),
        sa.ForeignKeyConstraint(
            ["turn_id"], ["turns.id"], name=op.f("fk_opinion_cases_turn_id_turns")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opinion_cases")),
        sa.UniqueConstraint("open_key", name=op.f("uq_opinion_cases_open_key")),
    )
    with op.batch_alter_table("opinion_cases", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_opinion_cases_key"), ["key"], unique=False)
        batch_op.create_index(batch_op.f("ix_opinion_cases_state"), ["state"], unique=False)
        batch_op.create_index(batch_op.f("ix_opinion_cases_turn_id"), ["turn_id"], unique=False)
    op.create_table(
        "opinions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=False),
        sa.Column("intent", sa.String(length=80), nullable=False),
        sa.Column("at", server.database.UtcDateTime(timezone=True), nullable=False),
        sa.Column("later", sa.String(length=80), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.ForeignKeyConstraint(["by"], ["staff.id"], name=op.f("fk_opinions_by_staff")),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["opinion_cases.id"],
            name=op.f("fk_opinions_case_id_opinion_cases"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opinions")),
        sa.UniqueConstraint("case_id", "by", name=op.f("uq_opinions_case_id_by")),
        sa.UniqueConstraint("case_id", "number", name=op.f("uq_opinions_case_id_number")),
    )
    # What was decided about suspicious examples.
    op.create_table(
        "suspect_decisions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("intent", sa.String(length=80), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column(
            "decision",
            sa.Enum("kept", "moved", "removed", name="decision", native_enum=False, length=20),
            nullable=False,
        ),
        sa.Column("moved_to", sa.String(length=80), nullable=True),
        sa.Column("by", sa.Uuid(), nullable=True),
        sa.Column("at", server.database.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["by"], ["staff.id"], name=op.f("fk_suspect_decisions_by_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_suspect_decisions")),
        sa.UniqueConstraint("key", "intent", name=op.f("uq_suspect_decisions_key_intent")),
    )
    with op.batch_alter_table("suspect_decisions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_suspect_decisions_at"), ["at"], unique=False)
    # What happened to the model, and candidates that read along.
    op.create_table(
        "model_steps",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("at", server.database.UtcDateTime(timezone=True), nullable=False),
        sa.Column(
            "what",
            sa.Enum(
                "trained",
                "compared",
                "shadowed",
                "promoted",
                "refused",
                "kept_old",
                "rolled_back",
                "found",
                "failed",
                name="what",
                native_enum=False,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("model", sa.String(length=500), nullable=True),
        sa.Column("run_id", sa.Uuid(), nullable=True),
        sa.Column("by", sa.Uuid(), nullable=True),
        sa.Column("why", sa.String(length=500), nullable=False),
        sa.ForeignKeyConstraint(["by"], ["staff.id"], name=op.f("fk_model_steps_by_staff")),
        sa.ForeignKeyConstraint(
            ["run_id"], ["training_runs.id"], name=op.f("fk_model_steps_run_id_training_runs")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_model_steps")),
    )
    with op.batch_alter_table("model_steps", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_model_steps_at"), ["at"], unique=False)
    op.create_table(
        "shadow_trials",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "starting",
                "running",
                "stopping",
                "ended",
                "failed",
                name="trialstate",
                native_enum=False,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("model", sa.String(length=500), nullable=False),
        sa.Column("serving", sa.String(length=500), nullable=True),
        sa.Column("share", sa.Float(), nullable=False),
        sa.Column("wanted", sa.Integer(), nullable=False),
        sa.Column("dropped", sa.Integer(), nullable=False),
        sa.Column("started_at", server.database.UtcDateTime(timezone=True), nullable=False),
        sa.Column("finished_at", server.database.UtcDateTime(timezone=True), nullable=True),
        sa.Column("why", sa.String(length=500), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["by"], ["staff.id"], name=op.f("fk_shadow_trials_by_staff")),
        sa.ForeignKeyConstraint(
            ["run_id"], ["training_runs.id"], name=op.f("fk_shadow_trials_run_id_training_runs")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shadow_trials")),
    )
    with op.batch_alter_table("shadow_trials", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_shadow_trials_started_at"), ["started_at"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_shadow_trials_state"), ["state"], unique=False)
    op.create_table(
        "shadow_results",
        sa.Column("trial_id", sa.Uuid(), nullable=False),
        sa.Column("turn_id", sa.Uuid(), nullable=False),
        sa.Column("intent", sa.String(length=80), nullable=True),
        sa.Column("confidence", sa.Float(), nullable=True),
        sa.Column("milliseconds", sa.Float(), nullable=True),
        sa.Column("error", sa.String(length=80), nullable=True),
        sa.Column("at", server.database.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["trial_id"],
            ["shadow_trials.id"],
            name=op.f("fk_shadow_results_trial_id_shadow_trials"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["turn_id"],
            ["turns.id"],
            name=op.f("fk_shadow_results_turn_id_turns"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("trial_id", "turn_id", name=op.f("pk_shadow_results")),
    )
    with op.batch_alter_table("shadow_results", schema=None) as batch_op:
        batch_op.create_index("ix_shadow_results_turn_id_at", ["turn_id", "at"], unique=False)
    # What was sent from the review queue to the editors.
    op.create_table(
        "sent_questions",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("turn_id", sa.Uuid(), nullable=False),
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column("by", sa.String(length=80), nullable=False),
        sa.Column("at", server.database.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["turn_id"], ["turns.id"], name=op.f("fk_sent_questions_turn_id_turns")
        ),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_sent_questions")),
    )
    with op.batch_alter_table("sent_questions", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_sent_questions_report_id"), ["report_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_sent_questions_turn_id"), ["turn_id"], unique=False)


def downgrade() -> None:
    op.drop_table("sent_questions")
    op.drop_table("shadow_results")
    op.drop_table("shadow_trials")
    op.drop_table("model_steps")
    op.drop_table("suspect_decisions")
    op.drop_table("opinions")
    op.drop_table("opinion_cases")
    op.drop_table("opinion_rules")
    op.drop_table("health_no_problems")
    op.drop_table("mood_scores")
    op.drop_table("mood_thresholds")
    with op.batch_alter_table("labels", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_labels_approved_by_staff"), type_="foreignkey")
        batch_op.drop_column("approved_by")
        batch_op.drop_column("history")
        batch_op.drop_column("spans")
        batch_op.drop_column("source")
    op.execute("DELETE FROM labels WHERE turn_id IS NULL")
    with op.batch_alter_table("labels", schema=None) as batch_op:
        batch_op.alter_column("turn_id", existing_type=sa.Uuid(), nullable=False)
