"""drafts past their time are found without reading every pass of a team

Revision ID: 0018
Revises: 0017
"""

from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None
NAME = "ix_shifts_team_id_status_started_at"


def upgrade() -> None:
    op.create_index(NAME, "shifts", ["team_id", "status", "started_at"])


def downgrade() -> None:
    op.drop_index(NAME, table_name="shifts")
