"""What an evening together takes on phones and at the desk: taps, and seconds at human pace. Part of `make measure`."""

from collections.abc import Callable
from contextlib import AbstractContextManager

from playwright.sync_api import Page, expect

from scripts.hand import Hand
from tests.e2e.mobile import TONIGHT, Mobile
from tests.factories.phone import now_iso
from tests.faults.server import Server
from tests.faults.wire import wire_phone

GROUPS = [f"Demo Grupp {letter}" for letter in "ABCDE"]
FRIDAYS, FRIDAY = 6, 4
Line = Callable[..., None]
TakePhone = Callable[[str], AbstractContextManager[Mobile]]
Desk = Callable[[str], Page]


def together(server: Server, phone: TakePhone, desk: Desk, line: Line) -> None:
    """Measure a briefing with three priorities, joining a pass, a walk's log, and the planning grid."""
    with phone("briefing") as mobile:
        mobile.sign_in("falt1")
        briefing(mobile, line)
        mobile.open()
        mobile.start_pass()
        mobile.waits_for_nothing()
        with phone("colleague") as colleague:
            joining(colleague, line)
        with phone("duty") as colleague:
            joining_by_code(mobile, colleague, line)
    plan_a_walk(server)
    with phone("coordinator") as mobile:
        walk_log(mobile, line)
    planning_grid(desk("nattvandring"), server, line)


def briefing(mobile: Mobile, line: Line) -> None:
    """Who met, three places with a reason each."""
    mobile.open("/app/mer/utsattning")
    page = mobile.page
    hand = Hand(page).begin()
    hand.tap(mobile.button("Ny utsättning"))
    hand.tap(page.get_by_role("group", name="Vilka var med?").get_by_role("button", name="Polis", exact=True))
    for at, reason in enumerate(("många samlade", "våld", "skolan har bett om det")):
        hand.tap(mobile.button("Lägg till plats"))
        hand.tap(page.locator("button.row").nth(at))
        hand.choose(page.get_by_label("Skäl").nth(at), reason)
    hand.tap(mobile.button("Spara"))
    mobile.hears("Utsättningen är sparad")
    line("briefing with three priorities (≤ 60 s)", *hand.figures())


def joining(colleague: Mobile, line: Line) -> None:
    """From the list of one's own team."""
    colleague.sign_in("falt2")
    hand = Hand(colleague.page).begin()
    hand.tap(colleague.button("Gå med i passet"))
    colleague.hears("Du är med på passet")
    line("joining a pass from the list (≤ 3 taps)", *hand.figures())


def joining_by_code(mobile: Mobile, colleague: Mobile, line: Line) -> None:
    """From another team, with the six digits the colleague reads out."""
    mobile.open("/app/passet")
    mobile.page.get_by_role("link", name="Om passet").tap()
    said = mobile.page.get_by_text("Kod för kollegor").inner_text()
    colleague.sign_in("jour1", with_places=False)
    hand = Hand(colleague.page).begin()
    hand.tap(colleague.page.get_by_role("link", name="Gå med med kod"))
    hand.write(colleague.field("Kollegans kod"), "".join(filter(str.isdigit, said)))
    hand.tap(colleague.button("Gå med"))
    expect(
        colleague.page.get_by_role("navigation", name="Huvudmeny").get_by_role("link", name="Passet")
    ).to_be_visible()
    colleague.sees_heading(TONIGHT)
    line("joining a pass by its code (≤ 3 taps)", *hand.figures())


def plan_a_walk(server: Server) -> None:
    """Give the coordinator five groups, one of which walks tonight."""
    wire = wire_phone(server.url, "nattvandring")
    groups = [wire.walk_group(name=name) for name in GROUPS]
    times = {"planned_start": now_iso(hours=-1), "planned_end": now_iso(hours=3)}
    wire.apply(*groups, wire.walk(groups[0]["record_id"], status="planned", meeting_point="Demotorget", **times))


def walk_log(mobile: Mobile, line: Line) -> None:
    """Number, mood, a few words to pass on."""
    mobile.sign_in("nattvandring", with_places=False)
    mobile.waits_for_nothing()
    mobile.open("/app/mer/nattvandring")
    hand = Hand(mobile.page).begin()
    hand.tap(mobile.page.get_by_role("link", name=GROUPS[0]).first)
    hand.tap(mobile.button("Genomförd"))
    hand.write(mobile.field("Vandrare som gick"), "7")
    hand.tap(mobile.button("Livligt"))
    hand.write(mobile.field("Att föra vidare"), "Lampan vid torget är trasig.")
    hand.tap(mobile.button("Spara"))
    mobile.hears("Ändringen är sparad")
    line("a walk's log with a note of 28 signs", *hand.figures())


def planning_grid(page: Page, server: Server, line: Line) -> None:
    """Six Fridays of five groups, by a tick for each evening."""
    page.goto(f"{server.url}/office/walks?district=farsta&weekday={FRIDAY}")
    hand = Hand(page).begin()
    evenings = page.locator("input[name=evenings]")
    for at in range(FRIDAYS):
        hand.tap(evenings.nth(at))
    hand.write(page.get_by_label("Samlingsplats").first, "Demotorget")
    hand.tap(page.get_by_role("button", name="Planera valda"))
    planned = page.locator("table.grid td a").count()
    line(f"six Fridays × five groups (≤ 180 s): {planned} walks", *hand.figures())
