"""`flask exports run` makes what waits; `flask exports forget` forgets what is past its day."""

import os
import signal
from contextlib import suppress

import click
from flask import Flask, current_app
from flask.cli import AppGroup

from fieldapp.core.clock import utc_now
from fieldapp.core.database import db, transacted
from fieldapp.exports import services
from fieldapp.exports.rules import LEASE
from fieldapp.exports.worker import folder_of, work_off

exports = AppGroup("exports", help="Files that were asked for.")


@exports.command("run")
def run() -> None:
    """Make what waits, one after another; the server starts this by itself."""
    with suppress(OSError):
        os.nice(5)  # who waits for a page comes first
    # One that says nothing for as long as its lease is over: somebody else has its work.
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]  # the proxy has it, its type does not
    work_off(app, lambda: signal.alarm(int(LEASE.total_seconds())))
    signal.alarm(0)


@exports.command("forget")
def forget() -> None:
    """Forget exports past their day, files too; the server does so itself whenever one is asked for."""
    folder = folder_of(current_app.config["SETTINGS"])
    click.echo(transacted(lambda: services.forget(db.session(), folder=folder, now=utc_now())))
