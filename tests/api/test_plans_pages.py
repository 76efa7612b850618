"""Planning at the desk: weeks at once, exceptions one by one, special days from a file; nothing half done."""

import io
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import Any

from fieldapp.core.catalogue import sentences
from fieldapp.core.clock import local_date, utc_now
from tests.factories.phone import Phone, now_iso

Rows = Callable[..., list[dict[str, Any]]]


def monday() -> date:
    today = local_date(utc_now())
    return today - timedelta(days=today.weekday()) + timedelta(days=7)


def post(phone: Phone, path: str = "/office/plans", **form: Any) -> Any:
    data = {"csrf_token": phone.session["csrf_token"], **form}
    return phone.client.post(path, data=data, headers={"Origin": "http://localhost"})


def weekly(phone: Phone, **form: Any) -> dict[str, Any]:
    defaults = {
        "team": phone.team_id,
        "district": "farsta",
        "kind": "evening",
        "planned_people": "2",
        "first": monday().isoformat(),
        "weeks": "3",
        "weekdays": ["4", "5"],
        "starts": "18:00",
        "ends": "01:30",
    }
    return {**defaults, **form}


def test_weeks_are_planned_at_once_reach_the_phones_and_are_not_planned_twice(phone: Callable[..., Phone], rows: Rows):
    falt1, falt2 = phone("falt1"), phone("falt2")
    made = post(falt1, **weekly(falt1))
    assert made.status_code == 303
    page = falt1.client.get(made.location)
    assert "6 pass planerades, 0 fanns redan." in page.text
    assert page.text.count("18:00–01:30") == 6
    again = post(falt1, **weekly(falt1, weeks="4"))
    assert "2 pass planerades, 6 fanns redan." in falt1.client.get(again.location).text
    falt2.pull()
    assert len(falt2.held("shift_plans")) == 8
    assert {row["device_id"] for row in rows("SELECT device_id FROM sync_history")} == {None}


def test_two_who_plan_the_same_weeks_at_the_same_moment_plan_them_once(phone: Callable[..., Phone], rows: Rows):
    both = [phone("falt1"), phone("ledare")]
    for weeks in range(1, 6):
        with ThreadPoolExecutor(2) as pool:
            form = weekly(both[0], weeks=str(weeks))
            found = list(pool.map(lambda who, form=form: post(who, **form).status_code, both))
        assert found == [303, 303]
        assert rows("SELECT count(*) AS n, count(DISTINCT starts_at) AS days FROM shift_plans") == [
            {"n": 2 * weeks, "days": 2 * weeks}
        ]


def test_an_exception_is_changed_or_taken_away_against_the_version_that_was_read(
    phone: Callable[..., Phone], rows: Rows
):
    falt1, ledare = phone("falt1"), phone("ledare")
    post(falt1, **weekly(falt1, weeks="1"))
    first, second = (row["id"] for row in rows("SELECT id FROM shift_plans ORDER BY starts_at"))
    changed = {"version": "1", "starts": "19:15", "ends": "23:00", "planned_people": "3"}
    assert post(falt1, f"/office/plans/{first}", **changed).status_code == 303
    moved = post(ledare, f"/office/plans/{first}", **changed, action="remove", shown=monday().isoformat())
    assert moved.status_code == 409
    assert sentences("sv")["field.plan_moved"] in moved.text
    assert "19:15–23:00" in moved.text  # how it stands now
    wrong = post(ledare, f"/office/plans/{second}", **{**changed, "starts": "25:10", "planned_people": "7"})
    assert wrong.status_code == 422
    assert wrong.text.count("<details open>") == 1  # the plan's own form, as it was typed; the weekly one is untouched
    assert f'id="starts-{second}-fault"' in wrong.text
    assert 'value="25:10"' in wrong.text
    assert 'id="starts-fault"' not in wrong.text
    removed = post(ledare, f"/office/plans/{second}", version="1", action="remove", shown_team=ledare.team_id)
    assert removed.status_code == 303
    assert f"team={ledare.team_id}" in removed.location
    found = rows("SELECT planned_people, deleted, version FROM shift_plans ORDER BY starts_at")
    assert [(row["planned_people"], bool(row["deleted"]), row["version"]) for row in found] == [
        (3, False, 2),
        (2, True, 2),
    ]
    assert "19:15–23:00" in falt1.client.get(f"/office/plans?first={monday()}").text
    assert post(phone("falt3"), f"/office/plans/{first}", **changed).status_code == 404


def many_days(count: int) -> bytes:
    """Return a file with one special day a row."""
    lines = (f"{date(2030, 1, 1) + timedelta(days=n)};lov;Demolov\n" for n in range(count))
    return b"date;code;name\n" + "".join(lines).encode()


