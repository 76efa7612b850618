"""A leader's morning in a real browser: sixty passes with the keyboard alone, and the same page without JavaScript."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.mobile import Mobile
from tests.factories.phone import now_iso
from tests.factories.review import submitted
from tests.faults.server import Server
from tests.faults.wire import wire_phone

pytestmark = pytest.mark.browser

Database = Callable[..., list[dict[str, Any]]]
PASSES = 60
RETURNED = "Fyll på minuterna."


def statuses(database: Database) -> dict[str, int]:
    return {row["status"]: row["n"] for row in database("SELECT status, count(*) AS n FROM shifts GROUP BY status")}


@pytest.mark.timeout(300)
def test_sixty_passes_are_reviewed_with_the_keyboard_alone(
    server: Server, office: Callable[..., Page], database: Database
) -> None:
    worker = wire_phone(server.url, "falt1")
    for number in range(PASSES):
        visit = worker.visit("-")
        submitted(worker, visit, worker.observation(visit["record_id"]), started_at=now_iso(hours=-6, minutes=-number))
    page = office("ledare2", java_script_enabled=True)
    keys = page.keyboard
    page.goto(f"{server.url}/office/review")
    keys.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    keys.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()  # while it is open no key means the page
    keys.press("j")
    expect(page.locator("tbody th a").first).to_be_focused()
    keys.press("Enter")
    page.wait_for_url("**/office/review/passes/*")
    for left in range(PASSES, 0, -1):
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        address = page.url
        if left % 20 == 0:  # one that lacks something goes back
            keys.press("r")
            keys.type(RETURNED)
            keys.press("Tab")
            keys.press("Tab")
            while page.evaluate("document.activeElement.value") != "return":
                keys.press("Tab")
        else:
            keys.press("a")
            expect(page.get_by_role("button", name="Godkänn", exact=True)).to_be_focused()
        keys.press("Enter")
        page.wait_for_url(lambda url, address=address: url != address)
    expect(page.get_by_role("heading", name="Granska")).to_be_visible()
    assert statuses(database) == {"approved": PASSES - 3, "returned": 3}
    assert {row["reason"] for row in database("SELECT reason FROM reviews")} == {"", RETURNED}


def test_keys_can_be_turned_off_and_none_acts_while_something_is_written(
    server: Server, office: Callable[..., Page]
) -> None:
    worker = wire_phone(server.url, "falt1")
    shift = submitted(worker)
    page = office("ledare2", java_script_enabled=True)
    page.goto(f"{server.url}/office/review/passes/{shift}")
    page.keyboard.press("r")
    page.keyboard.type("janur?")
    expect(page.get_by_label("Kommentar")).to_have_value("janur?")
    page.get_by_role("button", name="Kortkommandon").click()
    page.get_by_role("checkbox", name="Använd kortkommandon").uncheck()
    page.get_by_role("button", name="Stäng").click()
    page.keyboard.press("u")
    page.reload()
    page.keyboard.press("u")
    assert page.url.endswith(shift)


def test_keys_reach_the_rows_of_every_list_and_the_help_says_those_that_do_something(
    server: Server, office: Callable[..., Page]
) -> None:
    worker = wire_phone(server.url, "falt1")
    worker.push(worker.shift(kind="okänd"), worker.shift(kind="okänd"))
    page = office("ledare2", java_script_enabled=True)
    for path, rows in (("rejections", "article"), ("devices", "tbody tr")):
        page.goto(f"{server.url}/office/review/{path}")
        page.keyboard.press("j")
        expect(page.locator(rows).first).to_be_focused()
    page.goto(f"{server.url}/office/review/rejections")
    page.keyboard.press("j")
    page.keyboard.press("Tab")
    page.keyboard.press("j")  # from within a row
    expect(page.locator("article").nth(1)).to_be_focused()
    page.keyboard.press("k")
    expect(page.locator("article").first).to_be_focused()
    page.keyboard.press("?")
    said = page.get_by_role("dialog").locator("dt:visible")
    expect(said).to_have_text(["j", "k", "u", "?"])


def test_a_pass_is_returned_and_approved_without_javascript(
    server: Server, office: Callable[..., Page], database: Database
) -> None:
    worker = wire_phone(server.url, "falt1")
    visit = worker.visit("-")
    shift = submitted(worker, visit, worker.observation(visit["record_id"]))
    page = office("ledare2")
    page.goto(f"{server.url}/office/review")
    page.locator("tbody th a").first.click()
    page.get_by_text("Be om komplettering av besöket").click()
    page.get_by_label("Vad behövs?").nth(1).fill("Hur länge var ni där?")
    page.get_by_role("button", name="Återsänd för komplettering").click()
    expect(page.get_by_role("status")).to_contain_text("Passet är återsänt.")
    worker.apply(worker.mutation("shifts", "update", shift, 3, status="submitted"))
    page.get_by_role("link", name="Se passet").click()
    expect(page.get_by_text("Efterfrågat")).to_contain_text("Hur länge var ni där?")
    page.get_by_role("button", name="Godkänn", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("Passet är godkänt.")
    assert statuses(database) == {"approved": 1}


def test_a_pass_that_comes_back_while_its_phone_is_offline_and_edited_there_is_completed_by_a_colleague(
    server: Server, office: Callable[..., Page], mobile: Callable[..., Mobile], database: Database
) -> None:
    one, lead = wire_phone(server.url, "falt1"), wire_phone(server.url, "ledare2")
    two = mobile()
    two.sign_in("falt2")
    people = [one.user_id, database("SELECT id FROM users WHERE email = 'falt2@demo.example'")[0]["id"]]
    visit = one.visit("-")
    shift = submitted(one, visit, one.observation(visit["record_id"]), participant_ids=people)
    two.waits_for_nothing()
    two.can_start_offline()
    two.offline()
    two.open(f"/app/besok/{visit['record_id']}")
    two.tap("Samtal")
    two.tap("Spara")
    page = office("ledare2")
    page.goto(f"{server.url}/office/review/passes/{shift}")
    page.get_by_label("Kommentar").fill(RETURNED)
    page.get_by_role("button", name="Återsänd för komplettering").click()
    expect(page.get_by_role("status")).to_contain_text("Passet är återsänt.")
    two.offline(False)
    two.waits_for_nothing()
    two.open(f"/app/pass/{shift}")
    expect(two.page.get_by_text(RETURNED).first).to_be_visible()
    [kept] = database("SELECT actions FROM visits WHERE id = :id", id=visit["record_id"])
    assert "conversation" in kept["actions"]
    two.tap("Skicka in igen")
    two.tap("Skicka in")
    expect(two.page.get_by_role("status").filter(has_text="Mottagen.")).to_be_visible(timeout=30_000)
    two.waits_for_nothing()
    assert statuses(database) == {"submitted": 1}
    whole = lead.client.get(f"/api/v1/shifts/{shift}").get_json()
    assert [comment["text"] for comment in whole["comments"]] == [RETURNED]
