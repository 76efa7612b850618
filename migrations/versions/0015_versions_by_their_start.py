"""when the shift of an approved version began, as the version itself says

Revision ID: 0015
Revises: 0014
"""

from datetime import datetime

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None
BEGAN = "when the shift began, as its content says"
VERSIONS = sa.table(
    "approved_versions",
    sa.column("shift_id", sa.String),
    sa.column("number", sa.Integer),
    sa.column("content", sa.JSON),
    sa.column("started_at", sa.DateTime(timezone=True)),
)
A_TIME = 100


def upgrade() -> None:
    with op.batch_alter_table("approved_versions") as table:
        table.add_column(sa.Column("started_at", sa.DateTime(timezone=True), nullable=True, comment=BEGAN))
    _fill(op.get_bind())
    with op.batch_alter_table("approved_versions") as table:
        table.alter_column(
            "started_at", existing_type=sa.DateTime(timezone=True), nullable=False, existing_comment=BEGAN
        )


def downgrade() -> None:
    with op.batch_alter_table("approved_versions") as table:
        table.drop_column("started_at")


def _fill(connection: sa.Connection) -> None:
    """Read the start out of each version; times in it stand as they travel, in UTC."""
    columns = VERSIONS.c
    keys = connection.execute(sa.select(columns.shift_id, columns.number)).all()
    for at in range(0, len(keys), A_TIME):
        some = sa.tuple_(columns.shift_id, columns.number).in_([tuple(key) for key in keys[at : at + A_TIME]])
        found = connection.execute(sa.select(columns.shift_id, columns.number, columns.content).where(some)).all()
        for shift_id, number, content in found:
            this = (columns.shift_id == shift_id, columns.number == number)
            began = datetime.fromisoformat(content["shift"]["started_at"])
            connection.execute(sa.update(VERSIONS).where(*this).values(started_at=began))
