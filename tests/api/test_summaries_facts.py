"""Facts of summaries: built, built further after a stop, compared with the records, read only when whole."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask_migrate import downgrade, upgrade
from sqlalchemy import event

from fieldapp.core.database import db
from fieldapp.summaries import rebuilding
from fieldapp.summaries.packing import FORMAT
from tests.factories.evening import last_month, month_query, send_evening, the_tenth
from tests.factories.review import submitted

CITY = "/api/v1/summaries/city"
KEPT = ("summary_facts", "summary_site_days", "summary_shifts")
DAY = the_tenth(18)[:10]


def approve(lead, shift, decision="approve", **more):
    version = lead.client.get(f"/api/v1/shifts/{shift}").get_json()["content_version"]
    body = {"decision": decision, "content_version": version, **more}
    answer = lead.client.post(f"/api/v1/shifts/{shift}/reviews", json=body, headers=lead.headers)
    assert answer.status_code == 200, answer.text


@pytest.fixture
def evening(phone):
    """An approved evening of the tenth of last month."""
    found = send_evening(phone("falt1"))
    approve(phone("ledare2"), found.shift)
    return found


@pytest.fixture
def told(app):
    """Run a command of `flask summaries`; return how it ended and the lines it wrote."""

    def run(*args):
        answer = app.test_cli_runner().invoke(args=["summaries", *args])
        assert answer.exception is None or isinstance(answer.exception, SystemExit), answer.exception
        return answer.exit_code, answer.output.splitlines()

    return run


def city(sign_in, who="analys", **query):
    answer = sign_in(who).get(CITY, query_string=month_query(**query))
    assert answer.status_code == 200, answer.text
    return answer.json


def kept(rows):
    return {table: sorted(map(str, rows(f"SELECT * FROM {table}"))) for table in KEPT}


def forget_all(sql):
    """Stand as after an upgrade from before facts were kept."""
    for table in KEPT:
        sql(f"DELETE FROM {table}")
    sql("UPDATE summary_state SET is_built = :no, built_to = NULL", no=False)


@pytest.mark.usefixtures("evening")
def test_until_all_days_are_built_figures_come_from_the_records(sign_in, rows, sql, told):
    before, facts = city(sign_in), kept(rows)
    assert before["effort"]["shifts"] == 1
    assert all(facts.values())
    forget_all(sql)
    assert city(sign_in) == before
    code, lines = told("check")
    assert code == 1
    assert f"Stämmer inte med posterna: {DAY} city" in lines
    assert "inte byggda" in lines[-1]
    month = f"{last_month().first:%Y-%m}"
    assert told("rebuild") == (0, [f"{month}  1/1", "1 månader räknades om."])
    assert (kept(rows), city(sign_in)) == (facts, before)
    assert told("check") == (0, ["Allt som sparats stämmer med posterna."])


def test_what_was_approved_while_nothing_was_built_yet_is_built_too(phone, sign_in, sql, told, evening):
    forget_all(sql)
    other = send_evening(phone("falt2"))
    approve(phone("ledare2"), other.shift)  # keeps the day, and the month of it, before the month is built
    assert city(sign_in)["effort"]["shifts"] == 2
    assert told("rebuild")[0] == 0
    assert told("check")[0] == 0
    assert city(sign_in)["effort"]["shifts"] == 2


def test_a_build_that_was_cut_off_goes_on_where_it_was(phone, sign_in, rows, sql, told, monkeypatch):
    lead, sender = phone("ledare2"), phone("falt1")
    for start in ("2026-05-10", "2026-06-10", "2026-07-10"):
        approve(lead, submitted(sender, started_at=f"{start}T18:00:00Z", ended_at=f"{start}T22:00:00Z"))
    facts = kept(rows)
    forget_all(sql)
    build = rebuilding._build

    def cut_off(month):
        if month.month == 7:
            raise SystemExit(9)
        build(month)

    with monkeypatch.context() as patch:
        patch.setattr(rebuilding, "_build", cut_off)
        assert told("rebuild") == (9, ["2026-05  1/3", "2026-06  2/3"])
    assert told("check")[0] == 1
    assert told("rebuild") == (0, ["2026-07  1/1", "1 månader räknades om."])
    assert kept(rows) == facts
    assert told("check")[0] == 0
    assert len(told("rebuild")[1]) == 4  # all anew: nothing was cut off
    year = {"from": "2026-01-01", "to": "2026-12-31"}
    assert city(sign_in, **year)["effort"]["shifts"] == 3


@pytest.mark.usefixtures("evening")
@pytest.mark.parametrize(
    ("damage", "named"),
    [
        ("UPDATE summary_facts SET figures = '{}' WHERE grain = 'day' AND scope = 'city'", f"{DAY} city"),
        ("DELETE FROM summary_facts WHERE grain = 'day' AND scope = 'district:farsta'", f"{DAY} district:farsta"),
        ("UPDATE summary_facts SET figures = '{}' WHERE grain = 'month'", "month {month} city"),
        ("UPDATE summary_facts SET shifts = 7, figures = '{}' WHERE grain = 'day'", f"{DAY} city"),
        ("DELETE FROM summary_site_days", f"{DAY} site "),
        ("DELETE FROM summary_shifts", f"{DAY} shift "),
        ("UPDATE summary_shifts SET version = 3", f"{DAY} shift "),
    ],
)
def test_check_names_what_is_not_as_the_records_say_and_a_rebuild_mends_it(rows, sql, told, damage, named):
    before = kept(rows)
    sql(damage)
    code, lines = told("check")
    assert code == 1
    assert any(named.format(month=last_month().first) in line for line in lines), lines
    outside = ("--from", "2026-01-01", "--to", "2026-01-31")
    assert told("check", *outside) == (0, ["Allt som sparats stämmer med posterna."])
    told("rebuild", *outside)
    assert kept(rows) != before
    assert told("rebuild", "--from", DAY)[0] == 0
    assert kept(rows) == before


@pytest.mark.usefixtures("evening")
def test_counts_beside_a_fact_are_compared_too(sql, told):
    sql("UPDATE summary_facts SET shifts = 7 WHERE grain = 'month' AND scope = 'city'")
    assert told("check")[0] == 1


@pytest.mark.parametrize(
    "ends", [("--from", "2026-02-01", "--to", "2026-01-31"), ("--from", "1999-01-01"), ("--to", "i går")]
)
def test_days_that_can_not_be_are_refused(told, ends):
    assert told("rebuild", *ends)[0] == 2
    assert told("check", *ends)[0] == 2


@pytest.mark.usefixtures("evening")
def test_facts_of_another_form_are_not_read_and_go(phone, sign_in, rows, sql, told):
    before = city(sign_in)
    sql("UPDATE summary_state SET format = 0")
    sql("UPDATE summary_facts SET figures = '{}'")
    assert city(sign_in) == before
    approve(phone("ledare2"), send_evening(phone("falt2")).shift)  # begins anew in the form of now
    assert [row["format"] for row in rows("SELECT format FROM summary_state")] == [FORMAT]
    assert city(sign_in)["effort"]["shifts"] == 2
    assert told("check")[0] == 1
    assert told("rebuild")[0] == 0
    assert told("check")[0] == 0
    assert city(sign_in)["effort"]["shifts"] == 2


def test_a_database_with_approved_shifts_is_not_built_by_the_upgrade_and_an_empty_one_is(app, rows, evening):
    query = "SELECT is_built FROM summary_state"
    assert [bool(row["is_built"]) for row in rows(query)] == [True]
    with app.app_context():
        downgrade(revision="0018")
        upgrade()
        db.session.remove()
    assert [bool(row["is_built"]) for row in rows(query)] == [False]


@pytest.fixture
def statements(app):
    """Collect the statements of the app from now on."""
    found = []
    with app.app_context():
        engine = db.engine

    def note(connection, cursor, statement, values, context, many):
        found.append(" ".join(statement.split()))

    event.listen(engine, "before_cursor_execute", note)
    yield found
    event.remove(engine, "before_cursor_execute", note)


@pytest.mark.usefixtures("evening")
@pytest.mark.parametrize("path", [CITY, "/api/v1/summaries/districts/farsta"])
def test_a_summary_reads_no_visit_and_no_observation_however_many_there_are(sign_in, statements, path):
    reader = sign_in("analys")
    statements.clear()
    query = month_query(compare="year_ago")
    answer = reader.get(path, query_string=query)
    assert answer.json["visits"]["total"] >= 2
    read = [statement for statement in statements if "FROM visits" in statement or "FROM observations" in statement]
    bounded = [statement for statement in read if "EXISTS" in statement]  # asked of shifts that wait, one by one
    assert read == bounded
    assert not any("observations" in statement for statement in statements)
    reader.get(path, query_string={**query, "status": "all"})
    assert any("FROM observations" in statement for statement in statements)


def test_what_a_phone_sends_of_a_pass_that_was_never_approved_costs_one_look(phone, statements):
    sender = phone("falt1")
    shift = sender.shift()
    visit = sender.visit(shift["record_id"])
    statements.clear()
    sender.apply(shift, visit, sender.observation(visit["record_id"]))
    assert not [statement for statement in statements if "summary_" in statement]
    assert len([statement for statement in statements if "approved_versions" in statement]) == 1


# -------------------------------------------------------------------- at the same moment


def waits(app, rows, future):
    """Return once something waits for somebody else's lock, or has ended without."""
    is_sqlite = app.config["SQLALCHEMY_DATABASE_URI"].startswith("sqlite")
    for _ in range(200):
        if future.done():
            return
        time.sleep(0.02)
        if is_sqlite or rows("SELECT count(*) AS n FROM pg_locks WHERE NOT granted")[0]["n"]:
            time.sleep(0.1 if is_sqlite else 0)
            return


