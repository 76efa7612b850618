"""Clocks that are wrong, jump, or change with the season (C14, PU15), and five days without a session (C15)."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from playwright.sync_api import expect

from fieldapp.demo.accounts import PASSWORD
from tests.e2e.mobile import TONIGHT, Mobile
from tests.e2e.screens import STAIRS, TENNIS, send_an_earlier_pass
from tests.e2e.staged import StagedServer
from tests.faults.wire import wire_phone

pytestmark = pytest.mark.browser

Database = Callable[..., list[dict[str, Any]]]
# The phone's clock: the machine's, moved by what lies in the page's storage. The monotonic clock stays.
WRONG_CLOCK = """
    const Right = Date;
    const shift = () => { try { return Number(localStorage.getItem("clock")); } catch { return 0; } };
    window.Date = class extends Right {
        constructor(...given) { given.length ? super(...given) : super(Right.now() + shift()); }
        static now() { return Right.now() + shift(); }
    };
    window.tapped = {};
    addEventListener("click", ({ target }) => {
        const button = target.closest("button");
        if (button) window.tapped[button.textContent] = performance.now();
    }, true);
"""
SAVED_AT = """
    SELECT s.started_at, v.arrived_at, v.left_at, o.observed_at
    FROM shifts s JOIN visits v ON v.shift_id = s.id LEFT JOIN observations o ON o.visit_id = v.id ORDER BY v.arrived_at
"""


@pytest.fixture
def server(staged: StagedServer) -> StagedServer:
    """A server whose clock can be moved."""
    return staged


def set_clock(phone: Mobile, shift: timedelta) -> None:
    """Move the phone's wall clock, while the app runs."""
    phone.page.evaluate("ms => localStorage.setItem('clock', ms)", shift / timedelta(milliseconds=1))


def with_clock(phone: Mobile, shift: timedelta) -> None:
    """Give a phone a clock that can be moved, and move it before the app starts."""
    phone.context.add_init_script(WRONG_CLOCK)
    phone.open()
    set_clock(phone, shift)
    phone.open()


def moments(row: dict[str, Any]) -> list[datetime]:
    """Return the times of a visit in the order in which they were made."""
    names = ("started_at", "arrived_at", "observed_at", "left_at")
    return [datetime.fromisoformat(row[name]).replace(tzinfo=UTC) for name in names if row[name]]


def all_applied(database: Database) -> None:
    """See that nothing was refused or marked for its time."""
    assert {row["status"] for row in database("SELECT status FROM sync_receipts")} == {"applied"}
    assert database("SELECT id FROM sync_rejections") == []


@pytest.mark.parametrize("days", [3, -3])
def test_C14_a_clock_three_days_wrong_is_told_and_corrected_also_after_a_restart(
    days: int, mobile: Callable[..., Mobile], database: Database
) -> None:
    phone = mobile()
    with_clock(phone, timedelta(days=days))
    phone.sign_in("falt1")
    phone.can_start_offline()
    phone.open("/app/mer/synk")
    expect(phone.page.get_by_text("Mobilens klocka går 4320 minuter fel.")).to_be_visible()
    before = datetime.now(UTC)
    phone.open()
    phone.start_pass()
    phone.offline()
    phone.close()
    phone.start(online=False)
    phone.context.add_init_script(WRONG_CLOCK)
    phone.open()
    phone.arrive(TENNIS)
    phone.observe("Ungdomar samlade")
    phone.leave()
    phone.offline(False)
    phone.waits_for_nothing()
    (row,) = database(SAVED_AT)
    made = moments(row)
    assert made == sorted(made)
    assert before - timedelta(seconds=2) <= made[0]
    assert made[-1] <= datetime.now(UTC) + timedelta(seconds=2)
    all_applied(database)


@pytest.mark.parametrize("hours", [-2, -30])
def test_C14_a_jump_back_within_a_shift_bends_no_length_by_more_than_a_second(
    hours: int, mobile: Callable[..., Mobile], database: Database
) -> None:
    phone = mobile()
    with_clock(phone, timedelta())
    phone.sign_in("falt1")
    phone.offline()
    phone.start_pass()
    phone.arrive(TENNIS)
    set_clock(phone, timedelta(hours=hours))
    phone.observe("Ungdomar samlade")
    phone.leave()
    tapped = phone.page.evaluate("window.tapped")
    phone.offline(False)
    phone.waits_for_nothing()
    (row,) = database(SAVED_AT)
    started, arrived, observed, left = moments(row)
    assert started <= arrived <= observed <= left
    for begun, ended, first, last in (
        (started, arrived, "Starta pass", f"Vi är här {TENNIS}"),
        (started, left, "Starta pass", "Avsluta besök"),
    ):
        real_s = (tapped[last] - tapped[first]) / 1000
        # Both times are cut down to whole seconds.
        assert abs((ended - begun).total_seconds() - real_s) <= 1.05
    all_applied(database)


