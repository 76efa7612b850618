"""mapping years that were added by mistake can be removed: a kind of change in a site's history

Revision ID: 0028
Revises: 0027
"""

from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

BEFORE = (
    "'created', 'changed', 'mapped', 'mapping_corrected', 'safety_set', 'place_linked', 'place_unlinked', 'taken_back'"
)


def upgrade() -> None:
    _allow(f"{BEFORE}, 'mapping_removed'")


def downgrade() -> None:
    op.execute("UPDATE site_changes SET kind = 'mapping_corrected' WHERE kind = 'mapping_removed'")
    _allow(BEFORE)


def _allow(kinds: str) -> None:
    name = op.f("ck_site_changes_kind_known")
    with op.batch_alter_table("site_changes") as table:
        if op.get_bind().dialect.name != "sqlite":  # there the table is made anew, without its checks
            table.drop_constraint(name, type_="check")
        table.create_check_constraint(name, f"kind IN ({kinds})")
