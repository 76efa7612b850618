"""Platssamverkan through the API: the published figures, what is said of a year, measures, examples, who may."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from fieldapp.briefings.codes import ACTORS
from fieldapp.core.clock import local_date, utc_now
from fieldapp.core.database import db, write_transaction
from fieldapp.core.ids import new_id
from fieldapp.demo.accounts import seed_accounts
from fieldapp.demo.collaboration import seed_collaboration
from fieldapp.demo.register import site_id
from tests.factories.phone import Phone

FARSTA, ELSEWHERE, NOT_PUBLIC = site_id(23), site_id(30), site_id(2)
TODAY = local_date(utc_now())
YEAR = TODAY.year
ROOT = "/api/v1"
WHOLE = {
    "form": "place_collaboration",
    "actors": [{"actor": "police", "participation": "takes_part"}, {"actor": "school", "participation": "not_needed"}],
    "meeting_frequency": "fewer",
    "fixed_cameras": "part",
    "temporary_cameras": "none",
    "lighting": True,
    "minor_changes": None,
    "vegetation_and_hiding_places": False,
    "place_activation": True,
    "outreach_youth": True,
    "outreach_adults": False,
    "process": [
        {"step": "cause_analysis", "part_of_site": "torget", "done_on": f"{YEAR - 1}-02-01", "next_due_on": None},
        {"step": "cause_analysis", "part_of_site": "parken", "done_on": None, "next_due_on": f"{YEAR - 1}-06-01"},
    ],
}
MEASURE = {"kind": "lighting", "what": "Demo lampor", "owner": "traffic_office", "due_on": f"{YEAR - 1}-09-01"}
EXAMPLE = {"kind": "measure", "title": "Demo ljus", "done": "Demo: lampor byttes", "conditions": ["lighting_out"]}


@pytest.fixture
def published(app):
    """The demo's answers, beside what every test has."""
    with app.app_context():
        with write_transaction():
            people = seed_accounts(db.session(), password_hash="none")
            assert seed_collaboration(db.session(), people, utc_now()) > 24
            assert seed_collaboration(db.session(), people, utc_now()) == 0
        db.session.remove()


def put(phone, site=FARSTA, year=YEAR, **body):
    return phone.client.put(f"{ROOT}/collaboration/{year}/sites/{site}", json=body, headers=phone.headers)


@pytest.mark.parametrize(
    "path", ["measures", "examples", f"collaboration/{YEAR}/summary", "sites", "schools", "shifts"]
)
def test_a_filter_with_a_character_that_no_database_takes_is_refused(phone, path):
    answer = phone("analys").client.get(f"{ROOT}/{path}", query_string={"district": "farsta\x00"})
    assert (answer.status_code, list(answer.json["fields"])) == (422, ["district"])


def send(phone, method, path, body=None, **query):
    return phone.client.open(
        f"{ROOT}/{path}", method=method, json=body, headers=phone.headers, query_string=query
    )  # fmt: skip


def read(client, path, **query):
    return client.get(f"{ROOT}/{path}", query_string=query)


def test_the_published_figures_of_2022_come_out_of_the_demo_exactly(published, sign_in):
    found = read(sign_in("analys"), "collaboration/2022/summary", school_near="yes").json
    assert (found["sites"], found["with_collaboration"], found["actors_mean"]) == (24, 20, 8.0)
    asked = ("police", "traffic_office", "property_owner", "social_services", "school")
    assert [found["actors"][actor] for actor in asked] == [20, 20, 19, 14, 12]
    assert len(found["sites_without_collaboration"]) == 4
    assert sum(found["absent"]["social_services"].values()) == 6
    assert all(found["actors"][one] + sum(found["absent"][one].values()) == 20 for one in ACTORS)
    assert found["mapping_year"] == 2023
    near = {"radius_m": 500, "school_forms": ["GR"], "register_date": "2023-10-15"}
    assert found["basis"] == {"mapping_year": 2023, "uncertain": found["basis"]["uncertain"], **near}
    overview = read(sign_in("analys"), "mappings/2023/summary").json
    assert found["basis"]["uncertain"] == overview["school_near_uncertain"]


