"""XLSX: a sheet a table, typed cells, a header that stays, in memory that does not grow with the rows. Pure.

Texts are written as texts and numbers as numbers: nothing in a file is a formula or a link.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from typing import IO, Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from fieldapp.summaries.tables import Column, Kind, Table, is_hidden, measured

OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "default_date_format": "yyyy-mm-dd",
}
FORMATS: dict[Kind, str] = {
    "whole": "#,##0", "hours": "#,##0.00", "share": "0.0%", "rate": "0.00", "date": "yyyy-mm-dd",
}  # fmt: skip
MOST_ROWS = 1_048_575  # below the header, which a sheet can hold
LONGEST_NAME = 31
NOT_IN_NAMES = str.maketrans("[]:*?/\\", "       ")
TELL_EVERY = 1000  # rows between two words of how far it is
WIDTHS: dict[Kind, int] = {"text": 24, "whole": 12, "hours": 12, "share": 12, "rate": 12, "date": 12}
WIDEST = 60
Tell = Callable[[int], None]


def write_xlsx(
    file: IO[bytes], tables: Iterable[Table], *, title: str, hidden: str, made_on: date, tell: Tell | None = None
) -> int:
    """Write a workbook and return how many rows it has below its headers; `tell` hears of the rows written so far.

    `hidden` is what a cell says that may not leave. Raises `ValueError` for more rows than a sheet holds.
    """
    book = xlsxwriter.Workbook(file, OPTIONS)
    # The moment of making is not the figures': the same figures give the same file.
    book.set_properties({"title": title, "created": _at_noon(made_on)})
    writing = _Writing(book, hidden, tell)
    try:
        for table in tables:
            writing.sheet(table)
    finally:
        book.close()  # rows wait in files of its own
    return writing.rows


def sheet_names(headings: Sequence[str]) -> list[str]:
    """Return names that a workbook takes: short, without certain signs, each once whatever its case."""
    found: list[str] = []
    for heading in headings:
        name = " ".join(heading.translate(NOT_IN_NAMES).split()).strip("'")[:LONGEST_NAME].strip() or "1"
        tried, number = name, 2
        while tried.lower() in {one.lower() for one in found}:
            tried = f"{name[: LONGEST_NAME - 3]} {number}"
            number += 1
        found.append(tried)
    return found


def _at_noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12)  # noqa: DTZ001 - a workbook's times have no zone


class _Writing:
    """A workbook under way."""

    def __init__(self, book: Workbook, hidden: str, tell: Tell | None) -> None:
        self.book, self.hidden, self.tell = book, hidden, tell
        self.rows = 0
        self.header = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
        self.text = book.add_format({"text_wrap": True, "valign": "top"})
        self.formats: dict[Kind, Format] = {
            kind: book.add_format({"num_format": shape, "valign": "top"}) for kind, shape in FORMATS.items()
        }
        self.names: list[str] = []

    def sheet(self, table: Table) -> None:
        """Add a table as a sheet."""
        self.names = sheet_names([*self.names, table.heading])
        sheet = self.book.add_worksheet(self.names[-1])
        for index, column in enumerate(table.columns):
            sheet.set_column(index, index, _width(column, is_label=index < table.labels))
        sheet.freeze_panes(1, table.labels)
        sheet.repeat_rows(0)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.set_footer("&L&A&R&P / &N")
        for index, column in enumerate(table.columns):
            unit = f" ({column.unit})" if column.unit else ""
            self._string(sheet, 0, index, column.heading + unit, self.header)
        for number, row in enumerate(table.rows, 1):
            if number > MOST_ROWS:
                raise ValueError("more rows than a sheet holds")
            for index, (column, cell) in enumerate(zip(table.columns, row, strict=True)):
                self._cell(sheet, number, index, column, cell)
            self.rows += 1
            if self.tell and self.rows % TELL_EVERY == 0:
                self.tell(self.rows)

    def _cell(self, sheet: Worksheet, row: int, index: int, column: Column, cell: Any) -> None:
        kind, _unit, value = measured(column, cell)
        if value is None:
            return
        if isinstance(value, str) and kind == "date":
            sheet.write_datetime(row, index, date.fromisoformat(value), self.formats["date"])
        elif isinstance(value, str):
            self._string(sheet, row, index, value, self.text)
        elif is_hidden(value):
            self._string(sheet, row, index, self.hidden, self.text)
        else:
            sheet.write_number(row, index, value, self.formats.get(kind))

    def _string(self, sheet: Worksheet, row: int, index: int, value: str, shape: Format) -> None:
        if sheet.write_string(row, index, value, shape):
            raise ValueError("a text that no cell holds")


def _width(column: Column, *, is_label: bool) -> int:
    if column.key == "says":
        return WIDEST
    least = WIDTHS[column.kind or "whole"] + (8 if is_label else 0)
    return max(least, min(len(column.heading) + 2, 24))
