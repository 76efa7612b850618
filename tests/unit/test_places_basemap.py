"""Which PMTiles files can lie under the map: the setting refuses all others at start, and says what is wrong."""

import gzip
import os
import resource
import subprocess
import sys
from io import BytesIO

import pytest
from flask import Flask
from pmtiles.tile import Compression, TileType
from structlog.testing import capture_logs

from fieldapp import HOUSE
from fieldapp.config import Settings, WeakSetting
from fieldapp.places.basemap import BasemapFile, init_basemap
from fieldapp.places.basemap_file import MOST_BYTES, Basemap, UnfitBasemap, read_basemap
from tests.factories.basemaps import BOUNDS, a_basemap

GOOD = a_basemap()
ELSEWHERE = {"min_lon_e7": 10**8, "max_lon_e7": 11 * 10**7}  # west of Sweden
LAYERS = [{"id": name, "fields": {"kind": "String"}} for name in ("earth", "landuse", "water", "roads", "buildings")]


def test_what_a_good_file_says_of_itself():
    found = read_basemap(BytesIO(GOOD))
    assert found == Basemap(found.version, len(GOOD), BOUNDS, 8, 12, "© Demo kartdata")
    assert found.version == read_basemap(BytesIO(GOOD)).version != read_basemap(BytesIO(a_basemap(padding=9))).version


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "is no PMTiles file"),
        (b"<html>" + GOOD[6:], "is no PMTiles file"),
        (b"\xff" * 200, "is no PMTiles file"),
        (GOOD[:7] + b"\x02" + GOOD[8:], "is not of PMTiles version 3"),
        (GOOD[:100], "is no PMTiles file: it is too short"),
        (GOOD[:-1], "is cut off"),
        (GOOD[:300], "is cut off"),
        (GOOD[:127] + bytes(20) + GOOD[147:], "has a root directory that can't be read"),
        (a_basemap(header={"tile_type": TileType.PNG}), "holds no vector tiles"),
        (a_basemap(header={"tile_compression": Compression.BROTLI}), "something else than gzip"),
        (a_basemap(header=ELSEWHERE), "lies outside Stockholm county"),
        (a_basemap(header={"min_lat_e7": 60 * 10**7}), "has bounds that enclose nothing"),
        (a_basemap(metadata={"vector_layers": LAYERS[1:]}), "lacks the layers earth "),
        (a_basemap(metadata={"vector_layers": None}), "lacks the layers earth, landuse, water, roads, buildings"),
        (a_basemap(metadata={"vector_layers": [{"id": one["id"]} for one in LAYERS]}), "without kind"),
        (a_basemap(metadata={"attribution": "<b> </b>"}), "credits nobody"),
        (a_basemap(metadata={"attribution": "x" * 201}), "credits nobody"),
        (a_basemap(metadata={"attribution": "\U0001f5fa" * 101}), "credits nobody"),
        (a_basemap(metadata={"attribution": "© <![foo[x]]> Demo"}), "credits nobody"),
        (GOOD[:101] + b"\xff" + GOOD[102:], "has zooms over 30"),
        (a_basemap(metadata={"x": "x" * 5 * 1024**2}), "has metadata that can't be read"),
    ],
    ids=range(21),
)
def test_O03_a_file_that_cannot_lie_under_the_map_refuses_to_start(content, why, tmp_path):
    path = tmp_path / "stad.pmtiles"
    path.write_bytes(content)
    with pytest.raises(WeakSetting, match=rf"^FIELDAPP_BASEMAP \S+stad\.pmtiles .*{why}"):
        init_basemap(Flask("test"), path, must_fit=True)


def test_O03_a_missing_and_a_huge_file_refuse_to_start(tmp_path):
    environ = {"FIELDAPP_ENV": "testing", "FIELDAPP_DATA_DIR": str(tmp_path), "FIELDAPP_BASEMAP": str(tmp_path / "x")}
    with pytest.raises(WeakSetting, match="FIELDAPP_BASEMAP .* is no file"):
        init_basemap(Flask("test"), Settings.from_environment(environ).basemap, must_fit=True)
    with (tmp_path / "x").open("wb") as file:
        file.write(GOOD)
        file.truncate(MOST_BYTES + 1)  # a hole: takes no room
    assert Settings.from_environment(environ).basemap == tmp_path / "x"
    assert Settings.from_environment({**environ, "FIELDAPP_BASEMAP": ""}).basemap is None
    with pytest.raises(WeakSetting, match="is larger than"):
        init_basemap(Flask("test"), tmp_path / "x", must_fit=True)


