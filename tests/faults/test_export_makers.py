"""Files made by the real process that a real server starts: to its end, and again by another when it is killed."""

import hashlib
import json
import os
import signal
import time
from pathlib import Path

import pytest

from tests.factories.evening import month_query
from tests.faults.server import serving
from tests.faults.wire import wire_phone

LONGEST_S = 60


@pytest.fixture
def engine_name():
    """Processes are the same whatever the engine; what they write is tested on both elsewhere."""
    return "sqlite"


@pytest.fixture
def server(database_url, tmp_path):
    with serving(database_url, tmp_path) as server:
        yield server


@pytest.fixture
def ask(server):
    """Ask as an analyst: (status, body)."""
    client = wire_phone(server.url, "analys").client

    def answered(path):
        answer = client.get(path)
        return answer.status_code, answer.get_data()

    return answered


def asked(ask, form):
    first, last = month_query().values()
    status, body = ask(f"/api/v1/summaries/city.{form}?from={first}&to={last}")
    assert status == 202
    return json.loads(body)["url"]


def waited_for(ask, url):
    deadline = time.monotonic() + LONGEST_S
    while (found := ask(url))[0] == 202:
        assert time.monotonic() < deadline, found
        time.sleep(0.1)
    return found


def makers(folder):
    """Return the processes that make files for a data folder."""
    found = []
    for path in Path("/proc").glob("[0-9]*"):
        try:
            command, environment = (path / "cmdline").read_bytes(), (path / "environ").read_bytes()
        except (FileNotFoundError, ProcessLookupError, PermissionError):
            continue
        if b"exports\0run" in command and f"FIELDAPP_DATA_DIR={folder}\0".encode() in environment:
            found.append(int(path.name))
    return found


def test_a_file_is_made_by_a_process_of_its_own_and_is_whole(ask, server, tmp_path):
    url = asked(ask, "xlsx")
    status, content = waited_for(ask, url)
    assert status == 200
    told = json.loads(ask(f"{url}/manifest")[1])
    assert (told["sha256"], told["bytes"]) == (hashlib.sha256(content).hexdigest(), len(content))
    assert [path.name for path in (tmp_path / "exports").iterdir()] == [url.rsplit("/", 1)[1]]
    deadline = time.monotonic() + LONGEST_S
    while makers(tmp_path):
        assert time.monotonic() < deadline, "a maker stays without work"
        time.sleep(0.05)


def test_a_maker_that_is_killed_is_followed_by_another_and_the_file_is_made_once(ask, server, tmp_path, rows, sql):
    url = asked(ask, "pdf")
    deadline = time.monotonic() + LONGEST_S
    while rows("SELECT state FROM exports")[0]["state"] != "running":
        assert time.monotonic() < deadline
        time.sleep(0.02)
    [maker] = makers(tmp_path)
    os.kill(maker, signal.SIGKILL)
    status, body = ask(url)
    assert (status, json.loads(body)["state"]) == (202, "running")
    sql("UPDATE exports SET lease_until = '2026-01-01', woken_at = '2026-01-01'")  # as two minutes later
    status, content = waited_for(ask, url)
    assert status == 200
    assert content.startswith(b"%PDF")
    [row] = rows("SELECT state, tries, holder FROM exports")
    assert (row["state"], row["tries"], row["holder"]) == ("done", 2, None)
    assert len(rows("SELECT 1 AS one FROM audit_log WHERE action = 'export.made'")) == 1
