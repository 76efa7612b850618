"""The database: one handle, and one way to open a transaction that writes.

SQLite gets `BEGIN IMMEDIATE` for every writing transaction; the driver's own transactions lose updates (trap 1).
PostgreSQL uses the same calls.
"""

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager, nullcontext
from pathlib import Path
from typing import Any, TypeVar

import orjson
from flask import Flask, current_app
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Connection, Engine, MetaData, event, func, select
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import DeclarativeBase, Session

from fieldapp.core.errors import Unavailable
from fieldapp.core.writers import WritersQueue

MIGRATIONS = Path(__file__).resolve().parents[2] / "migrations"
BUSY_TIMEOUT_MS = 5000
TRIES = 5
BEFORE_COMMIT = "fieldapp.before_commit"
AFTER_COMMIT = "fieldapp.after_commit"
BEGUN = "fieldapp.begun"  # the transaction that one of the blocks below began
GIVE_WAY = ("40001", "40P01")  # serialization_failure, deadlock_detected
Result = TypeVar("Result")
NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """Declarative base with named constraints, so that migrations can name what they change."""

    metadata = MetaData(naming_convention=NAMING)


def _dumps(value: Any) -> str:
    return orjson.dumps(value, option=orjson.OPT_UTC_Z).decode()  # times inside JSON stand as they travel


db = SQLAlchemy(
    model_class=Base,
    engine_options={"json_serializer": _dumps, "json_deserializer": orjson.loads, "pool_pre_ping": True},
)
migrate = Migrate()


def init_database(app: Flask) -> None:
    """Attach the database and migrations to the app."""
    db.init_app(app)
    migrate.init_app(app, db, directory=str(MIGRATIONS), render_as_batch=True)
    app.teardown_appcontext(_let_go)  # before the extension's own, which comes first and so runs last
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            _prepare_sqlite(db.engine)
            if db.engine.url.database not in (None, "", ":memory:"):
                _refuse_unusable(Path(str(db.engine.url.database)))
                queue = WritersQueue(Path(str(db.engine.url.database)), BUSY_TIMEOUT_MS / 1000)
                app.extensions["fieldapp.writers"] = queue


def _let_go(_error: BaseException | None) -> None:
    """End what a request still reads; a database gone meanwhile takes no answer with it that is made already (S25)."""
    if db.session.registry.has():
        try:
            db.session.rollback()
        except DBAPIError:
            db.session().invalidate()


class UnusableDatabase(RuntimeError):
    """The database file can't be read or written; the message names it (D04)."""


def _refuse_unusable(path: Path) -> None:
    """Look at the file before anything is built on it. Raises `UnusableDatabase` within a second."""
    if not path.exists():
        return
    try:
        with closing(sqlite3.connect(path, timeout=1, isolation_level=None)) as connection:
            connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("ROLLBACK")
    except sqlite3.DatabaseError as error:
        if "locked" not in str(error):  # somebody else is writing: then it can be written
            raise UnusableDatabase(f"databasen {path} går inte att använda ({error})") from error


def _prepare_sqlite(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def configure(connection: sqlite3.Connection, _record: Any) -> None:
        connection.isolation_level = None  # BEGIN is ours to emit
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            f"busy_timeout={BUSY_TIMEOUT_MS}",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        mode = connection.get_execution_options().get("sqlite_begin", "DEFERRED")
        connection.exec_driver_sql(f"BEGIN {mode}")


@contextmanager
def write_transaction() -> Iterator[None]:
    """Run a block as one writing transaction: commit at its end, roll back when it raises.

    A read transaction that is still open is ended first, so that nothing read before decides what is written.
    Raises `Unavailable` (503) when the write lock can't be had within the busy timeout.
    """
    session = db.session
    if session.new or session.dirty or session.deleted:
        raise RuntimeError("unsaved changes before the write transaction began")
    session.rollback()
    session.info.pop(BEFORE_COMMIT, None)
    session.info.pop(AFTER_COMMIT, None)
    queue: WritersQueue | None = current_app.extensions.get("fieldapp.writers")
    with queue.turn() if queue else nullcontext():
        try:
            session.connection(execution_options={"sqlite_begin": "IMMEDIATE"})
            session.info[BEGUN] = session().get_transaction()
            yield
            for follow, items in session.info.pop(BEFORE_COMMIT, {}).items():
                follow(session(), items)
            session.commit()
            for work in session.info.pop(AFTER_COMMIT, ()):
                work()
        except OperationalError as error:
            session.rollback()
            if is_busy(error):
                raise Unavailable(retry_after_s=2) from error
            raise
        except BaseException:
            session.rollback()
            raise


def before_commit(session: Session, follow: Callable[[Session, set[str]], None], items: Iterable[str]) -> None:
    """Let what follows from items be done at the end of the present writing transaction: once, for all named to it."""
    session.info.setdefault(BEFORE_COMMIT, {}).setdefault(follow, set()).update(items)


def after_commit(session: Session, work: Callable[[], None]) -> None:
    """Let work be done as soon as the present writing transaction is committed, and never if it is rolled back.

    The work must not raise: what was committed stands.
    """
    session.info.setdefault(AFTER_COMMIT, []).append(work)


def transacted(work: Callable[[], Result]) -> Result:
    """Run work as one writing transaction, again from its start when the database made it give way to another.

    PostgreSQL ends one of two transactions that wait for each other, or that can't be put in an order. Raises
    `Unavailable` (503) when that goes on, or when the database is lost; the caller may send the same again.
    """
    for tries_left in reversed(range(TRIES)):
        try:
            with write_transaction():
                return work()
        except OperationalError as error:
            if getattr(error.orig, "sqlstate", None) in GIVE_WAY and tries_left:
                continue
            if db.engine.dialect.name == "sqlite":
                raise
            raise Unavailable(retry_after_s=2) from error
    raise AssertionError("unreachable")


@contextmanager
def one_view() -> Iterator[None]:
    """Run a block of reads that all see the database as it is now, however long they take; nothing is written.

    Within a writing transaction, or another view, they are read in that one. Plain reads from before are ended.
    """
    session = db.session
    if session().in_transaction() and session().get_transaction() is session.info.get(BEGUN):
        yield
        return
    session.rollback()
    is_postgresql = session().get_bind().dialect.name == "postgresql"  # a reader of SQLite sees one moment anyway
    session.connection(execution_options={"isolation_level": "REPEATABLE READ"} if is_postgresql else {})
    session.info[BEGUN] = session().get_transaction()
    try:
        yield
    finally:
        session.rollback()


def take_turn(session: Session, what: str) -> None:
    """Hold off others who name the same until this transaction ends, so that what is counted here stays counted."""
    if session.get_bind().dialect.name == "postgresql":  # SQLite has one writer at a time anyway
        session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(what, 0))))


def is_busy(error: OperationalError) -> bool:
    """Say whether the database refused because somebody else holds the write lock."""
    return isinstance(error.orig, sqlite3.OperationalError) and "locked" in str(error.orig)
