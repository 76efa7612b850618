"""What every reader hands on, whatever the format: rows with their numbers, and what was wrong with which of them.

All of it is plain JSON, so that what a dry run has read can be kept until it is read in – without what the file held
beside it, such as a head teacher's name.
"""

from dataclasses import asdict, dataclass, field
from typing import Any

from fieldapp.core.errors import DomainError

KINDS = ("districts", "sites", "schools", "survey")
MAX_BYTES = 16 * 1024 * 1024
MAX_ROWS = 20_000
SHOWN = 200  # lines of a kind in a report; how many there are is always said

Row = dict[str, Any]


@dataclass(frozen=True)
class Line:
    """Something to say of a row: its number (of a table the line in the file, of JSON 1, 2, …), its name, why.

    `reason` is a key below `import.reason.`; `detail` a column, a field or a number, never a person's name.
    """

    row: int
    name: str
    reason: str
    detail: str = ""


@dataclass
class Read:
    """A file as it was read: `rows` each with `row` and the fields of its kind; what was refused, noted, left out.

    `whole`: the file is a register, so what it does not name has disappeared from it. `on`: the register's date.
    `strict`: one refused row refuses the file.
    """

    kind: str
    rows: list[Row] = field(default_factory=list)
    refused: list[Line] = field(default_factory=list)
    notes: list[Line] = field(default_factory=list)
    left_out: dict[str, int] = field(default_factory=dict)
    count: int = 0
    whole: bool = False
    on: str | None = None
    strict: bool = False

    def refuse(self, row: int, name: str, reason: str, detail: str = "") -> None:
        """Leave a row out and say why."""
        self.refused.append(Line(row, name, reason, detail))

    def leave_out(self, reason: str) -> None:
        """Leave a row out that is rightly none of ours."""
        self.left_out[reason] = self.left_out.get(reason, 0) + 1

    def to_json(self) -> Row:
        """Return the same as plain data."""
        return asdict(self)

    @classmethod
    def from_json(cls, kept: Row) -> "Read":
        """Return what `to_json` was made of."""
        lines = {name: [Line(**line) for line in kept[name]] for name in ("refused", "notes")}
        return cls(**(kept | lines))


class FileRefused(DomainError):
    """A file of which nothing is read in (422): `lines` name the row or feature and the reason."""

    slug, status = "import_refused", 422

    def __init__(self, *lines: Line) -> None:
        super().__init__(fields={f"{line.row}": [f"import_{line.reason}"] for line in lines[:SHOWN]})
        self.lines = list(lines)


class BadValue(ValueError):
    """A value of a row that can't be taken: `reason` as in `Line`, `detail` where it stood."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(reason)
        self.reason, self.detail = reason, detail


def refuse_repeated(read: Read, key: str) -> None:
    """Keep one of rows that are the same but for their number; refuse all that share the key and differ.

    Whichever came first then plays no part.
    """
    by_key: dict[Any, list[Row]] = {}
    for row in read.rows:
        by_key.setdefault(row[key], []).append(row)
    kept: list[Row] = []
    for rows in by_key.values():
        contents = [{name: value for name, value in row.items() if name != "row"} for row in rows]
        if all(content == contents[0] for content in contents):
            kept.append(rows[0])
            read.notes += [Line(row["row"], row["name"], "said_twice") for row in rows[1:]]
        else:
            read.refused += [Line(row["row"], row["name"], "repeated") for row in rows]
    read.rows = kept
