"""frozen periods: their figures, and the counts of persons they rest on

Revision ID: 0021
Revises: 0020
"""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None
NUMBER = "1, 2, …: the order in which all were made"
VERSION = "1, 2, … of this scope and period"
FULL = "the figures as the team has them, canonical JSON (RFC 8785)"
PROTECTED = "as they may leave the team; a team's own never do"
CELLS = "count by cell, such as present/13-15/female; no zeros"


def upgrade() -> None:
    op.create_table(
        "frozen_summaries",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False, comment=NUMBER),
        sa.Column("scope", sa.String(length=60), nullable=False, comment="district:<code>, team:<id> or city"),
        sa.Column("district", sa.String(length=40), nullable=True),
        sa.Column("team_id", sa.String(length=36), nullable=True),
        sa.Column("first_on", sa.Date(), nullable=False, comment="the first of a month"),
        sa.Column("last_on", sa.Date(), nullable=False, comment="the last of a month"),
        sa.Column("version", sa.Integer(), nullable=False, comment=VERSION),
        sa.Column("mapping_year", sa.Integer(), nullable=True),
        sa.Column("full", sa.Text(), nullable=False, comment=FULL),
        sa.Column("full_sha256", sa.String(length=64), nullable=False),
        sa.Column("protected", sa.Text(), nullable=True, comment=PROTECTED),
        sa.Column("protected_sha256", sa.String(length=64), nullable=True),
        sa.Column("frozen_by", sa.String(length=36), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False, comment="as what they did it: team_lead or analyst"),
        sa.Column("frozen_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("district IS NULL OR team_id IS NULL", name=op.f("ck_frozen_summaries_one_scope")),
        sa.CheckConstraint("version >= 1", name=op.f("ck_frozen_summaries_version_counts_from_one")),
        sa.ForeignKeyConstraint(["frozen_by"], ["users.id"], name=op.f("fk_frozen_summaries_frozen_by_users")),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_frozen_summaries_team_id_teams")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_frozen_summaries")),
        sa.UniqueConstraint("number", name="uq_frozen_summaries_number"),
        sa.UniqueConstraint("scope", "first_on", "last_on", "version", name="uq_frozen_summaries_version"),
    )
    op.create_table(
        "frozen_atoms",
        sa.Column("frozen_id", sa.String(length=36), nullable=False),
        sa.Column("district", sa.String(length=40), nullable=False),
        sa.Column("year", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("month", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("observed_visits", sa.Integer(), nullable=False),
        sa.Column("cells", sa.JSON(none_as_null=True), nullable=False, comment=CELLS),
        sa.ForeignKeyConstraint(
            ["frozen_id"], ["frozen_summaries.id"], name=op.f("fk_frozen_atoms_frozen_id_frozen_summaries")
        ),
        sa.PrimaryKeyConstraint("frozen_id", "district", "year", "month", name=op.f("pk_frozen_atoms")),
    )
    op.create_index("ix_frozen_atoms_month", "frozen_atoms", ["year", "month", "district"])


def downgrade() -> None:
    op.drop_index("ix_frozen_atoms_month", table_name="frozen_atoms")
    op.drop_table("frozen_atoms")
    op.drop_table("frozen_summaries")
