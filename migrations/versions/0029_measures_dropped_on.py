"""measures: the day one was dropped

Revision ID: 0029
Revises: 0028
"""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "measures", sa.Column("dropped_on", sa.Date(), nullable=True, comment="the day it became dropped, while it is")
    )
    # The last change is the nearest that is known of those that were dropped before.
    op.execute("UPDATE measures SET dropped_on = date(changed_at) WHERE status = 'dropped'")


def downgrade() -> None:
    op.drop_column("measures", "dropped_on")
