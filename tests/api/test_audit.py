"""The audit log's chain: what is edited, removed, moved or hashed anew shows; rows hold codes alone (X24, X25)."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import Thread

import pytest
import time_machine
from sqlalchemy import event, insert, select, update

from fieldapp import create_app
from fieldapp.audit import checkpoints, services
from fieldapp.audit.checkpoints import LOG
from fieldapp.audit.models import AuditHead, AuditRow
from fieldapp.audit.services import row_hash
from fieldapp.audit.verifying import Fault, verify
from fieldapp.core.database import db, write_transaction
from fieldapp.demo.accounts import PASSWORD
from tests.conftest import SECRET
from tests.factories.phone import ORIGIN

CANARY = "kanariefågel i anteckningen"
LOG_TABLE = AuditRow.__table__


def faults(app) -> list[int]:
    """Return the numbers of the rows that are not as they were written."""
    return [number for fault in found(app) for number in range(fault.first, fault.last + 1)]


def found(app) -> list[Fault]:
    with app.app_context():
        return verify()


@pytest.fixture
def command(app) -> Callable[..., tuple[int, str]]:
    """Run `flask audit …`; return how it ended and what it said."""

    def run(*args: str) -> tuple[int, str]:
        result = app.test_cli_runner().invoke(args=["audit", *args])
        return result.exit_code, result.output

    return run


@pytest.fixture
def under_new_key(app) -> Callable[..., tuple[int, str]]:
    """Run `flask audit …` after the secret key was changed; `old`: the keys that are still known."""

    def run(*args: str, old: tuple[str, ...] = ()) -> tuple[int, str]:
        changed = replace(app.config["SETTINGS"], secret_key=f"new {SECRET}", old_secret_keys=old)
        other = create_app(changed)
        result = other.test_cli_runner().invoke(args=["audit", *args])
        with other.app_context():
            db.engine.dispose()
        assert not result.exception or isinstance(result.exception, SystemExit), result.exception
        return result.exit_code, result.output

    return run


@pytest.fixture
def last(rows) -> Callable[[], int]:
    return lambda: rows("SELECT number FROM audit_head")[0]["number"]


def hash_anew(app, first: int, **changed) -> None:
    """Change a row and hash everything from it on anew, the head too: what a clever intruder would do."""
    with app.app_context(), db.engine.begin() as connection:
        rows = [
            dict(row)
            for row in connection.execute(
                select(LOG_TABLE).where(LOG_TABLE.c.number >= first).order_by(LOG_TABLE.c.number)
            ).mappings()
        ]
        rows[0] |= changed
        connection.execute(LOG_TABLE.delete().where(LOG_TABLE.c.number >= first))
        previous = rows[0]["previous_hash"]
        for row in rows:
            content = {name: value for name, value in row.items() if name != "row_hash"} | {"previous_hash": previous}
            previous = row_hash(content)
            connection.execute(insert(LOG_TABLE), content | {"row_hash": previous})
        connection.execute(update(AuditHead).values(row_hash=previous))


def test_the_chain_holds_after_an_evening_and_shows_an_edited_row(app, phone, rows, sql, command):
    falt1 = phone("falt1")
    shift, visit, observation = falt1.evening()
    observation["fields"]["note"] = CANARY
    falt1.apply(shift, visit, observation)
    falt1.client.post(
        "/api/v1/session", json={"email": CANARY, "password": PASSWORD, "device_id": shift["id"]}, headers=ORIGIN
    )
    falt1.client.delete("/api/v1/session", headers=falt1.headers)
    assert faults(app) == []
    assert command("verify") == (0, "Loggen är hel: alla rader står som de skrevs.\n")
    actions = {row["action"] for row in rows("SELECT action FROM audit_log")}
    assert {"session.created", "session.refused", "session.ended", "sync.pushed", "grant.given", "team.created"} <= (
        actions
    )
    assert CANARY not in str(rows("SELECT * FROM audit_log"))
    sql("UPDATE audit_log SET action = 'nothing.happened' WHERE number = 3")
    assert found(app) == [Fault(3, 3, "edited")]
    assert command("verify") == (1, "Rad 3: innehållet är ändrat, eller raden flyttad.\n")


@pytest.mark.parametrize(
    "edit",
    [
        "at = '2020-01-01 00:00:00.000000'",
        "actor_id = 'somebody-else'",
        "subject = NULL",
        """details = '{"role": "admin"}'""",
        "previous_hash = 'x'",
        "row_hash = 'x'",
    ],
)
def test_every_column_is_part_of_the_hash(app, sql, edit):
    sql(f"UPDATE audit_log SET {edit} WHERE number = 5 AND subject IS NOT NULL")
    assert Fault(5, 5, "edited") in found(app)


@pytest.mark.parametrize("engine_name", ["sqlite"])
@pytest.mark.parametrize("edit", ["at = 'i går'", "details = '{'", "details = '[1e400]'", "row_hash = x'00ff'"])
def test_a_row_that_can_not_even_be_read_is_named(app, sql, engine_name, edit):
    sql(f"UPDATE audit_log SET {edit} WHERE number = 5")
    assert Fault(5, 5, "edited") in found(app)


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_a_head_that_can_not_be_read_shows(app, sql, last, engine_name):
    end = last()
    sql("UPDATE audit_head SET number = 'x'")
    assert found(app) == [Fault(end, end, "end")]


@pytest.mark.parametrize(("first", "to"), [(1, 1), (1, 3), (4, 4), (4, 6)])
def test_removed_rows_are_named(app, sql, command, first, to):
    sql("DELETE FROM audit_log WHERE number BETWEEN :first AND :to", first=first, to=to)
    assert found(app) == [Fault(first, to, "missing")]
    numbers = f"{first}–{to}" if to > first else str(first)
    assert command("verify") == (1, f"Rad {numbers} saknas.\n")


def test_a_tail_cut_off_shows_against_the_head(app, sql, last):
    end = last()
    sql("DELETE FROM audit_log WHERE number > :kept", kept=end - 2)
    assert found(app) == [Fault(end - 1, end, "missing")]


def test_a_tail_cut_off_with_the_head_shows_against_a_checkpoint(app, sql, rows, last, command, tmp_path):
    end = last()
    assert command("checkpoint")[0] == 0
    [row] = rows("SELECT number, row_hash FROM audit_log WHERE number = :n", n=end - 2)
    sql("DELETE FROM audit_log WHERE number > :number", number=row["number"])
    sql("UPDATE audit_head SET number = :number, row_hash = :row_hash", **row)
    assert found(app) == [Fault(end - 1, end, "missing")]
    sql("DELETE FROM audit_checkpoints")
    wanted = [Fault(end - 1, end, "missing"), Fault(end, end, "checkpoint_missing")]
    assert found(app) == wanted
    forged = {"restored": row["number"], "at": "2026-01-01T00:00:00Z", "mac": "0" * 64}
    with (tmp_path / LOG).open("a") as file:
        file.write(json.dumps(forged) + "\n")
    assert found(app) == [Fault(end - 2, end - 2, "forged"), *wanted]


def test_an_emptied_log_shows(app, sql, last):
    sql("DELETE FROM audit_log")
    assert found(app) == [Fault(1, last(), "missing")]
    sql("DELETE FROM audit_head")
    assert found(app) == [Fault(0, 0, "end")]


def test_a_head_that_was_set_back_shows(app, sql, last):
    end = last()
    sql("UPDATE audit_head SET number = :number", number=end - 1)
    assert found(app) == [Fault(end, end, "end")]


def test_rows_that_changed_places_are_named(app, sql):
    for number, to in ((5, -5), (6, 5), (-5, 6)):
        sql("UPDATE audit_log SET number = :to WHERE number = :number", number=number, to=to)
    assert found(app) == [Fault(5, 5, "edited"), Fault(6, 6, "edited")]


def test_a_row_hashed_anew_alone_does_not_fit_the_next(app, rows, sql):
    row = rows("SELECT * FROM audit_log WHERE number = 5")[0]
    details = json.loads(row["details"]) if isinstance(row["details"], str) else row["details"]
    at = row["at"] if isinstance(row["at"], datetime) else datetime.fromisoformat(row["at"]).replace(tzinfo=UTC)
    content = {name: row[name] for name in ("number", "actor_id", "subject", "previous_hash")}
    forged = row_hash({**content, "at": at, "action": "nothing.happened", "details": details})
    sql("UPDATE audit_log SET action = 'nothing.happened', row_hash = :forged WHERE number = 5", forged=forged)
    assert found(app) == [Fault(6, 6, "unlinked")]


def test_a_chain_hashed_anew_shows_against_the_checkpoint(app, phone, command, last):
    assert command("checkpoint") == (0, f"Kontrollpunkt skriven på rad {last()}.\n")
    assert command("checkpoint") == (0, "Loggens sista rad har redan en kontrollpunkt.\n")
    end = last()
    phone("falt1")
    assert found(app) == []
    hash_anew(app, 3, actor_id=None, action="nothing.happened")
    assert found(app) == [Fault(1, end, "rewritten")]
    assert command("verify") == (1, f"Rad 1–{end} skrevs om efter kontrollpunkten på rad {end}.\n")


def test_a_chain_hashed_anew_between_two_checkpoints_is_narrowed_down(app, phone, command, last):
    command("checkpoint")
    before = last()
    phone("falt1")
    phone("falt2")
    command("checkpoint")
    hash_anew(app, before + 1, action="nothing.happened")
    assert found(app) == [Fault(before + 1, last(), "rewritten")]


def test_without_its_table_the_file_beside_the_database_still_tells(app, sql, command, last):
    command("checkpoint")
    hash_anew(app, 3, action="nothing.happened")
    sql("DELETE FROM audit_checkpoints")
    assert set(found(app)) == {Fault(1, last(), "rewritten"), Fault(last(), last(), "checkpoint_missing")}


def test_a_checkpoint_made_without_the_key_is_no_checkpoint(app, sql, command, last):
    command("checkpoint")
    hash_anew(app, 3, action="nothing.happened")
    sql("UPDATE audit_checkpoints SET row_hash = (SELECT row_hash FROM audit_head)")
    assert Fault(last(), last(), "forged") in found(app)


def test_lines_broken_beside_the_database_are_said_and_stop_nobody(app, phone, command, tmp_path, last):
    command("checkpoint")
    with (tmp_path / LOG).open("ab") as file:
        file.write(b'{"number": 4}\n[]\nhej\n{"half": ')
    phone("falt1")
    assert command("verify")[0] == 1
    assert set(found(app)) == {Fault(0, 0, "forged"), Fault(4, 4, "forged")}


def test_nothing_is_vouched_for_in_a_log_that_is_not_whole(app, sql, command, rows):
    sql("DELETE FROM audit_log WHERE number = 4")
    said = "Error: Loggen är inte hel. Kör flask audit verify och ta reda på varför först.\n"
    assert command("checkpoint") == (1, said)
    assert command("dispose", "--before", "2020-01-01") == (1, said)
    assert rows("SELECT * FROM audit_checkpoints") == []


def test_a_checkpoint_comes_by_itself_in_table_and_file_alike(app, phone, rows, monkeypatch, tmp_path):
    monkeypatch.setattr(services, "EVERY", 5)
    falt1 = phone("falt1")
    for _ in range(6):
        falt1.apply(falt1.shift())
    kept = rows("SELECT number, row_hash, mac FROM audit_checkpoints ORDER BY number")
    assert len(kept) >= 1
    assert all(row["number"] % 5 == 0 for row in kept)
    noted = [json.loads(line) for line in (tmp_path / LOG).read_text().splitlines()]
    assert [{name: line[name] for name in ("number", "row_hash", "mac")} for line in noted] == kept
    assert found(app) == []


def record_and_fall() -> None:
    with write_transaction():
        services.record(db.session(), action="nothing.happened", actor_id=None)
        raise RuntimeError


def test_what_is_rolled_back_leaves_no_checkpoint(app, rows, monkeypatch, tmp_path):
    monkeypatch.setattr(services, "EVERY", 1)
    with app.app_context():
        with pytest.raises(RuntimeError):
            record_and_fall()
        with write_transaction():
            pass
    assert rows("SELECT * FROM audit_checkpoints") == []
    assert not (tmp_path / LOG).exists()


def test_a_line_that_was_never_written_is_made_up_for(app, phone, command, tmp_path, last):
    command("checkpoint")
    first = last()
    (tmp_path / LOG).unlink()  # as after a fall between commit and file
    phone("falt1")
    command("checkpoint")
    assert [json.loads(line)["number"] for line in (tmp_path / LOG).read_text().splitlines()] == [first, last()]


def test_a_full_disk_beside_the_database_stops_no_one(app, phone, monkeypatch):
    monkeypatch.setattr(services, "EVERY", 1)

    def full(*_args: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(checkpoints, "append_lines", full)
    falt1 = phone("falt1")
    falt1.apply(falt1.shift())


def test_after_a_restore_what_was_vouched_for_beyond_it_is_no_fault(app, phone, sql, rows, command, last):
    [kept] = rows("SELECT number, row_hash FROM audit_head")
    phone("falt1")
    command("checkpoint")
    sql("DELETE FROM audit_log WHERE number > :number", number=kept["number"])  # the older database
    sql("DELETE FROM audit_checkpoints")
    sql("UPDATE audit_head SET number = :number, row_hash = :row_hash", **kept)
    assert found(app) != []
    assert app.test_cli_runner().invoke(args=["sync", "restored"]).exit_code == 0
    phone("falt1")
    assert found(app) == []
    assert rows("SELECT count(*) AS n FROM audit_log WHERE action = 'database.restored'") == [{"n": 1}]


# ---------------------------------------------------------------- disposal


@pytest.fixture
def year_later():
    with time_machine.travel(datetime.now(UTC) + timedelta(days=365), tick=True) as traveller:
        yield traveller


def days_ago(days: int) -> str:
    return (datetime.now(UTC) - timedelta(days=days)).date().isoformat()


@pytest.fixture
def disposed(app, command, phone, last, request) -> int:
    """A year's old rows are gone, and some came after; return the number of the last that went."""
    command("checkpoint")
    up_to = last()
    with time_machine.travel(datetime.now(UTC) + timedelta(days=365), tick=True):
        phone("falt1")
        said = f"{up_to} rader gallrades, till och med rad {up_to}.\n"
        assert command("dispose", "--before", days_ago(200)) == (0, said)
        phone("falt2")
    return up_to