def test_O03_without_its_basemap_no_server_starts_but_commands_run(tmp_path):
    environ = {"FIELDAPP_ENV": "testing", "FIELDAPP_DATA_DIR": str(tmp_path), "FIELDAPP_BASEMAP": str(tmp_path / "x")}
    server, command = (
        subprocess.Popen(
            [sys.executable, *given],
            env={**os.environ, **environ},
            cwd=HOUSE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for given in (("-c", "import wsgi"), ("-m", "flask", "--app", "wsgi", "db", "current"))
    )
    assert (server.communicate()[1], server.returncode) == (
        f"Fältlogg startar inte: FIELDAPP_BASEMAP {tmp_path / 'x'} is no file\n",
        1,
    )
    said, complaint = command.communicate()
    assert command.returncode == 0, complaint
    assert "basemap_unfit" in said


def with_part(field: int, part: bytes) -> BytesIO:
    """Return a good file whose header, from byte `field` on, leads to another part at its end."""
    header = GOOD[:field] + len(GOOD).to_bytes(8, "little") + len(part).to_bytes(8, "little") + GOOD[field + 16 :]
    return BytesIO(header + part)


def test_metadata_that_unpacks_to_more_than_it_may_is_not_unpacked_whole():
    with pytest.raises(UnfitBasemap, match="has metadata that can't be read"):
        read_basemap(with_part(24, gzip.compress(bytes(50 * 1024**2))))


@pytest.mark.parametrize(
    "bomb",
    [
        gzip.compress(b"\xc0\x84\x3d" + bytes(4_000_000)),  # a million entries
        gzip.compress(b"\x01\x00") + gzip.compress(bytes(4_000_000)),
        gzip.compress(b"\xff" * 1_000_000),  # one number: minutes to read
    ],
    ids=["entries", "a second member", "a number"],
)
def test_a_root_directory_that_unpacks_to_more_than_it_may_is_not_read(bomb, monkeypatch):
    monkeypatch.setattr("fieldapp.places.basemap_file.deserialize_directory", lambda _: pytest.fail("was read"))
    with pytest.raises(UnfitBasemap, match="has a root directory that can't be read"):
        read_basemap(with_part(8, bomb))


def test_a_file_replaced_while_the_server_runs_is_another_version_and_a_broken_one_none_and_logged_once(tmp_path):
    path = tmp_path / "stad.pmtiles"

    def replace(content: bytes) -> None:
        (tmp_path / "new").write_bytes(content)
        (tmp_path / "new").replace(path)

    replace(GOOD)
    file = BasemapFile(path)
    first = file.read()
    assert file.now() is first
    with capture_logs() as logs:
        replace(GOOD[:-5])
        assert [file.now(), file.now()] == [None, None]
        path.unlink()
        assert [file.now(), file.now()] == [None, None]
    assert [one["event"] for one in logs] == ["basemap_unfit", "basemap_unfit"]
    replace(a_basemap(padding=7))
    assert file.now() != first
    replace(GOOD)
    assert file.now() == first


def test_a_link_that_is_led_to_another_file_is_another_version(tmp_path):
    for name, content in (("2025", GOOD), ("2026", a_basemap(padding=7))):
        (tmp_path / name).write_bytes(content)
    link = tmp_path / "stad.pmtiles"
    link.symlink_to(tmp_path / "2025")
    environ = {"FIELDAPP_ENV": "testing", "FIELDAPP_DATA_DIR": str(tmp_path), "FIELDAPP_BASEMAP": str(link)}
    file = BasemapFile(Settings.from_environment(environ).basemap)
    first = file.now()
    link.unlink()
    link.symlink_to(tmp_path / "2026")
    assert file.now() not in (None, first)


def test_a_file_that_cannot_be_opened_just_now_is_none_though_it_is_the_same(tmp_path):
    path = tmp_path / "stad.pmtiles"
    path.write_bytes(GOOD)
    file = BasemapFile(path)
    first = file.read()
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with capture_logs() as logs:
        resource.setrlimit(resource.RLIMIT_NOFILE, (3, hard))  # no file can be opened any more
        try:
            assert [file.now(), file.now()] == [None, None]
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert [one["event"] for one in logs] == ["basemap_unfit"]
    assert file.now() == first
