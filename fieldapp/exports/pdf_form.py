"""PDF of a document: tagged for screen readers, numbered, made of this installation's own files alone.

WeasyPrint needs Pango of the system. It is loaded when a PDF is made, never before: without it all else runs.
"""

from collections.abc import Mapping, Sequence
from typing import IO, Any

from flask import render_template

from fieldapp.core.catalogue import best_locale
from fieldapp.core.errors import Unavailable
from fieldapp.exports.document import Document
from fieldapp.summaries import brief_view
from fieldapp.summaries.brief import Decision
from fieldapp.summaries.finished_measures import Finished
from fieldapp.summaries.tables import measured

VARIANT = "pdf/ua-1"


class PdfUnavailable(Unavailable):
    """This server lacks what makes a PDF (503)."""

    slug = "pdf_unavailable"


def write_pdf(file: IO[bytes], document: Document) -> int:
    """Write a document as PDF and return how many rows its tables have. Raises `PdfUnavailable` without Pango."""
    tables = [(table, [_cells(table, row) for row in table.rows]) for table in document.tables]
    about, method = list(document.about.rows), list(document.method.rows)
    page = render_template(
        "exports/summary_pdf.html",
        document=document,
        tables=tables,
        about=about,
        method=method,
        locale=best_locale(),
    )
    _write(file, page)
    return len(about) + len(method) + sum(len(rows) for _, rows in tables)


def write_sheet(
    file: IO[bytes],
    answer: Mapping[str, Any],
    document: Document,
    late: Sequence[Decision],
    finished: Sequence[Finished],
) -> int:
    """Write *Läget i korthet* of a summary compared with a year ago, and return how many lines of figures it has."""
    values = brief_view.shown(dict(answer), late, finished)
    page = render_template("exports/sheet_pdf.html", **values, secrecy=document.secrecy, locale=best_locale())
    _write(file, page)
    parts = ("headline", "children", "equality", "not_been", "decisions")
    return sum(len(values["sheet"][part]) for part in parts) + len(finished)


def _write(file: IO[bytes], page: str) -> None:
    try:
        from weasyprint import HTML  # noqa: PLC0415 - see above
    except (ImportError, OSError) as error:
        raise PdfUnavailable from error
    # Nothing is named by address in the templates; whatever would be is refused.
    HTML(string=page, url_fetcher=refuse).write_pdf(file, pdf_variant=VARIANT, pdf_tags=True)


def refuse(url: str, *_more: Any, **_named: Any) -> Any:
    """Fetch nothing, wherever it lies."""
    raise ValueError(f"nothing is fetched for a PDF: {url[:80]}")


def _cells(table: Any, row: Any) -> list[tuple[str, Any]]:
    """Return a row as (kind, value)."""
    cells = (measured(column, cell) for column, cell in zip(table.columns, row, strict=True))
    return [(cell.kind, cell.value) for cell in cells]
