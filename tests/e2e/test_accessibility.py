"""WCAG 2.2 AA on every screen, by day, at night, at twice the text, offline and with faults; all of it large enough."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from fieldapp.demo.register import site_id
from tests.e2e.looking import axe_findings, bring_axe, out_of_reach, overflow_px, slides_px, too_small, too_wide
from tests.e2e.mobile import Mobile
from tests.e2e.screens import (
    ENTRANCE,
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
from tests.faults.server import Server
from tests.faults.wire import wire_phone

pytestmark = pytest.mark.browser

PHONE = {"width": 360, "height": 740}
NARROW, WIDE = {"width": 320, "height": 640}, {"width": 430, "height": 930}
THEMES = {"light": "rgb(246, 245, 241)", "dark": "rgb(0, 0, 0)"}


def cut(page: Page, name: str) -> list[str]:
    """Return what one would have to scroll sideways for."""
    return [f"{name}: {overflow_px(page)} px too wide: {too_wide(page)}"] if overflow_px(page) > 0 else []


def faults_of(page: Page, name: str) -> list[str]:
    """Look at a screen as it is, at 320 px, and at twice the text."""
    page.set_viewport_size(PHONE)
    found = [f"{name}: {line}" for line in axe_findings(page)]
    for size in (WIDE, NARROW):
        page.set_viewport_size(size)
        at = f"{name} at {size['width']} px"
        found += [f"{at}: target {line}" for line in too_small(page) + out_of_reach(page)] + cut(page, at)
        found += [f"{at}: the bars slide {slides_px(page)} px"] if slides_px(page) > 0 else []
    page.set_viewport_size(PHONE)
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    found += [f"{name} at 200 %: {line}" for line in axe_findings(page)]
    found += cut(page, f"{name} at 200 %")
    page.evaluate("document.documentElement.style.fontSize = ''")
    return found


@pytest.mark.parametrize("scheme", THEMES)
def test_every_field_screen_follows_wcag_22_aa_U05_U03(
    scheme: str, server: Server, mobile: Callable[..., Mobile], database: Callable[..., Any]
) -> None:
    agree_on_tonights_places(wire_phone(server.url, "ledare"))
    worker, colleague = wire_phone(server.url, "falt1"), wire_phone(server.url, "falt2")
    earlier = send_an_earlier_pass(worker)
    conflicts = leave_things_open(
        worker,
        colleague,
        lambda id_: database("UPDATE shifts SET status = 'approved' WHERE id = :id", id=id_),
    )
    phone = mobile(color_scheme=scheme)
    bring_axe(phone.context)
    phone.open()
    assert phone.page.evaluate("getComputedStyle(document.documentElement).backgroundColor") == THEMES[scheme]
    faults = faults_of(phone.page, "logga-in")
    phone.tap("Logga in")
    expect(phone.page.get_by_role("alert")).to_be_visible()
    faults += faults_of(phone.page, "logga-in-fel")
    phone.sign_in("falt1")
    phone.can_start_offline()
    phone.keeps_the_map()
    faults += faults_of(phone.page, "starta-pass")
    spend_an_hour(phone)
    phone.offline()
    for screen in [*field_screens(phone, earlier), *conflict_screens(conflicts)]:
        screen.show(phone)
        faults += faults_of(phone.page, screen.name)
    name_on_an_older_pass(colleague, worker.user_id)
    phone.sends_all()
    for screen in doubled_screens():
        screen.show(phone)
        faults += faults_of(phone.page, screen.name)
    phone.offline()
    phone.open()
    phone.tap(f"Ej besökt {ENTRANCE}")
    phone.tap("Hann inte", within=phone.card(ENTRANCE))
    phone.hears("Noterat som ej besökt")
    database("UPDATE grants SET valid_until = (SELECT min(started_at) FROM shifts WHERE ended_at IS NULL)")
    phone.offline(False)
    for path, name in (("/app/mer/synk", "synkstatus-fel"), ("/app/passet", "passet-fel")):
        phone.open(path)
        expect(phone.button("Ta bort").first).to_be_visible(timeout=30_000)
        faults += faults_of(phone.page, name)
    assert "\n".join(faults) == ""


def test_theme_and_language_are_chosen_on_the_phone_and_stay_U10(mobile: Callable[..., Mobile]) -> None:
    phone = mobile(color_scheme="light")
    phone.sign_in("falt1")
    phone.open("/app/mer")
    phone.choose("Tema", "Natt")
    phone.tap("English")
    phone.sees_heading("More")
    phone.close()
    phone.start().open("/app/mer")
    phone.sees_heading("More")
    page = phone.page
    assert page.evaluate("getComputedStyle(document.documentElement).backgroundColor") == THEMES["dark"]
    assert page.evaluate("document.documentElement.lang") == "en"


OFFICE_SIZES = (1280, 390, 320)


def ask_for_reinforcement(page: Page, url: str, why: str) -> None:
    """Ask by the form: what is refused is said there, else the reinforcement's own page opens."""
    page.goto(f"{url}/office/reinforcements")
    page.get_by_label("Varför").fill(why)
    page.get_by_role("button", name="Spara uppdraget").click()
    page.get_by_role("alert").or_(page.get_by_role("button", name="Ta tillbaka")).first.wait_for()


