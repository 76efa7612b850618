"""A group's own page in a real browser: by plain forms, and with its log kept where there is no coverage."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Error, Page, Route, expect

from tests.e2e.mobile import REACHES_NOBODY
from tests.e2e.screens import plan_walks
from tests.faults.server import Server
from tests.faults.wire import wire_phone

pytestmark = pytest.mark.browser
Database = Callable[..., list[dict[str, Any]]]
IS_KEPT = """async () => {
    await navigator.serviceWorker.ready;
    const cache = await caches.open("faltlogg-walk");
    while (!(await cache.match(location.pathname))) await new Promise((later) => setTimeout(later, 50));
}"""


@pytest.fixture
def link(server: Server, office: Callable[..., Page]) -> str:
    """A link that a coordinator made on the office page, without JavaScript; the group's walk has begun."""
    plan_walks(wire_phone(server.url, "nattvandring"))
    page = office("nattvandring")
    page.goto(server.url + "/office/walks/groups")
    page.get_by_role("button", name="Gör en länk Demo Föräldrar").click()
    return page.get_by_label("Kopiera").input_value()


@pytest.fixture
def volunteer(desk: Browser) -> Iterator[Callable[..., BrowserContext]]:
    """A volunteer's browser, which has never signed in."""
    contexts: list[BrowserContext] = []

    def start(**options: Any) -> BrowserContext:
        contexts.append(desk.new_context(**{"locale": "sv-SE", "timezone_id": "Europe/Stockholm", **options}))
        return contexts[-1]

    yield start
    for context in contexts:
        context.close()


def write_log(page: Page, note: str) -> None:
    log = page.locator("details[data-kind=log]:visible").first
    log.locator("summary").click()
    log.get_by_label("Hur många gick?").fill("3")
    log.get_by_label("Livligt").check()
    log.get_by_label("Att föra vidare").fill(note)
    log.get_by_role("button", name="Spara loggen").click()


def logged(database: Database) -> list[dict[str, Any]]:
    return database("SELECT status, actual_walkers, mood, log_note FROM walks WHERE status = 'done'")


DONE = [{"status": "done", "actual_walkers": 3, "mood": "lively", "log_note": "Mörkt vid gången"}]


def test_without_javascript_the_forms_are_plain_forms(
    link: str, volunteer: Callable[..., BrowserContext], database: Database
) -> None:
    page = volunteer(java_script_enabled=False).new_page()
    page.goto(link)
    write_log(page, "Mörkt vid gången")
    expect(page.get_by_text("Tack, svaret är mottaget.")).to_be_visible()
    assert logged(database) == DONE


def test_a_log_written_without_coverage_is_received_once(
    link: str, volunteer: Callable[..., BrowserContext], database: Database
) -> None:
    context = volunteer()
    page = context.new_page()
    page.goto(link)
    page.evaluate(IS_KEPT)
    context.set_offline(True)
    page.reload()
    expect(page.get_by_text("Demotorget vid klockan").first).to_be_visible()
    write_log(page, "Mörkt vid gången")
    expect(page.get_by_text("Logg 3: Sparad på mobilen")).to_be_visible()
    page.evaluate(REACHES_NOBODY)
    page.close()
    page = context.new_page()
    page.goto(link)
    expect(page.get_by_text("Logg 3: Sparad på mobilen")).to_be_visible()
    assert logged(database) == []
    context.set_offline(False)
    expect(page.get_by_text("Logg: Mottagen")).to_be_visible()
    page.reload()
    expect(page.get_by_text("Genomförd")).to_be_visible()
    assert logged(database) == DONE
    assert len(database("SELECT id FROM walk_answers")) == 1


def test_a_lost_answer_and_a_captive_portal_are_no_receipt_and_the_log_counts_once(
    link: str, volunteer: Callable[..., BrowserContext], database: Database
) -> None:
    context = volunteer()
    page = context.new_page()
    page.goto(link)
    ways = ["portal", "lost"]

    def meddle(route: Route) -> None:
        way = ways.pop(0) if route.request.method == "POST" and ways else "through"
        if way == "portal":
            route.fulfill(status=200, content_type="text/html", body="<h1>Logga in på tågets wifi</h1>")
        elif way == "lost":
            route.fetch()
            route.abort()
        else:
            route.continue_()

    page.route("**/walk/*", meddle)
    write_log(page, "Mörkt vid gången")
    expect(page.get_by_text("Logg 3: Sparad på mobilen")).to_be_visible()
    for _ in range(2):
        expect(page.get_by_text("Logg: Mottagen")).to_be_hidden()
        page.evaluate("window.dispatchEvent(new Event('online'))")
        page.wait_for_timeout(500)
    expect(page.get_by_text("Logg: Mottagen")).to_be_visible()
    assert (ways, logged(database)) == ([], DONE)
    assert len(database("SELECT id FROM walk_answers")) == 1


def test_a_kept_page_asks_for_the_log_once_the_walk_has_begun_and_ends_with_its_link(
    link: str, volunteer: Callable[..., BrowserContext], database: Database
) -> None:
    context = volunteer()
    page = context.new_page()
    page.goto(link)
    page.evaluate(IS_KEPT)
    logs = page.locator("details[data-kind=log]:visible")
    expect(logs).to_have_count(1)
    context.set_offline(True)
    page.clock.set_fixed_time(datetime.now(UTC) + timedelta(days=6, hours=1))
    page.reload()
    expect(logs).to_have_count(2)
    expect(page.locator("details[data-kind=coming]:visible")).to_have_count(1)
    context.set_offline(False)
    database("UPDATE walk_links SET revoked_at = created_at")
    page.reload()
    expect(page.get_by_text("Länken gäller inte.")).to_be_visible()
    context.set_offline(True)
    with pytest.raises(Error, match="ERR_FAILED"):
        page.reload()
