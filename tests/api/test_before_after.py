"""Before and after a date over HTTP: an analyst's question, whose it is, and what is refused."""

from datetime import timedelta

import pytest

from fieldapp.core.clock import local_date, utc_now
from fieldapp.core.ids import new_id
from fieldapp.demo.register import site_id
from tests.factories.evening import send_visits

PATH = "/api/v1/summaries/before-after"
PLACE, CONTROL, MOVED, BESIDE, MERGED = (site_id(number) for number in (23, 24, 25, 30, 39))


def the_day():
    """A date four weeks ago: the two weeks after it have passed."""
    return local_date(utc_now()) - timedelta(weeks=4)


def query(**more):
    return {"site": PLACE, "on": the_day().isoformat(), "weeks": 2, "control": [CONTROL], "status": "all", **more}


@pytest.fixture
def fourteen_days(phone):
    """Visits of the last evening before the date and the first after; one too early and one too late are not in it."""
    sender, day = phone("falt1"), the_day()
    send_visits(sender, day - timedelta(days=1), (PLACE, 8, 4), (CONTROL, 4, 8), (MOVED, 1, 11), (BESIDE, 2, 8))
    send_visits(sender, day, (PLACE, 2, 10), (CONTROL, 4, 8), (MOVED, 7, 5), (BESIDE, 2, 8))
    for outside in (day - timedelta(days=15), day + timedelta(days=14)):
        send_visits(sender, outside, (PLACE, 9, 0), (CONTROL, 9, 0))


@pytest.mark.usefixtures("fourteen_days")
def test_what_left_the_place_is_found_where_it_moved(sign_in):
    answer = sign_in("analys").get(PATH, query_string=query(displacement=[MOVED], displacement_control=[BESIDE]))
    assert answer.status_code == 200, answer.text
    found, day = answer.json, the_day()
    assert found["before"] == {
        "from": (day - timedelta(days=14)).isoformat(),
        "to": (day - timedelta(days=1)).isoformat(),
    }
    assert found["after"] == {"from": day.isoformat(), "to": (day + timedelta(days=13)).isoformat()}
    noted = {
        area["role"]: [(area[when]["visits"], area[when]["visits_with_topic"]) for when in ("before", "after")]
        for area in found["areas"]
    }
    assert noted == {
        "site": [(12, 8), (12, 2)],
        "control": [(12, 4), (12, 4)],
        "displacement": [(12, 1), (12, 7)],
        "displacement_control": [(10, 2), (10, 2)],
    }
    assert [found[name]["estimate"] for name in ("place", "displacement", "together")] == [-5, 5, 0]
    assert found["place"]["variance"] == 12.5  # 18 visits where it was noted, each by the square of 1.2
    assert found["together"]["variance"] == round(26 / 1.44 + 4, 4)
    assert (found["topic"], found["status"], found["why_not"]) == ("suspected_dealing", "all", None)
    assert found["complete"]["shifts_draft"] == 2
    assert found["areas"][0]["sites"] == [{"id": PLACE, "name": "Demo Tennplanen norra sidan", "district": "farsta"}]


@pytest.mark.usefixtures("fourteen_days")
def test_without_a_difference_the_counts_are_there_all_the_same(sign_in):
    client = sign_in("analys")
    other = client.get(PATH, query_string=query(topic="alcohol")).json
    assert (other["why_not"], other["place"]) == ("too_few_noted", None)
    assert [area["before"]["visits"] for area in other["areas"]] == [12, 12]
    approved = client.get(PATH, query_string=query(status="approved")).json
    assert (approved["why_not"], approved["areas"][0]["before"]["visits"]) == ("too_few_visits", 0)


@pytest.mark.parametrize(
    ("more", "fields"),
    [
        ({"site": None}, {"site"}),
        ({"site": "torget"}, {"site"}),
        ({"site": new_id()}, {"site"}),
        ({"site": MERGED}, {"site"}),
        ({"on": None}, {"on"}),
        ({"on": "i går"}, {"on"}),
        ({"weeks": "0"}, {"weeks"}),
        ({"weeks": "27"}, {"weeks"}),
        ({"weeks": "två"}, {"weeks"}),
        ({"weeks": "5"}, {"on"}),
        ({"control": []}, {"control"}),
        ({"control": [PLACE]}, {"control"}),
        ({"control": [CONTROL, CONTROL]}, {"control"}),
        ({"control": [new_id()]}, {"control"}),
        ({"control": [site_id(number) for number in range(1, 22)]}, {"control"}),
        ({"control": ["torget"]}, {"control.0"}),
        ({"displacement": [CONTROL]}, {"displacement"}),
        ({"displacement": [MERGED]}, {"displacement"}),
        ({"displacement_control": [BESIDE]}, {"displacement_control"}),
        ({"topic": "crime"}, {"topic"}),
        ({"status": "draft"}, {"status"}),
    ],
)
def test_a_question_that_can_not_be_is_refused_by_field_in_words(sign_in, more, fields):
    asked = {name: value for name, value in query(**more).items() if value is not None}
    answer = sign_in("analys").get(PATH, query_string=asked)
    assert answer.status_code == 422, answer.text
    assert set(answer.json["fields"]) == fields
    for sentences in answer.json["fields"].values():
        assert all(sentence.endswith(".") for sentence in sentences), sentences


def test_the_last_of_the_weeks_after_must_have_passed(sign_in):
    today, client = local_date(utc_now()), sign_in("analys")
    over, going_on = today - timedelta(weeks=2), today - timedelta(days=13)
    assert client.get(PATH, query_string=query(on=over.isoformat())).status_code == 200
    assert client.get(PATH, query_string=query(on=going_on.isoformat())).status_code == 422


@pytest.mark.parametrize("who", ["falt1", "ledare", "jourledare", "nattvandring", "direktor", "admin"])
def test_it_is_an_analysts_question(sign_in, who):
    assert sign_in(who).get(PATH, query_string=query()).status_code == 403


def test_an_analyst_of_one_district_is_told_nothing_of_the_citys_places(app, sign_in):
    given = app.test_cli_runner().invoke(
        args=["user", "grant", "direktor@demo.example", "analyst", "--district", "farsta"]
    )
    assert given.exit_code == 0, given.output
    for asked in (query(), query(site=new_id())):
        assert sign_in("direktor").get(PATH, query_string=asked).status_code == 404
