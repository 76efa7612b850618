"""the register of sites: from when a geometry is valid, its history, what became of new places from the field

Revision ID: 0025
Revises: 0024
"""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

KINDS = (
    "'created', 'changed', 'mapped', 'mapping_corrected', 'safety_set', 'place_linked', 'place_unlinked', 'taken_back'"
)


def upgrade() -> None:
    op.add_column(
        "sites",
        sa.Column("geometry_valid_from", sa.Date(), nullable=True, comment="empty: from before it was asked for"),
    )
    op.create_table(
        "site_changes",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("site_id", sa.String(length=36), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(length=36), nullable=False),
        sa.Column(
            "by_role", sa.String(length=20), nullable=False, comment="what is shown to who may not know the person"
        ),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False, comment="the fields that changed, as they were"),
        sa.Column("after", sa.JSON(), nullable=False, comment="the same fields as they became"),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_site_changes")),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_site_changes_site_id_sites")),
        sa.CheckConstraint(f"kind IN ({KINDS})", name=op.f("ck_site_changes_kind_known")),
    )
    op.create_index("ix_site_changes_site_id_at", "site_changes", ["site_id", "at"])
    op.create_table(
        "place_links",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("visit_id", sa.String(length=36), nullable=False),
        sa.Column("site_id", sa.String(length=36), nullable=True),
        sa.Column("decision", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("decided_by", sa.String(length=36), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken_back_by", sa.String(length=36), nullable=True),
        sa.Column("taken_back_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_place_links")),
        sa.ForeignKeyConstraint(["visit_id"], ["visits.id"], name=op.f("fk_place_links_visit_id_visits")),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_place_links_site_id_sites")),
        sa.CheckConstraint("decision IN ('linked','joined','dismissed')", name=op.f("ck_place_links_decision_known")),
        sa.CheckConstraint(
            "(decision = 'dismissed') = (site_id IS NULL)", name=op.f("ck_place_links_dismissed_has_no_site")
        ),
    )
    standing = sa.text("taken_back_at IS NULL")
    op.create_index(
        "uq_place_links_visit_id_standing",
        "place_links",
        ["visit_id"],
        unique=True,
        sqlite_where=standing,
        postgresql_where=standing,
    )
    op.create_index("ix_place_links_site_id", "place_links", ["site_id"])
    op.create_index("ix_place_links_visit_id", "place_links", ["visit_id"])


def downgrade() -> None:
    op.drop_index("ix_place_links_visit_id", "place_links")
    op.drop_index("ix_place_links_site_id", "place_links")
    op.drop_index("uq_place_links_visit_id_standing", "place_links")
    op.drop_table("place_links")
    op.drop_index("ix_site_changes_site_id_at", "site_changes")
    op.drop_table("site_changes")
    with op.batch_alter_table("sites") as sites:
        sites.drop_column("geometry_valid_from")
