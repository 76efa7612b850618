"""Staffing: a unit's lead enters posts, others read no further than their grants, figures add them up."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from fieldapp.core.catalogue import sentences
from fieldapp.summaries.periods import Period
from tests.factories.evening import last_month, month_query
from tests.factories.pages import assert_sound
from tests.factories.phone import ORIGIN, Phone

STAFFING = "/api/v1/staffing"


def month():
    return last_month().first.isoformat()[:7]


def put(phone, team_id, of_month=None, **body):
    return phone.client.put(f"{STAFFING}/{team_id}/{of_month or month()}", json=body, headers=phone.headers)


def farsta(client, **query):
    return client.get("/api/v1/summaries/districts/farsta", query_string=month_query(**query)).json


def test_a_lead_enters_a_month_and_it_is_in_the_figures(phone, rows):
    lead = phone("ledare")
    first = put(lead, lead.team_id, posts=3.75, filled="3,5", version=0)
    assert (first.status_code, first.json) == (200, {"month": month(), "posts": 3.75, "filled": 3.5, "version": 1})
    staffing = {"posts": 3.75, "filled": 3.5, "months_lacking": 0, "hours_per_post": None}
    assert farsta(lead.client)["staffing"] == staffing
    team = lead.client.get(f"/api/v1/summaries/teams/{lead.team_id}", query_string=month_query()).json
    assert team["staffing"] == {**staffing, "hours_per_post": 0.0}
    assert put(lead, lead.team_id, posts=2, filled=2, version=1).json["version"] == 2
    team = lead.client.get(f"/api/v1/summaries/teams/{lead.team_id}", query_string=month_query()).json
    assert team["staffing"]["hours_per_post"] == {"suppressed": True}
    odd = last_month()
    days = Period(odd.first.replace(day=2), odd.last)
    query = {"from": days.first.isoformat(), "to": days.last.isoformat()}
    assert farsta(lead.client, **query)["staffing"] is None
    assert len(rows("SELECT number FROM audit_log WHERE action = 'staffing.entered'")) == 2


def test_what_was_read_before_is_not_written_over(phone):
    lead = phone("ledare")
    assert put(lead, lead.team_id, posts=4, filled=4, version=0).status_code == 200
    assert put(lead, lead.team_id, posts=4, filled=4, version=0).json["version"] == 1  # the same again is the same
    assert put(lead, lead.team_id, posts=5, filled=4, version=0).status_code == 409
    found = lead.client.get(STAFFING, query_string={"team": lead.team_id, "year": month()[:4]}).json["items"]
    assert [row for row in found if row["version"]] == [{"month": month(), "posts": 4, "filled": 4, "version": 1}]


def test_two_at_once_are_one_and_a_refusal(phone, app):
    leads = [Phone.signed_in(app.test_client(), "ledare") for _ in range(2)]
    with ThreadPoolExecutor(2) as both:
        answers = list(
            both.map(lambda at: put(leads[at], leads[at].team_id, posts=4 + at, filled=1, version=0), (0, 1))
        )
    assert sorted(answer.status_code for answer in answers) == [200, 409]


@pytest.mark.parametrize(
    "body",
    [
        {"posts": 1, "filled": 2, "version": 0}, {"posts": -1, "filled": 0, "version": 0},
        {"posts": 100, "filled": 0, "version": 0}, {"posts": 1.005, "filled": 0, "version": 0},
        {"posts": True, "filled": 0, "version": 0}, {"posts": None, "filled": 0, "version": 0},
        {"posts": 1, "filled": 0}, {"posts": 1, "filled": 0, "version": -1},
        {"posts": 1, "filled": 0, "version": 0, "who": "x"},
        {"posts": "1" * 5000, "filled": 0, "version": 0}, {"posts": 1e300, "filled": 0, "version": 0},
    ],
)  # fmt: skip
def test_bad_months_are_refused_whole(phone, rows, body):
    lead = phone("ledare")
    assert put(lead, lead.team_id, **body).status_code == 422
    assert rows("SELECT team_id FROM staffing") == []


@pytest.mark.parametrize("bad", ["2026-13", "1999-12", "202601", "2201-01", "2026-1"])
def test_a_month_that_is_none_is_not_found(phone, bad):
    lead = phone("ledare")
    assert put(lead, lead.team_id, bad, posts=1, filled=1, version=0).status_code == 404


def test_other_units_are_not_found(phone):
    lead, other, analyst = phone("ledare"), phone("jourledare"), phone("analys")
    assert put(other, lead.team_id, posts=1, filled=1, version=0).status_code == 404
    query = {"team": lead.team_id, "year": 2026}
    assert other.client.get(STAFFING, query_string=query).status_code == 404
    assert analyst.client.get(STAFFING, query_string=query).status_code == 200
    assert put(analyst, lead.team_id, posts=1, filled=1, version=0).status_code == 403


def test_the_page_enters_one_month_and_says_what_is_wrong(phone):
    lead = phone("ledare")
    path = f"/office/staffing?year={month()[:4]}"
    html = lead.client.get(path).text
    assert_sound(html)
    form = {
        "team": lead.team_id,
        "year": month()[:4],
        "month": month(),
        "version": "0",
        "csrf_token": lead.headers["X-CSRF-Token"],
    }

    def post(**fields):
        return lead.client.post("/office/staffing", data={**form, **fields}, headers=ORIGIN)

    refused = post(posts="2", filled="2,5")
    assert refused.status_code == 422
    assert sentences("sv")["field.more_filled_than_posts"] in refused.text
    assert 'value="2,5"' in refused.text
    assert_sound(refused.text)
    assert post(posts="2,5", filled="2").status_code == 303
    assert 'value="2,5"' in lead.client.get(path).text
    moved = post(posts="9", filled="2")
    assert moved.status_code == 409
    assert sentences("sv")["field.staffing_moved"] in moved.text
    shown = phone("analys").client.get(f"{path}&team={lead.team_id}").text
    assert_sound(shown)
    assert "2,5" in shown
    assert '<button type="submit" aria-label' not in shown


@pytest.mark.parametrize("year", ["0000020269", "000002026" + "1" * 5000, "99999", "0000", "²026"])
def test_a_year_that_is_none_is_this_one(phone, year):
    lead = phone("ledare")
    this_year = lead.client.get("/office/staffing")
    answer = lead.client.get("/office/staffing", query_string={"year": year})
    assert (answer.status_code, answer.text) == (200, this_year.text)