def test_a_measure_counts_in_the_years_it_is_under_way_and_changes_no_earlier_one(phone, sign_in):
    lead, near = phone("ledare"), {"district": "farsta", "school_near": "all"}

    def counted(year):
        return read(lead.client, f"collaboration/{year}/summary", **near).json["measures"]["total"]

    before = [counted(year) for year in (2022, YEAR)]
    made = send(lead, "POST", "measures", {**MEASURE, "site_id": FARSTA, "due_on": f"{YEAR + 1}-03-01"}).json
    assert [counted(year) for year in (2022, YEAR, YEAR + 1)] == [before[0], before[1] + 1, before[1] + 1]
    done = {**MEASURE, "status": "done", "effective_on": f"{YEAR - 2}-03-01", "version": 1}
    done["due_on"] = f"{YEAR - 3}-09-01"
    assert send(lead, "PUT", f"measures/{made['id']}", done).status_code == 200
    after = [counted(year) for year in (YEAR - 4, YEAR - 3, YEAR - 2, YEAR - 1)]
    assert after == [before[0], before[0] + 1, before[0] + 1, before[0]]


def test_a_dropped_measure_that_is_spelled_right_later_counts_as_before(phone, sql):
    lead = phone("ledare")

    def counted():
        years = (YEAR - 3, YEAR - 2, YEAR - 1, YEAR)
        found = [read(lead.client, f"collaboration/{year}/summary", district="farsta").json for year in years]
        return [one["measures"]["dropped"] for one in found]

    measure = {**MEASURE, "due_on": f"{YEAR - 3}-09-01", "status": "dropped"}
    made = send(lead, "POST", "measures", {**measure, "site_id": FARSTA}).json
    assert counted() == [1, 1, 1, 1]
    sql(f"UPDATE measures SET dropped_on = '{YEAR - 3}-10-01'")
    assert counted() == [1, 0, 0, 0]
    again = send(lead, "PUT", f"measures/{made['id']}", {**measure, "what": "Demo lampor igen", "version": 1})
    assert (again.status_code, counted()) == (200, [1, 0, 0, 0])
    taken_up = send(lead, "PUT", f"measures/{made['id']}", {**measure, "status": "planned", "version": 2})
    assert (taken_up.status_code, counted()) == (200, [0, 0, 0, 0])
    send(lead, "PUT", f"measures/{made['id']}", {**measure, "version": 3})
    assert counted() == [1, 1, 1, 1]


def test_what_is_approved_is_all_that_a_viewer_counts(published, phone, sign_in):
    viewer = sign_in("direktor")
    seen = read(viewer, "collaboration/2022/summary", school_near="yes").json
    assert (seen["sites"], seen["with_collaboration"]) == (24, 20)
    lead = phone("ledare")
    before = read(lead.client, f"collaboration/2022/sites/{FARSTA}").json
    assert before["is_approved"]
    assert read(viewer, f"collaboration/2022/sites/{FARSTA}").json == before
    changed = put(lead, year=2022, **{**WHOLE, "version": before["version"]})
    assert (changed.status_code, changed.json["is_approved"]) == (200, False)
    hidden = read(viewer, f"collaboration/2022/sites/{FARSTA}").json
    assert (hidden["version"], hidden["form"]) == (0, "unknown")
    approved = send(
        lead, "POST", f"collaboration/2022/sites/{FARSTA}/approval", {"version": changed.json["version"]}
    )  # fmt: skip
    assert approved.json["is_approved"]
    assert read(viewer, f"collaboration/2022/sites/{FARSTA}").json["actors"] == WHOLE["actors"]


