"""The map in a real browser: drawn online and in airplane mode after a cold start, said by the list, at the desk."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from fieldapp.demo.register import site_id
from tests.e2e.looking import axe_findings, bring_axe, overflow_px, spots, too_small, wait_for_colour
from tests.e2e.mobile import TENNIS_COURT, TONIGHT, VIOLATIONS, Mobile
from tests.e2e.screens import STAIRS, TENNIS
from tests.factories.basemaps import a_basemap
from tests.faults.server import Server
from tests.faults.wire import wire_phone

pytestmark = pytest.mark.browser

# tokens.css: danger (listed places), primary (schools, the zone's edge), ink (other places, oneself).
DAY, NIGHT = ("#a01e22", "#0b5563", "#16191c"), ("#ff8b80", "#f0b35a", "#efe9dc")
COLOURS = {"light": DAY, "dark": NIGHT}
WATER, ROADS = {"light": "#c9dce6", "dark": "#142733"}, {"light": "#c9cdd0", "dark": "#33393d"}


def canvas(page: Page) -> Locator:
    """Return what the map is drawn on."""
    return page.get_by_role("region", name="Karta över platser")


def is_drawn(page: Page, scheme: str) -> None:
    """Wait for listed places and schools in the theme's own colours."""
    page.emulate_media(color_scheme=scheme)
    for colour in COLOURS[scheme][:2]:
        wait_for_colour(canvas(page), colour)


def faults_of(page: Page, name: str) -> list[str]:
    """Return what axe finds on a screen, what is too small and what reaches out of it."""
    found = [f"{name}: {line}" for line in axe_findings(page) + too_small(page)]
    return found + ([f"{name}: {overflow_px(page)} px too wide"] if overflow_px(page) > 0 else [])


def test_the_map_is_drawn_online_and_in_airplane_mode_after_a_cold_start_and_the_list_says_the_same(
    server: Server, mobile: Callable[..., Mobile]
) -> None:
    phone = mobile(viewport={"width": 360, "height": 740})
    asked: list[str] = []
    phone.page.on("request", lambda request: asked.append(request.url))
    phone.sign_in("falt1")
    phone.can_start_offline()
    phone.start_pass()
    phone.arrive(STAIRS)
    phone.keeps_the_map()
    assert [url for url in asked if "maplibre" in url or "drawing" in url] == []
    assert [url for url in asked if "/assets/index-" in url] != []
    phone.tab("Karta")
    is_drawn(phone.page, "light")
    assert phone.page.evaluate("window.violations") == []
    phone.waits_for_nothing()
    phone.close()

    phone.start(online=False)
    bring_axe(phone.context)
    phone.open("/app/karta")
    faults: list[str] = []
    for scheme in COLOURS:
        is_drawn(phone.page, scheme)
        faults += faults_of(phone.page, f"karta {scheme}")

    phone.tap("Lista")
    known = wire_phone(server.url, "falt1").client
    sites = [one for one in known.get("/api/v1/sites?limit=1000").get_json()["items"] if not one["merged_into_id"]]
    schools = [one for one in known.get("/api/v1/schools?limit=1000").get_json()["items"] if one["status"] == "active"]
    names = phone.page.locator(".map-list .told > .strong").all_text_contents()
    assert sorted(names) == sorted(one["name"] for one in [*sites, *schools])
    row = phone.page.locator(".map-list .told").filter(has_text=STAIRS)
    expect(row).to_contain_text("Öppen drogscen i kartläggningen")
    expect(row).to_contain_text("besökt idag")
    faults += faults_of(phone.page, "lista")
    phone.tap("Min position")
    expect(row).to_contain_text("m bort")
    assert str(TENNIS_COURT["longitude"]) not in phone.everything_kept()
    phone.tap("Dölj position")
    expect(row).not_to_contain_text("m bort")

    # What is chosen in the list is shown with its zone, and what is told of it is told there too.
    phone.page.locator("button.row").filter(has_text=TENNIS).tap()
    chosen = phone.page.get_by_role("region", name=TENNIS, exact=True)
    expect(canvas(phone.page)).to_be_in_viewport(ratio=0.9)
    expect(chosen).to_contain_text("Zonen på kartan visar 500 m från platsen")
    for scheme in COLOURS:
        is_drawn(phone.page, scheme)
        faults += faults_of(phone.page, f"vald {scheme}")
    phone.tap(f"Stäng {TENNIS}")
    expect(chosen).to_have_count(0)
    canvas(phone.page).focus()
    phone.page.keyboard.press("Enter")
    expect(chosen).to_be_visible()
    phone.tap("Vi är här")
    expect(phone.here(TENNIS)).to_be_visible()
    assert phone.page.evaluate("window.violations") == []
    assert "\n".join(faults) == ""


