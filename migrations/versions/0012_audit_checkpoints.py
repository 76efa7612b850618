"""checkpoints of the audit log, and what it is searched by

Revision ID: 0012
Revises: 0011
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "audit_checkpoints",
        sa.Column(
            "number",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
            comment="of the row that it vouches for",
        ),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("row_hash", sa.String(length=64), nullable=False),
        sa.Column(
            "mac",
            sa.String(length=64),
            nullable=False,
            comment="HMAC-SHA256 under a key that the database does not hold",
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_audit_checkpoints")),
    )
    op.create_index("ix_audit_log_subject", "audit_log", ["subject"])
    op.create_index("ix_audit_log_actor_id_number", "audit_log", ["actor_id", "number"])


def downgrade() -> None:
    op.drop_index("ix_audit_log_actor_id_number", "audit_log")
    op.drop_index("ix_audit_log_subject", "audit_log")
    op.drop_table("audit_checkpoints")
