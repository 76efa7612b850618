"""platssamverkan: a site's year, measures, good examples

Revision ID: 0023
Revises: 0022
"""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

FORMS = "'place_collaboration', 'other_cooperation', 'not_warranted', 'none', 'unknown'"
MEETINGS = "'more_than_monthly', 'three_a_year_to_monthly', 'fewer', 'none'"
CAMERAS = "'all', 'part', 'none', 'unknown'"
KINDS = (
    "'lighting', 'minor_changes', 'vegetation_and_hiding_places', 'place_activation', 'outreach_youth', "
    "'outreach_adults', 'cameras', 'other'"
)
ACTORS = (
    "'police', 'public_order_guard', 'social_services', 'school', 'property_owner', 'traffic_office', "
    "'youth_centre', 'night_walkers', 'other'"
)


def versioned() -> tuple[sa.Column, ...]:
    return (
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("approved_version", sa.Integer(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.String(36), nullable=False),
    )


def upgrade() -> None:
    op.create_table(
        "collaborations",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("site_id", sa.String(36), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("form", sa.String(20), nullable=False),
        sa.Column("actors", sa.JSON(), nullable=False, comment="actor, participation; each actor once"),
        sa.Column("meeting_frequency", sa.String(24), nullable=True),
        sa.Column("fixed_cameras", sa.String(8), nullable=False),
        sa.Column("temporary_cameras", sa.String(8), nullable=False),
        sa.Column("lighting", sa.Boolean(), nullable=True),
        sa.Column("minor_changes", sa.Boolean(), nullable=True),
        sa.Column("vegetation_and_hiding_places", sa.Boolean(), nullable=True),
        sa.Column("place_activation", sa.Boolean(), nullable=True),
        sa.Column("outreach_youth", sa.Boolean(), nullable=True),
        sa.Column("outreach_adults", sa.Boolean(), nullable=True),
        sa.Column("process", sa.JSON(), nullable=False, comment="step, part_of_site, done_on, next_due_on"),
        sa.Column("copied_from", sa.Integer(), nullable=True, comment="year it began as a copy of"),
        *versioned(),
        sa.CheckConstraint(f"form IN ({FORMS})", name=op.f("ck_collaborations_form_known")),
        sa.CheckConstraint(
            f"meeting_frequency IN ({MEETINGS})", name=op.f("ck_collaborations_meeting_frequency_known")
        ),
        sa.CheckConstraint(f"fixed_cameras IN ({CAMERAS})", name=op.f("ck_collaborations_fixed_cameras_known")),
        sa.CheckConstraint(f"temporary_cameras IN ({CAMERAS})", name=op.f("ck_collaborations_temporary_cameras_known")),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_collaborations_site_id_sites")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_collaborations")),
        sa.UniqueConstraint("site_id", "year", name=op.f("uq_collaborations_site_id_year")),
    )
    op.create_index("ix_collaborations_year", "collaborations", ["year"])
    op.create_table(
        "measures",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("site_id", sa.String(36), nullable=False),
        sa.Column("kind", sa.String(30), nullable=False),
        sa.Column("what", sa.String(200), nullable=False),
        sa.Column("owner", sa.String(20), nullable=False, comment="an organisation, never a person"),
        sa.Column("owner_function", sa.String(200), nullable=False, comment="a function there, never a person"),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("status", sa.String(10), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=True, comment="first day of the after period"),
        sa.Column(
            "compare_weeks", sa.Integer(), nullable=False, comment="length of the baseline and of the after period"
        ),
        sa.Column("followed_up_on", sa.Date(), nullable=True),
        sa.Column("follow_up", sa.String(2000), nullable=False, comment="what the follow-up came to"),
        sa.Column("deleted", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        *versioned(),
        sa.CheckConstraint(f"kind IN ({KINDS})", name=op.f("ck_measures_kind_known")),
        sa.CheckConstraint(f"owner IN ({ACTORS})", name=op.f("ck_measures_owner_known")),
        sa.CheckConstraint(
            "status IN ('planned', 'under_way', 'done', 'dropped')", name=op.f("ck_measures_status_known")
        ),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_measures_site_id_sites")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_measures")),
    )
    op.create_index("ix_measures_site_id", "measures", ["site_id"])
    op.create_table(
        "good_examples",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("site_id", sa.String(36), nullable=False, comment="where it was done"),
        sa.Column("measure_id", sa.String(36), nullable=True),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("done", sa.String(2000), nullable=False),
        sa.Column("fits", sa.String(2000), nullable=False),
        sa.Column("seen", sa.String(2000), nullable=False),
        sa.Column(
            "conditions", sa.JSON(), nullable=False, comment="conditions of places it fits, as observations have"
        ),
        sa.Column("deleted", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        *versioned(),
        sa.CheckConstraint("kind IN ('measure', 'way_of_working')", name=op.f("ck_good_examples_kind_known")),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_good_examples_site_id_sites")),
        sa.ForeignKeyConstraint(["measure_id"], ["measures.id"], name=op.f("fk_good_examples_measure_id_measures")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_good_examples")),
    )
    op.create_index("ix_good_examples_site_id", "good_examples", ["site_id"])


def downgrade() -> None:
    op.drop_index("ix_good_examples_site_id", "good_examples")
    op.drop_table("good_examples")
    op.drop_index("ix_measures_site_id", "measures")
    op.drop_table("measures")
    op.drop_index("ix_collaborations_year", "collaborations")
    op.drop_table("collaborations")
