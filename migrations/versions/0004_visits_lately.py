"""visits lately

Revision ID: 0004
Revises: 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    none = sa.text("""'{"visits": 0, "noted": 0}'""")
    comment = "28 days up to the last visit, all units; no contents"
    with op.batch_alter_table("sites", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("visits_lately", sa.JSON(none_as_null=True), nullable=False, server_default=none, comment=comment)
        )
    # The default was for the rows that are there: from now on the product says it.
    with op.batch_alter_table("sites", schema=None) as batch_op:
        batch_op.alter_column("visits_lately", existing_type=sa.JSON(none_as_null=True), server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("sites", schema=None) as batch_op:
        batch_op.drop_column("visits_lately")
