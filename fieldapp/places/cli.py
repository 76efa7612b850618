"""`flask places …`: the districts that the product carries, files of places read in and undone, nearness anew."""

from pathlib import Path

import click
from flask.cli import AppGroup

from fieldapp.audit import services as audit
from fieldapp.core.catalogue import text
from fieldapp.core.clock import local_date, utc_now
from fieldapp.core.database import db, write_transaction
from fieldapp.core.errors import Conflict, NotFound
from fieldapp.places.importers.reading import read_file
from fieldapp.places.importers.shape import KINDS, MAX_BYTES, FileRefused, Line
from fieldapp.places.importing import checksum, read_in
from fieldapp.places.near import recompute
from fieldapp.places.rules import YEARS
from fieldapp.places.services import load_districts, nearness_rule
from fieldapp.places.undoing import undo
from fieldapp.sync.sequence import hold_seqs

places = AppGroup("places", help="Districts and other places.")


@places.command("load")
def load() -> None:
    """Store the districts that are missing; safe to repeat."""
    with write_transaction():
        stored = load_districts(db.session())
        audit.record(db.session(), action="places.loaded", actor_id=None, districts=stored)
    click.echo(text("places.loaded", "sv", n=stored))


@places.command("recompute")
def recompute_nearness() -> None:
    """Judge every site's nearness to schools by the settings as they are now; safe to repeat."""
    now = utc_now()
    with write_transaction():
        session = db.session()
        hold_seqs(session)
        moved = recompute(session, rule=nearness_rule(), today=local_date(now), progress=_say_progress)
        audit.record(session, action="places.recomputed", actor_id=None, moved=moved)
    click.echo(text("places.recomputed", "sv", n=moved))


@places.command("import")
@click.argument("kind", type=click.Choice(KINDS))
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Say what it would come to, and write nothing.")
@click.option("--year", type=click.IntRange(*YEARS), help="The mapping's year, or the survey's.")
def import_file(kind: str, file: Path, dry_run: bool, year: int | None) -> None:
    """Read a file in, all of it in one transaction; safe to repeat."""
    with file.open("rb") as opened:
        content = opened.read(MAX_BYTES + 1)
    try:
        read = read_file(kind, content, year)
        with write_transaction():
            report = read_in(
                db.session(),
                read=read,
                sha256=checksum(content),
                year=year,
                actor=None,
                rule=nearness_rule(),
                now=utc_now(),
                dry_run=dry_run,
                progress=_say_progress,
            )
    except FileRefused as error:
        click.echo(text("import.file_refused", "sv"), err=True)
        for line in error.lines:
            click.echo(in_words(line), err=True)
        raise SystemExit(1) from error
    click.echo(text("import.dry_run", "sv") if dry_run else text("import.done_as", "sv", id=report["id"]))
    for name in ("read", "created", "changed", "unchanged", "refused_count", "school_near_moved", "disappeared_count"):
        click.echo(f"{text('import.count.' + name, 'sv')}: {report[name]}")
    click.echo(f"{text('import.count.queued', 'sv')}: {len(report['queued'])}")
    for group in ("queued", "refused", "notes"):
        for line in report[group]:
            click.echo(in_words(Line(**line)))
    for reason, count in report["left_out"].items():
        click.echo(f"{text('import.left_out.' + reason, 'sv')}: {count}")
    for name in report["disappeared"]:
        click.echo(text("import.disappeared", "sv", name=name))


@places.command("undo")
@click.argument("import_id", metavar="ID")
def undo_import(import_id: str) -> None:
    """Undo what was read in, while nothing stands on it; ID is what reading it in said, and in its page's address."""
    try:
        with write_transaction():
            undo(db.session(), import_id=import_id, actor=None, rule=nearness_rule(), now=utc_now())
    except NotFound as error:
        raise click.ClickException(f"ID: {text('field.unknown_id', 'sv')}") from error
    except Conflict as error:
        click.echo(text("import.not_undone", "sv"), err=True)
        for reason in error.more["why"]:
            click.echo(text(f"import.in_the_way.{reason}", "sv"), err=True)
        raise SystemExit(1) from error
    click.echo(text("import.state.undone", "sv"))


def _say_progress(done: int, of: int) -> None:
    click.echo(text("import.progress", "sv", done=done, of=of), err=True)


def in_words(line: Line, locale: str | None = "sv") -> str:
    """Return a line of a report as a sentence: row, name, reason, and where it stood."""
    return " ".join(
        part
        for part in (
            text("import.row", locale, row=line.row),
            f"{line.name}:" if line.name else "",
            text(f"import.reason.{line.reason}", locale),
            f"({line.detail})" if line.detail else "",
        )
        if part
    )
