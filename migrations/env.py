"""Runs migrations through the app's own engine; `flask db upgrade` is the only way in."""

from alembic import context
from flask import current_app
from sqlalchemy import Connection

db = current_app.extensions["migrate"].db


def is_sqlite(connection: Connection) -> bool:
    """Say whether rebuilding a table would cascade into its children (trap 14)."""
    return connection.dialect.name == "sqlite"


def render_item(kind: str, item: object, _context: object) -> str | bool:
    """Write our time type as the plain one: a migration must not depend on tomorrow's code."""
    if kind == "type" and type(item).__name__ == "UtcDateTime":
        return "sa.DateTime(timezone=True)"
    return False


def run() -> None:
    """Upgrade with foreign keys off on SQLite, outside the transaction, and checked at its end."""
    with db.engine.connect() as connection:
        raw = connection.connection.dbapi_connection
        if is_sqlite(connection):
            raw.execute("PRAGMA foreign_keys=OFF")
            connection = connection.execution_options(sqlite_begin="IMMEDIATE")
        context.configure(
            connection=connection,
            target_metadata=db.metadata,
            render_as_batch=True,
            compare_type=True,
            transaction_per_migration=True,
            render_item=render_item,
        )
        with context.begin_transaction():
            context.run_migrations()
        if connection.in_transaction():
            connection.commit()
        if is_sqlite(connection):
            broken = raw.execute("PRAGMA foreign_key_check").fetchall()
            raw.execute("PRAGMA foreign_keys=ON")
            if broken:
                raise RuntimeError(f"foreign keys broken after migration: {broken[:5]}")


run()