def test_bad_input_is_named_and_nothing_is_planned(phone: Callable[..., Phone], rows: Rows):
    falt1 = phone("falt1")
    bad = {
        "weeks": ("0", "Värdet är utanför det tillåtna."),
        "first": ("2026-02-30", "Inte ett giltigt datum."),
        "starts": ("25:00", "Inte en giltig tid."),
        "ends": ("18:00", "Slutet ligger före början."),
        "planned_people": ("två", "Ska vara ett heltal."),
        "weekdays": ([], "Måste anges."),
        "district": ("<b>", "Okänt värde."),
    }
    for name, (value, message) in bad.items():
        answer = post(falt1, **weekly(falt1, **{name: value}))
        assert answer.status_code == 422, name
        assert message in answer.text, name
    assert post(falt1, **weekly(falt1, team=phone("falt3").team_id)).status_code == 403
    assert post(falt1, **weekly(falt1, district="bromma")).status_code == 403
    assert rows("SELECT count(*) AS n FROM shift_plans") == [{"n": 0}]


def test_who_reads_plans_sees_those_of_the_grants(phone: Callable[..., Phone]):
    falt1 = phone("falt1")
    post(falt1, **weekly(falt1))
    shown = {who: phone(who).client.get(f"/office/plans?first={monday()}") for who in ("ledare", "analys", "falt3")}
    assert {who: page.text.count("18:00–01:30") for who, page in shown.items()} == {
        "ledare": 6,
        "analys": 6,
        "falt3": 0,
    }
    assert phone("direktor").client.get("/office/plans").status_code == 403
    assert "Planera flera veckor" not in shown["analys"].text


def test_a_started_pass_answers_its_plan_and_what_never_came_is_missing_in_the_summary(
    phone: Callable[..., Phone], sql: Callable[..., None]
):
    falt1 = phone("falt1")
    post(falt1, **weekly(falt1, weeks="2", weekdays=["0"]))
    sql("UPDATE shift_plans SET date = :day", day=local_date(utc_now()) - timedelta(days=9))
    falt1.apply(falt1.shift(started_at=now_iso(days=-9)))
    query = {"from": local_date(utc_now()) - timedelta(days=20), "to": local_date(utc_now())}
    complete = (
        phone("ledare").client.get("/api/v1/summaries/districts/farsta", query_string=query).get_json()["complete"]
    )
    assert (complete["shifts_draft"], complete["shifts_missing"]) == (
        1,
        2,
    )  # one draft overdue, one plan without a shift


def test_special_days_are_tried_read_in_left_out_and_reported(phone: Callable[..., Phone], rows: Rows):
    admin, falt1 = phone("admin"), phone("falt1")
    friday = monday() + timedelta(days=4)
    lines = (
        "date;code;name",
        f"{friday};lov;Demolov",
        "2026-02-30;lov;x",
        f"{friday};lov;igen",
        f"{friday};fest;x",
        "2027-12-13;lucia;",
    )
    text = "\r\n".join(lines)

    def send(action: str, content: bytes) -> Any:
        return post(admin, "/office/plans/special-days", action=action, file=(io.BytesIO(content), "dagar.csv"))

    tried = send("try", text.encode("utf-8-sig"))
    assert "Provläsning: inget är sparat." in tried.text
    assert rows("SELECT count(*) AS n FROM special_days") == [{"n": 0}]
    done = send("import", text.encode())
    for line in (
        "Lästa: 5",
        "Nya: 1",
        "Avvisade: 4",
        "Rad 3: Inte ett giltigt datum.",
        "Rad 4: Förekommer mer än en gång.",
    ):
        assert line in done.text
    assert "Oförändrade: 1" in send("import", text.encode()).text
    assert "Ändrade: 1" in send("import", text.replace("Demolov", "Demosportlov").encode()).text
    post(falt1, **weekly(falt1, weeks="1", skip=["lov"]))
    assert len(rows("SELECT id FROM shift_plans")) == 1
    assert "Demosportlov" in falt1.client.get("/office/plans/special-days").text
    imported = rows("SELECT actor_id FROM audit_log WHERE action = 'special_days.imported'")
    assert imported == [{"actor_id": admin.user_id}] * 3
    odd = ('2027-01-08;lov;"Dag\nett"', "2027-01-09;lov;Dag\u2028två", "20270110;lov;x", "2027-W02-1;lov;x")
    refused = send("import", "\n".join(("date;code;name", *odd)).encode())
    assert "Avvisade: 4" in refused.text
    for content, message in (
        (b'date;code;name\n2027-01-11;lov;"Demolov\n2027-01-12;lov;Demolov\n', "Filen går inte att läsa som CSV."),
        (b"\xff\xfe", "Filen är inte sparad som UTF-8."),
        (b"dag;kod\n", "Kolumnerna ska vara date;code;name."),
        (b"date;code;name\n" + b"x" * 300_000, "Filen är för stor."),
        (many_days(5001), "För många i listan."),
        (many_days(3) + b'2031-01-01;lov;"' + b"x" * 140_000 + b'"\n', "Filen går inte att läsa som CSV."),
    ):
        answer = send("import", content)
        assert answer.status_code == 422
        assert message in answer.text
    assert rows("SELECT count(*) AS n FROM special_days") == [{"n": 1}]
    assert post(falt1, "/office/plans/special-days", file=(io.BytesIO(b""), "x")).status_code == 403
