"""`flask user …`, `flask team …`, `flask device …`: accounts. A password is typed at a prompt or piped in."""

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
from fieldapp.core.clock import local_date
from fieldapp.core.database import db, write_transaction
from fieldapp.core.errors import DomainError, Invalid
from fieldapp.core.ports import port

user = AppGroup("user", help="Create, disable and reset accounts; give and end grants.")
team = AppGroup("team", help="Create field teams.")
device = AppGroup("device", help="List and revoke phones and browsers.")
ASKED = {
    "email": "EMAIL",
    "name": "NAME",
    "role": "ROLE",
    "district": "DISTRICT",
    "team": "--team",
    "team_id": "--team",
    "device": "DEVICE",
}


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
    """Give a user one more role; safe to repeat."""
    with _plainly(), write_transaction():
        is_new = _grant(_account(email), role, district, team_name)
    if not is_new:
        click.echo(text("accounts.grant_there", "sv"))


@user.command("end-grant")
@click.argument("email")
@click.argument("role", type=click.Choice(ROLES))
@click.option("--district", default=None, help="District code; left out: the grant for all districts.")
@click.option("--team", "team_name", default=None, help="Name of the grant's team, for field workers and team leads.")
def end_grant(email: str, role: str, district: str | None, team_name: str | None) -> None:
    """Take a role back; it ends at once, also where the user is signed in."""
    with _plainly(), write_transaction():
        user_id, team_id = _account(email), _team(team_name)
        _check_district(district)
        services.end_grant(db.session(), user_id=user_id, role=role, district=district, team_id=team_id)


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


@device.command("list")
@click.argument("email")
def list_devices(email: str) -> None:
    """Name the devices of a user: id, when it was enrolled, whether it is revoked, name."""
    with _plainly():
        found = queries.devices_of(db.session(), _account(email))
    for one in found:
        state = text("accounts.device_revoked" if one.revoked_at else "accounts.device_in_use", "sv")
        click.echo(f"{one.id}  {local_date(one.created_at)}  {state}  {one.name}")


@device.command("revoke")
@click.argument("device_id", metavar="DEVICE")
def revoke_device(device_id: str) -> None:
    """Shut a lost phone or browser out; its sessions die at once."""
    with _plainly(), write_transaction():
        services.revoke_device(db.session(), device_id=device_id)


def _grant(user_id: str, role: str, district: str | None, team_name: str | None) -> bool:
    """Give a role; say whether the person did not have it."""
    _check_district(district)
    given = services.grant_role(db.session(), user_id=user_id, role=role, district=district, team_id=_team(team_name))
    return given is not None


def _account(email: str) -> str:
    account = queries.account_of(db.session(), email)
    if account is None:
        raise Invalid(fields={"email": ["not_found"]})
    return account.id


def _team(name: str | None) -> str | None:
    return queries.team_named(db.session(), name) if name else None


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
