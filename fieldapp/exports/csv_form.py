"""CSV for Swedish Excel, or by RFC 4180: any number of rows, made as they are read. Pure.

What a spreadsheet would take for a formula gets an apostrophe in front, within a text too: a reader that separates
cells by another sign than the file's makes a cell of the rest. Numbers, negative ones too, stay what they are.
Source: OWASP, *CSV Injection*.
"""

import csv
import math
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from io import StringIO
from itertools import islice
from typing import Any

from fieldapp.summaries.tables import is_hidden

FORMULA_STARTS = frozenset("=+-@\t\r\n＝＋－＠")
PASSED_OVER = "\u00a0\u200b\ufeff \v\f"  # by some readers, before what begins a formula
AFTER_SEPARATOR = re.compile(rf'((?:[;,]|(?!\A)[\t\r\n])[{PASSED_OVER}"]*)(?=[=+\-@＝＋－＠])')
AT_ONCE = 500  # rows that go out together
BOM = "\ufeff"


@dataclass(frozen=True)
class Dialect:
    """How a reader separates cells and writes decimals."""

    delimiter: str
    decimal: str
    starts_with: str = ""


DIALECTS = {"excel": Dialect(";", ",", BOM), "rfc4180": Dialect(",", ".")}


def csv_chunks(
    header: Sequence[str], rows: Iterable[Sequence[Any]], dialect: Dialect, *, hidden: str
) -> Iterator[bytes]:
    """Yield a file in pieces: the header, then rows, each line ended by CRLF.

    `hidden` is what a cell says that may not leave. Raises `ValueError` for a number that is none.
    """
    buffer = StringIO()
    lines = csv.writer(buffer, delimiter=dialect.delimiter, lineterminator="\r\n")
    buffer.write(dialect.starts_with)
    lines.writerow([safe_text(name) for name in header])

    def written(cell: Any) -> Any:
        if isinstance(cell, str):
            return safe_text(cell)
        if isinstance(cell, float):
            return number_text(cell, dialect.decimal)
        return "" if cell is None else hidden if is_hidden(cell) else cell

    left = iter(rows)
    while batch := list(islice(left, AT_ONCE)):
        lines.writerows(zip(*(_column(cells, written) for cells in zip(*batch, strict=True)), strict=True))
        yield _taken(buffer)
    yield _taken(buffer)


def safe_text(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula: what may begin one stands behind an apostrophe."""
    start = text.lstrip(PASSED_OVER)[:1]
    within = AFTER_SEPARATOR.sub(r"\1'", text)
    return f"'{within}" if start in FORMULA_STARTS else within


def number_text(number: float, decimal: str) -> str:
    """Write a number with digits only, never as a power of ten. Raises `ValueError` for what is none."""
    if not math.isfinite(number):
        raise ValueError("a figure that is no number")
    written = repr(number)
    if "e" in written:
        written = f"{number:.12f}".rstrip("0").rstrip(".")
    return written.replace(".", decimal)


def _column(cells: Sequence[Any], written: Callable[[Any], Any]) -> Sequence[Any]:
    """Return a column's cells as they are written; what repeats is written once, which is most of a long file."""
    kinds = set(map(type, cells))
    if kinds == {int}:
        return cells
    if len(kinds) == 1 and kinds <= {str, float}:
        once = {cell: written(cell) for cell in set(cells)}
        return [once[cell] for cell in cells]
    return [written(cell) for cell in cells]


def _taken(buffer: StringIO) -> bytes:
    """Take what is written out of the buffer."""
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text.encode()
