"""PL4, PL5: what is disposed of is gone from every table, tombstones say so, and a restore does not bring it back."""

import shutil
from datetime import UTC, datetime, timedelta

import orjson
import pytest
from sqlalchemy import inspect

from fieldapp import create_app
from fieldapp.core.database import db
from fieldapp.core.ids import new_id
from fieldapp.sync import disposal
from tests.conftest import admin, settings_for
from tests.factories.phone import Phone

CANARY = "Kanariefågel 4711"
OTHER = "Rödhake 1147"


@pytest.fixture
def dispose(app, tmp_path):
    def run(*record_ids, collection="shifts"):
        with app.app_context():
            return disposal.dispose(
                app.extensions["fieldapp.registry"],
                collection=collection,
                record_ids=list(record_ids),
                by=None,
                folder=tmp_path,
                now=datetime.now(UTC),
            )

    return run


@pytest.fixture
def everything(app, rows):
    """Return every row of every table as text."""

    def read() -> str:
        with app.app_context():
            tables = inspect(db.engine).get_table_names()
        return "\n".join(str(row) for table in tables for row in rows(f"SELECT * FROM {table}"))

    return read


@pytest.fixture
def evening(phone):
    """A shift of three with everything that can hang on it: versions, a conflict, rejections, what was said of them."""
    falt1, jour1 = phone("falt1"), phone("jour1")
    shift = falt1.shift(participant_ids=[falt1.user_id, jour1.user_id], reason=CANARY)
    visit = falt1.visit(shift["record_id"])
    observation = falt1.observation(visit["record_id"], note=CANARY)
    falt1.apply(shift, visit, observation)
    falt1.apply(falt1.mutation("shifts", "update", shift["record_id"], 1, reason=f"{CANARY} a"))
    jour1.push(jour1.mutation("shifts", "update", shift["record_id"], 1, reason=f"{CANARY} b"))
    falt1.push(falt1.observation(visit["record_id"], note=CANARY, situation="okänd"))
    falt1.push(falt1.visit(shift["record_id"], **{CANARY: 1}))
    jour1.push(jour1.observation(new_id(), note=OTHER))
    falt1.pull(), jour1.pull()
    [met] = jour1.held("conflicts")
    choice = {"reason": {"choice": "other", "value": f"{CANARY} c"}}
    jour1.apply(jour1.mutation("conflicts", "update", met["id"], 1, resolution=choice))
    falt1.push(falt1.mutation("conflicts", "update", met["id"], 1, resolution=choice))  # settled already
    for refused in falt1.held("rejections"):
        said = {"state": "handed_over", "reason": CANARY}
        falt1.apply(falt1.mutation("rejections", "update", refused["id"], 1, **said))
    falt1.pull(), jour1.pull()
    return falt1, jour1, shift, visit, observation


def test_PL4_nothing_of_it_is_left_and_its_tombstones_have_no_content(evening, dispose, everything, rows, phone):
    falt1, jour1, shift, visit, observation = evening
    assert CANARY in everything()
    assert dispose(shift["record_id"]) == 3
    left = everything()
    assert CANARY not in left
    assert OTHER in left  # of another record
    for who in (falt1, jour1, phone("falt2")):
        before = dict(who.records)
        body = who.post([]).get_json()
        who.take_in(body)
        gone = {(item["collection"], item["record_id"]): item for item in body["changes"] if item["deleted"]}
        for sent in (shift, visit, observation):
            assert gone.get((sent["collection"], sent["record_id"])) or not before
        assert {(item["reason"], item["record"]) for item in gone.values()} <= {("disposed", None)}
        assert CANARY not in str(who.records)


def test_PL4_receipts_stay_and_a_replay_gets_the_first_one(evening, dispose):
    falt1, _, shift, visit, _ = evening
    dispose(shift["record_id"])
    [again] = falt1.push(visit)
    assert (again["replayed"], again["status"]) == (True, "applied")
    assert ("visits", visit["record_id"]) not in falt1.pull()
    new = {**shift, "id": new_id(), "device_seq": 99}
    assert falt1.push(new)[0]["error"]["slug"] == "not_found"  # what was disposed of does not come back
    edit = falt1.mutation("shifts", "update", shift["record_id"], 2, reason="x")
    assert falt1.push(edit)[0]["error"]["slug"] == "not_found"


def test_PL4_nothing_waits_for_what_was_disposed_of_not_even_after_a_restore(phone, dispose, sql, rows):
    falt1 = phone("falt1")
    shift = falt1.shift()
    falt1.apply(shift)
    dispose(shift["record_id"])
    sql("UPDATE sync_state SET restored_at = :now", now=datetime.now(UTC))
    edit = falt1.mutation("shifts", "update", shift["record_id"], 1, reason="regn")
    answers = falt1.push(edit, falt1.visit(shift["record_id"]))
    assert [(item["status"], item["error"]["slug"]) for item in answers] == [
        ("rejected", "not_found"),
        ("rejected", "parent_missing"),
    ]
    assert rows("SELECT id FROM sync_waiting") == []


