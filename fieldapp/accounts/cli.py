"""`flask user …`, `flask team …`: accounts from the command line. A password is typed at a prompt or piped in."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click
from flask.cli import AppGroup

from fieldapp.accounts import queries, services
from fieldapp.accounts.models import ROLES
from fieldapp.accounts.passwords import hash_password
from fieldapp.accounts.rules import password_faults
from fieldapp.core.catalogue import text, translated_fields
from fieldapp.core.database import db, write_transaction
from fieldapp.core.errors import DomainError, Invalid
from fieldapp.core.ports import port

user = AppGroup("user", help="Create, grant, disable and reset accounts.")
team = AppGroup("team", help="Create field teams.")
ASKED = {"email": "EMAIL", "name": "NAME", "district": "DISTRICT", "team": "--team", "team_id": "--team"}


@user.command("create")
@click.argument("email")
@click.argument("name")
@click.option("--role", type=click.Choice(ROLES), required=True)
@click.option("--district", default=None, help="District code; left out: all districts.")
@click.option("--team", "team_name", default=None, help="Name of the team, for field workers and team leads.")
def create(email: str, name: str, role: str, district: str | None, team_name: str | None) -> None:
    """Create a user with one role."""
    hashed = hash_password(_ask_password(email))
    with _plainly(), write_transaction():
        made = services.create_user(db.session(), email=email, name=name, password_hash=hashed)
        _grant(made.id, role, district, team_name)
        made_id = made.id
    click.echo(made_id)


@user.command("grant")
@click.argument("email")
@click.argument("role", type=click.Choice(ROLES))
@click.option("--district", default=None, help="District code; left out: all districts.")
@click.option("--team", "team_name", default=None, help="Name of the team, for field workers and team leads.")
def grant(email: str, role: str, district: str | None, team_name: str | None) -> None:
    """Give a user one more role."""
    with _plainly(), write_transaction():
        account = queries.account_of(db.session(), email)
        if account is None:
            raise Invalid(fields={"email": ["not_found"]})
        _grant(account.id, role, district, team_name)


@user.command("disable")
@click.argument("email")
def disable(email: str) -> None:
    """Close an account; its sessions die at once."""
    with _plainly(), write_transaction():
        services.disable_user(db.session(), email=email)


@user.command("reset")
@click.argument("email")
def reset(email: str) -> None:
    """Set a new password; every session of the account ends."""
    hashed = hash_password(_ask_password(email))
    with _plainly(), write_transaction():
        services.reset_password(db.session(), email=email, password_hash=hashed)


@team.command("create")
@click.argument("name")
@click.argument("district", required=False)
def create_team(name: str, district: str | None) -> None:
    """Create a team of a district; without one, of the whole city."""
    with _plainly(), write_transaction():
        _check_district(district)
        made_id = services.create_team(db.session(), name=name, district=district).id
    click.echo(made_id)


def _grant(user_id: str, role: str, district: str | None, team_name: str | None) -> None:
    _check_district(district)
    team_id = queries.team_named(db.session(), team_name) if team_name else None
    services.grant_role(db.session(), user_id=user_id, role=role, district=district, team_id=team_id)


def _check_district(district: str | None) -> None:
    if district is not None and district not in port("district_codes")():
        raise Invalid(fields={"district": ["unknown_code"]})


@contextmanager
def _plainly() -> Iterator[None]:
    """Say what the rules refuse in the catalogue's words, naming what was asked for."""
    try:
        yield
    except DomainError as error:
        faults = translated_fields(dict(error.fields), "sv")
        said = [f"{ASKED.get(name, name)}: {' '.join(sentences)}" for name, sentences in faults.items()]
        raise click.ClickException("\n".join(said or [text(f"error.{error.slug}", "sv")])) from error


def _ask_password(email: str) -> str:
    if sys.stdin.isatty():
        password: str = click.prompt("Lösenord", hide_input=True, confirmation_prompt=True)
    else:
        password = sys.stdin.readline().rstrip("\n")
    faults = password_faults(password, email)
    if faults:
        raise click.ClickException(" ".join(text(f"field.{fault}", "sv") for fault in faults))
    return password
