"""decisions of review with their rounds and due dates, approved versions, where each change stands in the order

Revision ID: 0011
Revises: 0010
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None
READ = "what was read: the highest seq of its tree"
WHOLE = "shift, visits and observations, whole"
ROUND = "the round it came with; empty: older"
DUE = "the round's, so that it reaches the phone"
PLACE = "the record's place in the order since; empty: older"


def upgrade() -> None:
    op.create_table(
        "reviews",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("shift_id", sa.String(length=36), nullable=False),
        sa.Column("decision", sa.String(length=10), nullable=False),
        sa.Column("by", sa.String(length=36), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("content_version", sa.BigInteger(), nullable=False, comment=READ),
        sa.Column("reason", sa.String(length=2000), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True, comment="until when the shift is asked for again"),
        sa.CheckConstraint("decision IN ('approve','return','reopen')", name=op.f("ck_reviews_decision_known")),
        sa.ForeignKeyConstraint(["shift_id"], ["shifts.id"], name=op.f("fk_reviews_shift_id_shifts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reviews")),
    )
    op.create_index(op.f("ix_reviews_shift_id"), "reviews", ["shift_id"])
    op.create_table(
        "approved_versions",
        sa.Column("shift_id", sa.String(length=36), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False, comment="1, 2, …"),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(length=36), nullable=False, comment="the leader"),
        sa.Column("content_version", sa.BigInteger(), nullable=False, comment="the highest seq of its tree"),
        sa.Column("reason", sa.String(length=2000), nullable=False, comment="why it was amended"),
        sa.Column("content", sa.JSON(none_as_null=True), nullable=False, comment=WHOLE),
        sa.ForeignKeyConstraint(["shift_id"], ["shifts.id"], name=op.f("fk_approved_versions_shift_id_shifts")),
        sa.PrimaryKeyConstraint("shift_id", "number", name=op.f("pk_approved_versions")),
    )
    with op.batch_alter_table("review_comments") as table:
        table.add_column(sa.Column("review_id", sa.String(length=36), nullable=True, comment=ROUND))
        table.add_column(sa.Column("due_on", sa.Date(), nullable=True, comment=DUE))
    with op.batch_alter_table("sync_history") as table:
        table.add_column(sa.Column("seq", sa.BigInteger(), nullable=True, comment=PLACE))


def downgrade() -> None:
    with op.batch_alter_table("sync_history") as table:
        table.drop_column("seq")
    with op.batch_alter_table("review_comments") as table:
        table.drop_column("due_on")
        table.drop_column("review_id")
    op.drop_table("approved_versions")
    op.drop_index(op.f("ix_reviews_shift_id"), "reviews")
    op.drop_table("reviews")