def test_PL4_disposal_again_changes_nothing(evening, dispose, rows):
    *_, shift, _, _ = evening
    assert dispose(shift["record_id"]) == 3
    before = rows("SELECT seq FROM sync_state")
    assert dispose(shift["record_id"]) == 0
    assert rows("SELECT seq FROM sync_state") == before


@pytest.mark.parametrize(
    "torn", [b'{"at":"2026-11-', b'{"at":"2026-11-26T20:00:00Z","collection":"shifts","record_ids":[]}']
)
def test_PL4_a_torn_last_line_of_the_log_is_cut_off(app, phone, dispose, tmp_path, torn):
    falt1 = phone("falt1")
    first, second = falt1.shift(), falt1.shift()
    falt1.apply(first, second)
    assert dispose(first["record_id"]) == 1
    log = tmp_path / disposal.LOG
    whole = log.read_bytes()
    log.write_bytes(whole + torn)
    assert dispose(second["record_id"]) == 1
    assert log.read_bytes().startswith(whole)
    assert [first["record_id"] in line for line in log.read_text().splitlines()] == [True, False]
    log.write_bytes(log.read_bytes() + torn)
    with app.app_context():
        assert disposal.restored(app.extensions["fieldapp.registry"], folder=tmp_path, now=datetime.now(UTC)) == 0


def test_S13_PL5_restored_from_an_older_backup_everything_comes_back_and_the_disposed_stays_away(
    app, engine_name, tmp_path, evening, dispose, postgres
):
    falt1, _, shift, visit, _ = evening
    sent = [falt1.visit(shift["record_id"]) for _ in range(3)]
    other = falt1.shift()
    falt1.apply(other)
    backup = back_up(app, engine_name, tmp_path, postgres)
    dispose(other["record_id"])
    falt1.apply(*sent)
    falt1.apply(falt1.mutation("visits", "update", visit["record_id"], 1, audience=["youth"]))
    edit_after = falt1.mutation("visits", "update", visit["record_id"], 2, audience=["adults"])
    falt1.apply(edit_after)
    late_edit = falt1.mutation("visits", "update", sent[0]["record_id"], 1, audience=["youth"])
    falt1.apply(late_edit)
    epoch = falt1.epoch

    restored = create_app(settings_for(backup, tmp_path))
    with restored.app_context():
        again = disposal.restored(restored.extensions["fieldapp.registry"], folder=tmp_path, now=datetime.now(UTC))
    assert again == 1
    same_phone = Phone.signed_in(restored.test_client(), "falt1", device_id=falt1.session["device_id"])
    same_phone.cursor, same_phone.epoch, same_phone.device_seq = falt1.cursor, epoch, falt1.device_seq
    body = same_phone.post([]).get_json()
    assert body["reset"] is True
    assert body["epoch"] != epoch
    same_phone.take_in(body)
    assert ("shifts", other["record_id"]) not in same_phone.pull()
    # The phone offers again what it sent, in any order: edits of records that are not back yet are held.
    [held] = same_phone.push(late_edit)
    assert held["status"] == "held"
    receipts = same_phone.push(*sent, edit_after)
    assert [receipt["status"] for receipt in receipts] == ["applied"] * 4
    records = same_phone.pull()
    assert records[("visits", sent[0]["record_id"])]["audience"] == ["youth"]
    assert all(("visits", mutation["record_id"]) in records for mutation in sent)
    assert "base_ahead" in records[("visits", visit["record_id"])]["flags"]
    with restored.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.mark.parametrize("is_old_line", [False, True])
def test_PL5_what_was_made_and_disposed_of_after_the_backup_does_not_come_back_from_the_phone(
    app, engine_name, tmp_path, phone, dispose, postgres, is_old_line
):
    falt1 = phone("falt1")
    shift = falt1.shift()
    visit = falt1.visit(shift["record_id"])
    observation = falt1.observation(visit["record_id"])
    other = falt1.shift()
    assert statuses(falt1, falt1.visit(shift["record_id"])) == ["held"]  # the backup holds what waits for it
    backup = back_up(app, engine_name, tmp_path, postgres)
    falt1.apply(shift, visit, observation, other)
    assert dispose(shift["record_id"]) == 4
    log = tmp_path / disposal.LOG
    if is_old_line:
        line = {name: value for name, value in orjson.loads(log.read_bytes()).items() if name != "below"}
        log.write_bytes(orjson.dumps(line) + b"\n")

    restored = create_app(settings_for(backup, tmp_path))
    with restored.app_context():
        for _ in range(2):  # cut off and done again
            done = disposal.restored(restored.extensions["fieldapp.registry"], folder=tmp_path, now=datetime.now(UTC))
            assert done == 0
    again = Phone.signed_in(restored.test_client(), "falt1", device_id=falt1.session["device_id"])
    assert again.pull()
    assert not again.held("held")
    offered = [shift] if is_old_line else [observation, visit, shift]
    receipts = again.push(*offered, other)
    refused = [receipt["error"]["slug"] for receipt in receipts[:-1] if receipt["status"] == "rejected"]
    assert refused == ["not_found"] * len(offered)
    assert receipts[-1]["status"] == "applied"
    assert all((sent["collection"], sent["record_id"]) not in again.pull() for sent in offered)
    with restored.app_context():
        db.session.remove()
        db.engine.dispose()


