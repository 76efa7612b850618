"""the school's part in the work with a place, proposals for the mapping, saved material for situation pictures

Revision ID: 0026
Revises: 0025
"""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

INFORMED_OF = "'newly_listed', 'struck', 'became_near', 'no_longer_near', 'other'"


def versioned() -> tuple[sa.Column, ...]:
    return (
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.String(36), nullable=False),
    )


def upgrade() -> None:
    op.create_table(
        "school_parts",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("site_id", sa.String(36), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("school_unit_code", sa.String(8), nullable=False),
        sa.Column("takes_part", sa.Boolean(), nullable=True, comment="empty: not said"),
        sa.Column("contact_function", sa.String(30), nullable=True, comment="a function at the school"),
        sa.Column("informed_on", sa.Date(), nullable=True),
        sa.Column("informed_by", sa.String(30), nullable=True, comment="a function, never a person"),
        sa.Column("informed_of", sa.String(20), nullable=True),
        sa.Column("about", sa.String(200), nullable=False, comment="what was told, in short"),
        sa.Column("set_aside_of", sa.String(20), nullable=True, comment="what the school is not to be told of"),
        sa.Column("set_aside_reason", sa.String(30), nullable=True),
        *versioned(),
        sa.CheckConstraint(
            "contact_function IN ('head_teacher', 'student_health', 'school_social_worker', 'security_officer', "
            "'other')",
            name=op.f("ck_school_parts_contact_function_known"),
        ),
        sa.CheckConstraint(
            "informed_by IN ('team_lead', 'field_worker', 'district_administration', 'police', 'other')",
            name=op.f("ck_school_parts_informed_by_known"),
        ),
        sa.CheckConstraint(f"informed_of IN ({INFORMED_OF})", name=op.f("ck_school_parts_informed_of_known")),
        sa.CheckConstraint(f"set_aside_of IN ({INFORMED_OF})", name=op.f("ck_school_parts_set_aside_of_known")),
        sa.CheckConstraint(
            "set_aside_reason IN ('informed_otherwise', 'known_already', 'not_affected', 'other')",
            name=op.f("ck_school_parts_set_aside_reason_known"),
        ),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_school_parts_site_id_sites")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_school_parts")),
        sa.UniqueConstraint("site_id", "year", "school_unit_code", name=op.f("uq_school_parts_site_id_year_school")),
    )
    op.create_table(
        "mapping_proposals",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("site_id", sa.String(36), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False, comment="the year that was worked, before the mapping"),
        sa.Column("proposal", sa.String(10), nullable=False),
        sa.Column("reason", sa.String(200), nullable=False),
        *versioned(),
        sa.CheckConstraint("proposal IN ('list', 'keep', 'strike')", name=op.f("ck_mapping_proposals_proposal_known")),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_mapping_proposals_site_id_sites")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mapping_proposals")),
        sa.UniqueConstraint("site_id", "year", name=op.f("uq_mapping_proposals_site_id_year")),
    )
    op.create_table(
        "situation_pictures",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("site_id", sa.String(36), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False, comment="1, 2, … of this place"),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=False),
        sa.Column("figures", sa.Text(), nullable=False, comment="as they were, canonical JSON (RFC 8785)"),
        sa.Column("sha256", sa.String(64), nullable=False, comment="of the figures"),
        sa.Column("note", sa.String(2000), nullable=False),
        sa.Column("made_by", sa.String(36), nullable=False),
        sa.Column("role", sa.String(20), nullable=False, comment="as what they did it: team_lead or analyst"),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("version >= 1", name=op.f("ck_situation_pictures_version_counts_from_one")),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_situation_pictures_site_id_sites")),
        sa.ForeignKeyConstraint(["made_by"], ["users.id"], name=op.f("fk_situation_pictures_made_by_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_situation_pictures")),
        sa.UniqueConstraint("site_id", "version", name=op.f("uq_situation_pictures_version")),
    )


def downgrade() -> None:
    op.drop_table("situation_pictures")
    op.drop_table("mapping_proposals")
    op.drop_table("school_parts")
