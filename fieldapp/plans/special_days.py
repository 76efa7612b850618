"""Special days from a CSV file: `date;code;name`, one date a row; comma or semicolon, with or without BOM.

The whole file is judged first; a refused row is named with its reason and the others still count. Repeated: unchanged.
"""

import csv
import io
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from fieldapp.audit import services as audit
from fieldapp.core.errors import Invalid
from fieldapp.core.ids import new_id
from fieldapp.core.personal_numbers import cleaned
from fieldapp.core.schema import SHORT, read_day
from fieldapp.plans.codes import SPECIAL_DAYS
from fieldapp.plans.models import SpecialDay

COLUMNS = ("date", "code", "name")
MOST_BYTES = 256 * 1024
MOST_ROWS = 5000


@dataclass
class Report:
    """What an import did, or would do: counts, and each refused row by its number in the file with message keys."""

    read: int = 0
    created: int = 0
    changed: int = 0
    unchanged: int = 0
    refused: list[tuple[int, list[str]]] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        """Return the report as plain data."""
        return asdict(self)


def read_in(session: Session, content: bytes, *, by: str | None, is_dry_run: bool) -> Report:
    """Read a file in, in the caller's transaction, and log its counts; a dry run writes nothing.

    `by` is the id of who reads it in, None on the command line.

    Raises `Invalid` where the file as a whole can't be read: too large, not UTF-8, other columns.
    """
    report = Report()
    rows = list(_rows(content))  # a file that can't be read to its end is read in by no row
    stored = {(row.date, row.code): row for row in session.execute(select(SpecialDay.__table__))}
    seen: set[tuple[date, str]] = set()
    for number, row in rows:
        report.read += 1
        found, faults = _judged(row)
        if found is None or (found["date"], found["code"]) in seen:
            report.refused.append((number, faults or ["repeated"]))
            continue
        key = (found["date"], found["code"])
        seen.add(key)
        before = stored.get(key)
        if before is not None and before.name == found["name"]:
            report.unchanged += 1
        elif before is not None:
            report.changed += 1
            if not is_dry_run:
                session.execute(update(SpecialDay).where(SpecialDay.id == before.id).values(name=found["name"]))
        else:
            report.created += 1
            if not is_dry_run:
                session.execute(insert(SpecialDay).values(id=new_id(), **found))
    if not is_dry_run:
        counts = {name: value for name, value in report.as_dict().items() if name != "refused"}
        audit.record(session, action="special_days.imported", actor_id=by, **counts, refused=len(report.refused))
    return report


def _rows(content: bytes) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows below the header with their line numbers."""
    if len(content) > MOST_BYTES:
        raise Invalid(fields={"file": ["too_large"]})
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Invalid(fields={"file": ["not_utf8"]}) from error
    header = text.split("\n", 1)[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=";" if ";" in header else ",", strict=True)
    try:
        names = tuple(name.strip().lower() for name in next(reader, []))
        if names != COLUMNS:
            raise Invalid(fields={"file": ["other_columns"]})
        for count, row in enumerate(reader, start=1):
            if count > MOST_ROWS:
                raise Invalid(fields={"file": ["too_many_items"]})
            if any(cell.strip() for cell in row):
                yield reader.line_num, row
    except csv.Error as error:
        raise Invalid(fields={"file": ["not_csv"]}) from error


def _judged(row: list[str]) -> tuple[dict[str, Any] | None, list[str]]:
    if len(row) != len(COLUMNS):
        return None, ["other_columns"]
    day, code, name = (cell.strip() for cell in row)
    faults = []
    found = read_day(day)
    if found is None:
        faults.append("not_a_date")
    if code not in SPECIAL_DAYS:
        faults.append("unknown_code")
    if not name:
        faults.append("required")
    elif len(name) > SHORT:
        faults.append("too_long")
    elif not name.isprintable():
        faults.append("forbidden_characters")
    elif cleaned(name)[1]:
        faults.append("personal_number")
    return ({"date": found, "code": code, "name": name}, []) if not faults else (None, faults)
