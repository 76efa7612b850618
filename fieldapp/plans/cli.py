"""`flask plans import-special-days FILE`: the year's special days, with a report; `--dry-run` writes nothing."""

from pathlib import Path

import click
from flask.cli import AppGroup

from fieldapp.core.catalogue import text
from fieldapp.core.database import db, write_transaction
from fieldapp.core.errors import Invalid
from fieldapp.plans.special_days import read_in

plans = AppGroup("plans", help="Plans and special days.")


@plans.command("import-special-days")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Say what would happen and write nothing.")
def import_special_days(file: Path, dry_run: bool) -> None:
    """Read special days in from CSV: date;code;name."""
    try:
        with write_transaction():
            report = read_in(db.session(), file.read_bytes(), by=None, is_dry_run=dry_run)
    except Invalid as error:
        raise click.ClickException("; ".join(text(f"field.{key}", "sv") for key in error.fields["file"])) from error
    for name in ("read", "created", "changed", "unchanged"):
        click.echo(f"{text('special.' + name, 'sv')}: {getattr(report, name)}")
    click.echo(f"{text('special.refused', 'sv')}: {len(report.refused)}")
    for number, keys in report.refused:
        click.echo(f"  rad {number}: {' '.join(text('field.' + key, 'sv') for key in keys)}")
    if report.refused:
        raise SystemExit(1)
