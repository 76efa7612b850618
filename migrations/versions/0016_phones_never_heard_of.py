"""phones that are known by their queue file alone were never heard of

Revision ID: 0016
Revises: 0015
"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None
ALONE = "empty: known by its queue file alone"


def upgrade() -> None:
    with op.batch_alter_table("sync_devices") as table:
        table.alter_column(
            "last_sync_at",
            existing_type=sa.DateTime(timezone=True),
            nullable=True,
            existing_comment=None,
            comment=ALONE,
        )
    # A phone that sends tells of its build and its queue.
    op.execute(
        "UPDATE sync_devices SET last_sync_at = NULL WHERE app_build IS NULL AND CAST(queue AS TEXT) IN ('{}', 'null')"
    )


def downgrade() -> None:
    op.execute(
        "UPDATE sync_devices SET last_sync_at = (SELECT created_at FROM devices WHERE devices.id = device_id) "
        "WHERE last_sync_at IS NULL"
    )
    with op.batch_alter_table("sync_devices") as table:
        table.alter_column(
            "last_sync_at",
            existing_type=sa.DateTime(timezone=True),
            nullable=False,
            existing_comment=ALONE,
            comment=None,
        )
