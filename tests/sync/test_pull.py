"""What comes down: order, pages, tombstones, scope, restore (PL1–PL6)."""

import base64
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text

from fieldapp.core.database import db
from fieldapp.core.ids import new_id
from tests.factories.phone import Phone, now_iso

FIELD = {"districts", "sites", "schools", "teams", "people", "shifts", "visits", "observations", "briefings"}


@pytest.mark.parametrize("limit", [1, 3, 1000])
def test_PL1_pages_are_complete_in_order_and_without_repeats(phone, limit):
    falt1 = phone("falt1")
    falt1.apply(*falt1.evening(20))
    whole, seen, cursor, more = set(phone("falt2").pull()), [], None, True
    falt2 = phone("falt2")
    while more:
        body = falt2.post([], cursor=cursor, limit=limit).get_json()
        assert len(body["changes"]) <= limit
        seen += [(change["collection"], change["record_id"]) for change in body["changes"]]
        cursor, more = body["cursor"], body["more"]
    assert len(seen) == len(set(seen))
    assert set(seen) == whole


@pytest.mark.parametrize(("asked", "got"), [(0, 1), (-5, 1), (10**9, 1000)])
def test_PL1_limit_is_clamped(phone, asked, got):
    body = phone("falt1").post([], limit=asked).get_json()
    assert len(body["changes"]) == min(got, len(body["changes"]))
    assert len(body["changes"]) >= 1


def test_PL1_a_record_changed_again_comes_once_in_its_newest_state(phone):
    falt1, falt2 = phone("falt1"), phone("falt2")
    falt2.pull()
    shift = falt1.shift()
    falt1.apply(shift, falt1.mutation("shifts", "update", shift["record_id"], 0, reason="sist"))
    changes = [change for change in falt2.post([]).get_json()["changes"] if change["collection"] == "shifts"]
    assert [(change["version"], change["record"]["reason"]) for change in changes] == [(2, "sist")]


def test_PL2_no_change_is_skipped_while_phones_write_and_read_at_once(app, phone, engine_name):
    """Readers page all the time while three phones write; in the end each holds everything."""
    writers = [phone("falt1"), phone("falt2"), phone("ledare")]
    reader = phone("falt1")
    stop = threading.Event()
    made: list[str] = []

    def write(writer: Phone) -> None:
        for _ in range(15):
            evening = writer.evening(3)
            receipts = writer.push_among_others(*evening)
            assert {receipt["status"] for receipt in receipts} == {"applied"}
            made.extend(mutation["record_id"] for mutation in evening)

    def read() -> None:
        while not stop.is_set():
            reader.pull(limit=7)

    with ThreadPoolExecutor(4) as pool:
        reading = pool.submit(read)
        for writing in [pool.submit(write, writer) for writer in writers]:
            writing.result()
        stop.set()
        reading.result()
    reader.pull()
    assert len(made) == 3 * 15 * 5
    assert {record_id for _, record_id in reader.records} >= set(made)


def test_PL3_a_change_of_grants_starts_a_new_copy(app, phone):
    falt3 = phone("falt3")
    falt1 = phone("falt1")
    falt1.apply(*falt1.evening())
    falt3.pull()
    assert falt3.held("shifts") == []
    with app.app_context(), db.engine.begin() as connection:
        connection.execute(
            text("UPDATE grants SET team_id = :t, district = 'farsta' WHERE user_id = :u"),
            {"t": falt1.team_id, "u": falt3.user_id},
        )
    body = falt3.post([]).get_json()
    assert body["reset"] is True
    falt3.pull()
    assert len(falt3.held("shifts")) == 1


def test_PL3_each_role_gets_only_what_it_may_see(phone):
    falt1 = phone("falt1")
    falt1.apply(falt1.briefing(), *falt1.evening())
    seen = {}
    for who in ("falt2", "falt3", "jour1", "ledare", "nattvandring", "analys", "direktor", "admin"):
        person = phone(who)
        seen[who] = {collection for collection, _ in person.pull()}
    assert seen["falt2"] == seen["ledare"] == FIELD
    assert seen["falt3"] == FIELD - {"shifts", "visits", "observations", "briefings"}
    assert seen["jour1"] == FIELD - {"shifts", "visits", "observations"}
    for who in ("nattvandring", "direktor", "admin"):
        assert not seen[who] & {"shifts", "visits", "observations", "briefings"}, who
    assert not seen["analys"] & {"shifts", "visits", "observations"}


