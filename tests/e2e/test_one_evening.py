"""Two phones and the server through an evening: what was agreed reaches both, and what both log is there once."""

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import expect

from tests.e2e.mobile import Mobile
from tests.e2e.screens import TENNIS
from tests.faults.server import HOUSE, Server

pytestmark = pytest.mark.browser

Database = Callable[..., list[dict[str, Any]]]
BRIEFING = "/app/mer/utsattning"
LIVING = "SELECT count(*) AS n FROM {table} WHERE NOT deleted"


def test_a_briefing_made_without_coverage_reaches_the_other_and_a_change_reaches_both(
    mobile: Callable[..., Mobile], database: Database
) -> None:
    one, two = mobile(), mobile()
    for phone, who in ((one, "falt1"), (two, "falt2")):
        phone.sign_in(who)
        phone.can_start_offline()
    two.open(BRIEFING)
    expect(two.page.get_by_text("Ingen utsättning gäller nu.")).to_be_visible()
    one.offline()
    one.open(BRIEFING)
    one.tap("Ny utsättning")
    one.choose("Vilka var med?", "Polis")
    one.tap("Lägg till plats")
    one.field("Sök plats att prioritera").fill(TENNIS)
    one.page.locator("button.row").first.tap()
    one.tap("Spara")
    one.hears("Utsättningen är sparad")
    expect(one.page.get_by_text("Sparad på mobilen", exact=False).first).to_be_visible()
    one.offline(False)
    one.waits_for_nothing()
    two.waits_for_nothing()
    two.open(BRIEFING)
    agreed = two.page.locator("section.card").filter(has_text="Gemensam utsättning")
    expect(agreed).to_contain_text(TENNIS)
    expect(agreed).to_contain_text("misstänkt handel")

    two.offline()
    two.open()
    two.start_pass()
    one.open(BRIEFING)
    one.page.get_by_role("link", name="Ändra utsättningen").tap()
    one.field("Skäl").select_option(label="våld")
    one.tap("Spara")
    one.hears("Utsättningen är sparad")
    one.waits_for_nothing()
    two.offline(False)
    two.waits_for_nothing()
    (row,) = database("SELECT changed_at FROM briefings")
    changed = datetime.fromisoformat(f"{row['changed_at']}+00:00").astimezone(ZoneInfo("Europe/Stockholm"))
    for phone in (one, two):
        phone.open(BRIEFING)
        expect(phone.page.get_by_text(f"Ändrad {changed:%H:%M}")).to_be_visible()
        phone.open()
        expect(phone.card(TENNIS)).to_contain_text("våld")
    assert {row["status"] for row in database("SELECT status FROM sync_receipts")} == {"applied"}


def test_two_log_one_pass_a_child_comes_before_its_parent_one_edit_conflicts_and_nothing_is_lost(
    mobile: Callable[..., Mobile], server: Server, database: Database, tmp_path: Path
) -> None:
    """The server comes back from an older backup: the colleague's observation comes before the visit it hangs on."""
    one, two = mobile(), mobile()
    one.sign_in("falt1")
    one.start_pass()
    one.waits_for_nothing()
    two.sign_in("falt2")
    two.tap("Gå med i passet")
    two.hears("Du är med på passet")
    two.waits_for_nothing()
    back_up(tmp_path)
    one.open()
    one.arrive(TENNIS)
    one.observe("Ungdomar samlade")
    one.waits_for_nothing()
    two.waits_for_nothing()
    for phone, situation in ((one, "Lugnt"), (two, "Oroligt")):
        phone.can_start_offline()
        phone.offline()
        phone.open("/app/passet")
        phone.page.get_by_role("link", name="Ungdomar samlade").tap()
        phone.sees_heading("Ändra iakttagelse")
        phone.choose("Läget", situation)
        phone.tap("Spara")
        phone.hears("Ändringen är sparad")
    two.open()
    two.observe("Alkohol")
    put_back(server, tmp_path)
    assert database(LIVING.format(table="visits")) == [{"n": 0}]

    two.sends_all()
    assert database("SELECT kind FROM sync_waiting WHERE state = 'waiting'") == [{"kind": "held"}] * 2
    two.open("/app/mer/synk")
    expect(two.page.get_by_text("kollegans mobil").first).to_be_visible()
    one.sends_all()
    two.sends_all()
    assert database(LIVING.format(table="visits")) == [{"n": 1}]
    assert database(LIVING.format(table="observations")) == [{"n": 2}]
    assert database("SELECT state FROM sync_conflicts") == [{"state": "open"}]
    assert database("SELECT id FROM sync_rejections WHERE state = 'open'") == []

    asked = next(phone for phone in (one, two) if says_there_is_a_choice(phone))
    asked.page.get_by_role("link", name="1 att välja").tap()
    asked.page.get_by_role("link", name="Välj Iakttagelse").tap()
    asked.page.get_by_role("group", name="Läget", exact=True).get_by_role("button", name="Använd min").tap()
    asked.tap("Spara valet")
    asked.hears("Valet är sparat")
    asked.waits_for_nothing()
    chosen = "uneasy" if asked is two else "calm"
    assert {row["situation"] for row in database("SELECT situation FROM observations")} == {chosen, None}
    for phone in (one, two):
        phone.waits_for_nothing()
        phone.open("/app/passet")
        expect(phone.page.locator(".timeline li")).to_have_count(4)
        expect(phone.page.get_by_text("Väntar på kollegans mobil")).to_have_count(0)


def says_there_is_a_choice(phone: Mobile) -> bool:
    """Whether the conflict is this person's to choose about."""
    phone.open()
    return phone.page.get_by_role("link", name="1 att välja").count() > 0


def back_up(folder: Path) -> None:
    """Copy the database as it stands, beside a running server."""
    source, copy = folder / "faltlogg.db", folder / "backup.db"
    with closing(sqlite3.connect(source)) as running, closing(sqlite3.connect(copy)) as kept:
        running.backup(kept)


def put_back(server: Server, folder: Path) -> None:
    """Stop the server, put the copy in the database's place and say so to the phones (PL5)."""
    server.kill_all()
    for name in ("faltlogg.db", "faltlogg.db-wal", "faltlogg.db-shm"):
        (folder / name).unlink(missing_ok=True)
    shutil.copy(folder / "backup.db", folder / "faltlogg.db")
    command = [sys.executable, "-m", "flask", "--app", server.application, "sync", "restored"]
    subprocess.run(command, cwd=HOUSE, env={**os.environ, **server.environment}, check=True, capture_output=True)
    server.start()
