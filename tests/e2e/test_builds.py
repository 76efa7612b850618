"""New builds and old ones on one phone: updates (C06), two builds in two tabs (C07), a tab that goes (CL6)."""

import os
import random
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.mobile import CONTROLLED, SYNC, Mobile
from tests.e2e.screens import TENNIS
from tests.e2e.staged import StagedServer

pytestmark = pytest.mark.browser

RACES = 10 if os.environ.get("FAULT_SCALE", "1") == "1" else 50
Database = Callable[..., list[dict[str, Any]]]


@pytest.fixture
def server(staged: StagedServer) -> StagedServer:
    """A server that can put out another build."""
    return staged


# Looks for a new worker and waits until it has everything it needs and asks to take over.
LOOK_FOR_UPDATE = """
    async () => {
        const registration = await navigator.serviceWorker.getRegistration();
        await registration.update();
        const worker = registration.installing ?? registration.waiting;
        await new Promise((done) => {
            const look = () => worker.state === "installed" && done();
            worker.addEventListener("statechange", look);
            look();
        });
    }
"""
# Waits until the worker that could not fetch all it needs is given up.
BROKE_OFF = """
    async () => {
        while (await navigator.serviceWorker.getRegistration()) await new Promise((done) => setTimeout(done, 50));
        return true;
    }
"""
# Saves a visit as soon as the last was said to be saved, notes each of them down, and taps *Uppdatera* meanwhile.
SAVE_AND_UPDATE = """
    (afterMs) => {
        const live = document.querySelector("[aria-live=polite].hidden");
        const said = () => new Promise((done) => {
            const watch = new MutationObserver(() => live.textContent && (watch.disconnect(), done()));
            watch.observe(live, { childList: true, characterData: true, subtree: true });
        });
        const buttons = () => [...document.querySelectorAll("button")];
        const button = (words) => buttons().find((one) => one.textContent.startsWith(words));
        const kept = () => JSON.parse(localStorage.getItem("said") ?? "[]");
        setTimeout(() => button("Uppdatera").click(), afterMs);
        void (async () => {
            for (let at = 0; at < 30; at++) {
                const saved = said();
                button("Vi är här Demo").click();
                await saved;
                const id = document.querySelector("section.here h2 a").href.split("/").pop();
                localStorage.setItem("said", JSON.stringify([...kept(), id]));
                await new Promise((done) => setTimeout(done, 50));
            }
        })();
    }
"""


def build_of(page: Page) -> str:
    """Return the entry file of the build that runs."""
    return str(page.evaluate("document.querySelector('script[type=module]').src"))


def begins_unheard(mobile: Callable[..., Mobile]) -> Mobile:
    """Start a pass on a phone whose records do not come through."""
    phone = mobile()
    phone.sign_in("falt1")
    phone.can_start_offline()
    phone.context.route(SYNC, lambda route: route.abort())
    phone.start_pass()
    return phone


def test_C06_a_new_worker_waits_for_the_queue_then_asks_and_never_reloads_on_its_own(
    server: StagedServer, mobile: Callable[..., Mobile]
) -> None:
    phone = begins_unheard(mobile)
    phone.arrive(TENNIS)
    phone.page.evaluate("window.untouched = true")
    server.release(1)
    phone.page.evaluate(LOOK_FOR_UPDATE)
    phone.observe("Alkohol")
    expect(phone.page.get_by_role("link", name="3 väntar")).to_be_visible()
    expect(phone.button("Uppdatera")).to_have_count(0)
    # The build's files are gone from the server; what was never opened is still here.
    phone.tab("Passet")
    phone.tap("Avsluta")
    phone.sees_heading("Kontrollera och skicka in")
    phone.reach_the_server()
    phone.page.evaluate("dispatchEvent(new Event('online'))")
    expect(phone.page.get_by_text("Det finns en ny version.")).to_be_visible(timeout=30_000)
    assert "-r1.js" not in build_of(phone.page)
    assert phone.page.evaluate("window.untouched")
    with phone.loads():
        phone.tap("Uppdatera")
    phone.sees_heading("Kontrollera och skicka in")
    assert "-r1.js" in build_of(phone.page)
    phone.waits_for_nothing()


