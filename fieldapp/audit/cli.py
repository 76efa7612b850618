"""`flask audit …`: verify the chain, vouch for it, dispose of old rows, protect it in PostgreSQL. Speaks Swedish."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

import click
from flask.cli import AppGroup
from sqlalchemy.exc import ProgrammingError

from fieldapp.audit import checkpoints, disposal, protecting, verifying
from fieldapp.core.catalogue import text, translated_fields
from fieldapp.core.database import db, write_transaction
from fieldapp.core.errors import Invalid

audit = AppGroup("audit", help="The log of who did what.")
SHOWN = 100  # faults
NOT_THE_OWNER = "42501"  # insufficient_privilege
ASKED = {"before": "--before", "role": "ROLE"}


@audit.command("verify")
def verify() -> None:
    """Read the whole log; end with 1 and name the rows where it is not as it was written."""
    faults = verifying.verify()
    for fault in faults[:SHOWN]:
        click.echo(_in_words(fault))
    if len(faults) > SHOWN:
        click.echo(text("audit.more_faults", "sv", n=len(faults) - SHOWN))
    if any(map(_is_of_another_key, faults)):
        click.echo(text("audit.other_key", "sv"))
    if faults:
        raise SystemExit(1)
    click.echo(text("audit.whole", "sv"))


@audit.command("checkpoint")
def checkpoint() -> None:
    """Vouch for the log as it stands, beside the checkpoints of each 1,000 rows."""
    _refuse_faulty()
    with write_transaction():
        number = checkpoints.checkpoint_head(db.session())
    key = "audit.checkpoint_written" if number else "audit.checkpoint_there"
    click.echo(text(key, "sv", number=number))


@audit.command("dispose")
@click.option("--before", type=click.DateTime(formats=["%Y-%m-%d"]), required=True, help="Date; what is older goes.")
def dispose(before: datetime) -> None:
    """Delete old rows, up to a checkpoint at most, so that the rest stays verifiable."""
    _refuse_faulty()
    with _plainly(), write_transaction():
        gone = disposal.dispose(db.session(), before=before.date())
    if gone is None:
        click.echo(text("audit.nothing_to_dispose", "sv"))
    else:
        click.echo(text("audit.disposed_rows", "sv", rows=gone.rows, up_to=gone.up_to))


@audit.command("protect")
@click.argument("role")
def protect(role: str) -> None:
    """Let the app's role in PostgreSQL append to the log and read it, and nothing else. Run as the tables' owner."""
    with _plainly(), write_transaction():
        protecting.protect(db.session(), role=role)
    click.echo(text("audit.protected_role", "sv", role=role))


def _refuse_faulty() -> None:
    """Stop before anything is built on a log that is not whole; a changed key is no fault of the log."""
    faults = verifying.verify()
    said = [] if all(map(_is_of_another_key, faults)) else [text("audit.faulty", "sv")]
    if any(map(_is_of_another_key, faults)):
        said.append(text("audit.other_key", "sv"))
    if said:
        raise click.ClickException("\n".join(said))


def _is_of_another_key(fault: verifying.Fault) -> bool:
    return fault.kind == "forged"


def _in_words(fault: verifying.Fault) -> str:
    numbers = str(fault.first) if fault.first == fault.last else f"{fault.first}–{fault.last}"
    return text(f"audit.fault.{fault.kind}", "sv", numbers=numbers, before=fault.first - 1, last=fault.last)


@contextmanager
def _plainly() -> Iterator[None]:
    try:
        yield
    except Invalid as error:
        faults = translated_fields(dict(error.fields), "sv")
        said = [f"{ASKED[name]}: {' '.join(sentences)}" for name, sentences in faults.items()]
        raise click.ClickException("\n".join(said)) from error
    except ProgrammingError as error:
        if getattr(error.orig, "sqlstate", None) != NOT_THE_OWNER:
            raise
        raise click.ClickException(text("field.not_the_owner", "sv")) from error