def test_a_year_is_said_whole_and_read_back(phone, rows):
    lead = phone("ledare")
    nothing = read(lead.client, f"collaboration/{YEAR}/sites/{FARSTA}").json
    assert (nothing["version"], nothing["form"], nothing["actors"]) == (0, "unknown", [])
    first = put(lead, **WHOLE)
    assert first.status_code == 200, first.json
    assert first.json == {
        **WHOLE, "site_id": FARSTA, "year": YEAR, "version": 1, "is_approved": False, "copied_from": None,
    }  # fmt: skip
    assert put(lead, **WHOLE).json["version"] == 1  # the same again is the same
    assert put(lead, **{**WHOLE, "form": "none", "actors": [], "meeting_frequency": None}).status_code == 409
    assert put(lead, **{**WHOLE, "lighting": False, "version": 1}).json["version"] == 2
    logged = rows("SELECT details FROM audit_log WHERE action = 'collaboration.saved' ORDER BY number")
    assert len(logged) == 2
    assert "torget" not in str(logged)
    found = read(lead.client, f"collaboration/{YEAR}/summary", district="farsta").json
    assert found["process"] == {
        "done": 1, "overdue": 1,
        "sites_done": {"situation_picture": 0, "cause_analysis": 1, "action_plan": 0, "follow_up": 0},
    }  # fmt: skip
    assert found["absent"]["school"] == {"not_needed": 1, "not_analysed": 0, "no_resources": 0, "unknown": 0}
    assert found["absent"]["social_services"]["unknown"] == 1
    assert found["meeting_frequency"]["fewer"] == 1


def test_two_at_once_are_one_and_a_refusal(phone, app):
    leads = [Phone.signed_in(app.test_client(), "ledare") for _ in range(2)]
    with ThreadPoolExecutor(2) as both:
        answers = list(
            both.map(lambda at: put(leads[at], **{**WHOLE, "fixed_cameras": ("all", "none")[at]}), (0, 1))
        )  # fmt: skip
    assert sorted(answer.status_code for answer in answers) == [200, 409]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"form": None}, "form"),
        ({"form": "none", "meeting_frequency": None}, "actors.0.participation"),
        ({"form": "not_warranted", "actors": []}, "meeting_frequency"),
        ({"actors": [WHOLE["actors"][0]] * 2}, "actors.1.actor"),
        ({"actors": [{"actor": "police", "participation": "maybe"}]}, "actors.0.participation"),
        ({"actors": [{"actor": "police", "participation": "takes_part", "who": "Demo"}]}, "actors.0.who"),
        ({"process": [WHOLE["process"][0]] * 2}, "process.1.step"),
        ({"process": [{**WHOLE["process"][0], "done_on": "2199-01-01"}]}, "process.0.done_on"),
        ({"process": [{**WHOLE["process"][0], "next_due_on": f"{YEAR - 1}-02-01"}]}, "process.0.next_due_on"),
        ({"process": [{**WHOLE["process"][0], "part_of_site": "811218-9876"}]}, "process.0.part_of_site"),
        ({"process": [{**WHOLE["process"][0], "part_of_site": "x" * 201}]}, "process.0.part_of_site"),
        ({"process": [WHOLE["process"][0]] * 41}, "process"),
        ({"lighting": "yes"}, "lighting"),
        ({"version": -1}, "version"),
        ({"responsible": "Demo"}, "responsible"),
    ],
)
def test_what_is_wrong_with_a_year_is_said_at_its_field_and_nothing_is_kept(phone, rows, change, field):
    answer = put(phone("ledare"), **{**WHOLE, **change})
    assert (answer.status_code, list(answer.json["fields"])) == (422, [field])
    assert not answer.json["fields"][field][0].islower()  # a sentence, no key
    assert rows("SELECT id FROM collaborations") == []


@pytest.mark.parametrize("year", [1999, 2014, YEAR + 2, 10**12, 10**20])
def test_a_year_that_can_not_be_is_refused(phone, sign_in, year):
    """Also in a number that no database takes, wherever an address has a year."""
    assert put(phone("ledare"), year=year, **WHOLE).status_code == 422
    assert read(sign_in("analys"), f"collaboration/{year}/summary").status_code == 404
    if year > YEAR + 2:
        lead = phone("ledare")
        assert send(lead, "POST", f"collaboration/{year}/sites/{FARSTA}/approval", {"version": 1}).status_code == 404
        for path in ("", "/schools", "/proposal"):
            assert read(lead.client, f"collaboration/{year}/sites/{FARSTA}{path}").status_code == 404


