"""The invented evenings: the same each time, none today, some places left alone."""

from datetime import UTC, date, datetime

import pytest

from fieldapp.core.ids import UUID_TEXT
from fieldapp.demo.evenings import evenings
from fieldapp.demo.habits import LEFT_ALONE, NEVER, TEAMS
from fieldapp.demo.register import site_id

TODAY = date(2026, 11, 23)
PEOPLE = {name: f"user-{name}" for team in TEAMS for name in team.people}
NAMES = {team.name: f"team-{team.name}" for team in TEAMS}


@pytest.fixture(scope="module")
def written():
    return list(evenings(TODAY, PEOPLE, NAMES))


def fields(written, collection, op="create"):
    return [
        mutation["fields"]
        for evening in written
        for mutation in evening.mutations
        if (mutation["collection"], mutation["op"]) == (collection, op)
    ]


def test_the_same_day_gives_the_same_evenings(written):
    assert written == list(evenings(TODAY, PEOPLE, NAMES))


def test_every_id_is_new_and_well_formed(written):
    ids = [mutation["id"] for evening in written for mutation in evening.mutations]
    assert len(ids) == len(set(ids)) > 500
    assert all(UUID_TEXT.fullmatch(one) for one in ids)


def test_the_last_evening_was_yesterday_and_all_were_sent_in(written):
    started = [datetime.fromisoformat(shift["started_at"]) for shift in fields(written, "shifts")]
    assert max(started).date() == date(2026, 11, 22)
    assert min(started) > datetime(2026, 9, 10, tzinfo=UTC)
    assert all(shift["status"] == "submitted" for shift in fields(written, "shifts", "update"))
    assert len(fields(written, "shifts", "update")) == len(started)


def test_some_places_are_never_visited_and_one_not_for_nine_days(written):
    made = [visit for visit in fields(written, "visits") if "site_id" in visit and visit["outcome"] != "not_visited"]
    assert not {visit["site_id"] for visit in made} & {site_id(number) for number in NEVER}
    last = max(visit["arrived_at"] for visit in made if visit["site_id"] == site_id(LEFT_ALONE))
    assert (TODAY - datetime.fromisoformat(last).date()).days > 9


def test_every_kind_of_record_is_there(written):
    assert {visit["outcome"] for visit in fields(written, "visits")} == {"observed", "nothing_noted", "not_visited"}
    assert any("police" in visit["together_with"] for visit in fields(written, "visits"))
    assert any(observation["moved_from"] for observation in fields(written, "observations"))
    assert any(shift["assignment"] == "reinforcement" for shift in fields(written, "shifts"))
    assert any(briefing["joint"] for briefing in fields(written, "briefings"))
