"""E04: screen, CSV, XLSX, PDF and the API say the same of random evenings, cell by cell."""

import os
import random
import re
from datetime import date
from io import BytesIO

import pytest
from flask import g, render_template
from flask_babel import format_decimal, format_percent

from fieldapp import create_app
from fieldapp.core.catalogue import text
from fieldapp.core.database import db
from fieldapp.exports import making
from fieldapp.exports.document import document
from fieldapp.exports.pdf_form import write_pdf
from fieldapp.exports.xlsx_form import sheet_names, write_xlsx
from fieldapp.outreach import codes
from fieldapp.summaries import pages, view
from fieldapp.summaries.disclosure import HIDDEN
from tests.conftest import settings_for
from tests.factories.answers import an_analyst, random_answer, said_by
from tests.factories.reading import counted, csv_rows, html_sections, pdf_number, pdf_tables, xlsx_sheets

SETS = 200
PDFS = 3 if os.environ.get("FAULT_SCALE", "1") == "1" else SETS  # each takes one to three seconds
TODAY = date(2026, 11, 28)
SAID = "skyddad uppgift"


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    """The app on an empty database: the figures are made up, the forms are real."""
    folder = tmp_path_factory.mktemp("exports")
    app = create_app(settings_for(f"sqlite:///{folder}/empty.db", folder))
    with app.app_context():
        db.create_all()  # the page's form asks for teams
        db.engine.dispose()
    return app


@pytest.fixture
def reading(app):
    """A request of somebody who reads everything, in Swedish."""
    with app.test_request_context("/office/summaries/farsta", headers={"Accept-Language": "sv"}):
        g._login_user, g.session_token = an_analyst(), "test"
        yield


def random_document(seed):
    answer, names = random_answer(random.Random(seed))
    made = document(answer, names, today=TODAY, below=5, mark=None)
    figures = {table.heading for table in made.tables}
    return answer, names, made, figures


def as_said(key_values):
    """The API's values as text, hidden ones in the words of the forms."""
    return {
        key: {SAID if value == str(HIDDEN) else value: n for value, n in values.items()} for key, values in key_values
    }


def number_or_text(value):
    """Write a value as Python does, whole numbers as whole ones: one way for all forms."""
    if value is None or value == "":
        return "None"
    if isinstance(value, str):
        return value
    return str(int(value)) if float(value).is_integer() else str(float(value))


def alike(values):
    """Numbers of the API in the same way."""
    found = {}
    for value, n in values.items():
        said = number_or_text(float(value)) if re.fullmatch(r"-?\d+(\.\d+)?", value) else value
        found[said] = found.get(said, 0) + n
    return found


def api_says(answer, names):
    return {key: alike(values) for key, values in as_said(said_by(answer, names).items()).items()}


def csv_says(made, figures):
    content = b"".join(making.csv_of(making.csv_header(), making.csv_rows(made), "excel"))
    header, *rows = csv_rows(content)
    assert header == ["tabell", "rad", "del", "mått", "värde", "enhet"]
    cells = []
    for table, row, part, measure, value, _unit in rows:
        if table in figures:
            is_number = re.fullmatch(r"-?\d+(,\d+)?", value)
            cells.append(
                ((table, row, part, measure), number_or_text(float(value.replace(",", ".")) if is_number else value))
            )
    return {key: dict(values) for key, values in counted(cells).items()}


def xlsx_says(made):
    file = BytesIO()
    write_xlsx(file, made.all_tables, title=made.title, hidden=SAID, made_on=TODAY)
    sheets = xlsx_sheets(file.getvalue())
    assert list(sheets) == sheet_names([table.heading for table in made.all_tables])
    cells = []
    for table, (_name, rows) in zip(made.all_tables, sheets.items(), strict=True):
        if table in made.tables:
            cells += cells_of(table, rows[1:])
    return {key: dict(values) for key, values in counted(cells).items()}


def cells_of(table, rows):
    """Yield the cells of rows read from a file, by what names them."""
    for row in rows:
        padded = [*row, *[None] * (len(table.columns) - len(row))]
        name, part = padded[0], padded[1] if table.labels > 1 else ""
        for column, value in zip(table.columns[table.labels :], padded[table.labels :], strict=True):
            yield (table.heading, name, part, column.heading), number_or_text(value)