def test_what_is_left_after_disposal_is_whole(app, disposed, rows, command):
    assert found(app) == []
    assert rows("SELECT min(number) AS first FROM audit_log") == [{"first": disposed + 1}]
    [row] = rows("SELECT actor_id, details FROM audit_log WHERE action = 'audit.disposed'")
    details = json.loads(row["details"]) if isinstance(row["details"], str) else row["details"]
    assert (details["up_to"], details["rows"]) == (disposed, disposed)
    assert command("dispose", "--before", days_ago(200)) == (
        0, "Inget att gallra: ingen kontrollpunkt är så gammal.\n",
    )  # fmt: skip


def test_rows_removed_beyond_a_disposal_are_named(app, disposed, sql):
    sql("DELETE FROM audit_log WHERE number = :first", first=disposed + 1)
    assert found(app) == [Fault(disposed + 1, disposed + 1, "missing")]


def test_a_disposal_that_is_not_ours_excuses_nothing(app, disposed, rows, sql):
    [next_row] = rows("SELECT number, row_hash FROM audit_log WHERE number = :n", n=disposed + 1)
    [said] = rows("SELECT details FROM audit_log WHERE action = 'audit.disposed'")
    details = json.loads(said["details"]) if isinstance(said["details"], str) else said["details"]
    one_more = {"up_to": next_row["number"], "row_hash": next_row["row_hash"]}
    hash_anew(app, disposed + 2, details=details | one_more)  # the row that says what was disposed of
    sql("DELETE FROM audit_log WHERE number = :number", number=next_row["number"])
    assert Fault(1, disposed + 1, "missing") in found(app)