def test_access_is_the_districts(published, phone, sign_in):
    farsta, skarholmen = phone("ledare"), phone("ledare3")
    assert put(skarholmen, **WHOLE).status_code == 404
    assert put(farsta, ELSEWHERE, **WHOLE).status_code == 404
    assert put(phone("analys"), ELSEWHERE, **WHOLE).status_code == 200
    for who, seen in (("falt1", 200), ("falt3", 404), ("jour1", 200), ("analys", 200)):
        assert read(sign_in(who), f"collaboration/2022/sites/{FARSTA}").status_code == seen, who
    of_farsta = read(sign_in("falt1"), "collaboration/2022/summary", school_near="yes").json
    assert 0 < of_farsta["sites"] < 24
    assert {site["district"] for site in of_farsta["sites_without_measure"]} <= {"farsta"}
    assert read(sign_in("falt1"), "collaboration/2022/summary", district="skarholmen").status_code == 404
    assert read(sign_in("direktor"), f"collaboration/2022/sites/{NOT_PUBLIC}").status_code == 404
    named = read(sign_in("direktor"), "collaboration/2022/summary").json["sites_without_measure"]
    assert NOT_PUBLIC not in {site["id"] for site in named}


def test_measures_have_an_owner_a_day_a_status_and_a_follow_up(phone, rows):
    lead, key = phone("ledare"), new_id()
    made = send(lead, "POST", "measures", {**MEASURE, "site_id": FARSTA, "id": key})
    assert made.status_code == 201, made.json
    assert (made.json["id"], made.json["is_overdue"], made.json["baseline"]) == (key, True, None)
    assert send(lead, "POST", "measures", {**MEASURE, "site_id": FARSTA, "id": key}).json["version"] == 1
    assert len(rows("SELECT id FROM measures")) == 1
    on = (TODAY - timedelta(weeks=6)).isoformat()
    done = {
        **MEASURE, "status": "done", "effective_on": on, "compare_weeks": 4, "version": 1,
        "followed_up_on": TODAY.isoformat(), "follow_up": "Demo: det lyser",
    }  # fmt: skip
    assert send(lead, "PUT", f"measures/{key}", {**done, "version": 7}).status_code == 409
    found = send(lead, "PUT", f"measures/{key}", done).json
    assert (found["version"], found["is_overdue"], found["follow_up"]) == (2, False, "Demo: det lyser")
    day = TODAY - timedelta(weeks=6)
    assert found["baseline"] == {
        "from": (day - timedelta(weeks=4)).isoformat(), "to": (day - timedelta(days=1)).isoformat(),
    }  # fmt: skip
    assert found["after"] == {"from": on, "to": (day + timedelta(days=27)).isoformat()}
    listed = read(lead.client, "measures", site=FARSTA, status="done", overdue="no").json["items"]
    assert [one["id"] for one in listed] == [key]
    assert read(lead.client, "measures", overdue="yes").json["items"] == []
    assert send(lead, "POST", f"measures/{key}/approval", {"version": 2}).json["is_approved"]
    assert send(lead, "DELETE", f"measures/{key}", version=1).status_code == 409
    assert send(lead, "DELETE", f"measures/{key}", version=2).status_code == 204
    assert read(lead.client, f"measures/{key}").status_code == 404
    actions = [
        row["action"] for row in rows("SELECT action FROM audit_log WHERE subject = :key ORDER BY number", key=key)
    ]
    assert actions == ["measure.added", "measure.changed", "measure.approved", "measure.removed"]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"what": " "}, "what"),
        ({"owner": "Demo Demosson"}, "owner"),
        ({"owner_function": "811218-9876"}, "owner_function"),
        ({"due_on": "2199-01-01"}, "due_on"),
        ({"status": "done"}, "effective_on"),
        ({"status": "done", "effective_on": "2030-01-01"}, "effective_on"),
        ({"effective_on": f"{YEAR - 1}-03-01", "followed_up_on": f"{YEAR - 1}-02-01"}, "followed_up_on"),
        ({"followed_up_on": "2199-01-01"}, "followed_up_on"),
        ({"compare_weeks": 27}, "compare_weeks"),
        ({"follow_up": "x" * 2001}, "follow_up"),
        ({"site_id": new_id()}, "site_id"),
        ({"site_id": site_id(39)}, "site_id"),
    ],
)
def test_what_is_wrong_with_a_measure_is_said_at_its_field(phone, rows, change, field):
    answer = send(phone("analys"), "POST", "measures", {**MEASURE, "site_id": FARSTA, **change})
    assert (answer.status_code, list(answer.json["fields"])) == (422, [field])
    assert rows("SELECT id FROM measures") == []


