"""The other door: pages write synced records by the same decisions as phones, all of it or nothing."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask

from fieldapp.accounts.queries import account_of, person_of
from fieldapp.core.access import Actor
from fieldapp.core.database import db, write_transaction
from fieldapp.core.errors import Conflict, Invalid, NotAllowed, NotFound
from fieldapp.core.ids import new_id
from fieldapp.sync.collection import Registry, Row
from fieldapp.sync.desk import Edit, create, write
from tests.factories.phone import Phone, now_iso

Write = Callable[..., list[Row]]


@pytest.fixture
def desk(app: Flask) -> Iterator[Write]:
    """Write as a demo person at a desk, in a transaction of its own."""

    def written(who: str, *edits: Edit) -> list[Row]:
        registry: Registry = app.extensions["fieldapp.registry"]
        now = datetime.now(UTC)
        with app.app_context(), write_transaction():
            account = account_of(db.session(), f"{who}@demo.example")
            assert account
            person: Actor = person_of(db.session(), account.id).at(now)
            return write(db.session(), registry, actor=person, edits=edits, now=now)

    return written


def briefing(**fields: Any) -> Row:
    """Return a briefing's fields."""
    times = {"held_at": now_iso(), "valid_from": now_iso(), "valid_until": now_iso(hours=9)}
    return {"joint": True, "districts": ["farsta"], **times, **fields}


def test_what_is_written_at_a_desk_reaches_every_phone_and_is_to_each_the_other_side(
    desk: Write, phone: Callable[..., Phone], rows: Callable[..., list[Row]]
):
    [made] = desk("ledare2", create("briefings", briefing(note="Vid torget")))
    falt1 = phone("falt1")
    falt1.pull()
    assert falt1.records[("briefings", made["id"])]["note"] == "Vid torget"
    desk("ledare2", Edit("briefings", made["id"], "update", {"note": "Vid stationen"}, 1))
    ledare = phone("ledare")
    [receipt] = ledare.push(ledare.mutation("briefings", "update", made["id"], 1, note="Vid skolan"))
    assert receipt["status"] == "conflict"  # PU5
    history = rows("SELECT version, device_id, user_id FROM sync_history WHERE record_id = :id", id=made["id"])
    assert [(row["version"], row["device_id"]) for row in history] == [(1, None), (2, None)]


def test_a_desk_that_read_an_older_version_overwrites_nothing_and_merges_what_does_not_meet(
    desk: Write, phone: Callable[..., Phone]
):
    [made] = desk("ledare2", create("briefings", briefing()))
    ledare = phone("ledare")
    ledare.apply(ledare.mutation("briefings", "update", made["id"], 1, note="Från mobilen"))
    with pytest.raises(Conflict):
        desk("ledare2", Edit("briefings", made["id"], "update", {"note": "Från skrivbordet"}, 1))
    with pytest.raises(Conflict):
        desk("ledare2", Edit("briefings", made["id"], "delete", {}, 1))
    [merged] = desk("ledare2", Edit("briefings", made["id"], "update", {"joint": False}, 1))
    assert (merged["version"], merged["note"], merged["joint"]) == (3, "Från mobilen", False)


def test_one_edit_that_is_refused_takes_all_of_them_back_and_says_which_field(
    desk: Write, rows: Callable[..., list[Row]]
):
    good, bad = create("briefings", briefing()), create("briefings", briefing(valid_until=now_iso(hours=-1)))
    with pytest.raises(Invalid) as refused:
        desk("ledare2", good, bad)
    assert refused.value.fields == {"1.valid_until": ["ended_before_started"]}
    with pytest.raises(Invalid) as refused:
        desk("ledare2", create("briefings", briefing(note="811218-9876")))
    assert (refused.value.slug, refused.value.fields) == ("personal_number", {"note": ["personal_number"]})
    with pytest.raises(NotAllowed):
        desk("ledare2", create("briefings", briefing(districts=["skarholmen"])))
    with pytest.raises(NotFound):
        desk("ledare2", Edit("briefings", new_id(), "update", {"note": "x"}, 1))
    for table in ("briefings", "sync_rejections", "sync_conflicts", "sync_waiting", "sync_receipts"):
        assert rows(f"SELECT count(*) AS n FROM {table}") == [{"n": 0}]


def test_a_child_that_waited_for_what_a_desk_wrote_takes_effect_with_it(desk: Write, phone: Callable[..., Phone]):
    falt1 = phone("falt1")
    shift = falt1.shift()
    [held] = falt1.push(falt1.visit(shift["record_id"]))
    assert held["status"] == "held"
    desk("falt1", Edit("shifts", shift["record_id"], "create", shift["fields"]))
    falt1.pull()
    assert [visit["shift_id"] for visit in falt1.held("visits")] == [shift["record_id"]]