def october_night() -> datetime:
    """Return 02:40 summer time of the next night in which the clock is set back, an hour before winter time begins."""
    year = datetime.now(UTC).year + 1
    last_sunday = max(day for day in (datetime(year, 10, n, tzinfo=UTC) for n in range(25, 32)) if day.weekday() == 6)
    return last_sunday.replace(hour=0, minute=40)


def test_C14_the_october_night_is_an_hour_longer_and_in_order(
    server: StagedServer, mobile: Callable[..., Mobile], database: Database
) -> None:
    shift = october_night() - datetime.now(UTC)
    server.move_to(shift)
    phone = mobile()
    with_clock(phone, shift)
    phone.sign_in("falt1")
    phone.can_start_offline()
    phone.offline()
    phone.start_pass()
    phone.arrive(STAIRS)
    phone.observe("Alkohol")
    # 02:40 summer time; half an hour later it is 02:10, and half an hour after that 02:40 again.
    set_clock(phone, shift + timedelta(minutes=30))
    phone.arrive(TENNIS)
    set_clock(phone, shift + timedelta(minutes=60))
    phone.observe("Ungdomar samlade")
    set_clock(phone, shift + timedelta(minutes=90))
    phone.tab("Passet")
    times = phone.page.locator(".timeline time")
    expect(times).to_have_text(["02:40", "02:10", "02:40", "02:40", "02:40"])
    phone.tap("Avsluta")
    expect(phone.page.get_by_text("02:40–03:10 · 1 tim 30 min")).to_be_visible()
    phone.tap("Skicka in")
    phone.sees_heading("Passet är inskickat")
    server.move_to(shift + timedelta(minutes=90))
    phone.offline(False)
    phone.waits_for_nothing()
    (shown,) = database("SELECT started_at, ended_at FROM shifts")
    began, ended = (datetime.fromisoformat(shown[name]) for name in ("started_at", "ended_at"))
    assert timedelta(minutes=90) <= ended - began < timedelta(minutes=92)
    made = [moment for row in database(SAVED_AT) for moment in moments(row)[1:]]
    for at, minutes in zip(made, (0, 0, 30, 30, 60, 90), strict=True):
        assert timedelta(minutes=minutes) <= at.replace(tzinfo=None) - began < timedelta(minutes=minutes + 2)
    assert all(one <= other for one, other in pairwise(made))
    all_applied(database)


def test_C15_a_session_that_ended_in_five_days_without_coverage_locks_reading_and_loses_nothing(
    server: StagedServer, mobile: Callable[..., Mobile], database: Database
) -> None:
    send_an_earlier_pass(wire_phone(server.url, "falt1"))
    phone = mobile()
    with_clock(phone, timedelta())
    phone.sign_in("falt1")
    phone.can_start_offline()
    phone.waits_for_nothing()
    phone.open("/app/mer/pass")
    expect(phone.page.locator("a.row")).to_contain_text("Inskickat")
    phone.offline()
    phone.open()
    phone.start_pass()
    phone.arrive(TENNIS)
    phone.observe("Ungdomar samlade")
    received = database("SELECT count(*) AS n FROM sync_receipts")
    set_clock(phone, timedelta(days=5))
    server.move_to(timedelta(days=5))
    phone.close()
    phone.start(online=False)
    phone.context.add_init_script(WRONG_CLOCK)
    phone.open("/app/mer/pass")
    expect(phone.page.locator("a.row")).to_contain_text("Pågår")
    expect(phone.page.get_by_text("Du är utloggad. Allt sparas på mobilen.")).to_be_visible()
    phone.open()
    phone.arrive(STAIRS)
    phone.observe("Alkohol")
    phone.open("/app/passet")
    phone.shows_ticks(["Sparad på mobilen"] * 5)
    phone.offline(False)
    phone.open("/app/mer/synk")
    phone.tap("Skicka nu")
    expect(phone.page.get_by_role("status").first).to_have_text("Logga in för att skicka.")
    assert database("SELECT count(*) AS n FROM sync_receipts") == received
    phone.page.get_by_role("main").get_by_role("link", name="Logga in").tap()
    phone.sees_heading("Logga in")
    phone.field("Lösenord").fill(PASSWORD)
    phone.tap("Logga in")
    phone.sees_heading(TONIGHT)
    phone.waits_for_nothing()
    phone.open("/app/mer/pass")
    expect(phone.page.locator("a.row")).to_have_count(2)
    phone.open("/app/passet")
    phone.shows_ticks(["Mottagen"] * 5)
    all_applied(database)