def test_C18_a_first_installation_that_broke_off_begins_anew_until_the_app_can_start_without_coverage(
    server: StagedServer, mobile: Callable[..., Mobile]
) -> None:
    phone = mobile()
    late = next((server.client / "dist/assets").glob("Walks-*.js"))  # not needed to sign in, only to be kept
    late.rename(late.with_suffix(".away"))
    phone.sign_in("falt1")
    expect(phone.button("Starta pass")).to_be_visible()
    gone = phone.page.evaluate(BROKE_OFF)
    late.with_suffix(".away").rename(late)
    phone.can_start_offline()
    phone.offline()
    phone.open()
    expect(phone.button("Starta pass")).to_be_visible()
    assert gone


def test_C18_a_map_that_did_not_come_keeps_no_app_away_comes_later_and_stays_with_a_new_build(
    server: StagedServer, mobile: Callable[..., Mobile]
) -> None:
    phone = mobile()
    late = next((server.client / "dist/assets").glob("maplibre-gl-worker-*.mjs"))
    late.rename(late.with_suffix(".away"))
    phone.sign_in("falt1")
    phone.can_start_offline()
    phone.offline()
    phone.open()
    expect(phone.button("Starta pass")).to_be_visible()
    late.with_suffix(".away").rename(late)
    phone.offline(False)
    phone.keeps_the_map()
    server.release(1)
    phone.page.evaluate(LOOK_FOR_UPDATE)
    with phone.loads():
        phone.tap("Uppdatera")
    phone.tab("Karta")
    expect(phone.button("Zooma in")).to_be_visible()
    phone.keeps_the_map()
    phone.offline()
    phone.open("/app/karta")
    expect(phone.button("Zooma in")).to_be_visible()


def test_C18_a_page_that_came_past_the_worker_is_taken_along_so_that_its_screens_open_without_coverage(
    mobile: Callable[..., Mobile],
) -> None:
    phone = mobile()
    phone.sign_in("falt1")
    phone.can_start_offline()
    phone.open()
    with phone.loads():
        phone.context.new_cdp_session(phone.page).send("Page.reload", {"ignoreCache": True})
    phone.page.evaluate(CONTROLLED)
    phone.offline()
    phone.tab("Mer")
    expect(phone.page.get_by_role("link", name="Nattvandring")).to_be_visible()


def test_CL10_once_the_pass_is_closed_it_asks_although_a_queue_waits_and_the_queue_survives(
    server: StagedServer, mobile: Callable[..., Mobile]
) -> None:
    phone = begins_unheard(mobile)
    server.release(1)
    phone.page.evaluate(LOOK_FOR_UPDATE)
    phone.tab("Passet")
    phone.tap("Avsluta")
    phone.sees_heading("Kontrollera och skicka in")
    expect(phone.button("Uppdatera")).to_have_count(0)
    phone.tap("Skicka in")
    expect(phone.button("Uppdatera")).to_be_visible(timeout=30_000)
    with phone.loads():
        phone.tap("Uppdatera")
    expect(phone.page.get_by_role("heading", level=1)).to_be_visible()
    assert "-r1.js" in build_of(phone.page)
    expect(phone.page.get_by_role("link", name="2 väntar")).to_be_visible()
    phone.reach_the_server()
    phone.waits_for_nothing()


@pytest.mark.timeout(60 + 60 * RACES)
def test_C06_updates_that_race_with_saves_lose_none(
    server: StagedServer, mobile: Callable[..., Mobile], database: Database
) -> None:
    phone = mobile()
    phone.sign_in("falt1")
    phone.can_start_offline()
    phone.start_pass()
    for race in range(1, RACES + 1):
        server.release(race)
        phone.page.evaluate(LOOK_FOR_UPDATE)
        expect(phone.button("Uppdatera")).to_be_visible(timeout=30_000)
        phone.context.route(SYNC, lambda route: route.abort())
        # The browser lets the old worker finish what it is at before the new one takes over.
        with phone.loads(timeout=60_000):
            phone.page.evaluate(SAVE_AND_UPDATE, random.Random(race).uniform(0, 600))
        expect(phone.button(f"Vi är här {TENNIS}").or_(phone.here(TENNIS))).to_be_visible()
        assert f"-r{race}.js" in build_of(phone.page)
        phone.reach_the_server()
        phone.page.evaluate("dispatchEvent(new Event('focus'))")
    said = phone.page.evaluate("JSON.parse(localStorage.getItem('said'))")
    assert len(said) >= RACES
    phone.waits_for_nothing()
    kept = [row["id"] for row in database("SELECT id FROM visits WHERE NOT deleted")]
    assert sorted(set(said) - set(kept)) == []
    # What was on its way when the page went may be there without having been said, and nothing else.
    assert len(set(kept) - set(said)) <= RACES
    assert {row["status"] for row in database("SELECT status FROM sync_receipts")} == {"applied"}
    assert {row["missing_ranges"] for row in database("SELECT missing_ranges FROM sync_devices")} == {"[]"}


