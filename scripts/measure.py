"""Measure the field app in a browser on this machine, against a server of its own; print figures, judge nothing.

U01 taps · U02 tap to *Sparad på mobilen* · U03 targets · U08 bytes · C20 cold start without coverage ·
an evening together, a leader's morning and an analyst's afternoon at human pace (`measure_together`, `measure_review`,
`measure_analyst`).
"""

import gzip
import statistics
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Page, Playwright, Response, expect, sync_playwright

from fieldapp.demo.accounts import PASSWORD
from scripts.measure_analyst import afternoon, near_schools
from scripts.measure_review import morning
from scripts.measure_together import together
from scripts.stage import served
from tests.e2e.looking import targets
from tests.e2e.mobile import SWITCHES, Mobile, chromium_path
from tests.e2e.screens import (
    STAIRS,
    TENNIS,
    agree_on_tonights_places,
    field_screens,
    send_an_earlier_pass,
)
from tests.faults.server import HOUSE, Server
from tests.faults.wire import wire_phone

RECORDS, QUEUED, SLOWER = 2_000, 200, 4
WIDTHS = {320: 640, 360: 740, 430: 930}
# Notes when a tap began and when the live region said that it was saved, and when the primary action was there.
STOPWATCH = """
    window.taps = 0;
    window.times = [];
    let began = 0;
    addEventListener("click", (event) => { began = event.timeStamp; window.taps++; }, true);
    document.addEventListener("DOMContentLoaded", () =>
        new MutationObserver((changes) => {
            if (!window.usable && document.querySelector(".action .primary")) window.usable = performance.now();
            const live = document.querySelector("[aria-live=polite].hidden");
            if (!began || !live?.textContent.endsWith("Sparad på mobilen.")) return;
            // A screen that opens brings the last words with it; only words that change are said.
            if (!changes.some(({ target }) => live.contains(target))) return;
            window.times.push(performance.now() - began);
            began = 0;
        }).observe(document.body, { childList: true, characterData: true, subtree: true }));
"""


def main() -> None:
    """Run every measurement on a fresh database, what people do together on another."""
    with served(evenings=False) as (server, folder), sync_playwright() as playwright:
        agree_on_tonights_places(wire_phone(server.url, "ledare"))
        bytes_of_the_first_load(playwright, server, folder)
        taps_and_targets(playwright, server, folder)
        fill_the_phone(server)
        speed(playwright, server, folder)
    with served(evenings=False) as (server, folder), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=SWITCHES)
        together(server, partial(phone, playwright, server, folder), partial(desk, browser, server), line)
        browser.close()
    with served(evenings=False) as (server, folder), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=SWITCHES)
        morning(server, desk(browser, server, "ledare2"), line)
        browser.close()
    with served(evenings=True) as (server, folder), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=SWITCHES)
        afternoon(server, desk(browser, server, "analys"), line)
        near_schools(server, desk(browser, server, "analys"), line)
        browser.close()


@contextmanager
def phone(playwright: Playwright, server: Server, folder: Path, name: str) -> Iterator[Mobile]:
    """Start a phone with a stopwatch in it."""
    mobile = Mobile(playwright, server.url, folder / name, viewport={"width": 360, "height": 740}).start()
    mobile.context.add_init_script(STOPWATCH)
    yield mobile
    mobile.close()


def desk(browser: Browser, server: Server, who: str) -> Page:
    """Sign a person in at a desk."""
    page = browser.new_page(viewport={"width": 1280, "height": 900}, locale="sv-SE")
    page.goto(server.url + "/office/sign-in")
    page.get_by_label("E-post").fill(f"{who}@demo.example")
    page.get_by_label("Lösenord").fill(PASSWORD)
    page.get_by_role("button", name="Logga in").click()
    page.get_by_role("navigation").first.wait_for()
    return page


def line(what: str, *figures: str) -> None:
    """Print one row."""
    print(f"{what:<58} {'  '.join(figures)}")


