"""posts and filled posts per unit and month

Revision ID: 0019
Revises: 0018
"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "staffing",
        sa.Column("team_id", sa.String(36), nullable=False),
        sa.Column("month", sa.Date(), nullable=False, comment="its first day"),
        sa.Column("posts_hundredths", sa.Integer(), nullable=False, comment="full-time posts, in hundredths"),
        sa.Column("filled_hundredths", sa.Integer(), nullable=False, comment="of them filled, in hundredths"),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("entered_by", sa.String(36), nullable=False),
        sa.CheckConstraint(
            "filled_hundredths >= 0 AND filled_hundredths <= posts_hundredths",
            name=op.f("ck_staffing_filled_within_posts"),
        ),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_staffing_team_id_teams")),
        sa.PrimaryKeyConstraint("team_id", "month", name=op.f("pk_staffing")),
    )


def downgrade() -> None:
    op.drop_table("staffing")
