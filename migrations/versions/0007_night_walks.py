"""night walks: groups, walks, groups' links and answers, calendar feeds

Revision ID: 0007
Revises: 0006
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def synced() -> list[sa.Column]:
    return [
        sa.Column("id", sa.String(length=36), nullable=False, comment="UUIDv7 made by the record's creator"),
        sa.Column("version", sa.Integer(), nullable=False, comment="1, 2, … per record"),
        sa.Column("seq", sa.BigInteger(), nullable=False, comment="server order of changes; one counter (PL2)"),
        sa.Column("deleted", sa.Boolean(), nullable=False, comment="tombstone (PL4)"),
        sa.Column("created_by", sa.String(length=36), nullable=True, comment="author; empty for what the server made"),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, comment="made_at of the creation"),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False, comment="when the server took it in"),
        sa.Column("flags", sa.JSON(none_as_null=True), nullable=False, comment="codes such as clock_uncertain"),
    ]


def upgrade() -> None:
    op.create_table(
        "walk_groups",
        sa.Column("district", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("area", sa.String(length=200), nullable=False, comment="where it usually walks, in words"),
        sa.Column("usual_weekday", sa.Integer(), nullable=True, comment="ISO: Monday 1 … Sunday 7"),
        sa.Column("expected", sa.Integer(), nullable=False, comment="how many usually come"),
        *synced(),
        sa.CheckConstraint("kind IN ('association', 'school_class', 'other')", name=op.f("ck_walk_groups_kind_known")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_walk_groups")),
    )
    with op.batch_alter_table("walk_groups", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_walk_groups_district"), ["district"], unique=False)
        batch_op.create_index(batch_op.f("ix_walk_groups_seq"), ["seq"], unique=False)

    op.create_table(
        "walks",
        sa.Column("district", sa.String(length=40), nullable=False, comment="its group's"),
        sa.Column("group_id", sa.String(length=36), nullable=False),
        sa.Column("planned_start", sa.DateTime(timezone=True), nullable=False),
        sa.Column("planned_end", sa.DateTime(timezone=True), nullable=False),
        sa.Column("meeting_point", sa.String(length=200), nullable=False),
        sa.Column("site_ids", sa.JSON(none_as_null=True), nullable=False, comment="public places only"),
        sa.Column("planned_walkers", sa.Integer(), nullable=False),
        sa.Column("actual_walkers", sa.Integer(), nullable=True, comment="as it was; empty until told"),
        sa.Column("vests_lent", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("mood", sa.String(length=10), nullable=True),
        sa.Column("log_note", sa.String(length=2000), nullable=False, comment="what to pass on"),
        sa.Column(
            "duty_phone", sa.String(length=30), nullable=False, comment="whom to ring that evening; a function's"
        ),
        *synced(),
        sa.CheckConstraint(
            "status IN ('planned', 'ready', 'under_way', 'done', 'cancelled')", name=op.f("ck_walks_status_known")
        ),
        sa.CheckConstraint("mood IN ('calm', 'lively', 'uneasy')", name=op.f("ck_walks_mood_known")),
        sa.ForeignKeyConstraint(["group_id"], ["walk_groups.id"], name=op.f("fk_walks_group_id_walk_groups")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_walks")),
    )
    with op.batch_alter_table("walks", schema=None) as batch_op:
        batch_op.create_index("ix_walks_district_planned_start", ["district", "planned_start"], unique=False)
        batch_op.create_index("ix_walks_group_id_planned_start", ["group_id", "planned_start"], unique=False)
        batch_op.create_index(batch_op.f("ix_walks_seq"), ["seq"], unique=False)

    op.create_table(
        "walk_links",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("group_id", sa.String(length=36), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("created_by", sa.String(length=36), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["group_id"], ["walk_groups.id"], name=op.f("fk_walk_links_group_id_walk_groups")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_walk_links")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_walk_links_token_hash")),
    )
    with op.batch_alter_table("walk_links", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_walk_links_group_id"), ["group_id"], unique=False)

    op.create_table(
        "walk_answers",
        sa.Column("id", sa.String(length=36), nullable=False, comment="made by the page: the same answer counts once"),
        sa.Column("link_id", sa.String(length=36), nullable=False),
        sa.Column("group_id", sa.String(length=36), nullable=False),
        sa.Column("walk_id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("walkers", sa.Integer(), nullable=True),
        sa.Column("other_evening", sa.Date(), nullable=True, comment="the date proposed instead"),
        sa.Column("mood", sa.String(length=10), nullable=True),
        sa.Column("note", sa.String(length=2000), nullable=False),
        sa.Column(
            "name",
            sa.String(length=20),
            nullable=True,
            comment="first name or initials; erased 90 days after the walk",
        ),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False, comment="keyed, without the name"),
        sa.CheckConstraint(
            "kind IN ('coming', 'cannot', 'other_evening', 'log')", name=op.f("ck_walk_answers_kind_known")
        ),
        sa.CheckConstraint("mood IN ('calm', 'lively', 'uneasy')", name=op.f("ck_walk_answers_mood_known")),
        sa.ForeignKeyConstraint(["group_id"], ["walk_groups.id"], name=op.f("fk_walk_answers_group_id_walk_groups")),
        sa.ForeignKeyConstraint(["link_id"], ["walk_links.id"], name=op.f("fk_walk_answers_link_id_walk_links")),
        sa.ForeignKeyConstraint(["walk_id"], ["walks.id"], name=op.f("fk_walk_answers_walk_id_walks")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_walk_answers")),
    )
    with op.batch_alter_table("walk_answers", schema=None) as batch_op:
        batch_op.create_index("ix_walk_answers_walk_id_received_at", ["walk_id", "received_at"], unique=False)

    op.create_table(
        "calendar_feeds",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("user_id", sa.String(length=36), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_calendar_feeds_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_feeds")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_calendar_feeds_token_hash")),
    )
    with op.batch_alter_table("calendar_feeds", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_calendar_feeds_user_id"), ["user_id"], unique=False)


def downgrade() -> None:
    for table in ("calendar_feeds", "walk_answers", "walk_links", "walks", "walk_groups"):
        op.drop_table(table)