@pytest.mark.parametrize(("first", "reading"), [("approve", 1), ("rebuild", 2)])  # a rebuild reads week by week
def test_what_is_approved_while_its_day_is_counted_is_counted(app, phone, sign_in, rows, told, first, reading):
    """Whoever counts has read the day's records; another pass of that day is approved then, on another connection."""
    lead, other = phone("ledare2"), phone("ledare2")
    shifts = [send_evening(phone("falt1")).shift for _ in range(3)]
    approve(lead, shifts[0])
    with app.app_context():
        engine = db.engine
    begun, later = [], []

    with ThreadPoolExecutor(1) as pool:

        def has_read(connection, cursor, statement, values, context, many):
            if "FROM observations JOIN visits" not in " ".join(statement.split()):
                return
            begun.append(statement)
            if len(begun) == reading:
                later.append(pool.submit(approve, other, shifts[1]))
                waits(app, rows, later[0])

        event.listen(engine, "after_cursor_execute", has_read)
        try:
            if first == "rebuild":
                assert told("rebuild")[0] == 0
            else:
                approve(lead, shifts[2])
            later[0].result()
        finally:
            event.remove(engine, "after_cursor_execute", has_read)
    assert city(sign_in)["effort"]["shifts"] == (2 if first == "rebuild" else 3)
    assert told("check") == (0, ["Allt som sparats stämmer med posterna."])
