"""`flask review mark`: make the marks of all passes that wait anew. Safe to repeat."""

import click
from flask.cli import AppGroup

from fieldapp.core.catalogue import text
from fieldapp.review import marks

review = AppGroup("review", help="The review queue.")


@review.command("mark")
def mark() -> None:
    """Look every pass that waits through again."""
    click.echo(text("review.marked", "sv", count=marks.mark_all()))
