"""shift plans and special days

Revision ID: 0005
Revises: 0004
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "special_days",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("date", sa.Date(), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False, comment="as people say it: Sportlov, Lucia"),
        sa.CheckConstraint(
            "code IN ('lucia', 'valborg', 'skolavslutning', 'halloween', 'nyar', 'lov', 'other')",
            name=op.f("ck_special_days_code_known"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_special_days")),
        sa.UniqueConstraint("date", "code", name="uq_special_days_date_code"),
    )
    op.create_table(
        "shift_plans",
        sa.Column("team_id", sa.String(length=36), nullable=False),
        sa.Column("district", sa.String(length=40), nullable=False),
        sa.Column("date", sa.Date(), nullable=False, comment="the local date the pass begins"),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("planned_people", sa.Integer(), nullable=False, comment="how many; never who"),
        sa.Column("id", sa.String(length=36), nullable=False, comment="UUIDv7 made by the record's creator"),
        sa.Column("version", sa.Integer(), nullable=False, comment="1, 2, … per record"),
        sa.Column("seq", sa.BigInteger(), nullable=False, comment="server order of changes; one counter (PL2)"),
        sa.Column("deleted", sa.Boolean(), nullable=False, comment="tombstone (PL4)"),
        sa.Column("created_by", sa.String(length=36), nullable=True, comment="author; empty for what the server made"),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, comment="made_at of the creation"),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False, comment="when the server took it in"),
        sa.Column("flags", sa.JSON(none_as_null=True), nullable=False, comment="codes such as clock_uncertain"),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_shift_plans_team_id_teams")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shift_plans")),
    )
    with op.batch_alter_table("shift_plans", schema=None) as batch_op:
        batch_op.create_index("ix_shift_plans_district_date", ["district", "date"], unique=False)
        batch_op.create_index(batch_op.f("ix_shift_plans_seq"), ["seq"], unique=False)
        batch_op.create_index("ix_shift_plans_team_id_date", ["team_id", "date"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("shift_plans", schema=None) as batch_op:
        batch_op.drop_index("ix_shift_plans_team_id_date")
        batch_op.drop_index(batch_op.f("ix_shift_plans_seq"))
        batch_op.drop_index("ix_shift_plans_district_date")

    op.drop_table("shift_plans")
    op.drop_table("special_days")
