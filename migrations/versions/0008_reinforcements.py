"""reinforcements and the teams that work them

Revision ID: 0008
Revises: 0007
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "reinforcements",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("district", sa.String(length=40), nullable=False, comment="where it is wanted"),
        sa.Column("requested_by", sa.String(length=40), nullable=False, comment="the district's code, police or own"),
        sa.Column("requested_by_user", sa.String(length=36), nullable=False),
        sa.Column("event", sa.String(length=20), nullable=True),
        sa.Column("date", sa.Date(), nullable=False, comment="the local date it begins"),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("place_words", sa.String(length=200), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False, comment="done is not stored: it follows"),
        sa.Column("answered_by", sa.String(length=36), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer_words", sa.String(length=200), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False, comment="1, 2, …: what a decision was read at"),
        sa.CheckConstraint(
            "state IN ('requested', 'accepted', 'declined', 'withdrawn')",
            name=op.f("ck_reinforcements_state_known"),
        ),
        sa.CheckConstraint(
            "requested_by IN ('police', 'own') OR requested_by = district",
            name=op.f("ck_reinforcements_requester_known"),
        ),
        sa.ForeignKeyConstraint(
            ["requested_by_user"], ["users.id"], name=op.f("fk_reinforcements_requested_by_user_users")
        ),
        sa.ForeignKeyConstraint(["answered_by"], ["users.id"], name=op.f("fk_reinforcements_answered_by_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reinforcements")),
    )
    op.create_index("ix_reinforcements_date", "reinforcements", ["date"])
    op.create_table(
        "reinforcement_teams",
        sa.Column("reinforcement_id", sa.String(length=36), nullable=False),
        sa.Column("team_id", sa.String(length=36), nullable=False),
        sa.ForeignKeyConstraint(
            ["reinforcement_id"],
            ["reinforcements.id"],
            name=op.f("fk_reinforcement_teams_reinforcement_id_reinforcements"),
        ),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_reinforcement_teams_team_id_teams")),
        sa.PrimaryKeyConstraint("reinforcement_id", "team_id", name=op.f("pk_reinforcement_teams")),
    )
    op.create_index(op.f("ix_reinforcement_teams_team_id"), "reinforcement_teams", ["team_id"])


def downgrade() -> None:
    op.drop_index(op.f("ix_reinforcement_teams_team_id"), table_name="reinforcement_teams")
    op.drop_table("reinforcement_teams")
    op.drop_index("ix_reinforcements_date", table_name="reinforcements")
    op.drop_table("reinforcements")
