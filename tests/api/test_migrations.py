"""Migrations lead from empty to exactly the tables of the code, on both engines; the first rows are there."""

import re

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask_migrate import downgrade, upgrade

from fieldapp.core.database import db


def test_migrations_from_empty_give_the_tables_of_the_code(app):
    with app.app_context(), db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, db.metadata) == []


def test_the_newest_migration_leads_back_and_forth(app, rows):
    before = rows("SELECT number, row_hash FROM audit_log ORDER BY number")
    with app.app_context():
        downgrade()
        upgrade()
        with db.engine.connect() as connection:
            context = MigrationContext.configure(connection, opts={"compare_type": True})
            assert compare_metadata(context, db.metadata) == []
    assert rows("SELECT number, row_hash FROM audit_log ORDER BY number") == before != []


def test_a_new_database_has_its_counter_and_an_epoch_of_its_own(rows):
    [state] = rows("SELECT id, epoch FROM sync_state")
    assert state["id"] == 1
    assert re.fullmatch(r"[0-9a-f-]{36}", state["epoch"])
    assert rows("SELECT count(*) AS n FROM audit_head") == [{"n": 1}]


def test_every_table_has_a_primary_key_and_named_constraints():
    for table in db.metadata.tables.values():
        assert table.primary_key.columns, table.name
        assert all(constraint.name for constraint in table.constraints), table.name
