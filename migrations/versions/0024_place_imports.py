"""importers of places: files read in with what they changed, old surveys, positions of schools to decide on

Revision ID: 0024
Revises: 0023
"""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "place_imports",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("year", sa.Integer(), nullable=True, comment="of the mapping or the survey, where it was given"),
        sa.Column("sha256", sa.String(length=64), nullable=False, comment="of the file as it came"),
        sa.Column("by", sa.String(length=36), nullable=True, comment="empty: the command line"),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("report", sa.JSON(), nullable=False),
        sa.Column("read", sa.JSON(), nullable=True, comment="rows of a tried file; never the file itself"),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_by", sa.String(length=36), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_place_imports")),
        sa.CheckConstraint(
            "kind IN ('districts','sites','schools','survey')", name=op.f("ck_place_imports_kind_known")
        ),
        sa.CheckConstraint("state IN ('tried','done','undone')", name=op.f("ck_place_imports_state_known")),
    )
    op.create_index("ix_place_imports_at", "place_imports", ["at"])
    op.create_table(
        "place_import_changes",
        sa.Column("import_id", sa.String(length=36), nullable=False),
        sa.Column("collection", sa.String(length=10), nullable=False),
        sa.Column("record_id", sa.String(length=36), nullable=False),
        sa.Column("before", sa.JSON(), nullable=True),
        sa.Column("after", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("import_id", "collection", "record_id", name=op.f("pk_place_import_changes")),
        sa.ForeignKeyConstraint(
            ["import_id"], ["place_imports.id"], name=op.f("fk_place_import_changes_import_id_place_imports")
        ),
        sa.CheckConstraint(
            "collection IN ('districts','sites','schools','mappings','survey','queue')",
            name=op.f("ck_place_import_changes_known"),
        ),
    )
    op.create_table(
        "old_surveys",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("site_id", sa.String(length=36), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False, comment="codes as api.md, collaboration; null: not answered"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_old_surveys")),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_old_surveys_site_id_sites")),
        sa.UniqueConstraint("site_id", "year", name="uq_old_surveys_site_id_year"),
    )
    op.create_index("ix_old_surveys_year", "old_surveys", ["year"])
    op.create_table(
        "school_positions",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("school_unit_code", sa.String(length=8), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("lat", sa.Float(), nullable=True, comment="WGS 84, as the register says"),
        sa.Column("lon", sa.Float(), nullable=True),
        sa.Column("reason", sa.String(length=24), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False, comment="the unit as it was read, to make it from"),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("decided_by", sa.String(length=36), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_school_positions")),
        sa.CheckConstraint(
            "reason IN ('outside_municipality','no_position')", name=op.f("ck_school_positions_reason_known")
        ),
        sa.CheckConstraint(
            "state IN ('open','confirmed','corrected','without')", name=op.f("ck_school_positions_state_known")
        ),
    )
    op.create_index("ix_school_positions_school_unit_code", "school_positions", ["school_unit_code"])
    op.create_index("ix_school_positions_state", "school_positions", ["state"])


def downgrade() -> None:
    op.drop_index("ix_school_positions_state", "school_positions")
    op.drop_index("ix_school_positions_school_unit_code", "school_positions")
    op.drop_table("school_positions")
    op.drop_index("ix_old_surveys_year", "old_surveys")
    op.drop_table("old_surveys")
    op.drop_table("place_import_changes")
    op.drop_index("ix_place_imports_at", "place_imports")
    op.drop_table("place_imports")
