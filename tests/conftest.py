"""One app per test on a real database, SQLite and PostgreSQL alike, seeded with the demo register and sign-ins."""

import gc
import itertools
import shutil
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from typing import Any

import psycopg
import pytest
from argon2 import PasswordHasher
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import Dialect, Engine, create_engine, event, text
from sqlalchemy.util import LRUCache
from werkzeug.routing import Rule

from fieldapp import create_app
from fieldapp.config import Settings
from fieldapp.core.database import db, write_transaction
from fieldapp.core.ports import provide
from fieldapp.demo.accounts import PASSWORD, seed_accounts
from fieldapp.demo.register import seed_register
from fieldapp.exports.worker import work_off
from fieldapp.places.services import nearness_rule
from tests.factories.phone import Phone
from tests.factories.postgres import cluster
from tests.factories.totals import TOLD

ENGINES = ("sqlite", "postgresql")
FAULTS = Path(__file__).parent / "faults"
LOOPBACK = ("127.0.0.1", "::1", "localhost")
SECRET = "test-secret-0123456789-abcdefghijklmnop"
# Verifying costs what the stored hash says: real argon2id, cheap enough for two sign-ins a test.
CHEAP = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
STATEMENTS = 5000  # as many are kept; more than all tests compile on one engine
_numbers = itertools.count()
_real_connect = socket.socket.connect


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put first what takes minutes in one piece, or all but one process would wait for it in the end.

    What counts seconds is run from tests/faults alone: elsewhere nobody would run it.
    """
    misplaced = [
        item.nodeid for item in items if item.get_closest_marker("seconds") and FAULTS not in item.path.parents
    ]
    if misplaced:
        raise pytest.UsageError(f"what counts seconds belongs into tests/faults: {misplaced}")
    items.sort(key=lambda item: item.get_closest_marker("minutes") is None)


def pytest_collection_finish() -> None:
    """Spare the collector what stays for the whole run."""
    gc.collect()
    gc.freeze()


_compile_builder = Rule._compile_builder
_builders: dict[Any, Any] = {}


def _compiled_once(rule: Rule, append_unknown: bool = True) -> Any:
    """Compile how a route's address is built once a run: most of making an app, and every test makes its own."""
    defaults = tuple(sorted((rule.defaults or {}).items()))
    key = (rule.rule, tuple(rule._trace), defaults, append_unknown)
    if key not in _builders:
        _builders[key] = _compile_builder(rule, append_unknown)
    return _builders[key]


Rule._compile_builder = _compiled_once  # type: ignore[method-assign]


def pytest_sessionfinish(session: pytest.Session) -> None:
    """A worker hands what it was told to the process that prints."""
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["told"] = TOLD


def pytest_testnodedown(node: Any) -> None:
    """Take what a worker was told."""
    TOLD.extend(getattr(node, "workeroutput", {}).get("told", ()))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say at the end what the fault runs came to."""
    if TOLD:
        terminalreporter.section("what the faults came to")
        terminalreporter.write_line("\n".join(TOLD))


@pytest.fixture(autouse=True)
def _loopback_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test talks to anything but this machine."""

    def connect(self: socket.socket, address: Any) -> Any:
        if isinstance(address, tuple) and address[0] not in LOOPBACK:
            raise OSError(f"a test tried to reach {address[0]}")
        return _real_connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", connect)


def settings_for(url: str, folder: Path) -> Settings:
    """Return the settings of a test app."""
    return Settings(env="testing", data_dir=folder, database_url=url, secret_key=SECRET)


def fill(app: Flask) -> None:
    """Migrate from empty and seed the demo register and sign-ins."""
    with app.app_context():
        upgrade()
        with write_transaction():
            seed_register(db.session(), rule=nearness_rule())
            seed_accounts(db.session(), password_hash=CHEAP.hash(PASSWORD))
        db.session.remove()
        db.engine.dispose()


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """One cluster for the whole run."""
    with cluster() as url:
        yield url


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A seeded SQLite file to copy from."""
    folder = tmp_path_factory.mktemp("template")
    fill(create_app(settings_for(f"sqlite:///{folder / 'faltlogg.db'}", folder)))
    return folder / "faltlogg.db"


@pytest.fixture(scope="session")
def postgres_template(postgres: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A seeded PostgreSQL database to copy from."""
    admin(postgres, "CREATE DATABASE template_faltlogg")
    fill(create_app(settings_for(f"{postgres}/template_faltlogg", tmp_path_factory.mktemp("pg"))))
    return "template_faltlogg"


def admin(url: str, statement: str) -> None:
    with psycopg.connect(url.replace("+psycopg", "") + "/postgres", autocommit=True) as connection:
        connection.execute(statement)


def copy_database(url: str, template: str, name: str) -> None:
    """Copy a database nobody is connected to, by its files: for a small one in half the time that its log takes."""
    with psycopg.connect(url.replace("+psycopg", "") + "/postgres", autocommit=True) as connection:
        by_files = " STRATEGY file_copy" if connection.info.server_version >= 150_000 else ""  # before, the only way
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}{by_files}")


@pytest.fixture(params=ENGINES)
def engine_name(request: pytest.FixtureRequest) -> str:
    """The database engine of this test."""
    name: str = request.param
    return name