def faults_at_the_desk(page: Page, name: str) -> list[str]:
    """Look at an office page at each of its widths."""
    found: list[str] = []
    for width in OFFICE_SIZES:
        page.set_viewport_size({"width": width, "height": 800})
        found += [f"{name} at {width} px: {line}" for line in axe_findings(page)]
        found += cut(page, f"{name} at {width} px")
    return found


@pytest.mark.parametrize("scheme", THEMES)
def test_every_office_page_follows_wcag_22_aa_U05(
    scheme: str, server: Server, office: Callable[..., Page], database: Callable[..., list[dict[str, Any]]]
) -> None:
    briefing_id = agree_on_tonights_places(wire_phone(server.url, "ledare"))
    falt1 = wire_phone(server.url, "falt1")
    shift_id = send_an_earlier_pass(falt1)
    conflicts = leave_things_open(
        falt1,
        wire_phone(server.url, "falt2"),
        lambda id_: database("UPDATE shifts SET status = 'approved' WHERE id = :id", id=id_),
    )
    leave_something_refused(falt1)
    walk_id = plan_walks(wire_phone(server.url, "nattvandring"))
    page = office("ledare", java_script_enabled=True, color_scheme=scheme)
    worked = work_a_reinforcement(page, office("jourledare"), server.url, wire_phone(server.url, "jour1"))
    lead, admin = wire_phone(server.url, "ledare"), office("admin", java_script_enabled=True, color_scheme=scheme)
    faults: list[str] = []
    pages = [
        *office_pages(lead, shift_id, briefing_id, conflicts[0]),
        *walk_pages(walk_id),
        *reinforcement_pages(worked),
    ]
    analyst = office("analys", java_script_enabled=True, color_scheme=scheme)
    of_analyst = analyst_pages(wire_phone(server.url, "analys"), site_id(30), site_id(31))
    for who, some in ((page, pages), (admin, admin_pages()), (analyst, of_analyst)):
        bring_axe(who.context)
        for one in some:
            who.goto(server.url + one.path)
            faults += faults_at_the_desk(who, one.name)
    for name, why in (("forstarkning-fel", "811218-9876"), ("forstarkning-en", "Demo: många unga ute")):
        ask_for_reinforcement(page, server.url, why)
        faults += faults_at_the_desk(page, name)
    page.context.clear_cookies()
    page.goto(server.url + "/office/sign-in")
    faults += [f"sign-in: {line}" for line in axe_findings(page)]
    page.get_by_label("E-post").fill("ingen@demo.example")
    page.get_by_label("Lösenord").fill("inte rätt lösenord")
    page.get_by_role("button", name="Logga in").click()
    page.get_by_role("alert").wait_for()
    faults += [f"sign-in refused: {line}" for line in axe_findings(page)]
    assert "\n".join(faults) == ""


@pytest.mark.parametrize("scheme", THEMES)
def test_a_walk_groups_own_page_follows_wcag_22_aa_with_its_faults_too_U05(
    scheme: str, server: Server, office: Callable[..., Page]
) -> None:
    plan_walks(wire_phone(server.url, "nattvandring"))
    page = office("nattvandring", java_script_enabled=True, color_scheme=scheme)
    bring_axe(page.context)
    page.goto(server.url + "/office/walks/groups")
    page.get_by_role("button", name="Gör en länk Demo Föräldrar").click()
    faults = [f"link: {line}" for line in axe_findings(page)]
    page.goto(page.get_by_label("Kopiera").input_value())
    log = page.locator("details[data-kind=log]:visible").first
    log.locator("summary").click()
    log.get_by_label("Hur många gick?").fill("2")
    log.get_by_label("Att föra vidare").fill("dold\u200btext")  # only the server refuses it
    log.get_by_role("button", name="Spara loggen").click()
    page.get_by_role("button", name="Ändra och skicka igen").wait_for()
    log.locator("summary").click()
    log.get_by_label("Hur många gick?").fill("2")
    log.get_by_label("Att föra vidare").fill("811218-9876")  # the page itself does
    log.get_by_role("button", name="Spara loggen").click()
    log.get_by_role("alert").wait_for()
    page.evaluate("document.querySelectorAll('details:not([hidden])').forEach((one) => (one.open = true))")
    for width in (1280, 360, 320):
        page.set_viewport_size({"width": width, "height": 800})
        faults += [f"own page at {width} px: {line}" for line in axe_findings(page)]
        faults += cut(page, f"own page at {width} px")
    page.goto(page.url + "x")
    faults += [f"gone: {line}" for line in axe_findings(page)]
    assert "\n".join(faults) == ""