def test_the_office_draws_what_its_lists_say_and_where_nothing_can_be_drawn_the_list_stands_there(
    server: Server, office: Callable[..., Any], mobile: Callable[..., Mobile]
) -> None:
    worker = wire_phone(server.url, "falt1")
    shift = worker.shift()
    visit = worker.visit(shift["record_id"], site_id=site_id(23))
    worker.apply(shift, visit, worker.observation(visit["record_id"], moved_from=site_id(24)))
    page: Page = office("ledare2", java_script_enabled=True, viewport={"width": 1280, "height": 900})
    bring_axe(page.context)
    page.context.add_init_script(VIOLATIONS)
    page.goto(f"{server.url}/office/places/map")
    faults: list[str] = []
    for scheme in COLOURS:
        is_drawn(page, scheme)
        faults += [f"karta {scheme}: {line}" for line in axe_findings(page)]
    x, y = wait_for_colour(canvas(page), NIGHT[0])
    canvas(page).click(position={"x": x, "y": y})
    link = page.locator(".office-map [role=status] a")
    expect(link).to_be_visible()
    name = link.inner_text()
    link.click()
    expect(page.locator(":target")).to_contain_text(name)
    for path in (f"/office/shifts/{shift['record_id']}", "/office/summaries/farsta"):
        page.goto(server.url + path)
        page.get_by_role("button", name="Visa på karta").click()
        wait_for_colour(canvas(page), NIGHT[0])
        faults += [f"{path}: {line}" for line in axe_findings(page)]
        assert page.evaluate("window.violations") == []
    assert "\n".join(faults) == ""
    without: Page = office("ledare2")
    without.goto(f"{server.url}/office/places/map")
    expect(without.get_by_role("row").filter(has_text=TENNIS)).to_be_visible()
    expect(without.locator(".office-map button")).to_have_count(0)

    phone = mobile()
    phone.context.add_init_script(
        """const real = HTMLCanvasElement.prototype.getContext;
        HTMLCanvasElement.prototype.getContext = function (kind, ...rest) {
            return kind.startsWith("webgl") ? null : real.call(this, kind, ...rest);
        };"""
    )
    bring_axe(phone.context)
    phone.sign_in("falt1")
    phone.tab("Karta")
    expect(phone.page.get_by_role("status").filter(has_text="Listan säger samma sak.")).to_be_visible()
    expect(phone.page.locator(".map-list .told").filter(has_text=TENNIS)).to_be_visible()
    expect(phone.button("Lista")).to_have_count(0)
    assert faults_of(phone.page, "utan karta") == []


@pytest.fixture
def grounded(server: Server, tmp_path: Path) -> Server:
    """The server with a basemap of 5 MB."""
    path = tmp_path / "stad.pmtiles"
    path.write_bytes(a_basemap(padding=5_000_000))
    server.environment["FIELDAPP_BASEMAP"] = str(path)
    server.kill_all()
    server.start()
    return server


def test_CL9_a_basemap_says_its_size_is_kept_drawn_in_airplane_mode_and_gone_before_a_record_is_refused(
    grounded: Server, mobile: Callable[..., Mobile], office: Callable[..., Any]
) -> None:
    phone = mobile(viewport={"width": 360, "height": 740})
    bring_axe(phone.context)
    phone.sign_in("falt1")
    phone.can_start_offline()
    phone.keeps_the_map()
    phone.tab("Karta")
    is_drawn(phone.page, "light")
    wait_for_colour(canvas(phone.page), WATER["light"])
    expect(phone.page.get_by_text("© Demo kartdata", exact=True)).to_be_visible()
    part = phone.page.get_by_role("region", name="Bakgrundskarta", exact=True)
    expect(part).to_contain_text("Bakgrundskartan är 5 MB.")
    faults = faults_of(phone.page, "erbjuden")
    phone.tap("Spara på mobilen (5 MB)")
    expect(part.get_by_role("status")).to_contain_text("Sparad på mobilen: 5 MB.")
    faults += faults_of(phone.page, "sparad")
    assert phone.page.evaluate("window.violations") == []
    phone.close()

    phone.start(online=False)
    bring_axe(phone.context)
    phone.open("/app/karta")
    for scheme in COLOURS:
        is_drawn(phone.page, scheme)
        for ground in (WATER, ROADS):
            wait_for_colour(canvas(phone.page), ground[scheme])
        faults += faults_of(phone.page, f"utan täckning {scheme}")
    assert phone.page.evaluate("window.violations") == []
    assert "\n".join(faults) == ""

    used = phone.page.evaluate("async () => (await navigator.storage.estimate()).usage")
    quota = phone.context.new_cdp_session(phone.page)
    quota.send("Storage.overrideQuotaForOrigin", {"origin": grounded.url, "quotaSize": used - 1_000_000})
    phone.tab(TONIGHT)
    phone.start_pass()
    assert not phone.page.evaluate("caches.has('map-basemap')")
    phone.keeps_the_map()
    phone.tab("Karta")
    is_drawn(phone.page, "dark")
    expect(phone.page.get_by_role("region", name="Bakgrundskarta", exact=True)).to_have_count(0)

    # At the desk it comes in ranges; where that ends in the middle the map is as it was without.
    desk: Page = office("ledare2", java_script_enabled=True, viewport={"width": 800, "height": 700})
    desk.context.add_init_script(VIOLATIONS)
    asked: list[str] = []

    def only_the_first(route: Route) -> None:
        asked.append(route.request.headers["range"])
        route.continue_() if len(asked) == 1 else route.abort()

    credit = desk.get_by_text("© Demo kartdata", exact=True)
    desk.route("**/api/v1/basemap/*", only_the_first)
    with desk.expect_event("requestfailed", lambda request: "/basemap/" in request.url):
        desk.goto(f"{grounded.url}/office/places/map")
    is_drawn(desk, "light")
    expect(credit).to_have_count(0)
    assert spots(canvas(desk), WATER["light"]) == []
    desk.unroute("**/api/v1/basemap/*")
    desk.reload()
    wait_for_colour(canvas(desk), WATER["light"])
    expect(credit).to_be_visible()
    assert desk.evaluate("window.violations") == []
