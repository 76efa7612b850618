"""The command line on an empty, migrated database: what an installation does before the first evening."""

import dataclasses
import json
from datetime import date
from pathlib import Path

import pytest
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import func, select

from fieldapp import create_app
from fieldapp.core.database import db
from fieldapp.demo.accounts import PASSWORD
from fieldapp.places.models import Site, SiteMapping
from fieldapp.places.queries import mapping_summary
from fieldapp.summaries.queries import mapping_basis as summary_basis
from tests.conftest import settings_for
from tests.factories.phone import Phone

FIRST_SCHOOL = {"schoolUnitCode": "99000001", "name": "Demo skola 1", "status": "AKTIV"}


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


def test_what_figures_say_they_rest_on_follows_the_setting_and_the_register_and_nothing_travels_for_it(tmp_path):
    assert run(empty_app(tmp_path, env="demo"), "demo", "seed")[0] == 0
    wider = create_app(
        dataclasses.replace(settings_for(f"sqlite:///{tmp_path / 'empty.db'}", tmp_path), school_radius_m=501)
    )

    def basis() -> list[tuple[int, str]]:
        with wider.app_context():
            found = [mapping_summary(db.session(), 2024), summary_basis(db.session(), 2024, date(2026, 1, 1))]
            versions = db.session.scalar(select(func.sum(Site.version + Site.seq)))
            db.session.remove()
        said = [one.get("basis", one) for one in found]
        return [(one["radius_m"], one["register_date"]) for one in said] + [versions]

    *before, versions = basis()
    assert before == [(500, "2023-10-15")] * 2
    code, said = run(wider, "places", "recompute")
    assert (code, said.splitlines()[-1]) == (0, "Platser som fick annan närhet till skola: 0")
    assert "av" in said.splitlines()[0]
    assert basis() == [(501, "2023-10-15"), (501, "2023-10-15"), versions]
    list_ = {"data": {"attributes": [FIRST_SCHOOL]}, "meta": {"extractDate": "2026-11-20"}}
    (tmp_path / "lista.json").write_text(json.dumps(list_))
    assert run(wider, "places", "import", "schools", str(tmp_path / "lista.json"))[0] == 0
    assert basis() == [(501, "2026-11-20"), (501, "2026-11-20"), versions]


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
