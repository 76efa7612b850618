"""CSV as Swedish offices save it: semicolons or commas, with or without BOM, UTF-8. Bytes in, rows of words out."""

import csv
from collections.abc import Mapping
from io import StringIO

from fieldapp.places.importers.shape import MAX_ROWS, FileRefused, Line, Read
from fieldapp.places.names import plain

Cells = dict[str, str]


def read_table(
    content: bytes, columns: Mapping[str, tuple[str, ...]], required: tuple[str, ...], read: Read
) -> list[tuple[int, Cells]]:
    """Return (line, column → cell) of every row that is not empty; a column goes by any of its names.

    Rows with too many or too few cells are refused in `read`, columns nobody knows noted. Raises `FileRefused` for a
    file that is no such table: not UTF-8, no header, a required or repeated column, more than 20,000 rows.
    """
    try:
        words = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise FileRefused(Line(content[: error.start].count(b"\n") + 1, "", "not_utf8")) from error
    if "\x00" in words:
        raise FileRefused(Line(1, "", "not_a_table"))
    lines = csv.reader(StringIO(words, newline=""), delimiter=_delimiter(words), strict=True)
    try:
        found = [(lines.line_num, cells) for cells in lines]
    except csv.Error as error:
        raise FileRefused(Line(lines.line_num, "", "not_a_table")) from error
    if not found:
        raise FileRefused(Line(1, "", "empty"))
    names = _columns(found[0][1], columns, required, read)
    body = [(line, cells) for line, cells in found[1:] if any(cell.strip() for cell in cells)]
    if not body:
        raise FileRefused(Line(1, "", "empty"))
    if len(body) > MAX_ROWS:
        raise FileRefused(Line(MAX_ROWS + 1, "", "too_many_rows", str(MAX_ROWS)))
    read.count += len(body)
    rows = []
    for line, cells in body:
        if len(cells) != len(names):
            read.refuse(line, "", "wrong_number_of_cells", str(len(cells)))
            continue
        rows.append((line, {name: cell for name, cell in zip(names, cells, strict=True) if name is not None}))
    return rows


def _delimiter(words: str) -> str:
    header = words.split("\n", 1)[0]
    return max(";,\t", key=header.count)


def _columns(
    header: list[str], columns: Mapping[str, tuple[str, ...]], required: tuple[str, ...], read: Read
) -> list[str | None]:
    known = {plain(alias): name for name, aliases in columns.items() for alias in (name, *aliases)}
    names = [known.get(plain(cell)) for cell in header]
    given = [name for name in names if name is not None]
    repeated = [name for name in given if given.count(name) > 1]
    if repeated:
        raise FileRefused(Line(1, "", "column_repeated", repeated[0]))
    lacking = [name for name in required if name not in given]
    if lacking:
        raise FileRefused(*(Line(1, "", "column_missing", name) for name in lacking))
    unknown = [cell.strip()[:40] for cell, name in zip(header, names, strict=True) if name is None and cell.strip()]
    if unknown:
        read.notes.append(Line(1, "", "columns_left_out", ", ".join(unknown[:20])))
    return names
