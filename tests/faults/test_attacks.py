"""Simulated attacks on a real server: other districts, forged authors, hostile bodies (X13–X18, X36, PU13)."""

import http.client
import json
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from sqlalchemy import create_engine, inspect, text

from fieldapp.core.ids import new_id
from tests.conftest import ENGINES, seeded_database
from tests.factories.phone import now_iso
from tests.faults.conftest import SECONDS
from tests.faults.server import Server, serving
from tests.faults.wire import wire_phone

NUMBERS = ("811218-9876", "701063-2391", "19990919 3766", "8507099805")


@pytest.fixture(scope="module", params=ENGINES)
def attacked(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One server for attacks that leave nothing behind which another would stumble over."""
    folder = tmp_path_factory.mktemp("attacked")
    with seeded_database(request.param, folder, request) as url, serving(url, folder) as found:
        yield found


def everything_stored(url: str) -> str:
    """Return every cell of every table as text."""
    engine = create_engine(url)
    with engine.connect() as connection:
        cells = [
            json.dumps(str(row))
            for table in inspect(engine).get_table_names()
            for row in connection.execute(text(f'SELECT * FROM "{table}"'))
        ]
    engine.dispose()
    return "\n".join(cells)


def test_PU13_a_personal_number_stands_nowhere_on_the_server(server, database_url, tmp_path):
    falt1 = wire_phone(server.url, "falt1")
    shift, visit = falt1.shift(), None
    visit = falt1.visit(shift["record_id"])
    sent = [falt1.observation(visit["record_id"], note=f"Anteckning {number} slut") for number in NUMBERS] + [
        falt1.visit(shift["record_id"], place={"lat": 59.24, "lon": 18.09, "label": NUMBERS[0]})
    ]
    receipts = falt1.push(shift, visit, *sent)
    assert [receipt["error"]["slug"] for receipt in receipts[2:]] == ["personal_number"] * 5
    broken = falt1.request([])
    broken["mutations"] = [{"id": new_id(), "fields": NUMBERS[0]}]
    falt1.client.post("/api/v1/sync", broken, falt1.headers)
    falt1.client.post(f"/api/v1/sync?q={NUMBERS[0]}", {"protocol": NUMBERS[1]}, falt1.headers)
    files = b"".join(path.read_bytes() for path in tmp_path.iterdir() if path.is_file())
    stored = everything_stored(database_url)
    for number in NUMBERS:
        assert number not in stored
        assert number.encode() not in files  # database, WAL and logs
    assert "[borttaget]" in stored


def test_X14_X36_another_district_learns_and_changes_nothing(attacked):
    falt1, falt3 = wire_phone(attacked.url, "falt1"), wire_phone(attacked.url, "falt3")
    shift, visit, observation = falt1.evening()
    bad = falt1.visit(shift["record_id"], outcome="not_visited")
    briefing = falt1.briefing()
    falt1.push(shift, visit, observation, bad, briefing)
    held = falt3.pull()
    mine = {m["record_id"] for m in (shift, visit, observation, bad, briefing)}
    assert not mine & {record_id for _, record_id in held}
    assert not any(falt1.user_id in json.dumps(record) for record in held.values())
    forged = [
        falt3.mutation("shifts", "update", shift["record_id"], 1, reason="x"),
        falt3.mutation("shifts", "delete", shift["record_id"], 1),
        falt3.mutation("visits", "update", visit["record_id"], 1, actions=[]),
        falt3.mutation("observations", "update", observation["record_id"], 1, note="x"),
        falt3.mutation("briefings", "update", briefing["record_id"], 1, note="x"),
    ]
    unknown = [
        {**mutation, "id": new_id(), "device_seq": mutation["device_seq"] + 50, "record_id": new_id()}
        for mutation in forged
    ]
    errors = [receipt["error"] for receipt in falt3.push(*forged, *unknown)]
    assert {error["slug"] for error in errors} == {"not_found"}
    assert errors[:5] == errors[5:]  # what one may not know is answered as what does not exist
    for attempt in (
        falt3.shift(team_id=falt1.team_id, district="farsta"),
        falt3.shift(district="farsta"),
        falt3.briefing(districts=["farsta"]),
        falt3.briefing(districts=["skarholmen", "farsta"]),
    ):
        [receipt] = falt3.push(attempt)
        assert receipt["error"]["slug"] == "not_allowed"
    children = [falt3.visit(shift["record_id"]), falt3.observation(visit["record_id"])]
    children += [falt3.visit(new_id()), falt3.observation(new_id())]
    answers = [{**receipt, "mutation_id": ""} for receipt in falt3.push(*children)]
    assert answers == [answers[0]] * 4  # held, as for a parent that does not exist
    assert answers[0]["status"] == "held"


@pytest.mark.parametrize(
    "extra", ["created_by", "version", "district_lead", "reviewed_by", "received_at", "seq", "deleted"]
)
def test_X15_extra_fields_have_no_effect(attacked, extra):
    falt1 = wire_phone(attacked.url, "falt1")
    [receipt] = falt1.push(falt1.shift(**{extra: falt1.user_id}))
    assert receipt["error"]["slug"] == "not_understood"


def raw(url: str, body: bytes, headers: dict[str, str]) -> int:
    """Send bytes as they are and return the status."""
    connection = http.client.HTTPConnection(urlsplit(url).hostname or "", urlsplit(url).port or 0, timeout=30)
    connection.request("POST", "/api/v1/sync", body, headers)
    status = connection.getresponse().status
    connection.close()
    return status


@SECONDS
def test_X17_X18_hostile_bodies_get_4xx_and_others_are_answered_meanwhile(attacked):
    falt1 = wire_phone(attacked.url, "falt1")
    cookie = falt1.client.cookie
    headers = {**falt1.headers, "Origin": attacked.url, "Cookie": cookie, "Content-Type": "application/json"}
    bodies: list[Any] = [
        b'{"protocol":1,"mutations":' + b"[" * 100_000,
        b'{"protocol":1e999,"mutations":[]}',
        b'{"protocol":NaN}',
        b"\xff\xfe\x00",
        b'{"protocol":1,"mutations":[{"id":"' + b"a" * 900_000 + b'"}]}',
        b"x" * 3_000_000,
    ]
    for body in bodies:
        assert 400 <= raw(attacked.url, body, headers) < 500, body[:60]
        started = time.monotonic()
        assert attacked.answers()
        assert time.monotonic() - started < 1
    assert 400 <= raw(attacked.url, b"{}", {**headers, "Content-Encoding": "gzip"}) < 500


def test_X13_injection_in_every_query_parameter_is_just_text(attacked):
    falt1 = wire_phone(attacked.url, "falt1")
    falt1.apply(falt1.shift(reason="'; DROP TABLE shifts; --", started_at=now_iso(hours=-1)))
    connection = http.client.HTTPConnection("127.0.0.1", attacked.port, timeout=30)
    for path in (
        "/api/v1/sites?district=%27%20OR%201=1--",
        "/api/v1/sites?after=%27%3B--",
        "/api/v1/schools?near_site=%25",
        "/api/v1/shifts?status=%27&team=%27&after=%27",
        "/api/v1/shifts/%27%20OR%201=1",
        "/api/v1/summaries/districts/%27?from=x&to=y",
    ):
        connection.request("GET", path, headers={"Cookie": falt1.client.cookie or ""})
        answer = connection.getresponse()
        answer.read()
        assert answer.status < 500, path
    connection.close()
