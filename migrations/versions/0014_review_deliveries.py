"""whom a returned pass has reached, and who has opened it

Revision ID: 0014
Revises: 0013
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "review_deliveries",
        sa.Column("review_id", sa.String(length=36), nullable=False),
        sa.Column("user_id", sa.String(length=36), nullable=False),
        sa.Column(
            "arrived_at", sa.DateTime(timezone=True), nullable=False, comment="first contact of a phone that held it"
        ),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True, comment="first contact that told of it"),
        sa.ForeignKeyConstraint(["review_id"], ["reviews.id"], name=op.f("fk_review_deliveries_review_id_reviews")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_review_deliveries_user_id_users")),
        sa.PrimaryKeyConstraint("review_id", "user_id", name=op.f("pk_review_deliveries")),
    )


def downgrade() -> None:
    op.drop_table("review_deliveries")
