"""the review queue: marks of passes that wait, which contents a leader has opened

Revision ID: 0013
Revises: 0012
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

QUEUE = ["team_id", "status", "looks_closer", "started_at", "shift_id"]


def upgrade() -> None:
    op.create_table(
        "review_marks",
        sa.Column("shift_id", sa.String(length=36), nullable=False),
        sa.Column("team_id", sa.String(length=36), nullable=False),
        sa.Column("district", sa.String(length=40), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("looks_closer", sa.Boolean(), nullable=False, comment="whether there is any reason"),
        sa.Column("reasons", sa.JSON(), nullable=False, comment="codes; never a word of what was written"),
        sa.ForeignKeyConstraint(["shift_id"], ["shifts.id"], name=op.f("fk_review_marks_shift_id_shifts")),
        sa.PrimaryKeyConstraint("shift_id", name=op.f("pk_review_marks")),
        sa.CheckConstraint("status IN ('submitted','returned')", name=op.f("ck_review_marks_waits")),
    )
    op.create_index("ix_review_marks_queue", "review_marks", QUEUE)
    # What was sent in before is looked at closely until it is read through: `flask review mark`, or its next change.
    op.execute(
        "INSERT INTO review_marks (shift_id, team_id, district, status, started_at, looks_closer, reasons) "
        "SELECT id, team_id, district, status, started_at, true, '[\"unread\"]' FROM shifts "
        "WHERE status IN ('submitted','returned') AND NOT deleted"
    )
    op.create_table(
        "review_reads",
        sa.Column("user_id", sa.String(length=36), nullable=False),
        sa.Column("shift_id", sa.String(length=36), nullable=False),
        sa.Column("content_version", sa.BigInteger(), nullable=False, comment="the contents that were opened"),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["shift_id"], ["shifts.id"], name=op.f("fk_review_reads_shift_id_shifts")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_review_reads_user_id_users")),
        sa.PrimaryKeyConstraint("user_id", "shift_id", name=op.f("pk_review_reads")),
    )
    op.create_index("ix_review_reads_shift_id", "review_reads", ["shift_id"])
    op.create_index("ix_shifts_plan_id", "shifts", ["plan_id"])


def downgrade() -> None:
    op.drop_index("ix_shifts_plan_id", "shifts")
    op.drop_index("ix_review_reads_shift_id", "review_reads")
    op.drop_table("review_reads")
    op.drop_index("ix_review_marks_queue", "review_marks")
    op.drop_table("review_marks")
