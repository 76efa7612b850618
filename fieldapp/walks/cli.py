"""`flask walks forget`: erase the names that came with groups' answers, 90 days after the walk. Safe to repeat."""

import click
from flask.cli import AppGroup

from fieldapp.core.catalogue import text
from fieldapp.core.clock import utc_now
from fieldapp.core.database import db, write_transaction
from fieldapp.walks import services

walks = AppGroup("walks", help="Night walks.")


@walks.command("forget")
def forget() -> None:
    """Erase names whose time is over."""
    with write_transaction():
        erased = services.forget_names(db.session(), utc_now())
    click.echo(text("walks.forgotten", "sv", count=erased))
