"""E10: the calendar of walks, read by another library than the one that wrote it."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
import vobject
from flask import Flask

from fieldapp.core.clock import STOCKHOLM
from tests.factories.phone import ORIGIN, Phone

Json = dict[str, Any]
Phones = Callable[..., Phone]
IN_OCTOBER = datetime(2026, 10, 20, 12, tzinfo=UTC)


def subscribed(phone: Phone) -> tuple[str, str]:
    """Make a feed; return its id and path."""
    answer = phone.client.post("/api/v1/calendar-feeds", headers=phone.headers)
    assert answer.status_code == 201, answer.text
    made = answer.get_json()
    assert made.keys() == {"id", "url"}
    assert re.fullmatch(r"http://localhost/calendar/[\w-]{43}\.ics", made["url"])
    return made["id"], made["url"].removeprefix("http://localhost")


def events(app: Flask, path: str) -> list[Any]:
    """Read the feed as a calendar without a session does."""
    answer = app.test_client().get(path)
    assert answer.status_code == 200, answer.text
    assert answer.content_type == "text/calendar; charset=utf-8"
    assert answer.headers["Cache-Control"] == "no-store"
    assert all(len(line) <= 75 for line in answer.data.split(b"\r\n"))
    return list(vobject.readOne(answer.text).contents.get("vevent", []))


def local(day: date, hour: int, minute: int = 0, fold: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, fold=fold, tzinfo=STOCKHOLM)


@pytest.fixture
def engine_name() -> str:
    """What a calendar says does not depend on the database engine; that it is found does: see test_walks_api.py."""
    return "sqlite"


def test_E10_every_walk_keeps_its_local_time_over_the_october_night(app: Flask, phone: Phones):
    with time_machine.travel(IN_OCTOBER):
        coordinator = phone("nattvandring")
        group = coordinator.walk_group(name="Demo föräldrar")
        coordinator.apply(group)
        nights = [date(2026, 10, 17) + timedelta(weeks=n) for n in range(4)]  # 24 → 25 Oct is the long one
        for night in nights:
            times = {"planned_start": local(night, 21), "planned_end": local(night + timedelta(days=1), 1)}
            coordinator.apply(coordinator.walk(group["record_id"], **{k: v.isoformat() for k, v in times.items()}))
        long = local(date(2026, 10, 24), 22), local(date(2026, 10, 25), 4)
        sunday = local(date(2026, 10, 25), 1, 30), local(date(2026, 10, 25), 2, 30, fold=1)
        for start, end in (long, sunday):
            coordinator.apply(
                coordinator.walk(group["record_id"], planned_start=start.isoformat(), planned_end=end.isoformat())
            )
        _, path = subscribed(coordinator)
        found = events(app, path)
        spans = {(event.dtstart.value.astimezone(UTC), event.dtend.value.astimezone(UTC)) for event in found}
        wanted = {(local(night, 21), local(night + timedelta(days=1), 1)) for night in nights} | {long, sunday}
        assert spans == {(start.astimezone(UTC), end.astimezone(UTC)) for start, end in wanted}
        lengths = sorted(end - start for start, end in spans)
        assert lengths == [timedelta(hours=2), *[timedelta(hours=4)] * 4, timedelta(hours=7)]
        evenings = [event.dtstart.value for event in found if event.dtstart.value.hour == 21]
        assert [start.utcoffset() for start in evenings] == [timedelta(hours=2)] * 2 + [timedelta(hours=1)] * 2
        assert {event.dtstart.params["X-VOBJ-ORIGINAL-TZID"][0] for event in found} == {"Europe/Stockholm"}


@pytest.mark.parametrize("moment", [datetime(2026, 3, 1, 12, tzinfo=UTC)])
def test_E10_the_march_night_too(app: Flask, phone: Phones, moment: datetime):
    with time_machine.travel(moment):
        coordinator = phone("nattvandring")
        group = coordinator.walk_group()
        coordinator.apply(group)
        start, end = local(date(2026, 3, 28), 23), local(date(2026, 3, 29), 3, 30)
        coordinator.apply(
            coordinator.walk(group["record_id"], planned_start=start.isoformat(), planned_end=end.isoformat())
        )
        _, path = subscribed(coordinator)
        [event] = events(app, path)
        assert event.dtend.value.astimezone(UTC) == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
        assert event.dtstart.value.astimezone(UTC) == datetime(2026, 3, 28, 22, tzinfo=UTC)


def test_E10_an_event_says_when_where_and_whether_and_nothing_else(app: Flask, phone: Phones, rows: Any):
    coordinator = phone("nattvandring")
    [site] = rows("SELECT id, public_label FROM sites WHERE is_public AND merged_into_id IS NULL ORDER BY id LIMIT 1")
    group = coordinator.walk_group(name="Demo; förälder, \\grupp\nBEGIN:VALARM", area="KANARIEOMRÅDE")
    secret = {"log_note": "KANARIENOT", "duty_phone": "08-123 45 67", "mood": "uneasy", "site_ids": [site["id"]]}
    made = coordinator.walk(
        group["record_id"], meeting_point="Demotorget; vid, klockan\r\nX-EVIL:1", planned_walkers=3, **secret
    )
    coordinator.apply(group, made)
    feed_id, path = subscribed(coordinator)
    [event] = events(app, path)
    assert event.summary.value == "Nattvandring – Demo; förälder, \\grupp BEGIN:VALARM"
    assert event.location.value == "Demotorget; vid, klockan X-EVIL:1"
    assert event.contents.keys() == {
        "summary", "location", "status", "dtstart", "dtend", "uid", "sequence", "dtstamp",
    }  # fmt: skip
    text = app.test_client().get(path).text
    hidden = ("KANARIE", "08-123", "uneasy", site["id"], site["public_label"], made["record_id"], coordinator.user_id)
    assert not [word for word in hidden if word in text]  # X32
    assert re.fullmatch(r"[0-9a-f]{40}@faltlogg", event.uid.value)
    # A change is the same event, a step on; a cancelled walk says so instead of disappearing.
    coordinator.apply(coordinator.mutation("walks", "update", made["record_id"], 1, status="ready"))
    [ready] = events(app, path)
    coordinator.apply(coordinator.mutation("walks", "update", made["record_id"], 2, status="cancelled"))
    [cancelled] = events(app, path)
    assert [one.status.value for one in (event, ready, cancelled)] == ["TENTATIVE", "CONFIRMED", "CANCELLED"]
    assert [int(one.sequence.value) for one in (event, ready, cancelled)] == [1, 2, 3]
    assert event.uid.value == ready.uid.value == cancelled.uid.value
    coordinator.apply(coordinator.mutation("walks", "delete", made["record_id"], 3))
    assert events(app, path) == []


def test_E10_a_revoked_token_is_404_and_only_its_owner_revokes_it(app: Flask, phone: Phones, rows: Any):
    coordinator, lead = phone("nattvandring"), phone("ledare2")
    feed_id, path = subscribed(coordinator)
    token = path.removeprefix("/calendar/").removesuffix(".ics")
    [stored] = rows("SELECT * FROM calendar_feeds")
    assert token not in str(stored)
    assert events(app, path) == []

    def revoke(who: Phone, one: str) -> int:
        return int(who.client.delete(f"/api/v1/calendar-feeds/{one}", headers=who.headers).status_code)

    assert revoke(lead, feed_id) == revoke(lead, "finns-inte") == 404
    assert app.test_client().delete(f"/api/v1/calendar-feeds/{feed_id}", headers=ORIGIN).status_code == 401
    assert events(app, path) == []
    assert revoke(coordinator, feed_id) == 204
    assert app.test_client().get(path).status_code == 404
    assert revoke(coordinator, feed_id) == 404
    for unknown in ("x", "å" * 40, "x" * 3000, token + "x", "%00"):
        assert app.test_client().get(f"/calendar/{unknown}.ics").status_code == 404
    [made, ended] = rows("SELECT action, details FROM audit_log WHERE action LIKE 'calendar_feed.%' ORDER BY number")
    assert (made["action"], ended["action"]) == ("calendar_feed.created", "calendar_feed.revoked")


def test_a_feed_follows_its_owners_grants_as_they_are_when_it_is_read(app: Flask, phone: Phones, sql: Any):
    coordinator, everywhere = phone("nattvandring"), phone("jourledare")
    farsta, bromma = coordinator.walk_group(), everywhere.walk_group(district="bromma", name="Demo Bromma")
    coordinator.apply(farsta, coordinator.walk(farsta["record_id"]))
    everywhere.apply(bromma, everywhere.walk(bromma["record_id"], district="bromma"))
    paths = {who: subscribed(phone(who))[1] for who in ("nattvandring", "jourledare", "falt3", "falt1", "analys")}
    counts = {who: len(events(app, path)) for who, path in paths.items()}
    assert counts == {"nattvandring": 1, "jourledare": 2, "falt3": 0, "falt1": 1, "analys": 2}
    sql("UPDATE grants SET district = 'bromma' WHERE user_id = :id", id=coordinator.user_id)
    [moved] = events(app, paths["nattvandring"])
    assert moved.summary.value == "Nattvandring – Demo Bromma"
    sql("UPDATE grants SET role = 'viewer' WHERE user_id = :id", id=coordinator.user_id)
    assert app.test_client().get(paths["nattvandring"]).status_code == 404
    sql("UPDATE users SET disabled_at = :now WHERE id = :id", now="2026-01-01 00:00:00", id=everywhere.user_id)
    assert app.test_client().get(paths["jourledare"]).status_code == 404
    sql(
        "UPDATE grants SET valid_until = :then WHERE user_id = :id",
        then="2026-01-01 00:00:00",
        id=phone("falt1").user_id,
    )
    assert app.test_client().get(paths["falt1"]).status_code == 404