def test_PL5_what_was_said_of_a_rejection_or_a_conflict_finds_it_again_after_a_restore(
    app, engine_name, tmp_path, phone, postgres
):
    falt1, falt2 = phone("falt1"), phone("falt2")
    shift = falt1.shift(participant_ids=[falt1.user_id, falt2.user_id])
    falt1.apply(shift)
    backup = back_up(app, engine_name, tmp_path, postgres)
    refused = falt1.shift(kind="okänd")
    handed = falt1.shift(kind="okänd")
    ours = falt1.mutation("shifts", "update", shift["record_id"], 1, reason="vår")
    theirs = falt2.mutation("shifts", "update", shift["record_id"], 1, reason="deras")
    falt2.apply(theirs)
    [*_, met] = falt1.push(refused, handed, ours)
    falt1.pull()
    by_record = {item["record_id"]: item for item in falt1.held("rejections")}
    mended = {
        **refused,
        "fields": {**refused["fields"], "kind": "night"},
        "replaces": by_record[refused["record_id"]]["id"],
    }
    correction = {**mended, "id": new_id(), "device_seq": 50}
    over = falt1.mutation("rejections", "update", by_record[handed["record_id"]]["id"], 1, state="handed_over")
    choice = falt1.mutation("conflicts", "update", met["conflict_id"], 1, resolution={"reason": {"choice": "sent"}})
    falt1.apply(correction, over, choice)

    restored = create_app(settings_for(backup, tmp_path))
    with restored.app_context():
        disposal.restored(restored.extensions["fieldapp.registry"], folder=tmp_path, now=datetime.now(UTC))
    again = [
        Phone.signed_in(restored.test_client(), who, phone.session["device_id"])
        for who, phone in (("falt1", falt1), ("falt2", falt2))
    ]
    # The choice comes before the conflict is there again: its phone was faster than the other side's.
    assert statuses(again[0], refused, handed, correction, over) == ["rejected", "rejected", "applied", "held"]
    assert statuses(again[0], choice) == ["held"]
    again[1].apply(theirs)
    assert statuses(again[0], ours) == ["conflict"]
    records = again[0].pull()
    assert records[("shifts", shift["record_id"])]["reason"] == "vår"
    assert records[("shifts", refused["record_id"])]["kind"] == "night"
    states = {item["record_id"]: item["state"] for item in again[0].held("rejections")}
    assert states == {refused["record_id"]: "corrected", handed["record_id"]: "handed_over"}
    assert [item["state"] for item in again[0].held("conflicts")] == ["resolved"]
    with restored.app_context():
        db.session.remove()
        db.engine.dispose()


def statuses(phone, *mutations):
    return [receipt["status"] for receipt in phone.push(*mutations)]


def test_PL5_thirty_days_after_a_restore_an_unknown_record_is_not_found_again(app, phone, sql):
    falt1 = phone("falt1")
    for days, expected in ((29, "held"), (31, "rejected")):
        sql(
            "UPDATE sync_state SET restored_at = :at",
            at=datetime.now(UTC).replace(microsecond=0) - timedelta(days=days),
        )
        [receipt] = falt1.push(falt1.mutation("shifts", "update", new_id(), 1, reason="x"))
        assert receipt["status"] == expected


def back_up(app, engine_name, folder, postgres) -> str:
    """Copy the database as it stands and return the copy's URL."""
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
    url = app.config["SQLALCHEMY_DATABASE_URI"]
    if engine_name == "sqlite":
        for suffix in ("", "-wal"):
            source = folder / f"faltlogg.db{suffix}"
            if source.exists():
                shutil.copy(source, folder / f"backup.db{suffix}")
        return f"sqlite:///{folder / 'backup.db'}"
    name = url.rsplit("/", 1)[1]
    admin(postgres, f"CREATE DATABASE backup_{name} TEMPLATE {name}")
    return f"{postgres}/backup_{name}"


def test_PL4_by_hand_only_what_goes_as_a_whole_is_disposed_of(app, evening, rows):
    _, _, shift, visit, _ = evening
    runner = app.test_cli_runner()
    refused = runner.invoke(args=["sync", "dispose", "visits", visit["record_id"]])
    assert refused.exit_code == 2
    assert "briefings, shifts" in refused.output
    assert rows("SELECT count(*) AS n FROM visits")[0]["n"] == 1
    done = runner.invoke(args=["sync", "dispose", "shifts", shift["record_id"]])
    assert (done.exit_code, done.output) == (0, "3 poster gallrades.\n")
    assert rows("SELECT count(*) AS n FROM visits")[0]["n"] == 0
