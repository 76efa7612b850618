"""The command line: `flask user …`, `flask device …`, `flask places …`, `flask audit …`, `flask doctor` and more."""

import click
from flask import Flask

from fieldapp.accounts.cli import device, team, user
from fieldapp.accounts.queries import teams_with_few_leads
from fieldapp.audit.cli import audit
from fieldapp.core.catalogue import text
from fieldapp.core.clock import utc_now
from fieldapp.core.database import db
from fieldapp.core.operation import readiness
from fieldapp.demo.cli import demo
from fieldapp.exports.cli import exports
from fieldapp.places.cli import places
from fieldapp.plans.cli import plans
from fieldapp.review.cli import review
from fieldapp.summaries.cli import summaries
from fieldapp.sync.cli import sync
from fieldapp.walks.cli import walks


def init_cli(app: Flask) -> None:
    """Register the command groups."""
    app.cli.add_command(user)
    app.cli.add_command(team)
    app.cli.add_command(device)
    app.cli.add_command(audit)
    app.cli.add_command(places)
    app.cli.add_command(demo)
    app.cli.add_command(exports)
    app.cli.add_command(plans)
    app.cli.add_command(review)
    app.cli.add_command(summaries)
    app.cli.add_command(sync)
    app.cli.add_command(walks)

    @app.cli.command("doctor")
    def doctor() -> None:
        """Say whether database, migrations and disk are ready, and which teams have no deputy."""
        checks = readiness()
        for name, holds in checks.items():
            click.echo(f"{name}: {'ok' if holds else 'FEL'}")
        if not all(checks.values()):
            raise SystemExit(1)
        for name in sorted(teams_with_few_leads(db.session(), utc_now()).values()):
            click.echo(text("doctor.few_leads", "sv", team=name))