def test_C07_an_old_build_in_another_tab_gives_way_to_the_new_ones_database_with_a_notice(
    server: StagedServer, mobile: Callable[..., Mobile], database: Database
) -> None:
    phone = mobile()
    phone.sign_in("falt1")
    phone.can_start_offline()
    old = phone.page
    new = phone.new_tab()
    phone.open("/app/mer/synk")
    server.release(1, newer_store=True)
    new.evaluate(LOOK_FOR_UPDATE)
    expect(phone.button("Uppdatera")).to_be_visible()
    phone.context.route(SYNC, lambda route: route.abort())
    old.get_by_role("button", name="Starta pass").tap()
    expect(old.get_by_role("button", name=f"Vi är här {TENNIS}")).to_be_visible()
    old.get_by_role("button", name=f"Vi är här {TENNIS}").tap()
    expect(old.get_by_role("link", name="2 väntar")).to_be_visible()
    old.get_by_role("button", name="Ny iakttagelse").tap()
    old.get_by_role("button", name="Alkohol", exact=True).first.tap()
    with phone.loads(new):
        phone.tap("Uppdatera")
    phone.sees_heading("Synkstatus")
    assert "-r1.js" in build_of(new)
    expect(new.get_by_text("2 poster", exact=True)).to_be_visible()
    expect(old.get_by_text("Appen har uppdaterats i en annan flik.")).to_be_visible()
    assert "-r1.js" not in build_of(old)
    old.get_by_role("button", name="Spara", exact=True).tap()
    expect(old.get_by_role("alert")).to_have_text("En nyare version av appen är öppen i en annan flik. Fortsätt där.")
    with phone.loads(old):
        old.get_by_role("button", name="Ladda om").tap()
    expect(old.get_by_text("Ditt utkast är tillbaka.")).to_be_visible()
    assert "-r1.js" in build_of(old)
    old.get_by_role("button", name="Spara", exact=True).tap()
    expect(old.get_by_role("link", name="3 väntar")).to_be_visible()
    phone.reach_the_server()
    phone.waits_for_nothing()
    assert [row["status"] for row in database("SELECT status FROM sync_receipts")] == ["applied"] * 3


# Holds a database of the page and never lets go, as a tab that hangs does.
HOLD = """
    async () => {
        const [{ name }] = (await indexedDB.databases()).filter(({ name }) => /faltlogg-.*-.*-/.test(name));
        window.held = await new Promise((done) => {
            const request = indexedDB.open(name);
            request.onsuccess = () => done(request.result);
        });
    }
"""


def test_C07_a_database_another_tab_never_lets_go_of_is_waited_for_with_a_notice(
    server: StagedServer, mobile: Callable[..., Mobile]
) -> None:
    phone = mobile()
    phone.sign_in("falt1")
    phone.can_start_offline()
    hung = phone.new_tab()
    hung.goto(server.url + "/healthz")
    hung.evaluate(HOLD)
    new = phone.new_tab()
    phone.open()
    server.release(1, newer_store=True)
    new.evaluate(LOOK_FOR_UPDATE)
    with phone.loads(new):
        phone.tap("Uppdatera")
    expect(new.get_by_role("status")).to_contain_text("stäng Fältlogg i andra flikar. Inget försvinner.")
    hung.close()
    expect(phone.button("Starta pass")).to_be_visible()
    assert "-r1.js" in build_of(new)


def test_CL6_when_the_tab_that_syncs_is_closed_in_the_middle_of_a_request_another_goes_on(
    mobile: Callable[..., Mobile], database: Database
) -> None:
    phone = mobile()
    phone.sign_in("falt1")
    first = phone.page
    asked = []
    first.route(SYNC, lambda route: asked.append(route))
    with first.expect_request(SYNC):
        phone.start_pass()
    second = phone.new_tab()
    phone.open()
    expect(second.get_by_role("link", name="1 väntar")).to_be_visible()
    first.close()
    # No tap, no reload: S18 gives a minute, a look every five seconds needs ten at most.
    expect(second.get_by_role("link", name="1 väntar")).to_have_count(0, timeout=20_000)
    assert [row["status"] for row in database("SELECT status FROM sync_receipts")] == ["applied"]
