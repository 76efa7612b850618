"""districts travel anew: phones that have them get their outlines too

Revision ID: 0027
Revises: 0026
"""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    connection = op.get_bind()
    ids = list(connection.scalars(sa.text("SELECT id FROM districts ORDER BY code")))
    if not ids:
        return
    take = sa.text("UPDATE sync_state SET seq = seq + :n RETURNING seq")
    last = connection.execute(take, {"n": len(ids)}).scalar_one()
    move = sa.text("UPDATE districts SET seq = :seq, version = version + 1 WHERE id = :id")
    for seq, district_id in enumerate(ids, start=last - len(ids) + 1):
        connection.execute(move, {"seq": seq, "id": district_id})


def downgrade() -> None:
    # An older build leaves the outline out; who has it keeps it unread.
    pass