def test_measures_and_examples_are_read_as_access_says(phone, sign_in):
    lead = phone("ledare")
    measure = send(lead, "POST", "measures", {**MEASURE, "site_id": FARSTA}).json["id"]
    example = send(lead, "POST", "examples", {**EXAMPLE, "site_id": FARSTA, "measure_id": measure}).json["id"]
    for who, of_measure, of_example in (
        ("falt1", 200, 200), ("falt3", 404, 200), ("jour1", 200, 200), ("analys", 200, 200), ("direktor", 404, 404),
    ):  # fmt: skip
        client = sign_in(who)
        assert read(client, f"measures/{measure}").status_code == of_measure, who
        assert read(client, f"examples/{example}").status_code == of_example, who
    other = phone("ledare3")
    changed = {**EXAMPLE, "title": "Demo annat", "version": 1}
    assert send(other, "PUT", f"measures/{measure}", {**MEASURE, "what": "x", "version": 1}).status_code == 404
    assert send(other, "PUT", f"examples/{example}", changed).status_code == 403
    assert send(lead, "POST", f"examples/{example}/approval", {"version": 1}).json["is_approved"]
    assert read(sign_in("direktor"), f"examples/{example}").json["site_name"].startswith("Demo")
    assert send(lead, "PUT", f"examples/{example}", {**changed, "measure_id": measure}).json["version"] == 2
    assert read(sign_in("direktor"), f"examples/{example}").status_code == 404


def test_examples_are_found_by_words_kind_and_condition_everywhere(phone, sign_in):
    lead, other = phone("ledare"), phone("ledare3")
    send(lead, "POST", "examples", {**EXAMPLE, "site_id": FARSTA, "seen": "Demo: ÅTERVÄNDE inte"})
    way = {**EXAMPLE, "kind": "way_of_working", "title": "Demo rond", "conditions": ["litter"]}
    send(other, "POST", "examples", {**way, "site_id": ELSEWHERE})
    client = sign_in("falt1")

    def titles(**query):
        return [one["title"] for one in read(client, "examples", **query).json["items"]]

    assert titles() == ["Demo rond", "Demo ljus"]
    assert titles(q="återvände LJUS") == ["Demo ljus"]
    assert titles(q="återvände rond") == []
    assert titles(kind="way_of_working") == titles(condition="litter") == titles(district="skarholmen") == ["Demo rond"]
    page = read(client, "examples", limit=1).json
    assert [one["title"] for one in read(client, "examples", after=page["next"]).json["items"]] == ["Demo ljus"]
    assert send(lead, "POST", "examples", {**EXAMPLE, "site_id": ELSEWHERE}).status_code == 422
    measure = send(other, "POST", "measures", {**MEASURE, "site_id": ELSEWHERE}).json["id"]
    assert send(lead, "POST", "examples", {**EXAMPLE, "site_id": FARSTA, "measure_id": measure}).status_code == 422