def test_PL3_people_are_own_team_and_co_participants_only(phone):
    falt1, jour1, falt3 = phone("falt1"), phone("jour1"), phone("falt3")
    names = {person["name"] for person in (falt1.pull(), falt1.held("people"))[1]}
    assert names == {"Demo Fält Ett", "Demo Fält Två", "Demo Ledare", "Demo Ledare Två"}
    falt1.apply(falt1.shift(participant_ids=[falt1.user_id, jour1.user_id]))
    falt1.pull()
    assert "Demo Jour Ett" in {person["name"] for person in falt1.held("people")}
    assert all(person.keys() >= {"id", "name", "team_ids"} for person in falt1.held("people"))
    assert not any("email" in person or "password_hash" in person for person in falt1.held("people"))
    falt3.pull()
    of_team = {"Demo Fält Tre", "Demo Ledare Tre", "Demo Ledare Fyra"}
    assert {person["name"] for person in falt3.held("people")} == of_team


def test_PL4_deletes_travel_without_content(phone):
    falt1, falt2 = phone("falt1"), phone("falt2")
    shift, visit, observation = falt1.evening()
    falt1.apply(shift, visit, observation)
    falt2.pull()
    falt1.apply(falt1.mutation("observations", "delete", observation["record_id"], 1))
    [change] = [c for c in falt2.post([]).get_json()["changes"] if c["collection"] == "observations"]
    assert (change["deleted"], change["reason"], change["record"]) == (True, "deleted", None)


def test_PL5_another_epoch_or_a_cursor_ahead_starts_from_the_beginning(app, phone):
    falt1 = phone("falt1")
    falt1.pull()
    assert falt1.post([], epoch=new_id()).get_json()["reset"] is True
    with app.app_context(), db.engine.begin() as connection:
        connection.execute(text("UPDATE sync_state SET seq = seq - 50"))
    body = falt1.post([]).get_json()
    assert body["reset"] is True
    assert body["changes"]


def test_PL6_the_window_of_a_phone(phone):
    falt1, falt2 = phone("falt1"), phone("falt2")
    old = falt1.shift(started_at=now_iso(days=-70))
    team = falt1.shift(started_at=now_iso(days=-20))
    falt1.apply(old, team)
    assert {("shifts", old["record_id"]), ("shifts", team["record_id"])} <= falt1.pull().keys()  # unapproved own ones
    assert not {("shifts", old["record_id"]), ("shifts", team["record_id"])} & falt2.pull().keys()


def test_a_visit_moves_its_site_and_says_when(phone):
    falt1, falt2 = phone("falt1"), phone("falt2")
    falt2.pull()
    site = next(s for s in falt2.held("sites") if s["district"] == "farsta" and s["last_visited_on"] is None)
    shift = falt1.shift()
    skipped = falt1.visit(shift["record_id"], site_id=site["id"], outcome="not_visited", not_visited_reason="time")
    falt1.apply(shift, skipped)
    assert falt2.pull()[("sites", site["id"])]["last_visited_on"] is None
    visit = falt1.visit(shift["record_id"], site_id=site["id"])
    falt1.apply(visit)
    assert falt2.pull()[("sites", site["id"])]["last_visited_on"] is not None
    falt1.apply(falt1.mutation("visits", "delete", visit["record_id"], 1))
    assert falt2.pull()[("sites", site["id"])]["last_visited_on"] is None


def test_a_phone_that_only_asks_writes_nothing_and_one_with_news_does(phone, rows):
    falt1 = phone("falt1")
    falt1.pull()
    query = "SELECT last_sync_at, queue FROM sync_devices WHERE device_id = :d"
    device = falt1.session["device_id"]
    before = rows(query, d=device)
    falt1.post([])
    assert rows(query, d=device) == before
    falt1.post([], queue={"count": 3, "oldest_made_at": None, "last_device_seq": 3})
    after = rows(query, d=device)
    assert after[0]["last_sync_at"] != before[0]["last_sync_at"]
    assert "3" in str(after[0]["queue"])


def test_PL1_a_cursor_from_before_the_beginning_starts_at_the_beginning(phone):
    falt1 = phone("falt1")
    falt1.pull()
    epoch, scope, *_ = base64.urlsafe_b64decode(falt1.cursor + "==").decode().split(".")
    falt1.cursor = base64.urlsafe_b64encode(f"{epoch}.{scope}.-{'9' * 30}.0".encode()).decode().rstrip("=")
    assert falt1.post([]).status_code == 200
