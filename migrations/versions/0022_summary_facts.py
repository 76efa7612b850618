"""facts of summaries: figures by day and month, days a site was visited, days a shift is counted on

Revision ID: 0022
Revises: 0021
"""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "summary_facts",
        sa.Column("scope", sa.String(length=60), nullable=False, comment="city, district:… or team:…"),
        sa.Column("grain", sa.String(length=5), nullable=False),
        sa.Column("date", sa.Date(), nullable=False, comment="local date; of a month its first"),
        sa.Column("shifts", sa.Integer(), nullable=False),
        sa.Column("open_again", sa.Integer(), nullable=False, comment="of these, counted as they were approved"),
        sa.Column("figures", sa.JSON(), nullable=False, comment="counts; no names, no words"),
        sa.PrimaryKeyConstraint("scope", "grain", "date", name=op.f("pk_summary_facts")),
        sa.CheckConstraint("grain IN ('day','month')", name=op.f("ck_summary_facts_grain_known")),
    )
    op.create_index("ix_summary_facts_date", "summary_facts", ["date"])
    op.create_table(
        "summary_site_days",
        sa.Column("site_id", sa.String(length=36), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("site_id", "day", name=op.f("pk_summary_site_days")),
    )
    op.create_index("ix_summary_site_days_day", "summary_site_days", ["day"])
    op.create_table(
        "summary_shifts",
        sa.Column("shift_id", sa.String(length=36), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False, comment="the local date it began"),
        sa.Column("last_day", sa.Date(), nullable=False, comment="the local date it ended"),
        sa.Column("version", sa.Integer(), nullable=True, comment="counted as this version; empty: as it stands"),
        sa.PrimaryKeyConstraint("shift_id", name=op.f("pk_summary_shifts")),
    )
    op.create_index("ix_summary_shifts_first_day", "summary_shifts", ["first_day"])
    op.create_table(
        "summary_state",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("format", sa.Integer(), nullable=False, comment="packing.FORMAT they were built in"),
        sa.Column("is_built", sa.Boolean(), nullable=False, comment="every day is"),
        sa.Column("built_to", sa.Date(), nullable=True, comment="the days before it are; empty: begin anew"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_summary_state")),
        sa.CheckConstraint("id = 1", name=op.f("ck_summary_state_one_row")),
    )
    # Where nothing was ever approved there is nothing to build; else `flask summaries rebuild` builds it.
    op.execute(
        "INSERT INTO summary_state (id, format, is_built) SELECT 1, 1, NOT EXISTS "
        "(SELECT 1 FROM shifts WHERE status = 'approved') AND NOT EXISTS (SELECT 1 FROM approved_versions)"
    )
    # What waits is found by its status, however much has been settled.
    op.create_index("ix_shifts_status_started_at", "shifts", ["status", "started_at"])
    op.create_index("ix_sync_conflicts_state", "sync_conflicts", ["state"])
    op.create_index("ix_sync_rejections_state", "sync_rejections", ["state"])
    op.create_index("ix_briefings_held_at", "briefings", ["held_at"])
    op.create_index("ix_shift_plans_date", "shift_plans", ["date"])
    op.create_index("ix_walks_planned_start", "walks", ["planned_start"])


def downgrade() -> None:
    op.drop_index("ix_walks_planned_start", "walks")
    op.drop_index("ix_shift_plans_date", "shift_plans")
    op.drop_index("ix_briefings_held_at", "briefings")
    op.drop_index("ix_sync_rejections_state", "sync_rejections")
    op.drop_index("ix_sync_conflicts_state", "sync_conflicts")
    op.drop_index("ix_shifts_status_started_at", "shifts")
    op.drop_table("summary_state")
    op.drop_index("ix_summary_shifts_first_day", "summary_shifts")
    op.drop_table("summary_shifts")
    op.drop_index("ix_summary_site_days_day", "summary_site_days")
    op.drop_table("summary_site_days")
    op.drop_index("ix_summary_facts_date", "summary_facts")
    op.drop_table("summary_facts")
