"""Summaries over HTTP: an evening end to end, who gets how much, and what is refused."""

from datetime import datetime, time, timedelta

import pytest

from fieldapp.core.catalogue import sentences
from fieldapp.core.clock import STOCKHOLM, local_date, utc_now
from fieldapp.core.ids import new_id
from fieldapp.demo.register import site_id
from fieldapp.summaries.disclosure import PERSON_TOPICS
from tests.factories.evening import (
    IN_SKARHOLMEN,
    LISTED_NEAR,
    last_month,
    month_query,
    send_evening,
    send_visits,
    the_tenth,
)
from tests.factories.phone import now_iso

HIDDEN = {"suppressed": True}
FARSTA = "/api/v1/summaries/districts/farsta"
CITY = "/api/v1/summaries/city"
SUMMARY_KEYS = {
    "district", "from", "to", "disclosure", "basis", "complete", "effort", "visits", "coverage", "people", "topics",
    "conditions", "referrals", "movements", "walks", "sites", "by_week", "by_weekday_hour", "compare",
}  # fmt: skip

COUNTED = ("effort", "visits", "coverage", "people", "topics", "referrals", "movements", "sites", "by_week")


def get(client, path=FARSTA, **query):
    answer = client.get(path, query_string=month_query(**query))
    assert answer.status_code == 200, answer.text
    return answer.json


def cell(rows, band, gender):
    [value] = [row["value"] for row in rows if (row["age_band"], row["gender"]) == (band, gender)]
    return value


def noted(rows):
    return {row["code"]: row["visits"] for row in rows if row["visits"] != 0}


