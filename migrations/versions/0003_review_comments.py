"""review comments

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "review_comments",
        sa.Column("shift_id", sa.String(length=36), nullable=False),
        sa.Column("record_id", sa.String(length=36), nullable=True, comment="empty: of the whole shift"),
        sa.Column("field", sa.String(length=60), nullable=True, comment="empty: of the whole record"),
        sa.Column("text", sa.String(length=2000), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False, comment="UUIDv7 made by the record's creator"),
        sa.Column("version", sa.Integer(), nullable=False, comment="1, 2, … per record"),
        sa.Column("seq", sa.BigInteger(), nullable=False, comment="server order of changes; one counter (PL2)"),
        sa.Column("deleted", sa.Boolean(), nullable=False, comment="tombstone (PL4)"),
        sa.Column("created_by", sa.String(length=36), nullable=True, comment="author; empty for what the server made"),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, comment="made_at of the creation"),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False, comment="when the server took it in"),
        sa.Column("flags", sa.JSON(none_as_null=True), nullable=False, comment="codes such as clock_uncertain"),
        sa.ForeignKeyConstraint(["shift_id"], ["shifts.id"], name=op.f("fk_review_comments_shift_id_shifts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_comments")),
    )
    with op.batch_alter_table("review_comments", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_review_comments_seq"), ["seq"], unique=False)
        batch_op.create_index(batch_op.f("ix_review_comments_shift_id"), ["shift_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("review_comments", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_review_comments_shift_id"))
        batch_op.drop_index(batch_op.f("ix_review_comments_seq"))

    op.drop_table("review_comments")
