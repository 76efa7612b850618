"""*Läget vid ÖDS nära grundskola*: what is answered beside what the log shows, by mapping year and by grant."""

import re
from datetime import datetime, timedelta

from fieldapp.core.catalogue import sentences
from fieldapp.core.database import db, write_transaction
from fieldapp.core.ids import new_id
from fieldapp.places.import_models import OldSurvey
from fieldapp.plans.models import SpecialDay
from tests.api.test_collaboration import published
from tests.factories.evening import LISTED_NEAR, STOCKHOLM, last_month, month_query, send_evening
from tests.factories.pages import assert_sound
from tests.factories.phone import Phone

SV = sentences("sv")
URL = "/api/v1/sites/overview"
PAGE = "/office/collaboration/near-schools"
__all__ = ["published"]


def approved_evening(phone):
    falt1 = phone("falt1")
    evening = send_evening(falt1)
    visit = falt1.client.get(f"/api/v1/shifts/{evening.shift}").json
    falt1.apply(falt1.mutation("shifts", "update", evening.shift, 1, status="submitted"))
    lead: Phone = phone("ledare2")
    version = lead.client.get(f"/api/v1/shifts/{evening.shift}").json["content_version"]
    body = {"decision": "approve", "content_version": version, "comment": "", "field_comments": []}
    answer = lead.client.post(f"/api/v1/shifts/{evening.shift}/reviews", json=body, headers=lead.headers)
    assert answer.status_code == 200, answer.json
    return visit


def test_a_row_says_what_is_answered_and_what_the_log_shows(published, phone, sign_in):
    approved_evening(phone)
    found = sign_in("analys").get(URL, query_string=month_query(mapping_year=2023)).json
    assert len(found["items"]) == 24
    assert found["counts"] == {"monthly": 2, "near": 24, "uncertain": 2}
    assert found["top_line"].startswith("2 av 24 ÖDS nära grundskola")
    row = next(one for one in found["items"] if one["site"]["id"] == LISTED_NEAR)
    assert (row["visits"], row["frequency"], row["now"]["visits"]) == (1, "monthly", 1)
    assert row["now"]["interval"][0] <= row["now"]["share"] <= row["now"]["interval"][1]
    assert row["year_ago"] == {"visits": 0, "visits_with_topic": 0, "share": None, "interval": None}
    assert (row["form"], row["listed_last_year"], row["measures"]["done"]) == ("place_collaboration", None, 1)
    assert "police" in row["actors"]
    assert all(school["distance_m"] <= 500 for one in found["items"] for school in one["schools"][:1])
    assert found["basis"]["mapping_year"] == 2023


def test_the_next_mapping_has_those_that_are_left_and_says_they_were_listed_before(sign_in):
    client = sign_in("analys")
    found = client.get(URL, query_string=month_query(mapping_year=2024)).json
    assert len(found["items"]) == client.get("/api/v1/mappings/2024/summary").json["school_near"]
    assert {one["listed_last_year"] for one in found["items"]} == {True}
    assert {one["form"] for one in found["items"]} == {None}
    assert client.get(URL, query_string=month_query(mapping_year=1999)).status_code == 422
    assert client.get(URL, query_string={"from": "2026-02-02", "to": "2026-01-01"}).status_code == 422
    assert client.get(URL).status_code == 200


def test_readers_see_the_places_of_their_districts_and_none_that_they_may_not_know(published, sign_in):
    def rows(who):
        return sign_in(who).get(URL, query_string=month_query(mapping_year=2023)).json

    whole = {one["site"]["id"] for one in rows("analys")["items"]}
    assert {one["site"]["district"] for one in rows("falt1")["items"]} == {"farsta"}
    seen = rows("direktor")
    assert seen["counts"]["near"] == 24
    public = {one["id"] for one in sign_in("direktor").get("/api/v1/sites?year=2023&limit=100").json["items"]}
    assert {one["site"]["id"] for one in seen["items"]} <= whole & public


def test_an_analyst_gets_there_by_following_the_pages(published, phone):
    analyst = phone("analys")
    first = analyst.client.get("/office/", follow_redirects=True).text
    assert PAGE in first
    page = analyst.client.get(PAGE, query_string={**month_query(), "mapping_year": 2023})
    assert page.status_code == 200
    assert_sound(page.text)
    mapped = [re.findall(r">(\d+)<", row) for row in re.findall(r"<tr><th[^>]*>20\d\d<.*?</tr>", page.text)]
    assert [row[:3] for row in mapped] == [["2023", "31", "24"], ["2024", "26", mapped[1][2]]]
    assert mapped[1][4] == "5"
    assert page.text.count('<th scope="row">Demo') == 24
    for key in ("overview.note", "overview.says", "overview.copy_text", "overview.copy_table"):
        assert SV[key] in page.text
    table = re.search(r'id="copy-table"[^>]*>(.*?)</textarea>', page.text, re.S)
    assert table is not None
    lines = table[1].split("\n")
    assert (len(lines), {line.count("\t") for line in lines}) == (25, {27})
    refused = analyst.client.get(PAGE, query_string={"from": "2026-02-30"})
    assert (refused.status_code, SV["field.not_a_date"] in refused.text) == (422, True)


