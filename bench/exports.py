"""Exports: CSV of 50,000 rows over HTTP beside raw `csv.writer` of the same rows, and how much memory XLSX takes.

`python -m bench.exports` writes 100,000 rows as the maker of files does, and prints its seconds and peak memory.
"""

import csv
import http.client
import io
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from flask import Flask, Response

from fieldapp.exports.csv_form import DIALECTS, csv_chunks
from fieldapp.exports.xlsx_form import write_xlsx
from fieldapp.summaries.tables import Column, Table
from tests.faults.server import HOUSE, Server

CSV_ROWS, XLSX_ROWS = int(os.environ.get("BENCH_CSV", "50000")), int(os.environ.get("BENCH_XLSX", "100000"))
TIMES = 7
COLUMNS = (
    Column("week", "vecka"),
    Column("place", "plats"),
    Column("kind", "slag"),
    Column("noted", "antal", "whole"),
    Column("share", "andel", "share"),
    Column("minutes", "personalminuter", "whole"),
)
HEADER = [column.heading for column in COLUMNS]
app = Flask(__name__)


def rows(count: int) -> Iterator[tuple[object, ...]]:
    """Yield lines as the weekly file has them, and a share."""
    for number in range(count):
        place = f"Demo plats {number % 400}"
        yield f"2026-W{number % 52 + 1:02d}", place, "Misstänkt handel", number % 7, (number % 97) / 97, number % 300


@app.get("/ours.csv")
def ours() -> Response:
    """Write the rows as exports do, while they are sent."""
    found = csv_chunks(HEADER, rows(CSV_ROWS), DIALECTS["excel"], hidden="skyddad uppgift")
    return Response(found, content_type="text/csv")


@app.get("/raw.csv")
def raw() -> Response:
    """Write the rows with the standard library alone, and send them."""
    buffer = io.StringIO()
    csv.writer(buffer).writerows(rows(CSV_ROWS))
    return Response(buffer.getvalue(), content_type="text/csv")


class ExportsServer(Server):
    """This module under the same gunicorn."""

    application = "bench.exports:app"

    def answers(self) -> bool:
        """Say whether it listens: it has no page of health."""
        try:
            timed(self.port, "/raw.csv")
        except OSError:
            return False
        return True


def exports(folder: Path) -> None:
    """Measure both and print."""
    server = ExportsServer("sqlite://", folder)
    server.start()
    try:
        found = {path: [timed(server.port, path) for _ in range(TIMES)] for path in ("/ours.csv", "/raw.csv")}
    finally:
        server.kill_all()
    ours_s, raw_s = (statistics.median(whole for _, whole in found[path]) for path in ("/ours.csv", "/raw.csv"))
    first = statistics.median(first for first, _ in found["/ours.csv"])
    print(
        f"  CSV of {CSV_ROWS:,} rows     {ours_s * 1000:10.0f} ms {ours_s / raw_s:6.2f} × raw csv.writer "
        f"({raw_s * 1000:.0f} ms) · first byte {first * 1000:.0f} ms"
    )
    told = subprocess.run(
        [sys.executable, "-m", "bench.exports"], cwd=HOUSE, capture_output=True, text=True, check=True
    )
    seconds, megabytes = told.stdout.split()
    print(f"  XLSX of {XLSX_ROWS:,} rows   {float(seconds):10.1f} s · peak memory {float(megabytes):.0f} MB")


def timed(port: int, path: str) -> tuple[float, float]:
    """Return after how many seconds the first byte of a file came, and all of it."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    started = time.perf_counter()
    connection.request("GET", path)
    answer = connection.getresponse()
    answer.read(1)
    first = time.perf_counter() - started
    answer.read()
    whole = time.perf_counter() - started
    connection.close()
    return first, whole


def write_large(file: Path) -> tuple[float, float]:
    """Write the rows as XLSX in this process, with all of the app loaded; returns seconds and peak memory in MB."""
    import fieldapp  # noqa: F401, PLC0415 - as the maker has it

    started = time.perf_counter()
    with file.open("wb") as content:
        table = Table("rows", "Rader", COLUMNS, rows(XLSX_ROWS))
        assert write_xlsx(content, [table], title="", hidden="", made_on=date(2026, 11, 28)) == XLSX_ROWS
    return time.perf_counter() - started, most_memory_mb()


def most_memory_mb() -> float:
    """Return the most memory this process has held. Not `ru_maxrss`: a child inherits its parent's over exec."""
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as made_in:
        print(*write_large(Path(made_in) / "large.xlsx"))