def test_only_what_is_older_than_a_checkpoint_goes(app, phone, command, rows, year_later):
    nothing = (0, "Inget att gallra: ingen kontrollpunkt är så gammal.\n")
    assert command("dispose", "--before", days_ago(200)) == nothing
    command("checkpoint")  # of today: what is older than the date has none of its own
    assert command("dispose", "--before", days_ago(200)) == nothing
    assert found(app) == []


def test_what_is_young_stays(command):
    said = "Error: --before: Rader från de senaste 31 dagarna gallras inte.\n"
    assert command("dispose", "--before", days_ago(20)) == (1, said)


def test_two_disposals_one_after_the_other(app, disposed, phone, command, last):
    with time_machine.travel(datetime.now(UTC) + timedelta(days=370), tick=True):
        command("checkpoint")
        second = last()
    with time_machine.travel(datetime.now(UTC) + timedelta(days=730), tick=True):
        gone = second - disposed
        said = f"{gone} rader gallrades, till och med rad {second}.\n"
        assert command("dispose", "--before", days_ago(200)) == (0, said)
    assert found(app) == []


def test_what_is_written_while_the_log_is_read_is_no_fault(app, phone):
    written = []

    def write_meanwhile(*_args: object) -> None:
        if "audit_head" in str(_args[2]) and not written:
            written.append("falt1")
            somebody = Thread(target=phone, args=written)  # a request has a session of its own
            somebody.start()
            somebody.join()

    with app.app_context():
        event.listen(db.engine, "after_cursor_execute", write_meanwhile)
        assert verify() == []
    assert written


