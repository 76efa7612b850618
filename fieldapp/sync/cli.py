"""`flask sync …`: what an administrator does after a restore, and disposal by hand."""

import click
from flask import current_app
from flask.cli import AppGroup

from fieldapp.core.clock import utc_now
from fieldapp.sync import disposal
from fieldapp.sync.registered import registry

sync = AppGroup("sync", help="After a restore; disposal of single records.")


@sync.command("restored")
def restored() -> None:
    """A backup was put back: let phones offer again what they sent, and repeat disposal."""
    again = disposal.restored(registry(), folder=current_app.config["SETTINGS"].data_dir, now=utc_now())
    click.echo(f"Ny epok. {again} poster gallrades igen.")


@sync.command("dispose")
@click.argument("collection")
@click.argument("record_ids", nargs=-1, required=True)
def dispose(collection: str, record_ids: tuple[str, ...]) -> None:
    """Dispose of records with all that hangs on them."""
    names = [found.name for found in registry() if found.disposable]
    if collection not in names:
        raise click.BadParameter(f"{collection} gallras inte för sig; välj: {', '.join(names)}.")
    folder = current_app.config["SETTINGS"].data_dir
    gone = disposal.dispose(
        registry(), collection=collection, record_ids=record_ids, by=None, folder=folder, now=utc_now()
    )
    click.echo(f"{gone} poster gallrades.")
