"""wrong codes of passes, counted per person

Revision ID: 0010
Revises: 0009
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "wrong_join_codes",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("user_id", sa.String(length=36), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_wrong_join_codes_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wrong_join_codes")),
    )
    op.create_index("ix_wrong_join_codes_user_id", "wrong_join_codes", ["user_id"])


def downgrade() -> None:
    op.drop_index("ix_wrong_join_codes_user_id", "wrong_join_codes")
    op.drop_table("wrong_join_codes")
