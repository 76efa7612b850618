"""Reads exported files as others do: CSV and XLSX by their specifications, PDF by the tags a screen reader follows."""

import csv
import re
import subprocess
from collections import Counter
from datetime import date, timedelta
from html.parser import HTMLParser
from io import BytesIO, StringIO
from xml.etree import ElementTree
from zipfile import ZipFile

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
RELATED = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
EPOCH = date(1899, 12, 30)


def csv_rows(content, delimiter=";"):
    """Return the rows of a CSV file."""
    return list(csv.reader(StringIO(content.decode("utf-8-sig"), newline=""), delimiter=delimiter))


def xlsx_sheets(content):
    """Return sheet name → rows of cells: texts, numbers, dates, None where a cell is empty; a formula is an error."""
    book = ZipFile(BytesIO(content))
    sheets = ElementTree.fromstring(book.read("xl/workbook.xml"))  # noqa: S314 - a file of our own
    related = ElementTree.fromstring(book.read("xl/_rels/workbook.xml.rels"))  # noqa: S314
    paths = {one.get("Id"): one.get("Target") for one in related}
    dates = _date_styles(book.read("xl/styles.xml"))
    found = {}
    for sheet in sheets.iter(f"{MAIN}sheet"):
        root = ElementTree.fromstring(book.read(f"xl/{paths[sheet.get(RELATED)]}"))  # noqa: S314
        assert not list(root.iter(f"{MAIN}f")), "a formula"
        assert not list(root.iter(f"{MAIN}hyperlink")), "a link"
        found[sheet.get("name")] = [_cells(row, dates) for row in root.iter(f"{MAIN}row")]
    return found


def _date_styles(content):
    root = ElementTree.fromstring(content)  # noqa: S314
    codes = {one.get("numFmtId"): one.get("formatCode") for one in root.iter(f"{MAIN}numFmt")}
    styles = root.find(f"{MAIN}cellXfs")
    return {number for number, one in enumerate(styles) if "yy" in codes.get(one.get("numFmtId"), "")}


def _cells(row, dates):
    found = {}
    for cell in row:
        letters = re.match("[A-Z]+", cell.get("r"))[0]
        index = sum((ord(letter) - 64) * 26**place for place, letter in enumerate(reversed(letters))) - 1
        if cell.get("t") == "inlineStr":
            found[index] = "".join(one.text or "" for one in cell.iter(f"{MAIN}t"))
        elif (value := cell.find(f"{MAIN}v")) is not None:
            number = float(value.text)
            is_date = int(cell.get("s", 0)) in dates
            found[index] = (EPOCH + timedelta(days=int(number))).isoformat() if is_date else number
    return [found.get(index) for index in range(max(found, default=-1) + 1)]


def pdf_tables(path):
    """Return caption → rows of texts, with the kind of each cell, as a PDF's tags have them."""
    told = subprocess.run(["pdfinfo", "-struct-text", path], capture_output=True, text=True, check=True).stdout
    tables, texts = [], None
    for line in told.splitlines():
        what = line.strip()
        if what.startswith("Table"):
            tables.append(([], []))
        elif what.startswith("Caption"):
            texts = tables[-1][0]
        elif what == "TR":
            tables[-1][1].append([])
        elif what.startswith(("TH <", "TD:")):
            texts = []
            tables[-1][1][-1].append((what[:2], texts))
        elif what.startswith('"') and texts is not None:
            texts.append(what[1:-1])
        elif not what.startswith(("Span", "/", "THead", "TBody", "NonStruct")):
            texts = None
    found = {}
    for caption, rows in tables:
        heading = _joined(caption) or next(reversed(found))  # one that goes on on the next page has no caption again
        found.setdefault(heading, []).extend([[(kind, _joined(cell)) for kind, cell in row] for row in rows])
    return found


def _joined(texts):
    return " ".join(" ".join(texts).split())


def pdf_number(written):
    """Read a number as a PDF writes it in Swedish; anything else is returned as it is."""
    plain = re.sub(r"\s", "", written).replace("−", "-")
    if not re.fullmatch(r"-?\d+(,\d+)?%?", plain):
        return written
    number = float(plain.rstrip("%").replace(",", "."))
    return round(number / 100, 6) if plain.endswith("%") else number


class _Sections(HTMLParser):
    def __init__(self):
        super().__init__()
        self.sections, self.rows, self.cell = {}, None, None

    def handle_starttag(self, tag, attributes):
        named = dict(attributes)
        if tag == "section":
            self.sections.setdefault(named["aria-labelledby"], [])
            self.rows = self.sections[named["aria-labelledby"]]
        elif tag == "tr" and self.rows is not None:
            self.rows.append([])
        elif tag in ("td", "th") and self.rows:
            self.cell = []
            self.rows[-1].append(self.cell)

    def handle_endtag(self, tag):
        if tag in ("td", "th"):
            self.cell = None

    def handle_data(self, data):
        if self.cell is not None:
            self.cell.append(data)


def html_sections(html):
    """Return section → rows of the texts of its tables' cells, of several tables one after another."""
    parser = _Sections()
    parser.feed(html)
    return {name: [[_joined(cell) for cell in row] for row in rows] for name, rows in parser.sections.items() if rows}


def counted(cells):
    """Count (key, value) by key: rows that are alike have all their values."""
    found = {}
    for key, value in cells:
        found.setdefault(key, Counter())[value] += 1
    return found