def pdf_says(made, path):
    with path.open("wb") as file:
        write_pdf(file, made)
    tables = pdf_tables(path)
    assert list(tables) == [table.heading for table in made.all_tables]
    cells = []
    for table in made.tables:
        head, *rows = tables[table.heading]
        rows = [row for row in rows if row != head]  # which stands again where the table goes on
        assert [cell for _, cell in head] == [column.heading for column in table.columns]
        assert {kind for kind, _ in head} == {"TH"}
        if rows == [[("TD", text("office.none"))]]:
            continue
        for row in rows:
            assert [kind for kind, _ in row] == ["TH"] * table.labels + ["TD"] * (len(table.columns) - table.labels)
        kinds = {column.heading: column.kind for column in table.columns}
        read = [
            [cell if kinds[head[i][1]] == "text" else pdf_number(cell) for i, (_, cell) in enumerate(row)]
            for row in rows
        ]
        cells += cells_of(table, read)
    return {key: dict(values) for key, values in counted(cells).items()}


def solid(said):
    """Leave out blanks: where a line ends, a PDF does not tell a blank from none."""
    blanks = re.compile(r"\s")
    return {
        tuple(blanks.sub("", one) for one in key): {blanks.sub("", value): n for value, n in values.items()}
        for key, values in said.items()
    }


@pytest.mark.usefixtures("reading")
def test_E04_csv_and_xlsx_say_what_the_api_says_of_200_random_sets():
    hidden = 0
    for seed in range(SETS):
        answer, names, made, figures = random_document(seed)
        api = api_says(answer, names)
        assert csv_says(made, figures) == api, seed
        assert xlsx_says(made) == api, seed
        hidden += sum(SAID in values for values in api.values())
    assert hidden > SETS  # what is hidden is among what was compared


@pytest.mark.usefixtures("reading")
@pytest.mark.timeout(1200)
def test_E04_pdf_says_what_the_api_says(tmp_path):
    for seed in range(PDFS):
        answer, names, made, _figures = random_document(seed)
        assert solid(pdf_says(made, tmp_path / "one.pdf")) == solid(api_says(answer, names)), seed


@pytest.mark.usefixtures("reading")
def test_E04_the_screen_says_what_the_api_says_of_200_random_sets():
    form = pages._form("farsta", {})
    for seed in range(SETS):
        answer, names = random_answer(random.Random(seed))
        shown = view.page(answer, names, TODAY)
        files = {"query": {}, "csv": "", "geojson": "", "situation": None}
        html = render_template("summaries/summary.html", **form, **shown, queue=None, files=files, mark=None)
        found = html_sections(html)
        for section, rows in screen_rows(answer, names).items():
            assert [row for row in found.get(section, []) if row and row[0]][1:] == rows, (seed, section)


def count(value):
    return "–" if value is None else SAID if value == HIDDEN else " ".join(format_decimal(value).split())


def percent(value):
    return "–" if value is None else SAID if value == HIDDEN else " ".join(format_percent(value, "#,##0 %").split())


