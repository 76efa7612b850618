"""`flask user …`: accounts from the command line. A password is typed at a prompt or read from standard input."""

import sys

import click
from flask.cli import AppGroup

from fieldapp.accounts import services
from fieldapp.accounts.models import ROLES, Team
from fieldapp.accounts.passwords import hash_password
from fieldapp.accounts.rules import password_faults
from fieldapp.core.catalogue import text
from fieldapp.core.database import db, write_transaction
from fieldapp.core.errors import DomainError
from fieldapp.core.ports import port

user = AppGroup("user", help="Create, disable and reset accounts.")


@user.command("create")
@click.argument("email")
@click.argument("name")
@click.option("--role", type=click.Choice(ROLES), required=True)
@click.option("--district", default=None, help="District code; left out: all districts.")
@click.option("--team", default=None, help="Name of the team, for field workers and team leads.")
def create(email: str, name: str, role: str, district: str | None, team: str | None) -> None:
    """Create a user with one role."""
    if district is not None and district not in port("district_codes")():
        raise click.BadParameter(text("field.unknown_code", "sv"), param_hint="--district")
    hashed = hash_password(_ask_password(email))
    try:
        with write_transaction():
            session = db.session()
            team_id = session.query(Team.id).filter_by(name=team).scalar() if team else None
            made = services.create_user(session, email=email, name=name, password_hash=hashed)
            services.grant_role(session, user_id=made.id, role=role, district=district, team_id=team_id)
            made_id = made.id
    except DomainError as error:
        raise click.ClickException(f"{text('error.' + error.slug, 'sv')} {error.fields}") from error
    click.echo(made_id)


@user.command("disable")
@click.argument("email")
def disable(email: str) -> None:
    """Close an account; its sessions die at once."""
    try:
        with write_transaction():
            services.disable_user(db.session(), email=email)
    except DomainError as error:
        raise click.ClickException(text("error." + error.slug, "sv")) from error


@user.command("reset")
@click.argument("email")
def reset(email: str) -> None:
    """Set a new password; every session of the account ends."""
    hashed = hash_password(_ask_password(email))
    try:
        with write_transaction():
            services.reset_password(db.session(), email=email, password_hash=hashed)
    except DomainError as error:
        raise click.ClickException(text("error." + error.slug, "sv")) from error


def _ask_password(email: str) -> str:
    if sys.stdin.isatty():
        password: str = click.prompt("Lösenord", hide_input=True, confirmation_prompt=True)
    else:
        password = sys.stdin.readline().rstrip("\n")
    faults = password_faults(password, email)
    if faults:
        raise click.ClickException(" ".join(text(f"field.{fault}", "sv") for fault in faults))
    return password
