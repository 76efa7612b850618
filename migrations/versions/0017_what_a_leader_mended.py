"""what stood before a leader mended it travels to the phone beside why

Revision ID: 0017
Revises: 0016
"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    said = "what a mended field said; empty: a request"
    column = sa.Column("before", sa.JSON(none_as_null=True), nullable=True, comment=said)
    op.add_column("review_comments", column)


def downgrade() -> None:
    with op.batch_alter_table("review_comments") as table:
        table.drop_column("before")
