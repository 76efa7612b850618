"""Lists of walks and of evenings that nobody covers; what a walk coordinator gets holds nothing else (X14, X36)."""

from collections.abc import Callable
from datetime import date, time, timedelta
from typing import Any

import pytest

from fieldapp.core.clock import local_date, to_wire, utc_now
from fieldapp.core.ids import new_id
from fieldapp.plans.services import local_span
from tests.factories.phone import Phone, now_iso

Json = dict[str, Any]
Phones = Callable[..., Phone]
Rows = Callable[..., list[Json]]


def read(phone: Phone, path: str, status: int = 200, **query: Any) -> Json:
    answer = phone.client.get(
        f"/api/v1/{path}", query_string={"from" if k == "first" else k: v for k, v in query.items()}
    )
    assert answer.status_code == status, answer.text
    found: Json = answer.get_json()
    return found


def evening(day: date, starts: int = 20, ends: int = 23) -> dict[str, str]:
    start, end = local_span(day, time(starts), time(ends))
    return {"planned_start": to_wire(start), "planned_end": to_wire(end)}


def today() -> date:
    return local_date(utc_now())


def group_of(phone: Phone, **fields: Any) -> str:
    made = phone.walk_group(**fields)
    phone.apply(made)
    return str(made["record_id"])


def test_walks_are_listed_by_their_start_page_by_page_as_they_travel(phone: Phones):
    coordinator = phone("nattvandring")
    group = group_of(coordinator)
    for days in (3, 1, 2, 2):
        coordinator.apply(coordinator.walk(group, **evening(today() + timedelta(days=days))))
    whole = read(coordinator, "walks")
    assert (len(whole["items"]), whole["next"]) == (4, None)
    starts = [walk["planned_start"] for walk in whole["items"]]
    assert starts == sorted(starts)
    coordinator.pull()
    held = {record["id"]: record for record in coordinator.held("walks")}
    assert {walk["id"]: walk for walk in whole["items"]} == held
    first = read(coordinator, "walks", limit=3)
    second = read(coordinator, "walks", limit=3, after=first["next"])
    assert (first["items"] + second["items"], second["next"]) == (whole["items"], None)
    day = today() + timedelta(days=2)
    assert len(read(coordinator, "walks", first=day, to=day)["items"]) == 2
    assert read(coordinator, "walks", district="bromma")["items"] == []
    assert read(coordinator, "walks", 422, district="x")["fields"].keys() == {"district"}
    assert read(coordinator, "walks", 422, after=new_id())["fields"].keys() == {"after"}
    assert read(coordinator, "walks", 422, first="2026-02-30")["fields"].keys() == {"from"}


# access.md: who reads walks of Farsta, of a walk coordinator's making; roles that never may get 403.
LISTED = {
    "falt1": 1, "ledare2": 1, "nattvandring": 1, "jour1": 1, "jourledare": 1, "analys": 1, "falt3": 0,
    "direktor": None, "admin": None,
}  # fmt: skip


@pytest.mark.parametrize(("who", "found"), LISTED.items())
def test_X14_who_reads_the_walks_of_a_district(phone: Phones, who: str, found: int | None):
    coordinator = phone("nattvandring")
    coordinator.apply(coordinator.walk(group_of(coordinator)))
    person = phone(who)
    if found is None:
        for path in ("walks", "walks/gaps"):
            read(person, path, 403)
        assert person.client.post("/api/v1/calendar-feeds", headers=person.headers).status_code == 403
        return
    assert len(read(person, "walks")["items"]) == found
    read(person, "walks/gaps", 200 if found else 404, district="farsta")
    made = person.client.post("/api/v1/calendar-feeds", headers=person.headers).get_json()
    assert person.client.get(made["url"]).text.count("BEGIN:VEVENT") == found


@pytest.fixture
def near(rows: Rows) -> list[str]:
    """Farsta's school-near public places."""
    query = (
        "SELECT id FROM sites WHERE district = 'farsta' AND is_public AND school_near IN ('yes', 'uncertain')"
        " AND merged_into_id IS NULL AND NOT deleted ORDER BY id"
    )
    found = [str(row["id"]) for row in rows(query)]
    assert len(found) >= 2
    return found


