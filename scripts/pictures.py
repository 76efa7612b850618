"""Pictures of the field app's main screens and of the office pages, light and night, into build/pictures."""

import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Browser, Page, Playwright, sync_playwright

from fieldapp.demo.accounts import PASSWORD
from fieldapp.demo.register import site_id
from scripts.stage import served
from tests.e2e.mobile import SWITCHES, Mobile, chromium_path
from tests.e2e.screens import (
    Screen,
    admin_pages,
    agree_on_tonights_places,
    analyst_pages,
    conflict_screens,
    doubled_screens,
    field_screens,
    leave_something_refused,
    leave_things_open,
    name_on_an_older_pass,
    office_pages,
    plan_walks,
    reinforcement_pages,
    send_an_earlier_pass,
    spend_an_hour,
    walk_pages,
    work_a_reinforcement,
)
from tests.faults.server import HOUSE, Server
from tests.faults.wire import wire_phone

FOLDER = HOUSE / "build/pictures"
SCHEMES = {"light": "dag", "dark": "natt"}
WIDTHS = (1280, 390)


def main() -> None:
    """Start a server of its own, look, and stop it."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    with served(evenings=True) as (server, folder), sync_playwright() as playwright:
        briefing = agree_on_tonights_places(wire_phone(server.url, "ledare"))
        worker, colleague = wire_phone(server.url, "falt1"), wire_phone(server.url, "falt2")
        earlier = send_an_earlier_pass(worker)
        conflicts = leave_things_open(worker, colleague, approving(folder))
        phone = Mobile(
            playwright, server.url, folder / "profile", viewport={"width": 360, "height": 740}, device_scale_factor=2
        )
        field_app(phone.start(), earlier, conflicts)
        name_on_an_older_pass(colleague, worker.user_id)
        two_passes(phone)
        phone.close()
        leave_something_refused(worker)
        office(playwright, server, earlier, briefing, conflicts[0])
    print(f"{len(list(FOLDER.iterdir()))} bilder i {FOLDER}")


def approving(folder: Path) -> Callable[[str], object]:
    """Return how to approve a shift, past the server: what comes for it afterwards is late."""

    def approve(shift_id: str) -> None:
        with sqlite3.connect(folder / "faltlogg.db") as database:
            database.execute("UPDATE shifts SET status = 'approved' WHERE id = ?", (shift_id,))

    return approve


def field_app(phone: Mobile, earlier: str, conflicts: list[str]) -> None:
    """Take every screen twice."""
    phone.open()
    both(phone, "logga-in")
    phone.sign_in("falt1")
    both(phone, "starta-pass")
    spend_an_hour(phone)
    phone.can_start_offline()
    phone.keeps_the_map()
    phone.offline()
    for screen in [*field_screens(phone, earlier), *conflict_screens(conflicts)]:
        screen.show(phone)
        both(phone, screen.name)


def two_passes(phone: Mobile) -> None:
    """Take what somebody sees who is on two passes at once."""
    phone.sends_all()
    for screen in doubled_screens():
        screen.show(phone)
        both(phone, screen.name)


def both(phone: Mobile, name: str) -> None:
    """Take a screen by day and at night."""
    for scheme, suffix in SCHEMES.items():
        phone.page.emulate_media(color_scheme=scheme)
        if phone.page.locator("canvas").count():
            phone.page.wait_for_timeout(500)  # a map takes its colours frame by frame
        phone.page.screenshot(path=FOLDER / f"falt-{name}-{suffix}.png")


def office(playwright: Playwright, server: Server, earlier: str, briefing: str, conflict: str) -> None:
    """Take every office page, wide and narrow, by day and at night."""
    walk = plan_walks(wire_phone(server.url, "nattvandring"))
    browser: Browser = playwright.chromium.launch(executable_path=chromium_path(), args=SWITCHES)
    page, jour_lead = (signed_in(browser, server.url, who) for who in ("ledare", "jourledare"))
    worked = work_a_reinforcement(page, jour_lead, server.url, wire_phone(server.url, "jour1"))
    lead = wire_phone(server.url, "ledare")
    pages = [*office_pages(lead, earlier, briefing, conflict), *walk_pages(walk), *reinforcement_pages(worked)]
    others = {
        "admin": admin_pages(),
        "analys": analyst_pages(wire_phone(server.url, "analys"), site_id(30), site_id(31)),
    }
    theirs = [(signed_in(browser, server.url, who), some) for who, some in others.items()]
    for who, some in ((page, pages), *theirs):
        for one in some:
            at_the_desk(who, server.url, one)
    browser.close()


def at_the_desk(page: Page, url: str, one: Screen) -> None:
    """Take an office page, wide and narrow, by day and at night."""
    page.goto(url + one.path)
    if page.locator("[data-map][data-open]").count():
        page.locator(".map-zoom").wait_for()
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        for scheme, suffix in SCHEMES.items():
            page.emulate_media(color_scheme=scheme)
            if page.locator("canvas").count():
                page.wait_for_timeout(500)
            page.screenshot(path=FOLDER / f"kontor-{one.name}-{width}-{suffix}.png", full_page=True)


def signed_in(browser: Browser, url: str, who: str) -> Page:
    """Sign a demo person in on the office pages, in a browser window of their own."""
    page = browser.new_context(locale="sv-SE").new_page()
    page.goto(url + "/office/sign-in")
    page.screenshot(path=FOLDER / "kontor-logga-in.png")
    page.get_by_label("E-post").fill(f"{who}@demo.example")
    page.get_by_label("Lösenord").fill(PASSWORD)
    page.get_by_role("button", name="Logga in").click()
    page.get_by_role("navigation").first.wait_for()
    return page


if __name__ == "__main__":
    main()