def test_a_measure_leads_to_before_and_after_with_what_is_known_filled_in(published, phone):
    analyst = phone("analys")
    [done] = analyst.client.get("/api/v1/measures?status=done").json["items"]
    page = analyst.client.get(f"/office/collaboration/measures/{done['id']}").text
    [link] = re.findall(r'href="(/office/summaries/before-after[^"]*)"', page)
    form = analyst.client.get(link.replace("&amp;", "&"))
    assert form.status_code == 200
    assert f'value="{done["effective_on"]}"' in form.text


def test_a_finished_measure_stands_on_the_directors_sheet_with_what_was_noted_before_and_after(phone):
    approved_evening(phone)
    lead, month = phone("ledare"), last_month()
    measure = {
        "site_id": LISTED_NEAR, "kind": "lighting", "what": "Demo: nya lampor", "owner": "traffic_office",
        "due_on": month.first.isoformat(), "status": "done", "effective_on": month.first.isoformat(),
        "compare_weeks": 2, "follow_up": "",
    }  # fmt: skip
    made = lead.client.post("/api/v1/measures", json=measure, headers=lead.headers)
    assert made.status_code == 201, made.json
    later = {**measure, "effective_on": month.last.isoformat()}  # its weeks are not over by the end of the month
    assert lead.client.post("/api/v1/measures", json=later, headers=lead.headers).status_code == 201

    def lines(who, code="farsta"):
        answer = who.client.get(f"/office/summaries/{code}/brief", query_string=month_query())
        assert answer.status_code == 200
        assert_sound(answer.text)
        return re.findall(r"<li>([^<]*misstänkt handel noterades[^<]*)</li>", answer.text)

    [line] = lines(lead)
    assert "vid 0 av 0 besök de 2 veckorna före och vid 1 av 1 besök de 2 veckorna efter" in line
    assert lines(phone("analys"), "city") == [line]
    director = phone("direktor")
    assert lines(director) == []  # not approved
    approval = f"/api/v1/measures/{made.json['id']}/approval"
    assert lead.client.post(approval, json={"version": 1}, headers=lead.headers).status_code == 200
    assert lines(director) == [line]
    assert lines(phone("falt3"), "city") == []


def decide(lead, shift, decision):
    version = lead.client.get(f"/api/v1/shifts/{shift}").json["content_version"]
    body = {"decision": decision, "content_version": version, "comment": "Demo", "field_comments": []}
    answer = lead.client.post(f"/api/v1/shifts/{shift}/reviews", json=body, headers=lead.headers)
    assert answer.status_code == 200, answer.json


def near_row(client):
    found = client.get(URL, query_string=month_query(mapping_year=2023)).json
    return next(one for one in found["items"] if one["site"]["id"] == LISTED_NEAR)


