"""The command line on an empty, migrated database: what an installation does before the first evening."""

import dataclasses
from pathlib import Path

from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import select

from fieldapp import create_app
from fieldapp.core.database import db
from fieldapp.places.models import SiteMapping
from tests.conftest import settings_for


def empty_app(folder: Path, **settings) -> Flask:
    """Return an app on a migrated SQLite database that holds nothing."""
    made = create_app(dataclasses.replace(settings_for(f"sqlite:///{folder / 'empty.db'}", folder), **settings))
    with made.app_context():
        upgrade()
        db.session.remove()
    return made


def run(app: Flask, *args: str, given: str | None = None) -> tuple[int, str]:
    """Run a command; return how it ended and what it said."""
    result = app.test_cli_runner().invoke(args=list(args), input=given)
    return result.exit_code, result.output


def test_near_means_what_the_settings_say(tmp_path):
    app = empty_app(tmp_path, env="demo", school_radius_m=120, school_forms=("GR", "GY"))
    assert run(app, "demo", "seed")[0] == 0
    with app.app_context():
        found = db.session.execute(select(SiteMapping.radius_m, SiteMapping.school_forms)).all()
        db.session.remove()
    assert {(row.radius_m, *row.school_forms) for row in found} == {(120, "GR", "GY")}
