"""What the phone itself refuses or gets wrong: storage (C05), position (C16), and whether it is online at all (C19)."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.mobile import SYNC, TENNIS_COURT, Mobile
from tests.e2e.screens import STAIRS, TENNIS
from tests.faults.server import Server

pytestmark = pytest.mark.browser

Database = Callable[..., list[dict[str, Any]]]
NOTE = "Tre lampor är släckta längs gångvägen."

# ---------------------------------------------------------------- no room

# How long from the tap on a button until words are shown; rejected after ten seconds.
UNTIL_SHOWN = """
    ([button, where, words]) => new Promise((done, fail) => {
        const began = performance.now();
        const look = () => {
            if (![...document.querySelectorAll(where)].some((one) => one.textContent.includes(words))) return;
            watch.disconnect();
            done(performance.now() - began);
        };
        const watch = new MutationObserver(look);
        watch.observe(document.body, { childList: true, characterData: true, subtree: true });
        setTimeout(() => fail(new Error(`never shown: ${words}`)), 10_000);
        [...document.querySelectorAll("button")].find((one) => one.textContent.startsWith(button)).click();
        look();
    })
"""


def ms_until_shown(page: Page, button: str, where: str, words: str) -> float:
    """Press a button and return the milliseconds until some element says the words."""
    took: float = page.evaluate(UNTIL_SHOWN, [button, where, words])
    return took


def test_C05_a_full_phone_says_so_within_a_second_and_the_form_keeps_its_contents(
    server: Server, mobile: Callable[..., Mobile], database: Database
) -> None:
    phone = mobile()
    phone.sign_in("falt1")
    phone.can_start_offline()
    phone.start_pass()
    phone.arrive(TENNIS)
    phone.waits_for_nothing()
    phone.close()
    phone.start(online=False)
    quota = phone.context.new_cdp_session(phone.page)
    quota.send("Storage.overrideQuotaForOrigin", {"origin": server.url, "quotaSize": 1})
    phone.open()
    phone.tap("Ny iakttagelse")
    phone.choose("Vad ser ni?", "Alkohol")
    phone.field("Anteckning").fill(NOTE)
    assert ms_until_shown(phone.page, "Spara", "[role=alert]", "Mobilens minne är fullt.") <= 1000
    phone.sees_heading("Ny iakttagelse")
    expect(phone.field("Anteckning")).to_have_value(NOTE)
    expect(phone.button("Alkohol")).to_have_attribute("aria-pressed", "true")
    quota.send("Storage.overrideQuotaForOrigin", {"origin": server.url})
    phone.save_observation()
    phone.offline(False)
    phone.waits_for_nothing()
    assert database("SELECT note, topics FROM observations") == [{"note": NOTE, "topics": '["alcohol"]'}]


# ---------------------------------------------------------------- no position

NO_ANSWER = "navigator.geolocation.getCurrentPosition = () => undefined"
POSITIONS = {
    "denied": ({"permissions": []}, None, "Appen får inte se var mobilen är."),
    "time-out": ({}, NO_ANSWER, "Mobilen hittade ingen position."),
    "2 km": ({"geolocation": {**TENNIS_COURT, "accuracy": 2000}}, None, "Positionen är för osäker."),
}


@pytest.mark.parametrize("fault", POSITIONS)
def test_C16_nothing_waits_more_than_five_seconds_for_a_position(
    fault: str, mobile: Callable[..., Mobile], database: Database
) -> None:
    options, script, words = POSITIONS[fault]
    phone = mobile(**options)
    if script:
        phone.context.add_init_script(script)
    phone.sign_in("falt1")
    phone.start_pass()
    phone.tap("Vi är här – annan plats")
    phone.sees_heading("Vi är här")
    # 5 s is the rule for the position; a busy machine takes its time to draw the words.
    assert ms_until_shown(phone.page, "Föreslå närmaste plats", "[role=status]", words) <= 5500
    phone.tap("Ny plats")
    phone.field("Vad kallas platsen?").fill("bakom idrottshallen")
    assert ms_until_shown(phone.page, "Spara min position", "[role=alert]", words) <= 5500
    expect(phone.page.get_by_role("alert")).to_contain_text("Välj stadsdel i stället.")
    expect(phone.field("Vad kallas platsen?")).to_have_value("bakom idrottshallen")
    phone.tap("Stadsdel")
    phone.page.locator("button.row").filter(has_text="Hökarängen").tap()
    expect(phone.here("Hökarängen")).to_be_visible()
    phone.observe("Alkohol")
    phone.waits_for_nothing()
    assert database("SELECT neighbourhood, place FROM visits") == [{"neighbourhood": "Hökarängen", "place": None}]


# ---------------------------------------------------------------- no truth about the network

OFFLINE = "Du är offline. Allt sparas på mobilen."
LINES = {"cut": OFFLINE, "silent": "Inget svar från servern än. Allt sparas på mobilen."}


def lying(online: bool) -> str:
    """Return a script that makes the browser say so, whatever is true."""
    return f"Object.defineProperty(Navigator.prototype, 'onLine', {{ get: () => {str(online).lower()} }})"


@pytest.mark.parametrize("line", LINES)
def test_C19_a_browser_that_says_online_is_not_believed(
    line: str, mobile: Callable[..., Mobile], database: Database
) -> None:
    """Cut: requests fail. Silent: they are never answered, as at the edge of coverage."""
    phone = mobile()
    phone.context.add_init_script(lying(True))
    phone.sign_in("falt1")
    phone.start_pass()
    phone.waits_for_nothing()
    phone.open()
    phone.context.route(SYNC, lambda route: route.abort() if line == "cut" else None)
    phone.arrive(TENNIS)
    expect(phone.page.get_by_text(LINES[line])).to_be_visible(timeout=10_000)
    expect(phone.page.get_by_role("link", name="1 väntar")).to_be_visible()
    phone.observe("Alkohol")
    phone.reach_the_server()
    phone.waits_for_nothing()
    phone.open()
    expect(phone.page.locator(".offline")).to_have_count(0)
    assert database("SELECT count(*) AS n FROM observations") == [{"n": 1}]


def test_C19_whoever_touches_the_phone_sees_within_ten_seconds_that_the_line_has_gone(
    mobile: Callable[..., Mobile],
) -> None:
    phone = mobile()
    phone.context.add_init_script(lying(True))
    phone.sign_in("falt1")
    phone.start_pass()
    phone.waits_for_nothing()
    phone.open()
    phone.context.route(SYNC, lambda route: route.abort())
    bar = phone.page.get_by_text(OFFLINE)
    for _ in range(10):
        phone.page.get_by_role("heading", level=1).tap()
        phone.page.wait_for_timeout(1000)
        if bar.is_visible():
            return
    pytest.fail("ten seconds of touching, and nothing said that the line had gone")


def test_C19_a_browser_that_says_offline_is_not_believed_either(
    mobile: Callable[..., Mobile], database: Database
) -> None:
    phone = mobile()
    phone.context.add_init_script(lying(False))
    phone.sign_in("falt1")
    expect(phone.page.get_by_text(OFFLINE)).to_have_count(0, timeout=10_000)
    phone.start_pass()
    phone.arrive(STAIRS)
    phone.page.evaluate("dispatchEvent(new Event('offline'))")
    expect(phone.page.get_by_text(OFFLINE)).to_have_count(0, timeout=10_000)
    phone.waits_for_nothing()
    assert database("SELECT count(*) AS n FROM visits") == [{"n": 1}]
