"""held late audiences

Revision ID: 0002
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sync_gone",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("collection", sa.String(length=40), nullable=False),
        sa.Column("record_id", sa.String(length=36), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column(
            "audience", sa.String(length=60), nullable=False, comment="whoever had it, as core/audiences.py names them"
        ),
        sa.Column("reason", sa.String(length=10), nullable=False),
        sa.CheckConstraint("reason IN ('scope','disposed')", name=op.f("ck_sync_gone_reason_known")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sync_gone")),
        sa.UniqueConstraint(
            "collection", "record_id", "audience", name=op.f("uq_sync_gone_collection_record_id_audience")
        ),
    )
    with op.batch_alter_table("sync_gone", schema=None) as batch_op:
        batch_op.create_index("ix_sync_gone_audience_seq", ["audience", "seq"], unique=False)
        batch_op.create_index(batch_op.f("ix_sync_gone_record_id"), ["record_id"], unique=False)

    op.create_table(
        "sync_waiting",
        sa.Column("kind", sa.String(length=4), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False, comment="waiting, applied, rejected"),
        sa.Column("mutation_id", sa.String(length=36), nullable=False, comment="not unique: an id may be reused (PU4)"),
        sa.Column("content_hash", sa.String(length=64), nullable=False, comment="HMAC-SHA-256 of the content as sent"),
        sa.Column("collection", sa.String(length=200), nullable=True),
        sa.Column("record_id", sa.String(length=200), nullable=True),
        sa.Column("op", sa.String(length=200), nullable=True),
        sa.Column("base_version", sa.Integer(), nullable=True),
        sa.Column(
            "fields", sa.JSON(none_as_null=True), nullable=False, comment="as sent; personal numbers replaced (PU13)"
        ),
        sa.Column("author_id", sa.String(length=36), nullable=False),
        sa.Column("device_id", sa.String(length=36), nullable=False),
        sa.Column("device_seq", sa.BigInteger(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("replaces", sa.String(length=36), nullable=True, comment="the rejection it corrects (PU12)"),
        sa.Column("clock_offset_s", sa.Double(), nullable=True, comment="device minus server when it came (PU15)"),
        sa.Column("unit_id", sa.String(length=36), nullable=True, comment="unit whose lead sees it"),
        sa.Column("waits_for", sa.String(length=36), nullable=True, comment="record it was judged to lack (PU9, PU12)"),
        sa.Column("id", sa.String(length=36), nullable=False, comment="UUIDv7 made by the record's creator"),
        sa.Column("version", sa.Integer(), nullable=False, comment="1, 2, … per record"),
        sa.Column("seq", sa.BigInteger(), nullable=False, comment="server order of changes; one counter (PL2)"),
        sa.Column("deleted", sa.Boolean(), nullable=False, comment="tombstone (PL4)"),
        sa.Column("created_by", sa.String(length=36), nullable=True, comment="author; empty for what the server made"),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, comment="made_at of the creation"),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False, comment="when the server took it in"),
        sa.Column("flags", sa.JSON(none_as_null=True), nullable=False, comment="codes such as clock_uncertain"),
        sa.CheckConstraint("kind IN ('held','late')", name=op.f("ck_sync_waiting_kind_known")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sync_waiting")),
    )
    with op.batch_alter_table("sync_waiting", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sync_waiting_author_id"), ["author_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_sync_waiting_mutation_id"), ["mutation_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_sync_waiting_record_id"), ["record_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_sync_waiting_seq"), ["seq"], unique=False)
        batch_op.create_index(batch_op.f("ix_sync_waiting_unit_id"), ["unit_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_sync_waiting_waits_for"), ["waits_for"], unique=False)

    op.create_table(
        "sync_conflict_people",
        sa.Column("conflict_id", sa.String(length=36), nullable=False),
        sa.Column("user_id", sa.String(length=36), nullable=False),
        sa.ForeignKeyConstraint(
            ["conflict_id"], ["sync_conflicts.id"], name=op.f("fk_sync_conflict_people_conflict_id_sync_conflicts")
        ),
        sa.PrimaryKeyConstraint("conflict_id", "user_id", name=op.f("pk_sync_conflict_people")),
    )
    with op.batch_alter_table("sync_conflict_people", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sync_conflict_people_user_id"), ["user_id"], unique=False)

    with op.batch_alter_table("sync_conflicts", schema=None) as batch_op:
        batch_op.add_column(sa.Column("op", sa.String(length=10), nullable=False, server_default="update"))
        batch_op.add_column(
            sa.Column(
                "server_version",
                sa.Integer(),
                nullable=False,
                server_default="0",
                comment="version the server's values were read at",
            )
        )
        batch_op.add_column(
            sa.Column(
                "server_by",
                sa.String(length=36),
                nullable=True,
                comment="who last changed them; empty: the server itself",
            )
        )
        batch_op.add_column(
            sa.Column("server_at", sa.DateTime(timezone=True), nullable=True, comment="when they were last changed")
        )

    with op.batch_alter_table("sync_history", schema=None) as batch_op:
        batch_op.drop_constraint("pk_sync_history", type_="primary")
        batch_op.create_primary_key("pk_sync_history", ["record_id", "collection", "version"])
        batch_op.add_column(
            sa.Column("device_seq", sa.BigInteger(), nullable=True, comment="the mutation's number on its device")
        )

    with op.batch_alter_table("sync_rejections", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("replaces", sa.String(length=36), nullable=True, comment="the rejection it corrects (PU12)")
        )
        batch_op.add_column(
            sa.Column("clock_offset_s", sa.Double(), nullable=True, comment="device minus server when it came (PU15)")
        )
        batch_op.add_column(
            sa.Column(
                "waits_for", sa.String(length=36), nullable=True, comment="record it was judged to lack (PU9, PU12)"
            )
        )
        batch_op.create_index(batch_op.f("ix_sync_rejections_waits_for"), ["waits_for"], unique=False)

    with op.batch_alter_table("sync_state", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "restored_at", sa.DateTime(timezone=True), nullable=True, comment="when the epoch last changed (PL5)"
            )
        )
        batch_op.add_column(
            sa.Column(
                "tidied_at",
                sa.DateTime(timezone=True),
                nullable=True,
                comment="when what waits was last gone through (PU9)",
            )
        )


def downgrade() -> None:
    with op.batch_alter_table("sync_state", schema=None) as batch_op:
        batch_op.drop_column("tidied_at")
        batch_op.drop_column("restored_at")

    with op.batch_alter_table("sync_history", schema=None) as batch_op:
        batch_op.drop_constraint("pk_sync_history", type_="primary")
        batch_op.create_primary_key("pk_sync_history", ["record_id", "version"])
        batch_op.drop_column("device_seq")

    with op.batch_alter_table("sync_rejections", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sync_rejections_waits_for"))
        batch_op.drop_column("waits_for")
        batch_op.drop_column("clock_offset_s")
        batch_op.drop_column("replaces")

    with op.batch_alter_table("sync_conflicts", schema=None) as batch_op:
        batch_op.drop_column("server_at")
        batch_op.drop_column("server_by")
        batch_op.drop_column("server_version")
        batch_op.drop_column("op")

    with op.batch_alter_table("sync_conflict_people", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sync_conflict_people_user_id"))

    op.drop_table("sync_conflict_people")
    with op.batch_alter_table("sync_waiting", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sync_waiting_waits_for"))
        batch_op.drop_index(batch_op.f("ix_sync_waiting_unit_id"))
        batch_op.drop_index(batch_op.f("ix_sync_waiting_seq"))
        batch_op.drop_index(batch_op.f("ix_sync_waiting_record_id"))
        batch_op.drop_index(batch_op.f("ix_sync_waiting_mutation_id"))
        batch_op.drop_index(batch_op.f("ix_sync_waiting_author_id"))

    op.drop_table("sync_waiting")
    with op.batch_alter_table("sync_gone", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sync_gone_record_id"))
        batch_op.drop_index("ix_sync_gone_audience_seq")

    op.drop_table("sync_gone")
