"""`flask demo seed`: fill an empty demo database with invented places, people, some weeks of shifts and walks."""

import click
from flask import current_app
from flask.cli import AppGroup

from fieldapp.accounts.passwords import hash_password
from fieldapp.audit import services as audit
from fieldapp.core.clock import utc_now
from fieldapp.core.database import db, write_transaction
from fieldapp.demo.accounts import PASSWORD, seed_accounts
from fieldapp.demo.approving import approve_evenings
from fieldapp.demo.collaboration import seed_collaboration
from fieldapp.demo.place_work import seed_pictures, seed_place_work
from fieldapp.demo.register import seed_register
from fieldapp.demo.reinforcements import seed_reinforcements
from fieldapp.demo.sending import send_evenings
from fieldapp.demo.staffing import seed_staffing
from fieldapp.demo.walks import seed_walks
from fieldapp.places.services import nearness_rule
from fieldapp.review.marks import mark_all
from fieldapp.summaries.facts import is_built
from fieldapp.summaries.rebuilding import rebuild
from fieldapp.sync.registered import registry

demo = AppGroup("demo", help="Invented data for trying things out.")


@demo.command("seed")
def seed() -> None:
    """Add what is missing of the demo data; safe to repeat."""
    if not current_app.config["SETTINGS"].is_demo:
        raise click.ClickException("FIELDAPP_ENV är inte demo")
    hashed = hash_password(PASSWORD)
    with write_transaction():
        seed_register(db.session(), rule=nearness_rule())
        people = seed_accounts(db.session(), password_hash=hashed)
    sent = send_evenings(people)
    with write_transaction():
        seed_walks(db.session(), registry(), people=people, now=utc_now())
        seed_reinforcements(db.session(), people, utc_now())
        seed_staffing(db.session(), people, utc_now())
        seed_collaboration(db.session(), people, utc_now())
        seed_place_work(db.session(), people, utc_now())
        approved = approve_evenings(db.session(), people, utc_now())
        audit.record(
            db.session(), action="demo.seeded", actor_id=None, people=len(people), mutations=sent, approved=approved
        )
    mark_all()  # a demo of an earlier build has passes that were sent in before marks were kept
    if not is_built(db.session()):  # … and passes that were approved before facts were kept
        rebuild(None, lambda built: None)
    with write_transaction():
        seed_pictures(db.session(), people, utc_now())
    click.echo("Demodata finns på plats.")
