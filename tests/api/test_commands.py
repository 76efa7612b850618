"""The command line on an empty, migrated database: what an installation does before the first evening."""

import dataclasses
from pathlib import Path

import pytest
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import select

from fieldapp import create_app
from fieldapp.core.database import db
from fieldapp.demo.accounts import PASSWORD
from fieldapp.places.models import SiteMapping
from tests.conftest import settings_for
from tests.factories.phone import Phone


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


@pytest.fixture
def installed(tmp_path):
    """An installation with districts, a team and a field worker, by the commands alone."""
    app = empty_app(tmp_path)
    assert run(app, "places", "load") == (0, "Stadsdelsområden som lades in: 11\n")
    assert run(app, "team", "create", "Demo Farsta", "farsta")[0] == 0
    who = ("user", "create", "start1@demo.example", "Demo Start")
    code, said = run(app, *who, "--role", "walk_coordinator", given=f"{PASSWORD}\n")
    assert code == 0, said
    return app


def test_after_the_commands_of_an_installation_a_field_worker_logs_an_evening(installed):
    role = ("field_worker", "--district", "farsta", "--team", "Demo Farsta")
    assert run(installed, "user", "grant", "start1@demo.example", *role) == (0, "")
    worker = Phone.signed_in(installed.test_client(), "start1")
    worker.apply(*worker.evening())
    worker.pull()
    assert [district["name"] for district in worker.held("districts") if district["code"] == "farsta"] == ["Farsta"]
    assert [team["name"] for team in worker.held("teams")] == ["Demo Farsta"]


def test_places_are_loaded_once(installed):
    assert run(installed, "places", "load") == (0, "Stadsdelsområden som lades in: 0\n")


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("team", "create", "Demo Farsta", "farsta"), "NAME: Används redan."),
        (("team", "create", "Demo Norr", "norr"), "DISTRICT: Okänt värde."),
        (("user", "grant", "ingen@demo.example", "viewer"), "EMAIL: Finns inte."),
        (("user", "grant", "start1@demo.example", "viewer", "--district", "norr"), "DISTRICT: Okänt värde."),
        (("user", "grant", "start1@demo.example", "team_lead"), "--team: Måste anges."),
        (("user", "grant", "start1@demo.example", "team_lead", "--team", "Norr"), "--team: Fältgruppen finns inte."),
        (("user", "create", "start1@demo.example", "Demo", "--role", "viewer"), "EMAIL: Används redan."),
    ],
)
def test_a_command_says_in_plain_words_what_is_wrong(installed, args, said):
    assert run(installed, *args, given=f"{PASSWORD}\n") == (1, f"Error: {said}\n")
