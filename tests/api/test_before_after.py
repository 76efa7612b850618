"""Before and after a date over HTTP and on its page: an analyst's question, whose it is, and what is refused."""

import re
from datetime import timedelta
from html import unescape

import pytest

from fieldapp.core.catalogue import sentences
from fieldapp.core.clock import local_date, utc_now
from fieldapp.core.ids import new_id
from fieldapp.demo.register import site_id
from tests.factories.evening import send_visits
from tests.factories.pages import assert_sound

PATH = "/api/v1/summaries/before-after"
PAGE = "/office/summaries/before-after"
WORDS = sentences("sv")
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
    for words in answer.json["fields"].values():
        assert all(sentence.endswith(".") for sentence in words), words


def test_the_last_of_the_weeks_after_must_have_passed(sign_in):
    today, client = local_date(utc_now()), sign_in("analys")
    over, going_on = today - timedelta(weeks=2), today - timedelta(days=13)
    assert client.get(PATH, query_string=query(on=over.isoformat())).status_code == 200
    assert client.get(PATH, query_string=query(on=going_on.isoformat())).status_code == 422


@pytest.mark.parametrize("who", ["falt1", "ledare", "jourledare", "nattvandring", "direktor", "admin"])
def test_it_is_an_analysts_question(sign_in, who):
    client = sign_in(who)
    assert [client.get(path, query_string=query()).status_code for path in (PATH, PAGE)] == [403, 403]


def test_an_analyst_of_one_district_is_told_nothing_of_the_citys_places(app, sign_in):
    given = app.test_cli_runner().invoke(
        args=["user", "grant", "direktor@demo.example", "analyst", "--district", "farsta"]
    )
    assert given.exit_code == 0, given.output
    client = sign_in("direktor")
    for path in (PATH, PAGE):
        for asked in (query(), query(site=new_id())):
            assert client.get(path, query_string=asked).status_code == 404
    assert PAGE not in client.get("/office/summaries").text


def page(client, asked=None, expected=200):
    answer = client.get(PAGE, query_string=asked)
    assert answer.status_code == expected, answer.text[:500]
    assert_sound(answer.text)
    return answer.text


def said(html, pattern):
    """The words of each part of a page, as they are read."""
    found = re.findall(pattern, html, re.S)
    return [" ".join(re.sub(r"<[^>]+>", " ", unescape(part)).split()) for part in found]


def test_the_page_asks_first_and_each_field_has_its_label(sign_in):
    client = sign_in("analys")
    assert PAGE in client.get("/office/summaries").text
    html = page(client)
    for name in ("site", "on", "weeks", "topic", "status"):
        assert f'<label for="{name}">' in html
    assert html.count("<fieldset") == html.count("<legend") == 3 * html.count("<optgroup") > 0
    assert PLACE in html
    assert MERGED not in html
    assert 'class="fault"' not in html


@pytest.mark.usefixtures("fourteen_days")
def test_the_page_says_the_same_figures_in_words_that_claim_no_cause(sign_in):
    client, asked = sign_in("analys"), query(displacement=[MOVED], displacement_control=[BESIDE])
    found, html = client.get(PATH, query_string=asked).json, page(client, asked)
    place, moved, together = said(html, r'<section class="card figure".*?</section>')
    for words, name in ((place, "place"), (moved, "displacement"), (together, "together")):
        assert words.startswith(WORDS[f"before_after.difference.{name}"])
        assert WORDS[f"before_after.help.{name}"] in words
        figures = [found[name]["estimate"], *found[name]["interval"]]
        assert re.findall(r"[+−]?[0-9]+,[0-9]", words)[:3] == [written(one) for one in figures]
    assert WORDS["before_after.said.fewer"] not in together
    assert WORDS["before_after.said.unclear"] in together
    areas = [area[when] for area in found["areas"] for when in ("before", "after")]
    counts = [str(one[name]) for one in areas for name in ("visits", "visits_with_topic")]
    assert re.findall(r'<td class="number">(\d+)</td>', html) == counts
    for section in re.findall(r"<section.*?</section>", html, re.S):
        assert ("<svg" in section) <= ("<table" in section)
    assert WORDS["summary.not_cause"] in html
    assert not re.search(r"brott|effekt", re.sub(r"<[^>]+>", " ", html), re.I)


def written(value):
    """A difference as the page writes it."""
    sign = "+" if value > 0 else "−" if value < 0 else ""
    return f"{sign}{abs(value):.1f}".replace(".", ",")


def test_what_changed_for_certain_is_said_with_its_direction(phone, sign_in):
    day = the_day()
    send_visits(phone("falt1"), day - timedelta(days=1), (PLACE, 30, 0), (CONTROL, 10, 20))
    send_visits(phone("falt1"), day, (PLACE, 1, 29), (CONTROL, 10, 20))
    client = sign_in("analys")
    assert WORDS["before_after.said.fewer"] in page(client, query())
    assert WORDS["before_after.said.more"] in page(client, query(site=CONTROL, control=[PLACE]))


@pytest.mark.usefixtures("fourteen_days")
def test_the_page_says_why_no_difference_is_given_and_what_lacks_a_control(sign_in):
    client = sign_in("analys")
    assert WORDS["before_after.why_not.too_few_noted"] in page(client, query(topic="alcohol"))
    assert WORDS["before_after.why_not.too_few_visits"] in page(client, query(control=[site_id(1)]))
    html = page(client, query(displacement=[MOVED]))
    assert WORDS["before_after.lacks_control"] in html
    assert WORDS["before_after.lacks_control"] not in page(client, query())


def test_a_question_that_can_not_be_stands_in_the_form_with_what_is_wrong(sign_in):
    bad = query(site="", weeks="99", control=[CONTROL, "torget"], displacement_control=[BESIDE])
    html = page(sign_in("analys"), bad, 422)
    assert said(html, r'<p class="fault".*?</p>') == [
        WORDS["field.required"],
        WORDS["field.out_of_range"],
        WORDS["field.not_an_id"],
    ]
    assert html.count("<details open>") == 1
    assert re.search(f'name="control" value="{CONTROL}" checked', html)
    html = page(sign_in("analys"), query(displacement_control=[BESIDE]), 422)
    assert said(html, r'<p class="fault".*?</p>') == [WORDS["field.only_with_displacement"]]
