"""`flask places load`: the districts that the product carries, with their stadsdelar and outlines."""

import click
from flask.cli import AppGroup

from fieldapp.audit import services as audit
from fieldapp.core.catalogue import text
from fieldapp.core.database import db, write_transaction
from fieldapp.places.services import load_districts

places = AppGroup("places", help="Districts and other places.")


@places.command("load")
def load() -> None:
    """Store the districts that are missing; safe to repeat."""
    with write_transaction():
        stored = load_districts(db.session())
        audit.record(db.session(), action="places.loaded", actor_id=None, districts=stored)
    click.echo(text("places.loaded", "sv", n=stored))