def numbers(value):
    """Yield every number in an answer."""
    if isinstance(value, dict):
        for inner in value.values():
            yield from numbers(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from numbers(inner)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield value


@pytest.fixture
def evening(phone):
    """The evening, sent by two field workers of Farsta."""
    return send_evening(phone("falt1"), [phone("falt2").user_id])


@pytest.fixture
def approved_evening(evening, phone):
    """The evening, approved by a leader who took no part."""
    decided(phone("ledare2"), evening.shift, "approve")
    return evening


@pytest.mark.usefixtures("approved_evening")
def test_an_evening_becomes_the_districts_figures(sign_in):
    answer = get(sign_in("ledare"))
    assert set(answer) >= SUMMARY_KEYS
    assert answer["disclosure"] == "full"
    assert answer["basis"] == {
        "mapping_year": 2024,
        "radius_m": 500,
        "school_forms": ["GR"],
        "register_date": "2023-10-15",
    }
    effort = answer["effort"]
    assert (effort["shifts"], effort["person_hours"], effort["outdoor_share"]) == (1, 8, 0.75)
    assert effort["arena_minutes"]["outdoor"] == 144
    assert (effort["joint_visits"], effort["joint_person_hours"], effort["mumin"]) == (1, 2, 2)
    assert effort["incidents"] == {"threat": 1, "violence": 0, "near_miss": 0}
    assert answer["visits"] == {"total": 2, "observed": 1, "nothing_noted": 1, "not_visited": {"time": 1}}
    assert noted(answer["topics"]) == {"suspected_dealing": 1, "weapon": 1}
    assert noted(answer["conditions"]) == {"lighting_out": 1}
    assert cell(answer["people"]["present"], "16-17", "male") == 7
    assert answer["people"]["totals"] == {"present": 9, "contacts": 5}
    at = {row["kind"]: row["female"] + row["male"] + row["unknown"] for row in answer["people"]["by_kind_of_place"]}
    assert at == {"site": 9, "school": 0, "emerging": 0, "neighbourhood": 0, "none": 0}
    assert answer["movements"] == [{"from": site_id(30), "to": LISTED_NEAR, "observations": 1}]
    [row] = [row for row in answer["sites"] if row["visits"]]
    assert (row["site"]["id"], row["share_with_topic"], row["interval"]) == (LISTED_NEAR, 1.0, [0.025, 1.0])
    assert (row["visits_with_topic"], row["observations_per_visit"]) == (1, 1.0)
    assert row["observations_interval"] == [0.0253, 5.5716]
    assert answer["coverage"]["visited_sites"] == 1
    assert answer["coverage"]["listed_sites"] == 4
    assert sum(week["visits"] for week in answer["by_week"]) == 2


def test_a_place_not_visited_is_counted_where_it_is_also_while_its_pass_is_open_again(phone, sign_in):
    falt1 = phone("falt1")
    shift = falt1.shift(started_at=the_tenth(18), ended_at=the_tenth(23))
    missed = {"outcome": "not_visited", "not_visited_reason": "safety", "arrived_at": the_tenth(20)}
    falt1.apply(shift, falt1.visit(shift["record_id"], site_id=IN_SKARHOLMEN, **missed))
    falt1.apply(falt1.mutation("shifts", "update", shift["record_id"], base=1, status="submitted"))
    there = "/api/v1/summaries/districts/skarholmen"

    def reasons(**query):
        return [get(sign_in("analys"), path, **query)["visits"]["not_visited"] for path in (FARSTA, there, CITY)]

    assert (reasons(status="approved"), reasons(status="all")) == ([{}, {}, {}], [{}, {"safety": 1}, {"safety": 1}])
    decided(phone("ledare2"), shift["record_id"], "approve")
    assert reasons() == reasons(status="all") == [{}, {"safety": 1}, {"safety": 1}]
    decided(phone("ledare2"), shift["record_id"], "reopen", comment="Se över platserna.")
    assert reasons() == [{}, {"safety": 1}, {"safety": 1}]
    effort = get(sign_in("analys"), there)["effort"]
    assert (effort["shifts"], effort["person_hours"]) == (0, 0)


@pytest.mark.usefixtures("approved_evening")
def test_the_city_counts_every_hour_once(sign_in):
    analyst = sign_in("analys")
    districts = {
        code: get(analyst, f"/api/v1/summaries/districts/{code}")["effort"]["person_hours"]
        for code in ("farsta", "skarholmen", "bromma")
    }
    assert districts == {"farsta": 8, "skarholmen": 2, "bromma": 0}
    city = get(analyst, CITY)
    assert (city["district"], city["effort"]["person_hours"], city["effort"]["shifts"]) == (None, 10, 1)
    assert city["visits"]["total"] == 3


@pytest.mark.usefixtures("approved_evening")
@pytest.mark.parametrize("who", ["direktor", "falt1", "jour1"])
def test_small_counts_of_persons_do_not_leave_the_team(sign_in, who):
    answer = get(sign_in(who))
    people = answer["people"]
    assert answer["disclosure"] == "protected"
    assert cell(people["present"], "16-17", "male") == 7
    assert cell(people["contacts"], "16-17", "male") == HIDDEN
    assert cell(people["present"], "13-15", "female") == HIDDEN
    assert cell(people["present"], "18-20", "female") == 0
    # One small count is the only one of those present; 4 and 1 of those talked to could be 3 and 2.
    assert people["totals"] == {"present": HIDDEN, "contacts": 5}
    assert [row["present"] for row in people["by_gender"]] == [HIDDEN, 7, 0]
    assert people["female_share"] == HIDDEN
    assert noted(answer["topics"])["weapon"] == HIDDEN
    assert noted(answer["topics"])["suspected_dealing"] == 1
    assert {row["to"]: row["value"] for row in answer["referrals"]}["school"] == HIDDEN
    assert (answer["effort"]["mumin"], answer["effort"]["incidents"]["threat"]) == (HIDDEN, HIDDEN)
    assert get(sign_in("direktor"), CITY)["people"]["totals"]["present"] == HIDDEN


@pytest.mark.usefixtures("approved_evening")
def test_a_special_day_is_compared_with_the_same_one_a_year_before(sign_in, sql):
    ten = last_month().first + timedelta(days=9)
    ago = ten.replace(year=ten.year - 1) - timedelta(days=3)
    day_of = {"from": ten.isoformat(), "to": ten.isoformat(), "compare": "special_day"}
    client = sign_in("ledare")

    def refused():
        return client.get(FARSTA, query_string=day_of).json["fields"]

    assert refused() == {"compare": [sentences("sv")["field.no_special_day"]]}
    put = "INSERT INTO special_days (id, date, code, name) VALUES (:id, :day, 'lov', 'Demolov')"
    sql(put, id=new_id(), day=ten)
    assert refused() == {"compare": [sentences("sv")["field.no_earlier_special_day"]]}
    sql(put, id=new_id(), day=ago)
    answer = get(client, **day_of)
    assert answer["visits"]["total"] == 2
    assert (answer["compare"]["from"], answer["compare"]["to"]) == (ago.isoformat(), ago.isoformat())


@pytest.mark.usefixtures("approved_evening")
@pytest.mark.parametrize("more", [{}, {"compare": "previous"}, {"compare": "year_ago"}])
@pytest.mark.parametrize("who", ["direktor", "falt1"])
def test_outside_the_team_nobody_sees_a_small_cell_in_any_period(sign_in, who, more):
    reader = sign_in(who)
    whole = month_query()
    day = whole["from"][:8] + "10"
    for period in (
        whole,
        {"from": day, "to": day},
        {"from": whole["from"], "to": day},
        *([] if who == "direktor" else [{**whole, "status": "all"}]),  # of viewers it is refused
    ):
        for path in (FARSTA, CITY):
            answer = reader.get(path, query_string={**period, **more}).json
            for part in filter(None, (answer, answer["compare"])):
                counted = [part["people"][key] for key in ("present", "contacts", "totals", "by_gender")]
                counted += [part["referrals"], part["effort"]["mumin"], part["effort"]["incidents"]]
                assert not {1, 2, 3, 4} & set(numbers(counted))
                if period is not whole:
                    assert not set(numbers(counted)) or part is answer["compare"]


@pytest.mark.usefixtures("approved_evening")
def test_a_period_that_is_no_closed_month_shows_no_person_outside_the_team(sign_in):
    day = month_query()["from"][:8] + "10"
    answer = get(sign_in("direktor"), **{"from": day, "to": day})
    assert {str(row["value"]) for row in answer["people"]["present"]} == {str(HIDDEN)}
    assert (answer["visits"]["total"], answer["effort"]["person_hours"]) == (2, 8)
    assert get(sign_in("ledare"), **{"from": day, "to": day})["people"]["totals"]["present"] == 9


def test_places_a_viewer_may_not_know_stand_nowhere(sign_in):
    secret = site_id(2)
    path = "/api/v1/summaries/districts/jarva"
    assert secret in str(get(sign_in("analys"), path))
    assert secret not in str(get(sign_in("direktor"), path))


@pytest.mark.parametrize(
    ("who", "path", "status"),
    [
        ("ledare", "districts/skarholmen", 404),
        ("falt1", "districts/skarholmen", 404),
        ("falt3", "districts/farsta", 404),
        ("nattvandring", "districts/skarholmen", 404),
        ("nattvandring", "city", 403),
        ("admin", "districts/farsta", 403),
        ("admin", "city", 403),
        ("analys", "districts/atlantis", 404),
        ("ledare", "city", 200),
        ("jourledare", "districts/bromma", 200),
        ("jour1", "districts/bromma", 200),
        ("direktor", "districts/bromma", 200),
    ],
)
def test_other_districts_are_not_everyones_to_know(sign_in, who, path, status):
    assert sign_in(who).get(f"/api/v1/summaries/{path}", query_string=month_query()).status_code == status


@pytest.mark.parametrize(
    ("who", "path", "disclosure"),
    [
        ("ledare", FARSTA, "full"),
        ("ledare", CITY, "protected"),
        ("jourledare", CITY, "full"),
        ("analys", CITY, "full"),
        ("direktor", CITY, "protected"),
        ("falt1", CITY, "protected"),
    ],
)
def test_each_role_gets_its_disclosure(sign_in, who, path, disclosure):
    assert get(sign_in(who), path)["disclosure"] == disclosure


def test_a_walk_coordinator_gets_the_part_about_walks_alone(sign_in):
    answer = get(sign_in("nattvandring"))
    assert set(answer) == {"district", "from", "to", "status", "disclosure", "basis", "complete", "walks", "frozen"}
    assert answer["walks"] == {"planned": 0, "done": 0, "walkers": 0}


def test_walks_are_counted_by_the_local_date_they_begin_and_hidden_from_nobody(phone, sign_in):
    coordinator, everywhere = phone("nattvandring"), phone("jourledare")
    ours, theirs = coordinator.walk_group(), everywhere.walk_group(district="bromma")
    coordinator.apply(ours)
    everywhere.apply(theirs)
    today = local_date(utc_now())
    first = datetime.combine(today - timedelta(days=30), time(0, 30), STOCKHOLM)  # the day before, in UTC

    def walk(person, group, start, **fields):
        end = start + timedelta(hours=2)
        times = {"planned_start": start.isoformat(), "planned_end": end.isoformat()}
        person.apply(person.walk(group["record_id"], **{**times, **fields}))

    walk(coordinator, ours, first, status="done", actual_walkers=1)
    walk(coordinator, ours, first + timedelta(days=1), status="done", actual_walkers=3)
    walk(coordinator, ours, first + timedelta(days=2), status="done")
    walk(coordinator, ours, first + timedelta(days=2), status="planned", planned_walkers=7)
    walk(coordinator, ours, first + timedelta(days=2), status="cancelled", actual_walkers=9)
    walk(coordinator, ours, first - timedelta(hours=1), status="done", actual_walkers=20)  # the day before the period
    walk(everywhere, theirs, first, district="bromma", status="done", actual_walkers=40)
    period = {"from": first.date().isoformat(), "to": today.isoformat()}
    wanted = {"planned": 4, "done": 3, "walkers": 4}
    for who in ("nattvandring", "direktor", "ledare", "falt1"):
        assert get(sign_in(who), **period)["walks"] == wanted
    whole = get(sign_in("analys"), CITY, **period, compare="previous")
    assert whole["walks"] == {"planned": 5, "done": 4, "walkers": 44}
    assert whole["compare"]["walks"] == {"planned": 1, "done": 1, "walkers": 20}
    before = get(sign_in("analys"), CITY, **period)
    assert (before["effort"]["shifts"], before["visits"]["total"], before["people"]["totals"]["present"]) == (0, 0, 0)


def test_nothing_without_signing_in(client):
    for path in (FARSTA, CITY):
        assert client.get(path, query_string=month_query()).status_code == 401


@pytest.mark.parametrize(
    ("query", "fields"),
    [
        ({}, {"from", "to"}),
        ({"from": "2026-10-01"}, {"to"}),
        ({"from": "2026-10-02", "to": "2026-10-01"}, {"to"}),
        ({"from": "2020-01-01", "to": "2026-10-01"}, {"to"}),
        ({"from": "0001-01-01", "to": "0001-01-02"}, {"from", "to"}),
        ({"from": "yesterday", "to": "2026-10-01"}, {"from"}),
        ({"from": "2026-10-01", "to": "2026-10-31", "status": "draft"}, {"status"}),
        ({"from": "2026-10-01", "to": "2026-10-31", "compare": "never"}, {"compare"}),
        ({"from": "2026-10-01", "to": "2026-10-31", "mapping_year": "1999"}, {"mapping_year"}),
        ({"from": "2026-10-01", "to": "2026-10-31", "mapping_year": "10000000000"}, {"mapping_year"}),
    ],
)
def test_a_period_that_can_not_be_is_refused_by_field(sign_in, query, fields):
    answer = sign_in("analys").get(FARSTA, query_string=query)
    assert answer.status_code == 422
    assert set(answer.json["fields"]) == fields


def test_only_approved_shifts_count_unless_all_are_asked_for(phone, sign_in, evening):
    def counted(**query):
        answer = get(sign_in("ledare"), **query)
        figures = (answer["effort"]["shifts"], answer["visits"]["total"], answer["people"]["totals"]["present"])
        return answer["status"], figures, answer["complete"]["shifts_approved"], answer["complete"]["shifts_submitted"]

    assert counted() == ("approved", (0, 0, 0), 0, 1)
    assert counted(status="approved") == counted()
    assert counted(status="all") == ("all", (1, 2, 9), 0, 1)
    decided(phone("ledare2"), evening.shift, "approve")
    assert counted() == ("approved", (1, 2, 9), 1, 0)
    assert counted(status="all") == ("all", (1, 2, 9), 1, 0)


@pytest.mark.parametrize("path", ["districts/farsta", "city", "teams/{team}"])
def test_every_summary_asks_for_the_approved_by_default(phone, sign_in, path):
    sender = phone("falt1")
    evening = send_evening(sender)
    address = f"/api/v1/summaries/{path.format(team=sender.team_id)}"
    answers = [get(sign_in("analys"), address, **query) for query in ({}, {"status": "approved"}, {"status": "all"})]
    assert [(answer["status"], answer["effort"]["shifts"]) for answer in answers] == [
        ("approved", 0), ("approved", 0), ("all", 1),
    ]  # fmt: skip
    decided(phone("ledare2"), evening.shift, "approve")
    assert get(sign_in("analys"), address)["effort"]["shifts"] == 1


def persons(answer):
    """Return all that an answer says of persons."""
    people = [answer["people"][key] for key in ("present", "contacts", "totals", "by_gender")]
    topics = [row for row in answer["topics"] if row["code"] in PERSON_TOPICS]
    return [people, topics, answer["referrals"], answer["effort"]["mumin"], answer["effort"]["incidents"]]


@pytest.mark.usefixtures("approved_evening")
@pytest.mark.parametrize("path", [FARSTA, CITY, f"{FARSTA}.csv", f"{FARSTA}.xlsx", f"{FARSTA}/situation-picture.csv"])
def test_a_viewer_reads_approved_shifts_alone(sign_in, path):
    for who, refused in (("direktor", True), ("falt1", False)):
        query = month_query(status="all") | {"week": "2026-W40"}
        answer = sign_in(who).get(path, query_string=query, buffered=True)
        said = {"status": [sentences("sv")["field.approved_for_viewers"]]}
        assert (
            (answer.status_code, answer.json["fields"]) == (422, said) if refused else answer.status_code in (200, 202)
        )


@pytest.mark.usefixtures("approved_evening")
@pytest.mark.parametrize("path", [FARSTA, CITY])
@pytest.mark.parametrize("who", ["falt1"])
def test_counts_of_persons_leave_the_team_of_approved_shifts_alone(sign_in, who, path):
    """The only shift is approved, so both statuses hold the same; what differs between them would be a small group."""
    reader = sign_in(who)
    default, everything = get(reader, path), get(reader, path, status="all")
    assert cell(default["people"]["present"], "16-17", "male") == 7
    assert {*numbers(persons(default))} == {0, 5, 7}
    assert [*numbers(persons(everything))] == []
    assert everything["people"]["female_share"] == HIDDEN
    assert everything["visits"] == default["visits"]
    assert {*numbers(persons(get(sign_in("analys"), path, status="all")))} >= {0, 2, 7, 9}


def test_what_waits_beside_an_approved_shift_is_in_no_protected_figure(phone, sign_in, approved_evening):
    sender, viewer = phone("falt1"), sign_in("direktor")
    before = get(viewer)
    send_evening(sender)
    after = get(viewer)
    assert {part: after[part] for part in COUNTED} == {part: before[part] for part in COUNTED}
    complete = {**before["complete"], "shifts_submitted": 1}
    assert after["complete"] == complete


@pytest.mark.usefixtures("approved_evening")
def test_a_comparison_has_the_same_shape(sign_in):
    answer = get(sign_in("ledare"), compare="previous")
    figures = set(answer) - {"district", "status", "disclosure", "basis", "compare"}
    assert set(answer["compare"]) == figures
    assert answer["compare"]["visits"]["total"] == 0
    assert (answer["complete"]["shifts_approved"], answer["compare"]["complete"]["shifts_approved"]) == (1, 0)


def test_a_comparison_says_what_its_own_period_lacks(phone, sign_in):
    send_evening(phone("falt1"))
    day_after = the_tenth(24)[:10]
    found = get(sign_in("ledare"), **{"from": day_after, "to": day_after}, compare="previous")
    assert set(found["compare"]["complete"]) == set(found["complete"])
    assert (found["complete"]["shifts_submitted"], found["compare"]["complete"]["shifts_submitted"]) == (0, 1)


def prompts(answer):
    """`look_closer` of the sites that have one, by number; None where they were not tried."""
    numbers_of = {site_id(number): number for number in range(1, 40)}
    return {numbers_of[row["site"]["id"]]: row["look_closer"] for row in answer["sites"] if "look_closer" in row}


def test_only_analysts_are_told_to_look_closer_and_only_where_there_were_eight_visits_before(phone, sign_in):
    now, then = last_month(), last_month().previous()
    send_visits(phone("falt1"), then.first, (site_id(23), 0, 12), (site_id(24), 2, 10), (site_id(25), 0, 7))
    send_visits(phone("falt1"), now.first, (site_id(23), 10, 2), (site_id(24), 3, 9), (site_id(25), 12, 0))
    for path in (FARSTA, CITY):
        found = prompts(get(sign_in("analys"), path, compare="previous", status="all"))
        assert {number: found[number] for number in (23, 24, 25)} == {23: True, 24: False, 25: None}
        assert not any(found[number] for number in found if number not in (23, 24, 25))
        assert prompts(get(sign_in("analys"), path)) == {}  # nothing is compared
    for who in ("ledare", "falt1", "direktor"):
        assert prompts(get(sign_in(who), compare="previous")) == {}
    answer = get(sign_in("analys"), compare="previous", status="all")
    assert prompts(answer["compare"]) == {}


def test_S10_an_open_conflict_and_what_was_not_received_are_said_and_counted_once(phone, sign_in):
    first = phone("falt1")
    evening = send_evening(first)
    other = phone("falt1")
    first.apply(first.mutation("observations", "update", evening.observation, base=1, topics=["alcohol"]))
    [receipt] = other.push(other.mutation("observations", "update", evening.observation, base=1, topics=["vandalism"]))
    assert receipt["status"] == "conflict"
    refused = first.visit(evening.shift, site_id=site_id(4711))
    assert first.push(refused)[0]["status"] == "rejected"
    answer = get(sign_in("ledare"), status="all")
    assert (answer["complete"]["conflicts_open"], answer["complete"]["rejections_open"]) == (1, 1)
    assert noted(answer["topics"]) == {"alcohol": 1}
    assert answer["visits"]["total"] == 2
    elsewhere = get(sign_in("analys"), "/api/v1/summaries/districts/bromma")["complete"]
    assert (elsewhere["conflicts_open"], elsewhere["rejections_open"]) == (0, 0)


def test_a_refused_shift_is_counted_by_its_own_date_and_district(phone, sign_in):
    sender = phone("falt1")
    period = month_query()
    started = period["from"] + "T18:00:00+01:00"
    assert sender.push(sender.shift(started_at=started, status="approved"))[0]["status"] == "rejected"
    assert sender.push(sender.shift(started_at=now_iso(), status="approved"))[0]["status"] == "rejected"
    assert get(sign_in("ledare"))["complete"]["rejections_open"] == 1
    assert get(sign_in("analys"), CITY)["complete"]["rejections_open"] == 1
    assert get(sign_in("analys"), "/api/v1/summaries/districts/bromma")["complete"]["rejections_open"] == 0


def decided(lead, shift, decision, **more):
    """Decide on a pass as it stands; return its version since."""
    seen = lead.client.get(f"/api/v1/shifts/{shift}").get_json()
    body = {"decision": decision, "content_version": seen["content_version"], **more}
    answer = lead.client.post(f"/api/v1/shifts/{shift}/reviews", json=body, headers=lead.headers)
    assert answer.status_code == 200, answer.get_json()
    return seen["version"] + 1


def test_a_shift_that_is_open_again_counts_as_it_was_approved_until_it_is_once_more(phone, sign_in):
    sender, lead = phone("falt1"), phone("ledare2")
    evening = send_evening(sender)

    def decide(decision, **more):
        return decided(lead, evening.shift, decision, **more)

    def figures():
        found = {status: get(sign_in("ledare"), status=status) for status in ("approved", "all")}
        assert get(sign_in("ledare")) == found["approved"]
        return {status: (one["visits"]["total"], noted(one["topics"])) for status, one in found.items()}

    def open_again():
        complete = get(sign_in("ledare"))["complete"]
        return complete["shifts_approved"], complete["shifts_returned"], complete["shifts_open_again"]

    assert figures()["approved"] == (0, {})
    decide("approve")
    before = figures()["all"]
    assert figures() == {"approved": before, "all": before}
    assert open_again() == (1, 0, 0)
    version = decide("reopen", comment="Se över ämnena.")
    edit = sender.mutation("observations", "update", evening.observation, base=1, topics=["vandalism"])
    sender.apply(edit, sender.visit(evening.shift, arrived_at=the_tenth(21, 45)))
    now = figures()
    assert now["approved"] == before
    assert now["all"] != before
    assert get(sign_in("ledare"), status="approved")["effort"]["shifts"] == 1
    assert open_again() == (0, 1, 1)
    sender.apply(sender.mutation("shifts", "update", evening.shift, version, status="submitted"))
    assert figures()["approved"] == before
    decide("approve")
    assert figures() == {"approved": now["all"], "all": now["all"]}
    assert open_again() == (1, 0, 0)


@pytest.mark.parametrize("days", [3, 40])
def test_a_shift_that_is_open_again_counts_on_the_day_it_was_approved_for_wherever_it_is_moved(phone, sign_in, days):
    sender, lead = phone("falt1"), phone("ledare2")
    evening = send_evening(sender)
    decided(lead, evening.shift, "approve")
    before = get(sign_in("ledare"), status="approved")
    assert before["effort"]["shifts"] == 1
    version = decided(lead, evening.shift, "reopen", comment="Fel dag.")
    began, ended = (datetime.fromisoformat(the_tenth(hour)) - timedelta(days=days) for hour in (18, 23))
    moved = {"started_at": began.isoformat(), "ended_at": ended.isoformat()}
    sender.apply(sender.mutation("shifts", "update", evening.shift, version, **moved))
    after = get(sign_in("ledare"), status="approved")
    assert {part: after[part] for part in COUNTED} == {part: before[part] for part in COUNTED}
    assert after["complete"]["shifts_open_again"] == after["effort"]["shifts"] == 1


def test_briefings_and_last_visits_of_a_shift_that_is_open_again_count_as_it_was_approved(phone, sign_in):
    sender, lead = phone("falt1"), phone("ledare2")
    briefing = sender.briefing(held_at=the_tenth(17), valid_from=the_tenth(17), valid_until=the_tenth(23))
    sender.apply(briefing)
    evening = send_evening(sender)
    version = decided(lead, evening.shift, "approve")
    version = decided(lead, evening.shift, "reopen", comment="Fel genomgång.")
    named = sender.mutation("shifts", "update", evening.shift, version, briefing_id=briefing["record_id"])
    sender.apply(named, sender.mutation("shifts", "update", evening.shift, version + 1, status="submitted"))
    decided(lead, evening.shift, "approve")
    team, after = f"/api/v1/summaries/teams/{sender.team_id}", month_after()

    def figures():
        own = get(sign_in("falt1"), team, status="approved")["effort"]["joint_briefings"]
        answer = sign_in("ledare").get(FARSTA, query_string={**after, "status": "approved"})
        return own, {item["site"]["id"]: item["last_visit"] for item in answer.json["sites"]}[LISTED_NEAR]

    before = figures()
    assert before == (1, the_tenth(18)[:10])
    version = decided(lead, evening.shift, "reopen", comment="Ändå inte.")
    sender.apply(sender.mutation("shifts", "update", evening.shift, version, briefing_id=None))
    assert figures() == before


def month_after():
    """The query of this month so far: the evening was in the one before."""
    today = local_date(utc_now())
    return {"from": today.replace(day=1).isoformat(), "to": today.isoformat()}


@pytest.mark.parametrize("table", ["summary_facts", "approved_versions"])  # from facts, and before they are built
def test_a_shift_that_is_opened_while_figures_are_read_is_counted_once(phone, sign_in, meanwhile, sql, table):
    sender, lead, reader = phone("falt1"), phone("ledare2"), sign_in("ledare")
    evening = send_evening(sender)
    decided(lead, evening.shift, "approve")
    before = get(reader, status="approved")
    sql("UPDATE summary_state SET is_built = :built", built=table == "summary_facts")
    with meanwhile(table, lambda: decided(lead, evening.shift, "reopen", comment="Minuterna.")):
        found = get(reader, status="approved")
    assert {part: found[part] for part in COUNTED} == {part: before[part] for part in COUNTED}
    assert found["complete"] == before["complete"]


def test_what_waits_and_what_counts_are_of_one_moment(phone, sign_in, meanwhile):
    evening = send_evening(phone("falt1"))
    lead, reader = phone("ledare2"), sign_in("ledare")
    with meanwhile("shifts", lambda: decided(lead, evening.shift, "approve")):
        found = get(reader)
    assert (found["complete"]["shifts_submitted"], found["effort"]["shifts"]) == (1, 0)
    assert get(reader)["effort"]["shifts"] == 1


def test_a_deleted_observation_is_in_nobodys_figures(phone, sign_in):
    sender = phone("falt1")
    evening = send_evening(sender)
    sender.apply(sender.mutation("observations", "delete", evening.observation, base=1))
    answer = get(sign_in("ledare"), status="all")
    assert answer["effort"]["shifts"] == 1
    assert answer["people"]["totals"]["present"] == 0
    assert noted(answer["topics"]) == {}


def test_a_draft_of_last_month_is_missing(phone, sign_in):
    sender = phone("falt1")
    sender.apply(sender.shift(started_at=month_query()["from"] + "T18:00:00+01:00"))
    complete = get(sign_in("ledare"))["complete"]
    assert (complete["shifts_draft"], complete["shifts_missing"]) == (1, 1)


def test_a_sites_last_visit_is_of_the_period_and_a_clock_far_ahead_is_nobodys(phone, sign_in):
    falt1 = phone("falt1")
    falt1.pull()
    site = min(record["id"] for record in falt1.held("sites") if record["district"] == "farsta")
    month = local_date(utc_now()).replace(day=1) - timedelta(days=1)
    first_after = datetime.combine(month + timedelta(days=1), time(9), STOCKHOLM)
    for began in (first_after, first_after - timedelta(days=9)):
        shift = falt1.shift(started_at=began.isoformat(), kind="day")
        arrived = (began + timedelta(hours=1)).isoformat()
        falt1.apply(shift, falt1.visit(shift["record_id"], site_id=site, arrived_at=arrived))
    ahead = falt1.shift()
    falt1.push(ahead, falt1.visit(ahead["record_id"], site_id=site, arrived_at=now_iso(days=400)))
    query = {"from": month.replace(day=1), "to": month, "status": "all"}
    found = sign_in("ledare").get("/api/v1/summaries/districts/farsta", query_string=query).get_json()["sites"]
    [row] = [item for item in found if item["site"]["id"] == site]
    assert row["last_visit"] == (first_after - timedelta(days=9)).date().isoformat()
    falt1.pull()
    assert falt1.records[("sites", site)]["last_visited_on"] == first_after.date().isoformat()
