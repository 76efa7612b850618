"""Night walks travel in the district, are written by its leads and coordinators, and pass public places only."""

from collections.abc import Callable
from typing import Any

import pytest

from fieldapp.core.catalogue import sentences
from fieldapp.core.ids import new_id
from tests.factories.phone import Phone, now_iso

Json = dict[str, Any]
Phones = Callable[..., Phone]
Rows = Callable[..., list[Json]]


@pytest.fixture
def coordinator(phone: Phones) -> Phone:
    return phone("nattvandring")


@pytest.fixture
def group_id(coordinator: Phone) -> str:
    group = coordinator.walk_group()
    coordinator.apply(group)
    return str(group["record_id"])


def site(rows: Rows, condition: str) -> str:
    [found, *_] = rows(f"SELECT id FROM sites WHERE {condition} ORDER BY id")
    return str(found["id"])


def test_a_walk_reaches_every_phone_of_the_district_and_no_other(phone: Phones, coordinator: Phone, group_id: str):
    made = coordinator.walk(group_id, planned_walkers=4, duty_phone="08-508 18 000", meeting_point="Demotorget")
    coordinator.apply(made)
    for who in ("falt1", "ledare2", "nattvandring", "jour1"):
        reader = phone(who)
        reader.pull()
        [walk] = reader.held("walks")
        assert (walk["planned_walkers"], walk["duty_phone"], walk["status"]) == (
            4,
            "08-508 18 000",
            "planned",
        )
        assert len(reader.held("walk_groups")) == 1
    for who in ("falt3", "analys", "direktor", "admin"):
        stranger = phone(who)
        stranger.pull()
        assert stranger.held("walks") + stranger.held("walk_groups") == []


@pytest.mark.parametrize(
    ("fields", "wrong", "key"),
    [
        ({"planned_end": "2026-01-01T00:00:00+01:00"}, "planned_end", "ended_before_started"),
        ({"planned_end": now_iso(hours=15)}, "planned_end", "longer_than_twelve_hours"),
        ({"status": "ready", "planned_walkers": 1}, "planned_walkers", "ready_needs_two"),
        ({"duty_phone": "ring Åsa"}, "duty_phone", "not_a_phone_number"),
        ({"duty_phone": "1" * 31}, "duty_phone", "too_long"),
        ({"log_note": "x" * 2001}, "log_note", "too_long"),
        ({"log_note": "811218-9876"}, "log_note", "personal_number"),
        ({"district": "bromma"}, "district", "not_allowed"),
        ({"planned_walkers": 501}, "planned_walkers", "out_of_range"),
        ({"status": "gone"}, "status", "unknown_code"),
        ({"mood": "wild"}, "mood", "unknown_code"),
        ({"site_ids": ["x"]}, "site_ids.0", "not_an_id"),
    ],
    ids=lambda value: value if isinstance(value, str) and not value[0].isdigit() else None,
)
def test_what_is_no_walk_is_refused_by_the_field(coordinator: Phone, group_id: str, fields: Json, wrong: str, key: str):
    [receipt] = coordinator.push(coordinator.walk(group_id, **fields))
    assert receipt["status"] == "rejected"
    assert receipt["error"]["fields"][wrong] == [sentences("sv")[f"field.{key}"]], receipt


def test_a_walks_district_is_its_groups(phone: Phones, group_id: str):
    everywhere = phone("jourledare")
    [receipt] = everywhere.push(everywhere.walk(group_id, district="bromma"))
    assert receipt["error"]["fields"].keys() == {"district"}


def test_X36_a_place_that_is_not_public_is_answered_as_one_that_does_not_exist(
    phone: Phones, coordinator: Phone, group_id: str, rows: Rows
):
    hidden = site(rows, "NOT is_public AND merged_into_id IS NULL")
    for person in (coordinator, phone("ledare2")):  # a lead knows the place, volunteers must not
        errors = []
        for site_id in (hidden, new_id()):
            [receipt] = person.push(person.walk(group_id, site_ids=[site_id]))
            errors.append(receipt["error"])
        assert errors[0] == errors[1]
        assert errors[0]["fields"].keys() == {"site_ids.0"}
    public = site(rows, "is_public AND merged_into_id IS NULL")
    coordinator.apply(coordinator.walk(group_id, site_ids=[public]))


def test_a_place_that_stops_being_public_stands_until_the_places_are_changed(
    coordinator: Phone, group_id: str, rows: Rows, sql: Callable[..., None]
):
    public = site(rows, "is_public AND merged_into_id IS NULL")
    made = coordinator.walk(group_id, site_ids=[public])
    coordinator.apply(made)
    sql("UPDATE sites SET is_public = :no WHERE id = :id", no=False, id=public)
    coordinator.apply(coordinator.mutation("walks", "update", made["record_id"], 1, meeting_point="Demotorget"))
    [receipt] = coordinator.push(
        coordinator.mutation("walks", "update", made["record_id"], 2, site_ids=[public, new_id()])
    )
    assert receipt["error"]["fields"].keys() == {"site_ids.0", "site_ids.1"}


def test_group_and_district_are_for_good_and_a_group_with_walks_stays(coordinator: Phone, group_id: str):
    made, other = coordinator.walk(group_id), coordinator.walk_group(name="Demo klass 9B", kind="school_class")
    coordinator.apply(made, other)
    for collection, record_id, fields in (
        ("walks", made["record_id"], {"group_id": other["record_id"]}),
        ("walks", made["record_id"], {"district": "bromma"}),
        ("walk_groups", group_id, {"district": "bromma"}),
    ):
        [receipt] = coordinator.push(coordinator.mutation(collection, "update", record_id, 1, **fields))
        assert receipt["error"]["fields"].keys() == fields.keys(), receipt
    [receipt] = coordinator.push(coordinator.mutation("walk_groups", "delete", group_id, 1))
    assert receipt["error"]["slug"] == "has_children"


def test_PU5_status_and_walkers_are_one_decision_and_meet_in_a_conflict(
    phone: Phones, coordinator: Phone, group_id: str
):
    lead = phone("ledare2")
    made = coordinator.walk(group_id)
    coordinator.apply(made)
    coordinator.apply(coordinator.mutation("walks", "update", made["record_id"], 1, status="ready", planned_walkers=2))
    [merged] = lead.push(lead.mutation("walks", "update", made["record_id"], 1, meeting_point="Demotorget"))
    assert merged["status"] in ("merged", "applied")
    [met] = lead.push(lead.mutation("walks", "update", made["record_id"], 1, planned_walkers=0))
    assert met["status"] == "conflict"
    coordinator.pull()
    [conflict] = coordinator.held("conflicts")  # whose values met may choose (access.md: own walks')
    coordinator.apply(
        coordinator.mutation(
            "conflicts",
            "update",
            next(record_id for name, record_id in coordinator.records if name == "conflicts"),
            conflict["version"],
            resolution={name: {"choice": "server"} for name in conflict["sent"]},
        )
    )


def test_a_phone_holds_two_weeks_back_and_sixty_days_ahead(phone: Phones, coordinator: Phone, group_id: str):
    made = {
        days: coordinator.walk(
            group_id, planned_start=now_iso(days=days), planned_end=now_iso(days=days, hours=3), meeting_point=str(days)
        )
        for days in (-15, -14, 0, 60, 61)
    }
    coordinator.apply(*made.values())
    fresh = phone("falt2")
    fresh.pull()
    assert {walk["meeting_point"] for walk in fresh.held("walks")} == {"-14", "0", "60"}
    assert {tuple(walk["flags"]) for walk in fresh.held("walks")} == {()}  # no clock is wrong (PU15)
