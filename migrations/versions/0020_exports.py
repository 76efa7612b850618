"""exports: files that are asked for, made outside the requests, and gone after a day

Revision ID: 0020
Revises: 0019
"""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "exports",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("user_id", sa.String(36), nullable=False),
        sa.Column("reach", sa.JSON(), nullable=False, comment="grants it was asked with: role, district, team"),
        sa.Column("form", sa.String(10), nullable=False),
        sa.Column("asked", sa.JSON(), nullable=False, comment="whose figures, which period, in which language"),
        sa.Column("file_name", sa.String(200), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("progress", sa.Integer(), nullable=False, comment="percent"),
        sa.Column("error", sa.String(40), comment="slug, when it failed"),
        sa.Column("holder", sa.String(36), comment="who makes it now; whoever else ends it has lost it"),
        sa.Column("lease_until", sa.DateTime(timezone=True), comment="until when nobody else takes it over"),
        sa.Column("woken_at", sa.DateTime(timezone=True), comment="when a maker was last started for it"),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("is_kept", sa.Boolean(), nullable=False, comment="false: it was sent while it was made"),
        sa.Column("rows", sa.Integer()),
        sa.Column("size", sa.BigInteger(), comment="bytes"),
        sa.Column("sha256", sa.String(64)),
        sa.Column("facts", sa.JSON(), nullable=False, comment="what the figures rest on"),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True)),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("form IN ('csv','xlsx','geojson','pdf','sheet')", name=op.f("ck_exports_form_known")),
        sa.CheckConstraint("state IN ('waiting','running','done','failed')", name=op.f("ck_exports_state_known")),
        sa.CheckConstraint("progress BETWEEN 0 AND 100", name=op.f("ck_exports_progress_in_percent")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_exports_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exports")),
    )
    op.create_index(op.f("ix_exports_user_id_state"), "exports", ["user_id", "state"])
    op.create_index(op.f("ix_exports_state_asked_at"), "exports", ["state", "asked_at"])
    op.create_index(op.f("ix_exports_expires_at"), "exports", ["expires_at"])


def downgrade() -> None:
    op.drop_table("exports")
