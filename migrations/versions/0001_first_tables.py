"""first tables

Revision ID: 0001
Revises: nothing
"""

import uuid

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "audit_head",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("row_hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_head")),
    )
    op.create_table(
        "audit_log",
        sa.Column(
            "number",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.String(length=36), nullable=True),
        sa.Column(
            "action",
            sa.String(length=60),
            nullable=False,
            comment="stable code such as session.created",
        ),
        sa.Column(
            "subject",
            sa.String(length=80),
            nullable=True,
            comment="id of what it was done to",
        ),
        sa.Column(
            "details",
            sa.JSON(none_as_null=True),
            nullable=False,
            comment="codes and counts, never contents",
        ),
        sa.Column("previous_hash", sa.String(length=64), nullable=False),
        sa.Column(
            "row_hash",
            sa.String(length=64),
            nullable=False,
            comment="SHA-256 over the row and previous_hash",
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_audit_log")),
        sa.UniqueConstraint("row_hash", name=op.f("uq_audit_log_row_hash")),
    )
    op.create_table(
        "briefings",
        sa.Column("held_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("joint", sa.Boolean(), nullable=False),
        sa.Column(
            "districts",
            sa.JSON(none_as_null=True),
            nullable=False,
            comment="mirrored in briefing_districts",
        ),
        sa.Column("police_area", sa.String(length=200), nullable=True),
        sa.Column(
            "actors",
            sa.JSON(none_as_null=True),
            nullable=False,
            comment="organisations and numbers",
        ),
        sa.Column("valid_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("valid_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("priorities", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("note", sa.String(length=2000), nullable=False),
        sa.Column(
            "id",
            sa.String(length=36),
            nullable=False,
            comment="UUIDv7 made by the record's creator",
        ),
        sa.Column("version", sa.Integer(), nullable=False, comment="1, 2, … per record"),
        sa.Column(
            "seq",
            sa.BigInteger(),
            nullable=False,
            comment="server order of changes; one counter (PL2)",
        ),
        sa.Column("deleted", sa.Boolean(), nullable=False, comment="tombstone (PL4)"),
        sa.Column(
            "created_by",
            sa.String(length=36),
            nullable=True,
            comment="author; empty for what the server made",
        ),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="made_at of the creation",
        ),
        sa.Column(
            "received_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="when the server took it in",
        ),
        sa.Column(
            "flags",
            sa.JSON(none_as_null=True),
            nullable=False,
            comment="codes such as clock_uncertain",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_briefings")),
    )
    with op.batch_alter_table("briefings", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_briefings_seq"), ["seq"], unique=False)
        batch_op.create_index(batch_op.f("ix_briefings_valid_until"), ["valid_until"], unique=False)

    op.create_table(
        "districts",
        sa.Column(
            "code",
            sa.String(length=40),
            nullable=False,
            comment="as in every `district` field",
        ),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column(
            "neighbourhoods",
            sa.JSON(none_as_null=True),
            nullable=False,
            comment="names of its stadsdelar",
        ),
        sa.Column(
            "police_areas",
            sa.JSON(none_as_null=True),
            nullable=False,
            comment="names of the lokalpolisområden it touches",
        ),
        sa.Column(
            "geometry",
            sa.JSON(none_as_null=True),
            nullable=False,
            comment="GeoJSON, WGS 84, right-hand rule",
        ),
        sa.Column(
            "schematic",
            sa.Boolean(),
            nullable=False,
            comment="outline is made, not surveyed",
        ),
        sa.Column(
            "id",
            sa.String(length=36),
            nullable=False,
            comment="UUIDv7 made by the record's creator",
        ),
        sa.Column("version", sa.Integer(), nullable=False, comment="1, 2, … per record"),
        sa.Column(
            "seq",
            sa.BigInteger(),
            nullable=False,
            comment="server order of changes; one counter (PL2)",
        ),
        sa.Column("deleted", sa.Boolean(), nullable=False, comment="tombstone (PL4)"),
        sa.Column(
            "created_by",
            sa.String(length=36),
            nullable=True,
            comment="author; empty for what the server made",
        ),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="made_at of the creation",
        ),
        sa.Column(
            "received_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="when the server took it in",
        ),
        sa.Column(
            "flags",
            sa.JSON(none_as_null=True),
            nullable=False,
            comment="codes such as clock_uncertain",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_districts")),
        sa.UniqueConstraint("code", name=op.f("uq_districts_code")),
    )
    with op.batch_alter_table("districts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_districts_seq"), ["seq"], unique=False)

    op.create_table(
        "sign_in_failures",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column(
            "account_hash",
            sa.String(length=64),
            nullable=False,
            comment="keyed hash of the e-mail as typed",
        ),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "known_device",
            sa.Boolean(),
            nullable=False,
            comment="an enrolled device of the account (X35)",
        ),
        sa.Column("is_pending", sa.Boolean(), nullable=False, comment="its password is being checked"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_failures")),
    )
    with op.batch_alter_table("sign_in_failures", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_sign_in_failures_account_hash"),
            ["account_hash"],
            unique=False,
        )

    op.create_table(
        "sync_conflicts",
        sa.Column("mutation_id", sa.String(length=36), nullable=False),
        sa.Column("collection", sa.String(length=40), nullable=False),
        sa.Column("record_id", sa.String(length=36), nullable=False),
        sa.Column("server", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("sent", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("author_id", sa.String(length=36), nullable=False),
        sa.Column(
            "unit_id",
            sa.String(length=36),
            nullable=True,
            comment="unit whose lead sees it",
        ),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("resolution", sa.JSON(none_as_null=True), nullable=False),
        sa.Column(
            "id",
            sa.String(length=36),
            nullable=False,
            comment="UUIDv7 made by the record's creator",
        ),
        sa.Column("version", sa.Integer(), nullable=False, comment="1, 2, … per record"),
        sa.Column(
            "seq",
            sa.BigInteger(),
            nullable=False,
            comment="server order of changes; one counter (PL2)",
        ),
        sa.Column("deleted", sa.Boolean(), nullable=False, comment="tombstone (PL4)"),
        sa.Column(
            "created_by",
            sa.String(length=36),
            nullable=True,
            comment="author; empty for what the server made",
        ),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="made_at of the creation",
        ),
        sa.Column(
            "received_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="when the server took it in",
        ),
        sa.Column(
            "flags",
            sa.JSON(none_as_null=True),
            nullable=False,
            comment="codes such as clock_uncertain",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sync_conflicts")),
        sa.UniqueConstraint("mutation_id", name=op.f("uq_sync_conflicts_mutation_id")),
    )
    with op.batch_alter_table("sync_conflicts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sync_conflicts_author_id"), ["author_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_sync_conflicts_record_id"), ["record_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_sync_conflicts_seq"), ["seq"], unique=False)
        batch_op.create_index(batch_op.f("ix_sync_conflicts_unit_id"), ["unit_id"], unique=False)

    op.create_table(
        "sync_devices",
        sa.Column("device_id", sa.String(length=36), nullable=False),
        sa.Column("user_id", sa.String(length=36), nullable=False),
        sa.Column(
            "last_seq",
            sa.BigInteger(),
            nullable=False,
            comment="highest device_seq received",
        ),
        sa.Column("missing_ranges", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("queue", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("app_build", sa.String(length=40), nullable=True),
        sa.Column(
            "clock_offset_s",
            sa.Double(),
            nullable=True,
            comment="device minus server, seconds",
        ),
        sa.Column("last_sync_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("device_id", name=op.f("pk_sync_devices")),
    )
    with op.batch_alter_table("sync_devices", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sync_devices_user_id"), ["user_id"], unique=False)

    op.create_table(
        "sync_history",
        sa.Column("record_id", sa.String(length=36), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("collection", sa.String(length=40), nullable=False),
        sa.Column(
            "device_id",
            sa.String(length=36),
            nullable=True,
            comment="empty: office page or the server itself",
        ),
        sa.Column("user_id", sa.String(length=36), nullable=True),
        sa.Column("mutation_id", sa.String(length=36), nullable=True),
        sa.Column("op", sa.String(length=10), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "changed",
            sa.JSON(none_as_null=True),
            nullable=False,
            comment="field → value after this version",
        ),
        sa.Column(
            "sent",
            sa.JSON(none_as_null=True),
            nullable=True,
            comment="lists as sent, where a merge changed them (PU7)",
        ),
        sa.PrimaryKeyConstraint("record_id", "version", name=op.f("pk_sync_history")),
    )
    op.create_table(
        "sync_receipts",
        sa.Column("mutation_id", sa.String(length=36), nullable=False),
        sa.Column("user_id", sa.String(length=36), nullable=False),
        sa.Column("device_id", sa.String(length=36), nullable=False),
        sa.Column("device_seq", sa.BigInteger(), nullable=True),
        sa.Column(
            "content_hash",
            sa.String(length=64),
            nullable=False,
            comment="HMAC-SHA-256 of the canonical content",
        ),
        sa.Column("collection", sa.String(length=40), nullable=True),
        sa.Column("record_id", sa.String(length=36), nullable=True),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("version", sa.Integer(), nullable=True),
        sa.Column(
            "error",
            sa.JSON(none_as_null=True),
            nullable=True,
            comment="slug and field codes; never a value",
        ),
        sa.Column("conflict_id", sa.String(length=36), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("mutation_id", name=op.f("pk_sync_receipts")),
    )
    with op.batch_alter_table("sync_receipts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sync_receipts_record_id"), ["record_id"], unique=False)

    op.create_table(
        "sync_rejections",
        sa.Column(
            "mutation_id",
            sa.String(length=36),
            nullable=False,
            comment="not unique: an id may be reused (PU4)",
        ),
        sa.Column(
            "content_hash",
            sa.String(length=64),
            nullable=False,
            comment="HMAC-SHA-256 of the content as sent",
        ),
        sa.Column("collection", sa.String(length=200), nullable=True),
        sa.Column("record_id", sa.String(length=200), nullable=True),
        sa.Column("op", sa.String(length=200), nullable=True),
        sa.Column("base_version", sa.Integer(), nullable=True),
        sa.Column(
            "fields",
            sa.JSON(none_as_null=True),
            nullable=False,
            comment="as sent; personal numbers replaced (PU13)",
        ),
        sa.Column("slug", sa.String(length=40), nullable=False),
        sa.Column("field_errors", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("author_id", sa.String(length=36), nullable=False),
        sa.Column("device_id", sa.String(length=36), nullable=False),
        sa.Column("device_seq", sa.BigInteger(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "unit_id",
            sa.String(length=36),
            nullable=True,
            comment="unit whose lead sees it",
        ),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("reason", sa.String(length=2000), nullable=False),
        sa.Column(
            "id",
            sa.String(length=36),
            nullable=False,
            comment="UUIDv7 made by the record's creator",
        ),
        sa.Column("version", sa.Integer(), nullable=False, comment="1, 2, … per record"),
        sa.Column(
            "seq",
            sa.BigInteger(),
            nullable=False,
            comment="server order of changes; one counter (PL2)",
        ),
        sa.Column("deleted", sa.Boolean(), nullable=False, comment="tombstone (PL4)"),
        sa.Column(
            "created_by",
            sa.String(length=36),
            nullable=True,
            comment="author; empty for what the server made",
        ),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="made_at of the creation",
        ),
        sa.Column(
            "received_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="when the server took it in",
        ),
        sa.Column(
            "flags",
            sa.JSON(none_as_null=True),
            nullable=False,
            comment="codes such as clock_uncertain",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sync_rejections")),
    )
    with op.batch_alter_table("sync_rejections", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sync_rejections_author_id"), ["author_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_sync_rejections_mutation_id"), ["mutation_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_sync_rejections_record_id"), ["record_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_sync_rejections_seq"), ["seq"], unique=False)
        batch_op.create_index(batch_op.f("ix_sync_rejections_unit_id"), ["unit_id"], unique=False)

    op.create_table(
        "sync_state",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column(
            "epoch",
            sa.String(length=36),
            nullable=False,
            comment="random; new after a restore (PL5)",
        ),
        sa.CheckConstraint("id = 1", name=op.f("ck_sync_state_single_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sync_state")),
    )
    op.create_table(
        "teams",
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column(
            "district",
            sa.String(length=40),
            nullable=True,
            comment="district code; empty: the whole city",
        ),
        sa.Column(
            "id",
            sa.String(length=36),
            nullable=False,
            comment="UUIDv7 made by the record's creator",
        ),
        sa.Column("version", sa.Integer(), nullable=False, comment="1, 2, … per record"),
        sa.Column(
            "seq",
            sa.BigInteger(),
            nullable=False,
            comment="server order of changes; one counter (PL2)",
        ),
        sa.Column("deleted", sa.Boolean(), nullable=False, comment="tombstone (PL4)"),
        sa.Column(
            "created_by",
            sa.String(length=36),
            nullable=True,
            comment="author; empty for what the server made",
        ),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="made_at of the creation",
        ),
        sa.Column(
            "received_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="when the server took it in",
        ),
        sa.Column(
            "flags",
            sa.JSON(none_as_null=True),
            nullable=False,
            comment="codes such as clock_uncertain",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_teams")),
        sa.UniqueConstraint("name", name=op.f("uq_teams_name")),
    )
    with op.batch_alter_table("teams", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_teams_seq"), ["seq"], unique=False)

    op.create_table(
        "users",
        sa.Column("email", sa.String(length=200), nullable=False, comment="lower case"),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=False, comment="argon2id"),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "team_ids",
            sa.JSON(none_as_null=True),
            nullable=False,
            comment="teams of the grants; what phones show",
        ),
        sa.Column(
            "id",
            sa.String(length=36),
            nullable=False,
            comment="UUIDv7 made by the record's creator",
        ),
        sa.Column("version", sa.Integer(), nullable=False, comment="1, 2, … per record"),
        sa.Column(
            "seq",
            sa.BigInteger(),
            nullable=False,
            comment="server order of changes; one counter (PL2)",
        ),
        sa.Column("deleted", sa.Boolean(), nullable=False, comment="tombstone (PL4)"),
        sa.Column(
            "created_by",
            sa.String(length=36),
            nullable=True,
            comment="author; empty for what the server made",
        ),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="made_at of the creation",
        ),
        sa.Column(
            "received_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="when the server took it in",
        ),
        sa.Column(
            "flags",
            sa.JSON(none_as_null=True),
            nullable=False,
            comment="codes such as clock_uncertain",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
        sa.UniqueConstraint("email", name=op.f("uq_users_email")),
    )
    with op.batch_alter_table("users", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_users_seq"), ["seq"], unique=False)

    op.create_table(
        "briefing_districts",
        sa.Column("briefing_id", sa.String(length=36), nullable=False),
        sa.Column("district", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(
            ["briefing_id"],
            ["briefings.id"],
            name=op.f("fk_briefing_districts_briefing_id_briefings"),
        ),
        sa.PrimaryKeyConstraint("briefing_id", "district", name=op.f("pk_briefing_districts")),
    )
    with op.batch_alter_table("briefing_districts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_briefing_districts_district"), ["district"], unique=False)

    op.create_table(
        "devices",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("user_id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_devices_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_devices")),
    )
    with op.batch_alter_table("devices", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_devices_user_id"), ["user_id"], unique=False)

    op.create_table(
        "grants",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("user_id", sa.String(length=36), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column(
            "district",
            sa.String(length=40),
            nullable=True,
            comment="empty: all districts",
        ),
        sa.Column("team_id", sa.String(length=36), nullable=True),
        sa.Column("valid_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("valid_until", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "role IN ('field_worker','team_lead','walk_coordinator','analyst','viewer','admin')",
            name=op.f("ck_grants_role_known"),
        ),
        sa.CheckConstraint(
            "role NOT IN ('field_worker','team_lead') OR team_id IS NOT NULL",
            name=op.f("ck_grants_team_where_needed"),
        ),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_grants_team_id_teams")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_grants_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grants")),
    )
    with op.batch_alter_table("grants", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_grants_team_id"), ["team_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_grants_user_id"), ["user_id"], unique=False)

    op.create_table(
        "schools",
        sa.Column("school_unit_code", sa.String(length=8), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column(
            "school_forms",
            sa.JSON(none_as_null=True),
            nullable=False,
            comment="register codes: GR, GY, AGR, …",
        ),
        sa.Column("grades", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("organiser", sa.String(length=200), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column(
            "district",
            sa.String(length=40),
            nullable=False,
            comment="stored, never derived",
        ),
        sa.Column(
            "lat",
            sa.Float(),
            nullable=True,
            comment="WGS 84; empty where the register has no position",
        ),
        sa.Column("lon", sa.Float(), nullable=True, comment="WGS 84"),
        sa.Column("active_from", sa.Date(), nullable=True),
        sa.Column("active_to", sa.Date(), nullable=True, comment="last day"),
        sa.Column(
            "registered_on",
            sa.Date(),
            nullable=True,
            comment="date of the register this row comes from",
        ),
        sa.Column(
            "id",
            sa.String(length=36),
            nullable=False,
            comment="UUIDv7 made by the record's creator",
        ),
        sa.Column("version", sa.Integer(), nullable=False, comment="1, 2, … per record"),
        sa.Column(
            "seq",
            sa.BigInteger(),
            nullable=False,
            comment="server order of changes; one counter (PL2)",
        ),
        sa.Column("deleted", sa.Boolean(), nullable=False, comment="tombstone (PL4)"),
        sa.Column(
            "created_by",
            sa.String(length=36),
            nullable=True,
            comment="author; empty for what the server made",
        ),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="made_at of the creation",
        ),
        sa.Column(
            "received_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="when the server took it in",
        ),
        sa.Column(
            "flags",
            sa.JSON(none_as_null=True),
            nullable=False,
            comment="codes such as clock_uncertain",
        ),
        sa.CheckConstraint(
            "status IN ('active', 'dormant', 'planned', 'ceased')",
            name=op.f("ck_schools_status_known"),
        ),
        sa.ForeignKeyConstraint(["district"], ["districts.code"], name=op.f("fk_schools_district_districts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_schools")),
        sa.UniqueConstraint("school_unit_code", name=op.f("uq_schools_school_unit_code")),
    )
    with op.batch_alter_table("schools", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_schools_district"), ["district"], unique=False)
        batch_op.create_index(batch_op.f("ix_schools_seq"), ["seq"], unique=False)

    op.create_table(
        "shifts",
        sa.Column("team_id", sa.String(length=36), nullable=False),
        sa.Column("district", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("assignment", sa.String(length=20), nullable=False),
        sa.Column("requested_by", sa.String(length=40), nullable=True),
        sa.Column("event", sa.String(length=20), nullable=True),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("briefing_id", sa.String(length=36), nullable=True),
        sa.Column("plan_id", sa.String(length=36), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "participant_ids",
            sa.JSON(none_as_null=True),
            nullable=False,
            comment="user ids; mirrored in shift_participants",
        ),
        sa.Column(
            "other_participants",
            sa.Integer(),
            nullable=False,
            comment="other staff, by number",
        ),
        sa.Column(
            "arena_minutes",
            sa.JSON(none_as_null=True),
            nullable=False,
            comment="clock minutes per arena",
        ),
        sa.Column(
            "mumin",
            sa.JSON(none_as_null=True),
            nullable=False,
            comment="interviews, by who delegated",
        ),
        sa.Column(
            "incidents",
            sa.JSON(none_as_null=True),
            nullable=False,
            comment="incidents to staff, counts",
        ),
        sa.Column("handover_note", sa.String(length=2000), nullable=False),
        sa.Column("open_items", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column(
            "id",
            sa.String(length=36),
            nullable=False,
            comment="UUIDv7 made by the record's creator",
        ),
        sa.Column("version", sa.Integer(), nullable=False, comment="1, 2, … per record"),
        sa.Column(
            "seq",
            sa.BigInteger(),
            nullable=False,
            comment="server order of changes; one counter (PL2)",
        ),
        sa.Column("deleted", sa.Boolean(), nullable=False, comment="tombstone (PL4)"),
        sa.Column(
            "created_by",
            sa.String(length=36),
            nullable=True,
            comment="author; empty for what the server made",
        ),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="made_at of the creation",
        ),
        sa.Column(
            "received_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="when the server took it in",
        ),
        sa.Column(
            "flags",
            sa.JSON(none_as_null=True),
            nullable=False,
            comment="codes such as clock_uncertain",
        ),
        sa.CheckConstraint(
            "status IN ('draft','submitted','returned','approved')",
            name=op.f("ck_shifts_status_known"),
        ),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_shifts_team_id_teams")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shifts")),
    )
    with op.batch_alter_table("shifts", schema=None) as batch_op:
        batch_op.create_index("ix_shifts_district_started_at", ["district", "started_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_shifts_seq"), ["seq"], unique=False)
        batch_op.create_index(batch_op.f("ix_shifts_started_at"), ["started_at"], unique=False)
        batch_op.create_index("ix_shifts_team_id_started_at", ["team_id", "started_at"], unique=False)

    op.create_table(
        "sites",
        sa.Column(
            "name",
            sa.String(length=200),
            nullable=False,
            comment="working name; never shown to volunteers",
        ),
        sa.Column(
            "public_label",
            sa.String(length=200),
            nullable=False,
            comment="what anyone may read; never says ÖDS",
        ),
        sa.Column(
            "district",
            sa.String(length=40),
            nullable=False,
            comment="stored, never derived",
        ),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column(
            "safety_level",
            sa.String(length=12),
            nullable=False,
            comment="staff safety, access.md",
        ),
        sa.Column(
            "is_public",
            sa.Boolean(),
            nullable=False,
            comment="may be shown to volunteers and viewers",
        ),
        sa.Column(
            "geometry",
            sa.JSON(none_as_null=True),
            nullable=False,
            comment="GeoJSON point or area, WGS 84, right-hand rule",
        ),
        sa.Column("coordinate_uncertainty_m", sa.Integer(), nullable=False),
        sa.Column(
            "priorities",
            sa.JSON(none_as_null=True),
            nullable=False,
            comment="level, reason, from, to",
        ),
        sa.Column(
            "school_near",
            sa.String(length=10),
            nullable=False,
            comment="yes|uncertain|no, latest mapping",
        ),
        sa.Column(
            "schools",
            sa.JSON(none_as_null=True),
            nullable=False,
            comment="what school_near rests on",
        ),
        sa.Column(
            "mappings",
            sa.JSON(none_as_null=True),
            nullable=False,
            comment="copy of site_mappings by year, so that a row travels alone",
        ),
        sa.Column(
            "is_listed",
            sa.Boolean(),
            nullable=False,
            comment="in force in its latest mapping",
        ),
        sa.Column(
            "last_visited_on",
            sa.Date(),
            nullable=True,
            comment="by any unit; a date, no contents",
        ),
        sa.Column(
            "merged_into_id",
            sa.String(length=36),
            nullable=True,
            comment="the site that took it over",
        ),
        sa.Column(
            "id",
            sa.String(length=36),
            nullable=False,
            comment="UUIDv7 made by the record's creator",
        ),
        sa.Column("version", sa.Integer(), nullable=False, comment="1, 2, … per record"),
        sa.Column(
            "seq",
            sa.BigInteger(),
            nullable=False,
            comment="server order of changes; one counter (PL2)",
        ),
        sa.Column("deleted", sa.Boolean(), nullable=False, comment="tombstone (PL4)"),
        sa.Column(
            "created_by",
            sa.String(length=36),
            nullable=True,
            comment="author; empty for what the server made",
        ),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="made_at of the creation",
        ),
        sa.Column(
            "received_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="when the server took it in",
        ),
        sa.Column(
            "flags",
            sa.JSON(none_as_null=True),
            nullable=False,
            comment="codes such as clock_uncertain",
        ),
        sa.CheckConstraint(
            "kind IN ('open_drug_scene', 'emerging', 'other')",
            name=op.f("ck_sites_kind_known"),
        ),
        sa.CheckConstraint(
            "safety_level IN ('normal', 'extra_care', 'do_not_go')",
            name=op.f("ck_sites_safety_level_known"),
        ),
        sa.CheckConstraint(
            "school_near IN ('yes', 'uncertain', 'no')",
            name=op.f("ck_sites_school_near_known"),
        ),
        sa.CheckConstraint("merged_into_id <> id", name=op.f("ck_sites_not_merged_into_itself")),
        sa.ForeignKeyConstraint(["district"], ["districts.code"], name=op.f("fk_sites_district_districts")),
        sa.ForeignKeyConstraint(["merged_into_id"], ["sites.id"], name=op.f("fk_sites_merged_into_id_sites")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sites")),
    )
    with op.batch_alter_table("sites", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sites_district"), ["district"], unique=False)
        batch_op.create_index(batch_op.f("ix_sites_seq"), ["seq"], unique=False)

    op.create_table(
        "sessions",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.String(length=36), nullable=False),
        sa.Column("device_id", sa.String(length=36), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "last_seen_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="touched at most every five minutes",
        ),
        sa.Column("idle_limit_s", sa.Integer(), nullable=False),
        sa.Column(
            "expires_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="absolute limit",
        ),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["device_id"], ["devices.id"], name=op.f("fk_sessions_device_id_devices")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_sessions_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sessions")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_sessions_token_hash")),
    )
    with op.batch_alter_table("sessions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sessions_user_id"), ["user_id"], unique=False)

    op.create_table(
        "shift_participants",
        sa.Column("shift_id", sa.String(length=36), nullable=False),
        sa.Column("user_id", sa.String(length=36), nullable=False),
        sa.ForeignKeyConstraint(
            ["shift_id"],
            ["shifts.id"],
            name=op.f("fk_shift_participants_shift_id_shifts"),
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_shift_participants_user_id_users")),
        sa.PrimaryKeyConstraint("shift_id", "user_id", name=op.f("pk_shift_participants")),
    )
    with op.batch_alter_table("shift_participants", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_shift_participants_user_id"), ["user_id"], unique=False)

    op.create_table(
        "site_mappings",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("site_id", sa.String(length=36), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column(
            "related_site_id",
            sa.String(length=36),
            nullable=True,
            comment="merged into, or split from",
        ),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("reported_by", sa.String(length=12), nullable=False),
        sa.Column(
            "decided_on",
            sa.Date(),
            nullable=False,
            comment="the mapping's date: schools active then count",
        ),
        sa.Column(
            "school_near",
            sa.String(length=10),
            nullable=False,
            comment="yes|uncertain|no as of the year",
        ),
        sa.Column(
            "schools",
            sa.JSON(none_as_null=True),
            nullable=False,
            comment="code, name, distance_m, basis as of the year",
        ),
        sa.Column(
            "radius_m",
            sa.Integer(),
            nullable=False,
            comment="the setting school_near was decided with",
        ),
        sa.Column(
            "school_forms",
            sa.JSON(none_as_null=True),
            nullable=False,
            comment="the setting school_near was decided with",
        ),
        sa.Column(
            "register_date",
            sa.Date(),
            nullable=True,
            comment="newest school register row known then",
        ),
        sa.CheckConstraint(
            "reported_by IN ('police', 'municipality', 'both')",
            name=op.f("ck_site_mappings_reported_by_known"),
        ),
        sa.CheckConstraint(
            "school_near IN ('yes', 'uncertain', 'no')",
            name=op.f("ck_site_mappings_school_near_known"),
        ),
        sa.CheckConstraint(
            "status IN ('listed', 'struck', 'new', 'merged', 'split')",
            name=op.f("ck_site_mappings_status_known"),
        ),
        sa.ForeignKeyConstraint(
            ["related_site_id"],
            ["sites.id"],
            name=op.f("fk_site_mappings_related_site_id_sites"),
        ),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_site_mappings_site_id_sites")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_site_mappings")),
        sa.UniqueConstraint("site_id", "year", name="uq_site_mappings_site_id_year"),
    )
    with op.batch_alter_table("site_mappings", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_site_mappings_year"), ["year"], unique=False)

    op.create_table(
        "visits",
        sa.Column("shift_id", sa.String(length=36), nullable=False),
        sa.Column("site_id", sa.String(length=36), nullable=True),
        sa.Column("school_unit_code", sa.String(length=8), nullable=True),
        sa.Column(
            "place",
            sa.JSON(none_as_null=True),
            nullable=True,
            comment="emerging place, rounded to 10 m",
        ),
        sa.Column("neighbourhood", sa.String(length=200), nullable=True),
        sa.Column(
            "district",
            sa.String(length=40),
            nullable=True,
            comment="set by the server from the place",
        ),
        sa.Column("arena", sa.String(length=20), nullable=False),
        sa.Column("arrived_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("time_precision", sa.String(length=10), nullable=False),
        sa.Column("outcome", sa.String(length=20), nullable=False),
        sa.Column("not_visited_reason", sa.String(length=20), nullable=True),
        sa.Column("together_with", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("audience", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("actions", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("entered_afterwards", sa.Boolean(), nullable=False),
        sa.Column(
            "id",
            sa.String(length=36),
            nullable=False,
            comment="UUIDv7 made by the record's creator",
        ),
        sa.Column("version", sa.Integer(), nullable=False, comment="1, 2, … per record"),
        sa.Column(
            "seq",
            sa.BigInteger(),
            nullable=False,
            comment="server order of changes; one counter (PL2)",
        ),
        sa.Column("deleted", sa.Boolean(), nullable=False, comment="tombstone (PL4)"),
        sa.Column(
            "created_by",
            sa.String(length=36),
            nullable=True,
            comment="author; empty for what the server made",
        ),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="made_at of the creation",
        ),
        sa.Column(
            "received_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="when the server took it in",
        ),
        sa.Column(
            "flags",
            sa.JSON(none_as_null=True),
            nullable=False,
            comment="codes such as clock_uncertain",
        ),
        sa.CheckConstraint(
            "outcome IN ('observed','nothing_noted','not_visited')",
            name=op.f("ck_visits_outcome_known"),
        ),
        sa.ForeignKeyConstraint(["shift_id"], ["shifts.id"], name=op.f("fk_visits_shift_id_shifts")),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_visits_site_id_sites")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visits")),
    )
    with op.batch_alter_table("visits", schema=None) as batch_op:
        batch_op.create_index("ix_visits_district_arrived_at", ["district", "arrived_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_visits_seq"), ["seq"], unique=False)
        batch_op.create_index(batch_op.f("ix_visits_shift_id"), ["shift_id"], unique=False)
        batch_op.create_index("ix_visits_site_id_arrived_at", ["site_id", "arrived_at"], unique=False)

    op.create_table(
        "observations",
        sa.Column("visit_id", sa.String(length=36), nullable=False),
        sa.Column("observed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("situation", sa.String(length=10), nullable=True),
        sa.Column("topics", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("conditions", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("people_basis", sa.String(length=12), nullable=False),
        sa.Column("counts", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("referrals", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("voices", sa.JSON(none_as_null=True), nullable=False),
        sa.Column(
            "moved_from",
            sa.String(length=36),
            nullable=True,
            comment="site id or 'unknown'",
        ),
        sa.Column(
            "moved_to",
            sa.String(length=36),
            nullable=True,
            comment="site id or 'unknown'",
        ),
        sa.Column("note", sa.String(length=2000), nullable=False),
        sa.Column(
            "id",
            sa.String(length=36),
            nullable=False,
            comment="UUIDv7 made by the record's creator",
        ),
        sa.Column("version", sa.Integer(), nullable=False, comment="1, 2, … per record"),
        sa.Column(
            "seq",
            sa.BigInteger(),
            nullable=False,
            comment="server order of changes; one counter (PL2)",
        ),
        sa.Column("deleted", sa.Boolean(), nullable=False, comment="tombstone (PL4)"),
        sa.Column(
            "created_by",
            sa.String(length=36),
            nullable=True,
            comment="author; empty for what the server made",
        ),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="made_at of the creation",
        ),
        sa.Column(
            "received_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="when the server took it in",
        ),
        sa.Column(
            "flags",
            sa.JSON(none_as_null=True),
            nullable=False,
            comment="codes such as clock_uncertain",
        ),
        sa.ForeignKeyConstraint(["visit_id"], ["visits.id"], name=op.f("fk_observations_visit_id_visits")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_observations")),
    )
    with op.batch_alter_table("observations", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_observations_seq"), ["seq"], unique=False)
        batch_op.create_index(batch_op.f("ix_observations_visit_id"), ["visit_id"], unique=False)
    op.bulk_insert(
        sa.table("sync_state", sa.column("id"), sa.column("seq"), sa.column("epoch")),
        [{"id": 1, "seq": 0, "epoch": str(uuid.uuid4())}],
    )
    op.bulk_insert(
        sa.table("audit_head", sa.column("id"), sa.column("number"), sa.column("row_hash")),
        [{"id": 1, "number": 0, "row_hash": ""}],
    )


def downgrade() -> None:
    with op.batch_alter_table("observations", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_observations_visit_id"))
        batch_op.drop_index(batch_op.f("ix_observations_seq"))

    op.drop_table("observations")
    with op.batch_alter_table("visits", schema=None) as batch_op:
        batch_op.drop_index("ix_visits_site_id_arrived_at")
        batch_op.drop_index(batch_op.f("ix_visits_shift_id"))
        batch_op.drop_index(batch_op.f("ix_visits_seq"))
        batch_op.drop_index("ix_visits_district_arrived_at")

    op.drop_table("visits")
    with op.batch_alter_table("site_mappings", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_site_mappings_year"))

    op.drop_table("site_mappings")
    with op.batch_alter_table("shift_participants", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_shift_participants_user_id"))

    op.drop_table("shift_participants")
    with op.batch_alter_table("sessions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sessions_user_id"))

    op.drop_table("sessions")
    with op.batch_alter_table("sites", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sites_seq"))
        batch_op.drop_index(batch_op.f("ix_sites_district"))

    op.drop_table("sites")
    with op.batch_alter_table("shifts", schema=None) as batch_op:
        batch_op.drop_index("ix_shifts_team_id_started_at")
        batch_op.drop_index(batch_op.f("ix_shifts_started_at"))
        batch_op.drop_index(batch_op.f("ix_shifts_seq"))
        batch_op.drop_index("ix_shifts_district_started_at")

    op.drop_table("shifts")
    with op.batch_alter_table("schools", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_schools_seq"))
        batch_op.drop_index(batch_op.f("ix_schools_district"))

    op.drop_table("schools")
    with op.batch_alter_table("grants", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_grants_user_id"))
        batch_op.drop_index(batch_op.f("ix_grants_team_id"))

    op.drop_table("grants")
    with op.batch_alter_table("devices", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_devices_user_id"))

    op.drop_table("devices")
    with op.batch_alter_table("briefing_districts", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_briefing_districts_district"))

    op.drop_table("briefing_districts")
    with op.batch_alter_table("users", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_users_seq"))

    op.drop_table("users")
    with op.batch_alter_table("teams", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_teams_seq"))

    op.drop_table("teams")
    op.drop_table("sync_state")
    with op.batch_alter_table("sync_rejections", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sync_rejections_unit_id"))
        batch_op.drop_index(batch_op.f("ix_sync_rejections_seq"))
        batch_op.drop_index(batch_op.f("ix_sync_rejections_record_id"))
        batch_op.drop_index(batch_op.f("ix_sync_rejections_mutation_id"))
        batch_op.drop_index(batch_op.f("ix_sync_rejections_author_id"))

    op.drop_table("sync_rejections")
    with op.batch_alter_table("sync_receipts", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sync_receipts_record_id"))

    op.drop_table("sync_receipts")
    op.drop_table("sync_history")
    with op.batch_alter_table("sync_devices", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sync_devices_user_id"))

    op.drop_table("sync_devices")
    with op.batch_alter_table("sync_conflicts", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sync_conflicts_unit_id"))
        batch_op.drop_index(batch_op.f("ix_sync_conflicts_seq"))
        batch_op.drop_index(batch_op.f("ix_sync_conflicts_record_id"))
        batch_op.drop_index(batch_op.f("ix_sync_conflicts_author_id"))

    op.drop_table("sync_conflicts")
    with op.batch_alter_table("sign_in_failures", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sign_in_failures_account_hash"))

    op.drop_table("sign_in_failures")
    with op.batch_alter_table("districts", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_districts_seq"))

    op.drop_table("districts")
    with op.batch_alter_table("briefings", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_briefings_valid_until"))
        batch_op.drop_index(batch_op.f("ix_briefings_seq"))

    op.drop_table("briefings")
    op.drop_table("audit_log")
    op.drop_table("audit_head")