def gaps(phone: Phone, first: date, last: date, **query: Any) -> set[tuple[str, str]]:
    """Return the gaps as (date, place), read in small pages."""
    found: list[Json] = []
    after = None
    while True:
        page = read(
            phone, "walks/gaps", district="farsta", first=first, to=last, limit=3, **({"after": after} if after else {})
        )
        found += page["items"]
        after = page["next"]
        if after is None:
            break
    keys = [(item["date"], item["site_id"]) for item in found]
    assert keys == sorted(set(keys))
    return set(keys)


def test_a_gap_is_closed_by_a_plan_a_shift_a_visit_or_a_walk_and_opened_again(
    phone: Phones, near: list[str], sql: Callable[..., None]
):
    coordinator, falt1, jour1, lead = phone("nattvandring"), phone("falt1"), phone("jour1"), phone("ledare2")
    days = [today() + timedelta(days=n) for n in range(-9, 4)]
    every = {(day.isoformat(), site) for day in days for site in near}
    closed: set[tuple[str, str]] = set()

    def left() -> set[tuple[str, str]]:
        found = {gap for gap in gaps(lead, days[0], days[-1]) if gap[1] in near}
        # Who coordinates walks plans ahead, and learns nothing of when units were where.
        assert gaps(coordinator, days[0], days[-1]) == {gap for gap in found if gap[0] >= today().isoformat()}
        return found

    assert left() == every
    assert gaps(coordinator, days[0], days[1]) == set()
    # a walk that passes one of the places
    group = group_of(coordinator)
    walk = coordinator.walk(group, site_ids=[near[0]], **evening(days[-1]))
    coordinator.apply(walk)
    closed.add((days[-1].isoformat(), near[0]))
    assert left() == every - closed
    coordinator.apply(coordinator.mutation("walks", "update", walk["record_id"], 1, status="cancelled"))
    assert left() == every
    # a plan of the district ahead covers all its places; one that nobody answered in time does not
    for day in (days[-2], days[0]):
        start, end = local_span(day, time(18), time(23))
        times = {"date": day.isoformat(), "starts_at": to_wire(start), "ends_at": to_wire(end)}
        falt1.apply(falt1.mutation("shift_plans", "create", team_id=falt1.team_id, district="farsta", **times))
    closed = {(days[-2].isoformat(), site) for site in near}
    assert left() == every - closed
    # another unit's shift covers what it visited, not what it did not get to
    start, end = local_span(days[2], time(18), time(23))
    shift = jour1.shift(district="bromma", started_at=to_wire(start), ended_at=to_wire(end))
    visit = jour1.visit(shift["record_id"], site_id=near[1], arrived_at=to_wire(start))
    missed = jour1.visit(
        shift["record_id"], site_id=near[0], arrived_at=to_wire(start), outcome="not_visited", not_visited_reason="time"
    )
    jour1.apply(shift, visit, missed)
    closed.add((days[2].isoformat(), near[1]))
    assert left() == every - closed
    # a shift of the district without a plan covers the evening it began
    start, end = local_span(days[3], time(22), time(3))
    falt1.apply(falt1.shift(started_at=to_wire(start), ended_at=to_wire(end)))
    closed |= {(days[3].isoformat(), site) for site in near}
    assert left() == every - closed


def test_gaps_say_the_public_label_alone_and_name_special_days(
    phone: Phones, near: list[str], rows: Rows, sql: Callable[..., None]
):
    day, hidden = today() + timedelta(days=5), near.pop()
    sql("UPDATE sites SET is_public = :no WHERE id = :id", no=False, id=hidden)
    sql("INSERT INTO special_days (id, date, code, name) VALUES (:id, :day, 'lov', 'Demolov')", id=new_id(), day=day)
    coordinator, falt1 = phone("nattvandring"), phone("falt1")
    answer = read(coordinator, "walks/gaps", district="farsta", first=day, to=day)
    labels = {row["id"]: row["public_label"] for row in rows("SELECT id, public_label FROM sites")}
    assert [item["site_id"] for item in answer["items"]] == near
    for item in answer["items"]:
        assert item == {
            "date": day.isoformat(),
            "site_id": item["site_id"],
            "public_label": labels[item["site_id"]],
            "special_days": [{"code": "lov", "name": "Demolov"}],
        }
    for_staff = read(falt1, "walks/gaps", district="farsta", first=day, to=day)["items"]
    assert {item["site_id"] for item in for_staff} == {*near, hidden}


