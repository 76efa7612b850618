"""`flask summaries rebuild` and `check`: facts are built from the records, and compared with them."""

from datetime import datetime

import click
from flask.cli import AppGroup

from fieldapp.core.catalogue import text
from fieldapp.core.database import db
from fieldapp.summaries import rebuilding
from fieldapp.summaries.facts import is_built
from fieldapp.summaries.periods import EARLIEST, LATEST, Period
from fieldapp.summaries.rebuilding import Built

summaries = AppGroup("summaries", help="What summaries keep beside the records.")
A_DATE = click.DateTime(formats=["%Y-%m-%d"])
FIRST = click.option("--from", "first", type=A_DATE, help="First day, as 2026-01-01.")
LAST = click.option("--to", "last", type=A_DATE, help="Last day.")


@summaries.command("rebuild")
@FIRST
@LAST
def rebuild(first: datetime | None, last: datetime | None) -> None:
    """Count every day anew, or the months from one day to another; safe to repeat, while phones send."""
    months = rebuilding.rebuild(_period(first, last), _tell)
    click.echo(text("facts.rebuilt", "sv", months=months))


@summaries.command("check")
@FIRST
@LAST
def check(first: datetime | None, last: datetime | None) -> None:
    """Say which days are kept otherwise than the records say; 1 where there are any, or where not all are built."""
    faults = 0
    for name in rebuilding.differences(_period(first, last)):
        faults += 1
        click.echo(text("facts.differs", "sv", what=name))
    if not is_built(db.session()):
        click.echo(text("facts.not_built", "sv"))
    elif not faults:
        click.echo(text("facts.as_the_records", "sv"))
        return
    raise SystemExit(1)


def _tell(built: Built) -> None:
    click.echo(f"{built.month:%Y-%m}  {built.number}/{built.months}")


def _period(first: datetime | None, last: datetime | None) -> Period | None:
    """Return the days asked for; None where all are. Refuses days no record can be of, and an end before the start."""
    if first is None and last is None:
        return None
    ends = [one.date() for one in (first or last, last or first) if one]
    if not EARLIEST <= ends[0] <= ends[1] <= LATEST:
        raise click.BadParameter(text("facts.no_period", "sv"))
    return Period(*ends)
