"""What fault tests share: a real server on a fresh database, and the scale of a run."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.factories.phone import Json
from tests.faults.server import Server, serving

SCALE = int(os.environ.get("FAULT_SCALE", "1"))
# The larger count of the long run, and a machine with other things to do.
PATIENT = pytest.mark.timeout(600 * SCALE)
# What a test says holds within so many seconds, or what it does at moments of its own: nothing else may run beside it.
SECONDS = pytest.mark.seconds
Rows = Callable[..., list[dict[str, Any]]]


@pytest.fixture
def server(database_url: str, tmp_path: Path) -> Iterator[Server]:
    """A server on a fresh database."""
    with serving(database_url, tmp_path) as found:
        yield found


def stored(rows: Rows, table: str, author: str) -> dict[str, int]:
    """Return id → version of an author's records, past the app."""
    return {
        row["id"]: row["version"] for row in rows(f"SELECT id, version FROM {table} WHERE created_by = :a", a=author)
    }


def missing_and_doubled(found: dict[str, int], expected: set[str]) -> dict[str, int]:
    """Count what is lost of records that were created once each, and what stands that nobody or somebody twice made."""
    doubled = found.keys() - expected | {record_id for record_id, version in found.items() if version != 1}
    return {"lost": len(expected - found.keys()), "duplicated": len(doubled)}


def ids_of(mutations: list[Json], collection: str) -> set[str]:
    """Return the records of a collection that mutations make."""
    return {m["record_id"] for m in mutations if m["collection"] == collection}
