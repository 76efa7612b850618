"""Plans travel to the team whole, to who coordinates walks as time and place, and to nobody else (access.md)."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from fieldapp.core.clock import STOCKHOLM
from tests.factories.phone import Phone

Json = dict[str, Any]


def plan(phone: Phone, days: int = 1, **fields: Any) -> Json:
    day = datetime.now(STOCKHOLM).replace(hour=18, minute=0, second=0, microsecond=0) + timedelta(days=days)
    defaults = {
        "team_id": fields.get("team_id") or phone.team_id,
        "district": "farsta",
        "date": day.date().isoformat(),
        "starts_at": day.isoformat(),
        "ends_at": (day + timedelta(hours=5)).isoformat(),
    }
    return phone.mutation("shift_plans", "create", **{**defaults, **fields})


def test_the_team_has_it_whole_a_coordinator_time_and_place_and_others_nothing(phone: Callable[..., Phone]):
    falt1 = phone("falt1")
    made = plan(falt1, planned_people=3, kind="night")
    falt1.apply(made)
    for who in ("falt2", "ledare2"):
        other = phone(who)
        other.pull()
        [found] = other.held("shift_plans")
        assert (found["team_id"], found["planned_people"], found["kind"]) == (falt1.team_id, 3, "night")
    coordinator = phone("nattvandring")
    coordinator.pull()
    [found] = coordinator.held("shift_plans")
    assert {name: value for name, value in found.items() if value is not None}.keys() >= {
        "district",
        "date",
        "starts_at",
    }
    assert not found.keys() & {"team_id", "planned_people", "kind"}
    assert found["created_by"] is None
    for who in ("falt3", "jour1", "analys", "direktor", "admin"):
        stranger = phone(who)
        stranger.pull()
        assert stranger.held("shift_plans") == []


@pytest.mark.parametrize(
    ("who", "fields", "slug", "wrong"),
    [
        ("falt3", {"team": "falt1"}, "not_allowed", "team_id"),
        ("falt1", {"district": "bromma"}, "not_allowed", "team_id"),
        ("nattvandring", {"team": "falt1"}, "not_allowed", "team_id"),
        ("falt1", {"date": "2026-13-01"}, "invalid", "date"),
        ("falt1", {"date": "2020-01-01"}, "invalid", "date"),
        ("falt1", {"date": 20261124}, "invalid", "date"),
        ("falt1", {"planned_people": 51}, "invalid", "planned_people"),
        ("falt1", {"kind": "picnic"}, "invalid", "kind"),
        ("falt1", {"ends_at": "2026-01-01T00:00:00+01:00"}, "invalid", "ends_at"),
    ],
)
def test_what_is_no_plan_is_refused_by_the_field(
    phone: Callable[..., Phone], who: str, fields: Json, slug: str, wrong: str
):
    author = phone(who)
    given = dict(fields)
    if "team" in given:
        given["team_id"] = phone(given.pop("team")).team_id
    made = plan(author, **given)
    [receipt] = author.push(made)
    assert (receipt["status"], receipt["error"]["slug"]) == ("rejected", slug)
    assert wrong in receipt["error"]["fields"]


def test_a_plan_is_changed_by_the_team_alone_and_a_foreign_one_is_unknown(phone: Callable[..., Phone]):
    falt1, falt2, falt3, coordinator = (phone(who) for who in ("falt1", "falt2", "falt3", "nattvandring"))
    made = plan(falt1)
    falt1.apply(made)
    falt2.pull()
    falt2.apply(falt2.mutation("shift_plans", "update", made["record_id"], 1, planned_people=4))
    [refused] = falt3.push(falt3.mutation("shift_plans", "update", made["record_id"], 1, planned_people=1))
    assert refused["error"]["slug"] == "not_found"
    [refused] = coordinator.push(coordinator.mutation("shift_plans", "delete", made["record_id"], 2))
    assert refused["error"]["slug"] == "not_allowed"
    [receipt] = falt1.push(falt1.mutation("shift_plans", "update", made["record_id"], 1, planned_people=2))
    assert receipt["status"] == "conflict"
    [fixed] = falt1.push(falt1.mutation("shift_plans", "update", made["record_id"], 2, team_id=falt3.team_id))
    assert fixed["error"]["fields"].keys() == {"team_id"}


def test_a_phone_holds_two_days_back_and_sixty_ahead(phone: Callable[..., Phone]):
    falt1 = phone("falt1")
    made = {days: plan(falt1, days) for days in (-3, -2, 0, 60, 61)}
    falt1.apply(*made.values())
    fresh = phone("falt2")
    fresh.pull()
    kept = {record["date"] for record in fresh.held("shift_plans")}
    assert kept == {made[days]["fields"]["date"] for days in (-2, 0, 60)}
    assert {tuple(record["flags"]) for record in fresh.held("shift_plans")} == {()}  # no clock is wrong (PU15)
