"""site safety: why, by whom, until when it is looked at again

Revision ID: 0009
Revises: 0008
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

COLUMNS = ("safety_review_on", "safety_set_at", "safety_set_by", "safety_reason")


def upgrade() -> None:
    with op.batch_alter_table("sites", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("safety_reason", sa.String(length=200), nullable=True, comment="why, for those who work there")
        )
        batch_op.add_column(
            sa.Column("safety_set_by", sa.String(length=36), nullable=True, comment="who set the level")
        )
        batch_op.add_column(
            sa.Column("safety_set_at", sa.DateTime(timezone=True), nullable=True, comment="when the level was set")
        )
        batch_op.add_column(
            sa.Column("safety_review_on", sa.Date(), nullable=True, comment="when the level is to be looked at again")
        )


def downgrade() -> None:
    with op.batch_alter_table("sites", schema=None) as batch_op:
        for name in COLUMNS:
            batch_op.drop_column(name)