def kb(count: int) -> str:
    """Return kilobytes of 1,000."""
    return f"{count / 1000:.1f} kB"


# ---------------------------------------------------------------- U08


def bytes_of_the_first_load(playwright: Playwright, server: Server, folder: Path) -> None:
    """Count what the browser asks for, compressed as a proxy does it (gzip -6)."""
    with phone(playwright, server, folder, "bytes") as mobile:
        seen: list[Response] = []
        mobile.page.on("response", lambda response: seen.append(response))
        mobile.open()
        mobile.button("Logga in").wait_for()
        mobile.page.wait_for_load_state("networkidle")
        first = {urlsplit(one.url).path for one in seen if one.ok}
        mobile.sign_in("ledare")
        mobile.start_pass()
        mobile.arrive(TENNIS)
        mobile.observe("Alkohol")
        mobile.page.wait_for_load_state("networkidle")
        logging = {urlsplit(one.url).path for one in seen if one.ok and one.url.endswith(".js")}
        synced = [one for one in seen if one.url.endswith("/api/v1/sync") and one.ok]
        answers = [one.body() for one in synced]
        asked = [(one.request.post_data or "").encode() for one in synced]
    assets = [path.read_bytes() for path in (HOUSE / "static/dist/assets").iterdir()]
    line("U08 first load, to the sign-in screen", kb(packed(map(built, first))), f"{len(first)} files")
    line("U08 of it JavaScript", kb(packed(built(path) for path in first if path.endswith(".js"))))
    # Copies of what was sent are sealed in the background; nobody waits for that part to be loaded.
    shell = [built(path) for path in logging if not any(name in path for name in ("/sw.js", "SignIn", "hpke"))]
    line("U08 JavaScript of pass, visit and observation", kb(packed(shell)), f"{len(shell)} files")
    line("U08 loaded afterwards, to seal copies", kb(packed(built(path) for path in logging if "hpke" in path)))
    line("U08 everything the worker keeps", kb(packed(assets)), f"{len(assets)} files")
    line("U08 first download of the register", kb(len(answers[0])), f"{kb(packed(answers[:1]))} compressed")
    rest = sum(map(len, [*answers[1:], *asked[1:]]))
    line("U08 a pass, a visit, an observation, both ways", kb(rest), f"{len(synced) - 1} requests")


def built(path: str) -> bytes:
    """Return a built file by its address; screens are all the same shell."""
    name = path.removeprefix("/static/dist/").removeprefix("/")
    found = HOUSE / "static/dist" / name
    return (found if found.is_file() else HOUSE / "static/dist/index.html").read_bytes()


def packed(bodies: Any) -> int:
    """Return the sum of sizes after gzip."""
    return sum(len(gzip.compress(body, 6)) for body in bodies)


# ---------------------------------------------------------------- U01, U03


def taps_and_targets(playwright: Playwright, server: Server, folder: Path) -> None:
    """Count taps from *Ikväll* to a saved observation; then walk through every screen with a ruler."""
    earlier = send_an_earlier_pass(wire_phone(server.url, "falt2"))
    with phone(playwright, server, folder, "taps") as mobile:
        mobile.sign_in("falt2")
        mobile.start_pass()
        before = mobile.page.evaluate("window.taps")
        mobile.arrive(TENNIS)
        mobile.tap("Ungdomar samlade", within=mobile.here(TENNIS))
        mobile.save_observation()
        line("U01 taps from the list to a saved observation", str(mobile.page.evaluate("window.taps") - before))
        before = mobile.page.evaluate("window.taps")
        mobile.arrive(STAIRS)
        mobile.tap("Inget att notera")
        mobile.hears("Besökt, inget att notera")
        line("U01 taps from the list to *Inget att notera*", str(mobile.page.evaluate("window.taps") - before))
        screens = field_screens(mobile, earlier)
        measured: dict[int, list[dict[str, Any]]] = {width: [] for width in WIDTHS}
        for screen in screens:
            screen.show(mobile)
            for width, height in WIDTHS.items():
                mobile.page.set_viewport_size({"width": width, "height": height})
                measured[width] += [{**one, "screen": screen.name} for one in targets(mobile.page)]
            mobile.page.set_viewport_size({"width": 360, "height": 740})
    for width, found in measured.items():
        smallest = min(found, key=lambda one: min(one["width"], one["height"]))
        primary = [one for one in found if one["primary"]]
        low = sum(one["middle"] >= 0.5 for one in primary)
        line(
            f"U03 at {width} px: {len(found)} targets on {len(screens)} screens",
            f"smallest {smallest['width']:.0f} × {smallest['height']:.0f} ({smallest['screen']})",
            f"primary ≥ {min(one['height'] for one in primary):.0f} high, {low} of {len(primary)} in the lower half",
        )


