"""Whose queue it is (CL8, C08, C09), what the phone promises to keep (CL12), a newer build that is demanded (CL10)."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import expect

from fieldapp.core.clock import local_date, utc_now
from tests.e2e.mobile import SYNC, Mobile
from tests.e2e.screens import STAIRS, TENNIS
from tests.e2e.test_clocks import set_clock, with_clock

pytestmark = pytest.mark.browser

Database = Callable[..., list[dict[str, Any]]]
RECEIVED, UNSENT = "Lampan vid trappan är trasig.", "Buskarna skymmer sikten."


def notes(phone: Mobile, topic: str, note: str) -> None:
    """*Ny iakttagelse* with a note."""
    phone.tap("Ny iakttagelse")
    phone.choose("Vad ser ni?", topic)
    phone.field("Anteckning").fill(note)
    phone.save_observation()


def signs_out(phone: Mobile, waiting: int) -> None:
    """Sign out, with what is unsent left for the next sign-in."""
    phone.open("/app/mer/logga-ut")
    words = "1 post är inte skickad." if waiting == 1 else f"{waiting} poster är inte skickade."
    expect(phone.page.get_by_role("status").first).to_have_text(words)
    phone.tap("Logga ut och skicka vid nästa inloggning")
    phone.sees_heading("Logga in")


def test_CL8_C08_C09_two_people_on_one_phone_lose_nothing_and_read_nothing_of_each_other(
    mobile: Callable[..., Mobile], database: Database
) -> None:
    phone = mobile()
    phone.sign_in("falt1")
    phone.can_start_offline()
    phone.start_pass()
    phone.arrive(TENNIS)
    notes(phone, "Alkohol", RECEIVED)
    phone.waits_for_nothing()
    phone.offline()
    phone.open()
    phone.arrive_at_new_place("bakom idrottshallen")
    visit = str(phone.page.locator("section.here h2 a").get_attribute("href"))
    notes(phone, "Bruk", UNSENT)
    signs_out(phone, 3)
    left = phone.everything_kept()
    assert UNSENT in left
    assert RECEIVED not in left
    phone.offline(False)

    phone.sign_in("falt2")
    for path in ("/app/passet", "/app/mer/pass", "/app/mer/synk", visit, "/app"):
        phone.open(path)
        expect(phone.page.get_by_text("bakom idrottshallen")).to_have_count(0)
        expect(phone.page.get_by_text(UNSENT)).to_have_count(0)
    phone.waits_for_nothing()
    sent = database("SELECT count(*) AS n FROM sync_receipts")
    phone.open()
    phone.offline()
    phone.start_pass()
    phone.arrive(STAIRS)
    signs_out(phone, 2)
    phone.offline(False)

    phone.sign_in("falt1")
    expect(phone.here("bakom idrottshallen")).to_be_visible()
    phone.waits_for_nothing()
    assert database("SELECT count(*) AS n FROM sync_receipts")[0]["n"] == sent[0]["n"] + 3
    phone.open("/app/mer/logga-ut")
    phone.tap("Logga ut")
    phone.sees_heading("Logga in")
    phone.sign_in("falt2")
    expect(phone.here(STAIRS)).to_be_visible()
    phone.waits_for_nothing()
    authors = database(
        "SELECT u.email, count(*) AS n FROM visits v JOIN users u ON u.id = v.created_by GROUP BY 1 ORDER BY 1"
    )
    assert authors == [{"email": "falt1@demo.example", "n": 2}, {"email": "falt2@demo.example", "n": 1}]
    assert {row["status"] for row in database("SELECT status FROM sync_receipts")} == {"applied"}
    assert {row["missing_ranges"] for row in database("SELECT missing_ranges FROM sync_devices")} == {"[]"}


def test_CL8_signing_out_offers_to_send_first_or_to_stay(mobile: Callable[..., Mobile]) -> None:
    phone = mobile()
    phone.sign_in("falt1")
    phone.can_start_offline()
    phone.offline()
    phone.start_pass()
    phone.tab("Mer")
    phone.page.get_by_role("link", name="Logga ut").tap()
    for choice in ("Skicka nu", "Stanna kvar", "Logga ut och skicka vid nästa inloggning"):
        expect(phone.button(choice)).to_be_visible()
    phone.tap("Stanna kvar")
    phone.sees_heading("Mer")
    phone.page.get_by_role("link", name="Logga ut").tap()
    phone.tap("Skicka nu")
    expect(phone.page.get_by_text("1 post är inte skickad.")).to_be_visible()
    expect(phone.page.get_by_text("Du är offline just nu.")).to_be_visible()
    phone.offline(False)  # with coverage the queue goes by itself (CL5)
    expect(phone.page.get_by_text("Allt är mottaget.")).to_be_visible(timeout=30_000)
    expect(phone.button("Skicka nu")).to_be_disabled()
    phone.tap("Logga ut")
    phone.sees_heading("Logga in")


def test_CL8_signing_out_in_one_tab_ends_the_other_and_what_is_typed_there_is_nobody_elses(
    mobile: Callable[..., Mobile],
) -> None:
    phone = mobile()
    phone.sign_in("falt1")
    phone.start_pass()
    phone.arrive(TENNIS)
    notes(phone, "Alkohol", RECEIVED)
    phone.waits_for_nothing()
    phone.open()
    phone.tap("Ny iakttagelse")
    phone.field("Anteckning").fill(UNSENT)
    typing = phone.page
    phone.new_tab()
    phone.open("/app/mer/logga-ut")
    phone.tap("Logga ut")
    phone.sees_heading("Logga in")
    expect(typing.get_by_role("heading", level=1, name="Logga in")).to_be_visible()
    expect(typing.get_by_text(UNSENT)).to_have_count(0)
    assert RECEIVED not in phone.everything_kept()
    phone.sign_in("falt2")
    for tab in (phone.page, typing):
        tab.goto(phone.url + "/app/passet")
        expect(tab.get_by_role("heading", level=1)).to_be_visible()
        for words in (RECEIVED, UNSENT):
            expect(tab.get_by_text(words)).to_have_count(0)


# ---------------------------------------------------------------- what the phone promises


def asked_for_storage(answer: bool) -> str:
    """Return a script that answers the question for lasting storage, and counts how often it is put."""
    return f"""
        window.asked = 0;
        navigator.storage.persisted = async () => false;
        navigator.storage.persist = async () => {{ window.asked++; return {str(answer).lower()}; }};
    """


@pytest.mark.parametrize(("answer", "words"), [(True, "Ja"), (False, "Nej")])
def test_CL12_lasting_storage_is_asked_for_after_sign_in_and_the_answer_stands_on_synkstatus(
    answer: bool, words: str, mobile: Callable[..., Mobile]
) -> None:
    phone = mobile()
    phone.context.add_init_script(asked_for_storage(answer))
    phone.open()
    assert phone.page.evaluate("window.asked") == 0
    phone.sign_in("falt1")
    asked = phone.page.evaluate("window.asked")
    assert asked >= 1
    phone.page.get_by_role("link", name="inget skickat än").tap()
    line = phone.page.locator(".fact").filter(has_text="Skyddad lagring")
    expect(line.locator("dd")).to_have_text(words)
    expect(phone.page.get_by_text("Mobilen kan rensa appens minne om det blir fullt.")).to_have_count(int(not answer))
    used = phone.page.locator(".fact").filter(has_text="Använt minne").locator("dd")
    expect(used).to_have_text(re.compile(r"^[\d,]+ [kMG]B av [\d,]+ [kMG]B$"))


def test_CL12_what_has_waited_for_two_hours_is_reminded_of(mobile: Callable[..., Mobile]) -> None:
    phone = mobile()
    with_clock(phone, timedelta())
    phone.sign_in("falt1")
    phone.can_start_offline()
    phone.offline()
    phone.start_pass()
    reminder = phone.page.get_by_text("Något har väntat i mer än två timmar. Sök täckning och tryck på Skicka nu.")
    phone.arrive(TENNIS)
    set_clock(phone, timedelta(hours=1, minutes=55))
    phone.arrive(STAIRS)
    expect(reminder).to_have_count(0)
    set_clock(phone, timedelta(hours=2, minutes=1))
    phone.arrive(TENNIS)
    later = utc_now() + timedelta(hours=2, minutes=1)
    # Past midnight the stronger line stands in its place: that it is of yesterday.
    of_yesterday = phone.page.get_by_role("link", name="från i går är inte mottag")
    expect(reminder if local_date(later) == local_date(utc_now()) else of_yesterday).to_be_visible()
    phone.open("/app/mer/synk")
    expect(reminder).to_be_visible()


IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/18.5 Mobile/15E148 Safari/604.1"
)


def test_CL12_safari_outside_the_home_screen_starts_no_pass_and_says_send_first(
    mobile: Callable[..., Mobile], database: Database
) -> None:
    phone = mobile()
    phone.sign_in("falt1")
    phone.can_start_offline()
    phone.offline()
    phone.start_pass()
    phone.close()
    phone.become(user_agent=IPHONE)
    phone.start(online=False)
    phone.open("/app/mer/synk")
    expect(phone.page.get_by_text("Skicka det som väntar innan du installerar.")).to_be_visible()
    phone.offline(False)
    phone.waits_for_nothing()
    database("UPDATE shifts SET deleted = 1")
    phone.close()
    phone.become(user_agent=IPHONE)
    phone.start()
    phone.open("/app/mer/logga-ut")
    phone.tap("Logga ut")
    phone.sees_heading("Logga in")
    phone.sign_in("falt1")
    expect(phone.page.get_by_text("Lägg till på hemskärmen först")).to_be_visible()
    expect(phone.button("Starta pass")).to_have_count(0)


# ---------------------------------------------------------------- a newer build is demanded


def test_CL10_CL4_when_the_server_wants_a_newer_build_the_update_is_offered_at_once_and_the_queue_survives(
    mobile: Callable[..., Mobile], database: Database
) -> None:
    phone = mobile()
    phone.sign_in("falt1")
    phone.can_start_offline()
    body = {"error": "upgrade_required", "message": "Uppdatera appen.", "fields": {}, "request_id": "0"}
    phone.context.route(SYNC, lambda route: route.fulfill(status=426, json=body))
    phone.start_pass()
    phone.arrive(TENNIS)
    # In the middle of a pass, with a queue.
    expect(phone.page.get_by_text("Appen måste uppdateras för att kunna skicka. Inget försvinner.")).to_be_visible()
    expect(phone.page.get_by_role("link", name="2 väntar")).to_be_visible()
    with phone.loads():
        phone.tap("Uppdatera")
    expect(phone.here(TENNIS)).to_be_visible()
    phone.observe("Alkohol")
    expect(phone.page.get_by_role("link", name="3 väntar")).to_be_visible()
    phone.reach_the_server()
    phone.waits_for_nothing()
    assert [row["status"] for row in database("SELECT status FROM sync_receipts")] == ["applied"] * 3
