"""On PostgreSQL the app's role appends to the audit log and reads it; the database refuses everything else."""

import itertools
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from sqlalchemy import create_engine, text
from sqlalchemy.exc import ProgrammingError

from fieldapp import create_app
from fieldapp.core.database import db
from tests.api.test_audit import faults
from tests.conftest import admin, settings_for
from tests.factories.phone import Phone

Command = Callable[..., tuple[int, str]]
INSUFFICIENT = "42501"
_numbers = itertools.count()
UNDO = "Error: ROLE: Rollen äger tabellerna, är superanvändare eller får mer genom en annan roll."
REFUSED = (
    "UPDATE audit_log SET action = 'nothing.happened' WHERE number = 1",
    "DELETE FROM audit_log WHERE number = 1",
    "TRUNCATE audit_log",
    "UPDATE audit_checkpoints SET mac = ''",
    "DELETE FROM audit_checkpoints",
    "TRUNCATE audit_checkpoints",
    "INSERT INTO audit_head (id, number, row_hash) VALUES (2, 0, '')",
    "DELETE FROM audit_head",
    "TRUNCATE audit_head",
    "DROP TABLE audit_log",
    "ALTER TABLE audit_log DROP COLUMN details",
    "CREATE RULE quiet AS ON INSERT TO audit_log DO INSTEAD NOTHING",
)


@pytest.fixture
def engine_name() -> str:
    return "postgresql"


@pytest.fixture
def role(postgres: str, app: Flask) -> Iterator[str]:
    """A role of the cluster that may do with every table what an app does, as README says."""
    name = f"demo-app {next(_numbers)}"  # to be quoted
    admin(postgres, f'CREATE ROLE "{name}" LOGIN')
    with app.app_context(), db.engine.begin() as connection:
        connection.execute(text(f'GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO "{name}"'))
    yield name
    with app.app_context(), db.engine.begin() as connection:
        connection.execute(text(f'DROP OWNED BY "{name}"'))
    admin(postgres, f'DROP ROLE "{name}"')


@pytest.fixture
def command(app: Flask) -> Command:
    """Run `flask audit …` as the tables' owner."""
    return lambda *args: said(app, *args)


def said(app: Flask, *args: str) -> tuple[int, str]:
    result = app.test_cli_runner().invoke(args=["audit", *args])
    return result.exit_code, result.output


@pytest.fixture
def url_as_role(database_url: str, role: str) -> str:
    return database_url.replace("faltlogg@", f"{role.replace(' ', '%20')}@")


@pytest.fixture
def app_as_role(url_as_role: str, tmp_path: Path) -> Iterator[Flask]:
    """The app as it runs in production: under the role."""
    made = create_app(settings_for(url_as_role, tmp_path))
    yield made
    with made.app_context():
        db.session.remove()
        db.engine.dispose()


def test_a_protected_role_runs_the_app_and_changes_nothing_that_stands(
    app: Flask, command: Command, role: str, url_as_role: str, app_as_role: Flask
):
    assert command("protect", role) == (0, f"Rollen {role} kan nu bara läsa loggen och lägga till i den.\n")
    falt1 = Phone.signed_in(app_as_role.test_client(), "falt1")
    falt1.apply(*falt1.evening())
    falt1.pull()
    assert said(app_as_role, "checkpoint")[0] == 0
    assert said(app_as_role, "verify")[0] == 0
    engine = create_engine(url_as_role)
    for statement in REFUSED:
        with engine.connect() as connection, pytest.raises(ProgrammingError) as refused:
            connection.execute(text(statement))
        assert refused.value.orig.sqlstate == INSUFFICIENT, statement
    engine.dispose()
    assert faults(app) == []


def test_a_role_that_is_not_protected_could(command: Command, role: str, url_as_role: str):
    engine = create_engine(url_as_role)
    with engine.begin() as connection:
        connection.execute(text(REFUSED[0]))
    engine.dispose()


def test_what_the_role_may_not_do_it_is_told_in_words(app: Flask, command: Command, role: str, app_as_role: Flask):
    words = "Databasrollen får inte göra det. Kör kommandot som tabellernas ägare.\n"
    assert said(app_as_role, "protect", role) == (1, f"Error: ROLE: {words}")
    assert command("protect", role)[0] == 0
    assert said(app_as_role, "checkpoint")[0] == 0
    with time_machine.travel(datetime.now(UTC) + timedelta(days=365), tick=True):
        before = (datetime.now(UTC) - timedelta(days=200)).date().isoformat()
        assert said(app_as_role, "dispose", "--before", before) == (1, f"Error: {words}")
        assert faults(app) == []
        assert command("dispose", "--before", before)[0] == 0
    assert faults(app) == []


def test_the_owner_and_a_role_that_is_none_are_refused(command: Command):
    assert command("protect", "faltlogg")[1].startswith(UNDO)
    assert command("protect", "ingen") == (1, "Error: ROLE: Finns inte.\n")


@pytest.mark.parametrize("membership", ["INHERIT", "NOINHERIT"])
@pytest.mark.parametrize(
    "right",
    [
        "DELETE ON audit_log",
        "UPDATE ON audit_checkpoints",
        "UPDATE (details) ON audit_log",
        "TRIGGER ON audit_log",
        "TRUNCATE ON audit_head",
    ],
)
def test_a_role_that_could_undo_it_through_another_is_refused(
    app: Flask, command: Command, postgres: str, role: str, right: str, membership: str
):
    group = f"demo_group_{next(_numbers)}"
    admin(postgres, f"CREATE ROLE {group}")
    admin(postgres, f'ALTER ROLE "{role}" {membership}')
    with app.app_context(), db.engine.begin() as connection:
        connection.execute(text(f"GRANT {right} TO {group}"))
    admin(postgres, f'GRANT {group} TO "{role}"')
    assert command("protect", role)[1].startswith(UNDO)
    with app.app_context(), db.engine.begin() as connection:
        connection.execute(text(f"DROP OWNED BY {group}"))
    admin(postgres, f"DROP ROLE {group}")
    assert command("protect", role)[0] == 0


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_sqlite_has_no_roles(command: Command, engine_name: str):
    words = "Error: ROLE: Finns bara i PostgreSQL. I SQLite skyddas loggen av kontrollpunkterna.\n"
    assert command("protect", "demo") == (1, words)