# ---------------------------------------------------------------- U02, C20


def fill_the_phone(server: Server) -> None:
    """Write 2,000 records of the last weeks, from another phone of the same person."""
    worker = wire_phone(server.url, "falt1")
    written = 0
    for day in range(1, 26):
        began = datetime.now(UTC) - timedelta(days=day)
        at = began.isoformat()
        shift = worker.shift(started_at=at, ended_at=(began + timedelta(hours=5)).isoformat())
        batch = [shift]
        for _ in range(20):
            visit = worker.visit(shift["record_id"], arrived_at=at, left_at=at)
            seen = [worker.observation(visit["record_id"], observed_at=at, note="Lugnt på platsen.") for _ in range(3)]
            batch += [visit, *seen]
        worker.apply(*batch)
        written += len(batch)
    line("records written for the phone", str(written))


def speed(playwright: Playwright, server: Server, folder: Path) -> None:
    """Tap and wait for the word, as fast as the phone allows; then a cold start with all of it waiting."""
    with phone(playwright, server, folder, "speed") as mobile:
        mobile.sign_in("falt1")
        mobile.can_start_offline()
        mobile.waits_for_nothing()
        mobile.offline()
        mobile.open()
        mobile.start_pass()
        for slower in (1, SLOWER):
            slow_down(mobile, slower)
            times = saves(mobile, QUEUED // 6)
            line(
                f"U02 tap to *Sparad på mobilen*, CPU {slower}× slower, {len(times)} saves",
                f"p50 {statistics.median(times):.0f} ms",
                f"p95 {sorted(times)[int(len(times) * 0.95)]:.0f} ms",
            )
        slow_down(mobile, 1)
        mobile.open()
        waiting = mobile.page.get_by_role("link", name="väntar").inner_text().split("\n")[0]
        for slower in (1, SLOWER):
            starts = []
            for _ in range(5):
                mobile.close()
                mobile.start(online=False)
                mobile.context.add_init_script(STOPWATCH)
                slow_down(mobile, slower)
                mobile.open()
                expect(mobile.page.locator(".action .primary")).to_be_visible()
                starts.append(mobile.page.evaluate("window.usable"))
            line(
                f"C20 cold start offline, CPU {slower}× slower, {waiting.strip('◔ ')}",
                f"p50 {statistics.median(starts):.0f} ms",
                f"slowest {max(starts):.0f} ms",
            )


def slow_down(mobile: Mobile, times: int) -> None:
    """Throttle the CPU as DevTools does."""
    mobile.context.new_cdp_session(mobile.page).send("Emulation.setCPUThrottlingRate", {"rate": times})


def saves(mobile: Mobile, rounds: int) -> list[float]:
    """Arrive, note, arrive: three kinds of save, measured in the page from the tap's own time stamp."""
    mobile.page.evaluate("window.times.length = 0")
    for at in range(rounds):
        mobile.arrive((TENNIS, STAIRS)[at % 2])
        mobile.observe("Alkohol")
        mobile.tap("Avsluta besök")
        mobile.page.locator("section.here").wait_for(state="detached")
    times: list[float] = mobile.page.evaluate("window.times")
    return times


if __name__ == "__main__":
    main()