@contextmanager
def seeded_database(engine_name: str, folder: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    """Keep a fresh seeded database of an engine for a while."""
    if engine_name == "sqlite":
        shutil.copy(request.getfixturevalue("sqlite_template"), folder / "faltlogg.db")
        yield f"sqlite:///{folder / 'faltlogg.db'}"
        return
    postgres: str = request.getfixturevalue("postgres")
    template: str = request.getfixturevalue("postgres_template")
    name = f"t{next(_numbers)}"
    copy_database(postgres, template, name)
    yield f"{postgres}/{name}"
    admin(postgres, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


@pytest.fixture
def database_url(engine_name: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    """A fresh seeded database of the engine."""
    with seeded_database(engine_name, tmp_path, request) as url:
        yield url


@pytest.fixture(scope="session")
def compiled() -> Callable[[Engine], None]:
    """Let an app find what the apps before it have compiled, as a server finds it: a statement is compiled once a run.

    SQLAlchemy knows a compiled statement by its dialect and its shape: the dialect of the first engine of each kind
    stays, and one cache for all of them.
    """
    dialects: dict[str, Dialect] = {}
    cache: Any = LRUCache(STATEMENTS)

    def shared_with(engine: Engine) -> None:
        if engine.dialect.name not in dialects:
            with engine.connect():  # from which a dialect reads what it must know of its server
                dialects[engine.dialect.name] = engine.dialect
            engine.dispose()  # a test may change what new connections begin with
        engine.dialect = dialects[engine.dialect.name]
        engine.update_execution_options(compiled_cache=cache)

    return shared_with


@pytest.fixture
def app(database_url: str, tmp_path: Path, compiled: Callable[[Engine], None]) -> Iterator[Flask]:
    """The app on a fresh seeded database."""
    app = create_app(settings_for(database_url, tmp_path))
    provide(app, "start_maker", lambda: None)  # a process would outlive the test; `make_files` does its work
    with app.app_context():
        compiled(db.engine)
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def client(app: Flask) -> Any:
    """A browser that has not signed in."""
    return app.test_client()


@pytest.fixture
def phone(app: Flask) -> Callable[..., Phone]:
    """Sign a demo person in on a phone: `phone("falt1")`."""

    def signed_in(who: str, **kwargs: Any) -> Phone:
        return Phone.signed_in(app.test_client(), who, **kwargs)

    return signed_in


@pytest.fixture
def sign_in(app: Flask) -> Callable[[str], Any]:
    """Return a test client with the session of a demo person."""

    def signed_in(who: str) -> Any:
        return Phone.signed_in(app.test_client(), who).client

    return signed_in


@pytest.fixture
def make_files(app: Flask) -> Callable[[], int]:
    """Make every file that waits, as the process does that the server starts: on another connection, to its end."""

    def made() -> int:
        done: list[int] = []
        maker = Thread(target=lambda: done.append(work_off(app)))
        maker.start()
        maker.join()
        return done[0]

    return made


@pytest.fixture
def rows(app: Flask) -> Callable[..., list[dict[str, Any]]]:
    """Read straight from the database, past the app."""

    def read(statement: str, **values: Any) -> list[dict[str, Any]]:
        engine = create_engine(app.config["SQLALCHEMY_DATABASE_URI"])
        with engine.connect() as connection:
            found = [dict(row) for row in connection.execute(text(statement), values).mappings()]
        engine.dispose()
        return found

    return read


@pytest.fixture
def sql(app: Flask) -> Callable[..., None]:
    """Write straight to the database, past the app: what an upgrade, an operator or time would do."""

    def write(statement: str, **values: Any) -> None:
        engine = create_engine(app.config["SQLALCHEMY_DATABASE_URI"])
        with engine.begin() as connection:
            connection.execute(text(statement), values)
        engine.dispose()

    return write


@pytest.fixture
def plans_of(app: Flask) -> Callable[..., Any]:
    """Collect, inside `with plans_of() as found`, how the database reads for each query: (statement, plan)."""

    @contextmanager
    def collecting() -> Iterator[list[tuple[str, str]]]:
        found: list[tuple[str, str]] = []
        with app.app_context():
            engine = db.engine
        explain = "EXPLAIN QUERY PLAN " if engine.dialect.name == "sqlite" else "EXPLAIN "

        def explained(connection: Any, cursor: Any, statement: str, values: Any, context: Any, many: bool) -> None:
            if statement.lstrip().startswith("SELECT") and not many:
                own = connection.connection.cursor()
                own.execute(explain + statement, values)
                found.append((statement, "\n".join(str(row[-1]) for row in own.fetchall())))
                own.close()

        event.listen(engine, "before_cursor_execute", explained)
        try:
            yield found
        finally:
            event.remove(engine, "before_cursor_execute", explained)

    return collecting


@pytest.fixture
def meanwhile(app: Flask) -> Callable[..., Any]:
    """Let something happen on another connection, once, right after the app has read from a table.

    Inside `with meanwhile("visits", work)`: `work` is done by a thread, and has ended before the app reads on.
    """

    @contextmanager
    def happening(table: str, work: Callable[[], object]) -> Iterator[None]:
        with app.app_context():
            engine = db.engine
        waits = [work]

        def has_read(connection: Any, cursor: Any, statement: str, values: Any, context: Any, many: bool) -> None:
            if waits and f"FROM {table} " in f"{' '.join(statement.split())} ":
                other = Thread(target=waits.pop())
                other.start()
                other.join()

        event.listen(engine, "after_cursor_execute", has_read)
        try:
            yield
        finally:
            event.remove(engine, "after_cursor_execute", has_read)
        assert not waits, "nothing was read from the table"

    return happening
