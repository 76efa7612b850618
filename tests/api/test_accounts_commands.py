"""Grants and devices from the command line: given once, ended at once, and each step a row of the audit log."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask

from fieldapp.accounts.services import grant_role
from fieldapp.core.database import db, write_transaction
from fieldapp.core.ids import new_id
from tests.api.test_audit import faults
from tests.factories.phone import Phone

Phones = Callable[..., Phone]
Rows = Callable[..., list[dict[str, Any]]]
FALT1 = "falt1@demo.example"
OF_FARSTA = ("field_worker", "--district", "farsta", "--team", "Farsta")


@pytest.fixture
def command(app: Flask) -> Callable[..., tuple[int, str]]:
    """Run a command; return how it ended and what it said."""

    def run(*args: str) -> tuple[int, str]:
        result = app.test_cli_runner().invoke(args=list(args))
        return result.exit_code, result.output

    return run


def logged(rows: Rows, action: str) -> list[tuple[Any, Any]]:
    """Return subject and details of the rows of an action."""
    found = rows("SELECT subject, details FROM audit_log WHERE action = :action ORDER BY number", action=action)
    texts = [(row["subject"], row["details"]) for row in found]
    return [(subject, json.loads(text) if isinstance(text, str) else text) for subject, text in texts]


def grants(rows: Rows, user_id: str) -> list[dict[str, Any]]:
    return rows("SELECT role, district, valid_until FROM grants WHERE user_id = :u ORDER BY valid_from, id", u=user_id)


def test_a_grant_given_twice_is_one(phone: Phones, rows: Rows, command):
    user_id = phone("falt1").user_id
    assert command("user", "grant", FALT1, *OF_FARSTA) == (0, "Behörigheten finns redan.\n")
    assert len(grants(rows, user_id)) == 1
    for said in ("", "Behörigheten finns redan.\n"):
        assert command("user", "grant", FALT1, "viewer") == (0, said)
    assert command("user", "grant", FALT1, "viewer", "--district", "farsta") == (0, "")
    assert [(one["role"], one["district"]) for one in grants(rows, user_id)] == [
        ("field_worker", "farsta"), ("viewer", None), ("viewer", "farsta"),
    ]  # fmt: skip
    given = [details for subject, details in logged(rows, "grant.given") if subject == user_id]
    assert [(one["role"], one["district"]) for one in given] == [
        ("field_worker", "farsta"), ("viewer", None), ("viewer", "farsta"),
    ]  # fmt: skip


def test_a_grant_given_by_several_at_the_same_moment_is_one(app: Flask, phone: Phones, rows: Rows):
    user_id = phone("falt1").user_id

    def give(_number: int) -> bool:
        with app.app_context(), write_transaction():
            given = grant_role(db.session(), user_id=user_id, role="viewer", district=None, team_id=None)
            return given is not None

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(give, range(4))) == [False, False, False, True]
    assert [one["role"] for one in grants(rows, user_id)] == ["field_worker", "viewer"]


def test_a_grant_that_ended_ends_at_once_and_can_be_given_again(app: Flask, phone: Phones, rows: Rows, command):
    falt1, falt2 = phone("falt1"), phone("falt2")
    assert falt1.client.get("/api/v1/shifts").status_code == 200
    assert command("user", "end-grant", FALT1, *OF_FARSTA) == (0, "")
    assert falt1.client.get("/api/v1/shifts").status_code == 403  # the session of before
    falt2.pull()
    [colleague] = [one for one in falt2.held("people") if one["id"] == falt1.user_id]
    assert (colleague["name"], colleague["team_ids"]) == ("Demo Fält Ett", [])
    details = {"role": "field_worker", "district": "farsta", "team_id": falt2.team_id}
    assert logged(rows, "grant.ended") == [(falt1.user_id, details)]
    assert command("user", "end-grant", FALT1, *OF_FARSTA) == (1, "Error: ROLE: Kontot har ingen sådan behörighet.\n")
    assert command("user", "grant", FALT1, *OF_FARSTA) == (0, "")
    assert falt1.client.get("/api/v1/shifts").status_code == 200
    assert [one["valid_until"] is None for one in grants(rows, falt1.user_id)] == [False, True]
    falt2.pull()
    [colleague] = [one for one in falt2.held("people") if one["id"] == falt1.user_id]
    assert colleague["team_ids"] == [falt2.team_id]
    assert faults(app) == []


def test_only_the_very_grant_ends(phone: Phones, rows: Rows, command):
    user_id = phone("falt1").user_id
    command("user", "grant", FALT1, "viewer")
    assert command("user", "end-grant", FALT1, "viewer", "--district", "farsta")[0] == 1
    assert command("user", "end-grant", FALT1, "viewer") == (0, "")
    assert [(one["role"], one["valid_until"] is None) for one in grants(rows, user_id)] == [
        ("field_worker", True), ("viewer", False),
    ]  # fmt: skip


def test_a_revoked_device_is_out_at_once_and_says_so(app: Flask, phone: Phones, rows: Rows, command):
    lost, other = phone("falt1"), phone("falt1")
    device = lost.session["device_id"]
    code, said = command("device", "list", FALT1)
    assert code == 0
    assert [line.split("  ")[0] for line in said.splitlines()] == [device, other.session["device_id"]]
    assert all("  i bruk  Demomobil" in line for line in said.splitlines())
    assert command("device", "revoke", device) == (0, "")
    answer = lost.post([])
    assert (answer.status_code, answer.get_json()["error"]) == (403, "device_revoked")
    assert other.post([]).status_code == 200
    assert "  spärrad  " in command("device", "list", FALT1)[1].splitlines()[0]
    assert logged(rows, "device.revoked") == [(device, {"user_id": lost.user_id})]
    assert command("device", "revoke", device) == (1, "Error: DEVICE: Är redan spärrad.\n")
    assert command("device", "revoke", new_id()) == (1, "Error: DEVICE: Finns inte.\n")
    assert command("device", "list", "ingen@demo.example") == (1, "Error: EMAIL: Finns inte.\n")


def test_a_team_that_is_made_is_logged(rows: Rows, command):
    code, made = command("team", "create", "Demo Bromma", "bromma")
    assert code == 0
    assert logged(rows, "team.created")[-1] == (made.strip(), {"district": "bromma"})


def test_imports_are_logged_with_their_counts(rows: Rows, command, tmp_path):
    file = tmp_path / "dagar.csv"
    file.write_text("date;code;name\n2026-12-13;lucia;Demolucia\n2026-12-13;lucia;Igen\n", encoding="utf-8")
    assert command("plans", "import-special-days", str(file), "--dry-run")[0] == 1
    assert logged(rows, "special_days.imported") == []
    assert command("plans", "import-special-days", str(file))[0] == 1
    counts = {"read": 2, "created": 1, "changed": 0, "unchanged": 0, "refused": 1}
    assert logged(rows, "special_days.imported") == [(None, counts)]
    assert command("places", "load")[0] == 0
    assert logged(rows, "places.loaded") == [(None, {"districts": 0})]
