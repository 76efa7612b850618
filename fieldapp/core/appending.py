"""Files beside the database that are only ever appended to, a JSON object a line."""

import fcntl
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

import orjson


@contextmanager
def whole_file(path: Path) -> Iterator[BinaryIO]:
    """Open a file for this process alone, at its start.

    A last line without an end is cut off: its writer fell in the middle of it (trap 13).
    """
    with path.open("a+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.seek(0)
        content = file.read()
        file.truncate(content.rfind(b"\n") + 1)
        file.seek(0)
        yield file


def lines_of(file: BinaryIO) -> list[Any]:
    """Return what an open file's lines hold, the oldest first."""
    return [orjson.loads(line) for line in file if line.strip()]


def append_lines(file: BinaryIO, *lines: Mapping[str, Any]) -> None:
    """Append lines, and return when they are on the disk."""
    file.write(b"".join(orjson.dumps(line) + b"\n" for line in lines))
    file.flush()
    os.fsync(file.fileno())
