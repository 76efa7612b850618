"""The basemap over HTTP: for whoever sees the map, in ranges, under an address of its version."""

import pytest
from flask import Response, send_file

from fieldapp.core.http import HEADERS
from fieldapp.places.basemap import init_basemap
from tests.factories.basemaps import a_basemap

FACTS = "/api/v1/basemap"
GOOD = a_basemap()


@pytest.fixture
def engine_name():
    """A file has no database."""
    return "sqlite"


@pytest.fixture
def path(app, tmp_path):
    """An app with a basemap."""
    path = tmp_path / "stad.pmtiles"
    path.write_bytes(GOOD)
    init_basemap(app, path, must_fit=True)
    return path


def replace(path, content: bytes) -> None:
    """Put another file in the place of one, as an operator does."""
    newer = path.with_name("new")
    newer.write_bytes(content)
    newer.replace(path)


def test_without_the_setting_there_is_none(phone):
    client = phone("falt1").client
    answer = client.get(FACTS)
    assert (answer.status_code, answer.get_json()) == (200, {"basemap": None})
    assert client.get(f"{FACTS}/0123456789abcdef").status_code == 404


@pytest.mark.parametrize("who", ["falt1", "nattvandring", "direktor", "admin"])
def test_whoever_sees_the_map_is_told_what_it_is_and_gets_it(phone, path, who):
    client = phone(who).client
    told = client.get(FACTS).get_json()["basemap"]
    assert told == {
        "url": f"{FACTS}/{told['version']}",
        "version": told["version"],
        "bytes": len(GOOD),
        "bounds": [17.95, 59.18, 18.25, 59.31],
        "min_zoom": 8,
        "max_zoom": 12,
        "attribution": "© Demo kartdata",
    }
    assert client.get(told["url"], buffered=True).data == GOOD


def test_X14_nobody_else_is_told_or_gets_it(client, phone, path):
    url = phone("falt1").client.get(FACTS).get_json()["basemap"]["url"]
    assert [client.get(FACTS).status_code, client.get(url).status_code] == [401, 401]


def test_it_comes_in_ranges_with_its_version_as_etag_and_may_be_kept(phone, path):
    client = phone("falt1").client
    told = client.get(FACTS).get_json()["basemap"]
    part = client.get(told["url"], headers={"Range": "bytes=5-9"}, buffered=True)
    assert (part.status_code, part.data, part.headers["Content-Range"]) == (206, GOOD[5:10], f"bytes 5-9/{len(GOOD)}")
    assert part.headers["ETag"] == f'"{told["version"]}"'
    assert part.headers["Cache-Control"] == "private, max-age=31536000, immutable"
    assert part.headers["Content-Type"] == "application/vnd.pmtiles"
    assert all(part.headers[name] == value for name, value in HEADERS.items())
    same = client.get(told["url"], headers={"If-None-Match": part.headers["ETag"]}, buffered=True)
    assert (same.status_code, same.data) == (304, b"")
    beyond = client.get(told["url"], headers={"Range": f"bytes={len(GOOD)}-"}, buffered=True)
    assert (beyond.status_code, beyond.get_json()["error"]) == (416, "malformed")
    for since, status in ((part.headers["ETag"], 206), (part.headers["Last-Modified"], 206), ('"another"', 200)):
        asked = {"Range": "bytes=5-9", "If-Range": since}
        assert client.get(told["url"], headers=asked, buffered=True).status_code == status
    head = client.head(told["url"], buffered=True)
    assert (head.status_code, head.content_length) == (200, len(GOOD))
    for odd in ("bytes=9-5", "bytes=0-1,4-5", "lines=1-2", "bytes=" + "9" * 5000 + "-"):
        assert client.get(told["url"], headers={"Range": odd}, buffered=True).status_code in (200, 206, 416), odd


def test_a_version_that_has_been_replaced_is_404_and_a_broken_file_is_no_basemap(phone, path):
    client = phone("falt1").client
    first = client.get(FACTS).get_json()["basemap"]
    replace(path, a_basemap(padding=100))
    second = client.get(FACTS).get_json()["basemap"]
    assert second["version"] != first["version"]
    assert client.get(first["url"]).status_code == 404
    assert client.get(second["url"], buffered=True).status_code == 200
    path.write_bytes(b"half a file")
    assert client.get(FACTS).get_json() == {"basemap": None}
    assert client.get(second["url"]).status_code == 404
    path.unlink()
    assert client.get(FACTS).get_json() == {"basemap": None}


def test_a_file_replaced_and_put_back_while_it_is_sent_never_gives_bytes_of_the_other(phone, path, monkeypatch):
    client = phone("falt1").client
    url = client.get(FACTS).get_json()["basemap"]["url"]

    def swapped(*given, **more) -> Response:
        replace(path, a_basemap(padding=100))
        answer = send_file(*given, **more)
        replace(path, GOOD)
        return answer

    monkeypatch.setattr("fieldapp.places.basemap_api.send_file", swapped)
    end = len(GOOD)
    answer = client.get(url, headers={"Range": f"bytes=0-{end - 1}"}, buffered=True)
    assert (answer.status_code, answer.data) == (206, GOOD)