def test_visits_are_split_by_part_of_day_and_an_open_pass_counts_as_it_was_approved(published, app, phone):
    falt1, lead, analyst = phone("falt1"), phone("ledare2"), phone("analys")
    monday = next(day for n in range(8, 15) if (day := last_month().first + timedelta(n)).weekday() == 0)
    with app.app_context():
        with write_transaction():
            db.session.add(SpecialDay(id=new_id(), date=monday + timedelta(1), code="lov", name="Demolov"))
        db.session.remove()
    when = [(0, 12), (0, 18), (0, 23), (1, 2), (1, 12), (5, 12)]
    shift = falt1.shift(started_at=local(monday, 8), ended_at=local(monday, 24))
    visits = [
        falt1.visit(
            shift["record_id"], site_id=LISTED_NEAR, arrived_at=local(monday + timedelta(n), hour), audience=who
        )
        for (n, hour), who in zip(when[:3], (["youth"], ["youth", "adults"], []), strict=True)
    ]
    others = []
    for n, hour in when[3:]:
        day = monday + timedelta(n)
        other = falt1.shift(started_at=local(day, hour), ended_at=local(day, hour + 1))
        visit = falt1.visit(other["record_id"], site_id=LISTED_NEAR, arrived_at=local(day, hour), audience=["youth"])
        others += [other, visit]
    falt1.apply(shift, *visits, *others)
    whole = [one["record_id"] for one in (shift, *others[::2])]
    falt1.apply(*[falt1.mutation("shifts", "update", key, 1, status="submitted") for key in whole])
    assert near_row(analyst.client)["visits"] == 0  # nothing is approved yet
    for key in whole:
        decide(lead, key, "approve")
    row = near_row(analyst.client)
    parts = {"school_day": 1, "evening": 1, "night": 2, "day_without_school": 2}
    assert (row["visits"], row["visits_youth"], row["visits_adults"]) == (6, 5, 1)
    assert row["visits_by_part"] == parts
    decide(lead, whole[0], "reopen")
    falt1.apply(falt1.mutation("visits", "update", visits[0]["record_id"], 1, audience=[]))
    assert near_row(analyst.client) == row
    year = monday.year
    page = analyst.client.get(f"/office/collaboration/{year}/sites/{LISTED_NEAR}").text
    shown = re.findall(r"<dt>(.+?)</dt><dd>(\d+)</dd>", page)
    assert shown[-4:] == [(SV[f"code.part_of_day.{part}"], str(n)) for part, n in parts.items()]
    csv = analyst.client.get(f"{URL}.csv", query_string=month_query(mapping_year=2023), buffered=True).text
    assert f";{SV['code.part_of_day.night']};2;" in csv


def test_what_the_survey_says_and_the_log_shows_differs_in_words(published, phone, app):
    analyst = phone("analys")
    rows = analyst.client.get(URL, query_string=month_query(mapping_year=2023)).json["items"]
    said = [part for one in rows for part in one["says_and_shows"]]
    assert {(part["survey"], part["visits"], part["differs"]) for part in said} == {
        (True, 0, None), (False, 0, None), (None, 0, None),
    }  # fmt: skip
    answered = max(part["year"] for part in said if part["year"])
    assert answered < last_month().last.year  # a month says nothing against an earlier year's answer
    then = {"from": f"{answered}-01-01", "to": f"{answered}-12-31", "mapping_year": 2023}
    said = [part for one in analyst.client.get(URL, query_string=then).json["items"] for part in one["says_and_shows"]]
    compared = {(part["survey"], part["visits"], part["differs"]) for part in said if part["year"] == answered}
    assert compared >= {(True, 0, True), (False, 0, False)}
    assert {part["differs"] for part in said if part["year"] != answered} == {None}
    old = rows[0]["site"]["id"]
    with app.app_context():
        with write_transaction():
            year = last_month().last.year
            answers = {"outreach_youth": True, "outreach_adults": None, "actors": {}}
            db.session.add(OldSurvey(id=new_id(), site_id=old, year=year, answers=answers))
        db.session.remove()
    rows = analyst.client.get(URL, query_string=month_query(mapping_year=2023)).json["items"]
    [row] = [one for one in rows if one["site"]["id"] == old]
    assert row["says_and_shows"] == [
        {"audience": "youth", "survey": True, "year": year, "is_old": True, "visits": 0, "differs": True},
        {"audience": "adults", "survey": None, "year": year, "is_old": True, "visits": 0, "differs": None},
    ]
    page = analyst.client.get(PAGE, query_string={**month_query(), "mapping_year": 2023}).text
    youth, adults, yes = (SV[key] for key in ("code.audience.youth", "code.audience.adults", "office.yes"))
    line = f"{youth}: {yes} (äldre uppgift {year}) / 0 besök – skiljer sig; {adults}: uppgift saknas / 0 besök"
    assert page.count(line) == 2  # in the table, and in the table to copy
    site = analyst.client.get(f"/office/collaboration/{year}/sites/{old}").text
    assert SV["collaboration.old_of"].format(year=year) in site
    assert SV["collaboration.missing_answer"] in site
    whole = analyst.client.get(f"/api/v1/collaboration/{year}.csv?school_near=all", buffered=True).text
    assert f"{SV['collaboration.old_title']} {year};" in whole
    assert f";{SV['collaboration.missing_answer']};" in whole
    viewer = phone("direktor")
    assert (
        SV["collaboration.old_of"].format(year=year)
        not in viewer.client.get(f"/office/collaboration/{year}/sites/{old}").text
    )
    assert (
        SV["collaboration.old_title"] not in viewer.client.get(f"/api/v1/collaboration/{year}.csv", buffered=True).text
    )


def local(day, hour):
    """A local hour of a date as phones write it; 24 is midnight after it."""
    on = day + timedelta(days=hour // 24)
    return datetime(on.year, on.month, on.day, hour % 24, tzinfo=STOCKHOLM).isoformat()