def test_a_changed_secret_key_is_said_in_words_with_what_to_do(app, phone, command, under_new_key, last):
    """Old checkpoints are no longer ours: verify and checkpoint say that the key is another, and where it is put."""
    assert command("checkpoint")[0] == 0
    phone("falt1")
    for asked in ("verify", "checkpoint"):
        status, said = under_new_key(asked)
        assert status == 1
        assert "FIELDAPP_OLD_SECRET_KEYS" in said, said
        assert "Traceback" not in said
    assert "inte hel" not in under_new_key("checkpoint")[1]  # nothing else is wrong with it


def test_a_log_begun_under_an_old_key_goes_on_under_the_new_one(app, phone, command, under_new_key, rows):
    assert command("checkpoint")[0] == 0
    phone("falt1")
    assert under_new_key("verify", old=("an older one that nothing was ever made with", SECRET)) == (
        0,
        "Loggen är hel: alla rader står som de skrevs.\n",
    )
    assert under_new_key("checkpoint", old=(SECRET,))[0] == 0
    assert len(rows("SELECT * FROM audit_checkpoints")) == 2
    assert under_new_key("verify", old=(SECRET,))[0] == 0
    assert "FIELDAPP_OLD_SECRET_KEYS" in under_new_key("verify")[1]  # the first one is not forgotten
    assert command("verify")[0] == 1  # nor is the new one under the old key alone


def test_what_is_wrong_besides_a_changed_key_is_not_hidden_by_it(app, sql, command, under_new_key):
    assert command("checkpoint")[0] == 0
    sql("UPDATE audit_log SET action = 'nothing.happened' WHERE number = 3")
    status, said = under_new_key("checkpoint")
    assert status == 1
    assert "inte hel" in said
    assert "FIELDAPP_OLD_SECRET_KEYS" in said
    assert "inte hel" in under_new_key("checkpoint", old=(SECRET,))[1]