def screen_rows(answer, names):
    """What the page's tables must say, read off the answer; of the sites what stands beside their names."""
    effort, visits, people = answer["effort"], answer["visits"], answer["people"]
    present = {(row["age_band"], row["gender"]): row["value"] for row in people["present"]}
    contacts = {(row["age_band"], row["gender"]): row["value"] for row in people["contacts"]}

    def band(name):
        cells = [contacts[name, gender] for gender in codes.GENDERS]
        together = HIDDEN if HIDDEN in cells else sum(cells)
        return [text(f"code.band.{name}"), *(count(present[name, gender]) for gender in codes.GENDERS), count(together)]

    def noted(rows, group):
        total = visits["total"]
        shares = [HIDDEN if row["visits"] == HIDDEN else row["visits"] / total if total else None for row in rows]
        return [
            [text(f"code.{group}.{row['code']}"), count(row["visits"]), percent(share)]
            for row, share in zip(rows, shares, strict=True)
        ]

    year = answer["by_week"][0]["week"][:4]
    actions = noted(effort["actions"], "action")
    heading = [text("summary.action"), text("summary.at_visits"), text("summary.share_of_visits")]
    arenas = [[text(f"code.arena.{arena}"), count(minutes), ""] for arena, minutes in effort["arena_minutes"].items()]
    return {
        "weeks": [
            [f"v. {int(row['week'][-2:])} {year}", count(row["shifts"]), count(row["visits"])]
            for row in answer["by_week"]
        ],
        "arenas": [*arenas, [text("summary.unallocated"), count(effort["unallocated_minutes"]), ""]],
        "people": [
            *(band(name) for name in codes.AGE_BANDS),
            [
                text("summary.total"),
                *(count(row["present"]) for row in people["by_gender"]),
                count(people["totals"]["contacts"]),
            ],
        ],
        "topics": noted(answer["topics"], "topic"),
        "conditions": [*noted(answer["conditions"], "condition"), heading, *actions],
        "referrals": [[text(f"code.referral.{row['to']}"), count(row["value"])] for row in answer["referrals"]],
        "where": [
            [text(f"report.kind.{row['kind']}"), *(count(row[gender]) for gender in codes.GENDERS)]
            for row in people["by_kind_of_place"]
        ],
        "coverage": [
            [text(f"summary.frequency.{row['frequency']}"), count(row["school_near"]), count(row["listed"])]
            for row in answer["coverage"]["by_frequency"]
        ],
        "sites": [site_row(row, bool(answer["compare"])) for row in answer["sites"]],
        "work": work_rows(answer),
    }


def site_row(row, is_compared):
    site = row["site"]
    near = text(f"summary.near.{site['school_near']}") if site["school_near"] != "no" else ""
    under = near if site["is_listed"] else text("summary.not_listed")
    often = text(f"summary.frequency.{row['frequency']}")
    if row["visits"] == 0 and row["not_visited"]:
        reasons = [
            text(f"code.not_visited.{code}").lower() + (f" ({times})" if times > 1 else "")
            for code, times in row["not_visited"].items()
        ]
        often += ": " + ", ".join(reasons)
    share = rate = "–"
    if row["interval"]:
        low, high = (round_half_even_up(100 * end) for end in row["interval"])
        share = f"{percent(row['share_with_topic'])} ({low}–{high})"
    if row["observations_interval"]:
        ends = "–".join(format_decimal(end, "#,##0.0") for end in row["observations_interval"])
        rate = f"{format_decimal(row['observations_per_visit'], '#,##0.0')} ({ends})"
    trend = []
    if is_compared:
        said = text(f"summary.trend.{row['trend']}") if row["trend"] else "–"
        trend = [f"{said} {text('summary.look_closer')}" if row["look_closer"] else said]
    last = view._day(row["last_visit"]) if row["last_visit"] else text("summary.never")
    return [f"{site['name']} {under}".strip(), count(row["visits"]), often, share, "", rate, *trend, last]


def round_half_even_up(value):
    return int(round(value))


def work_rows(answer):
    """The main figures, now and then."""
    then = answer["compare"]
    rows = []
    for name, kind, value, old in view.compared_rows(answer, then):
        cells = [value, old] if then else [value]
        rows.append([name, *(measure(kind, cell) for cell in cells)])
    return rows


def measure(kind, value):
    if value is None:
        return "–"
    if kind == "share":
        return percent(value)
    if value == HIDDEN:
        return count(value)
    forms = {"hours": "#,##0.0", "posts": "#,##0.##"}
    return " ".join(format_decimal(value, forms[kind]).split()) if kind in forms else count(value)


@pytest.mark.usefixtures("reading")
def test_a_frozen_period_says_so_in_the_file_and_in_its_manifest():
    answer, names = random_answer(random.Random(1))
    frozen = {"id": "01a21fce-0000-7000-8000-00000000000f", "version": 2, "sha256": "0" * 64, "frozen_at": "2026-11-02"}
    made = document({**answer, "frozen": frozen}, names, today=TODAY, below=5, mark=None)
    assert ("Fastställd", f"Perioden är fastställd: {frozen['id']}, version 2.") in list(made.about.rows)
    found = making.Source(None, None, {**answer, "frozen": frozen}, names, made)
    assert (found.facts["frozen"], found.facts["from"]) == (frozen, "2026-10-01")
    assert "Fastställd" not in dict(document(answer, names, today=TODAY, below=5, mark=None).about.rows)