def test_a_period_of_gaps_has_an_order_and_a_length_and_a_foreign_district_is_unknown(phone: Phones):
    coordinator = phone("nattvandring")
    first = today()
    read(coordinator, "walks/gaps", first=first, to=first + timedelta(days=61))
    for last in (first + timedelta(days=62), first - timedelta(days=1)):
        assert read(coordinator, "walks/gaps", 422, first=first, to=last)["fields"].keys() == {"to"}
    foreign = read(coordinator, "walks/gaps", 404, district="bromma")
    unknown = read(coordinator, "walks/gaps", 404, district="x")
    assert {**foreign, "request_id": ""} == {**unknown, "request_id": ""}
    for after in ("x", "2026-11-27", f"x.{new_id()}", new_id(), f"9999-12-31.{new_id()}"):
        assert read(coordinator, "walks/gaps", 422, after=after)["fields"].keys() == {"after"}
    default = read(coordinator, "walks/gaps", limit=1000)["items"]
    assert {item["date"] for item in default} == {(first + timedelta(days=n)).isoformat() for n in range(28)}


def test_X14_what_a_walk_coordinator_gets_holds_no_observation_no_safety_level_and_no_hidden_place(
    phone: Phones, near: list[str], sql: Callable[..., None]
):
    """Canaries in everything that volunteers must not see; then all that a coordinator can read is searched."""
    hidden, dark = "KANARIEDOLD", near.pop()
    sql("UPDATE sites SET is_public = :no WHERE id = :id", no=False, id=dark)
    sql("UPDATE sites SET name = 'KANARIENAMN' || id")
    sql(f"UPDATE sites SET public_label = '{hidden}' || id WHERE NOT is_public")
    sql("UPDATE sites SET safety_level = 'do_not_go', priorities = :json", json='[{"reason": "KANARIEPRIO"}]')
    falt1, coordinator = phone("falt1"), phone("nattvandring")
    start = now_iso(hours=-2)
    shift = falt1.shift(started_at=start, handover_note="KANARIEÖVERLÄMNING", reason="KANARIESKÄL")
    visit = falt1.visit(shift["record_id"], site_id=dark, arrived_at=start)
    seen = falt1.observation(visit["record_id"], observed_at=start, note="KANARIEIAKTTAGELSE", topics=["weapon"])
    falt1.apply(shift, visit, seen, falt1.briefing(note="KANARIEUTSÄTTNING"))
    group = group_of(coordinator)
    coordinator.apply(coordinator.walk(group, site_ids=[near[0]], meeting_point="Demotorget"))
    made = coordinator.client.post("/api/v1/calendar-feeds", headers=coordinator.headers).get_json()
    coordinator.cursor = None
    answers = {
        "sync": coordinator.post([]).text,
        "walks": coordinator.client.get("/api/v1/walks").text,
        "gaps": coordinator.client.get("/api/v1/walks/gaps?limit=1000").text,
        "calendar": coordinator.client.get(made["url"]).text,
        "sites": coordinator.client.get("/api/v1/sites?limit=1000").text,
        "summary": coordinator.client.get(f"/api/v1/summaries/districts/farsta?from={today()}&to={today()}").text,
    }
    canaries = ("KANARIE", "safety_level", "do_not_go", "weapon", "handover_note", dark, seen["record_id"])
    assert {(name, word) for name, text in answers.items() for word in canaries if word in text} == set()
    assert all("Demotorget" in answers[name] for name in ("sync", "walks", "calendar"))
    assert near[1] in answers["gaps"]
    # The canaries sing where they may be heard.
    falt1.cursor = None
    whole = falt1.post([]).text
    assert all(word in whole for word in ("KANARIENAMN", hidden, "KANARIEIAKTTAGELSE", "do_not_go", "weapon"))
