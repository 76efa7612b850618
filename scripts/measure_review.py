"""What a leader's morning takes at the desk: fourteen passes, each opened and read whole. Part of `make measure`."""

from playwright.sync_api import Locator, Page

from scripts.hand import Hand
from scripts.measure_together import Line
from tests.factories.phone import Json, Phone, now_iso
from tests.factories.review import submitted
from tests.faults.server import Server
from tests.faults.wire import wire_phone

PASSES, RETURNED_AT, MENDED_AT = 14, 4, 9
NOTES = (
    "Lampan vid trappan är trasig sedan i går.",
    "Flera som samlades vid entrén, lugnt men högljutt. Talade med två grupper om kvällens buss hem.",
    "",
    "Centrumvärden bad oss titta förbi på torsdag igen.",
)
TOPICS = (["gathering"], ["gathering", "alcohol"], ["positive_activity"], ["suspected_dealing"])


def morning(server: Server, page: Page, line: Line) -> None:
    """Read fourteen passes from first word to last: one goes back with a comment, a slip is mended in one."""
    send_in(*(wire_phone(server.url, who) for who in ("falt1", "falt2")))
    page.goto(f"{server.url}/office/review")
    hand = Hand(page).begin()
    hand.read(page.locator("main"))
    hand.tap(page.locator("tbody th a").first)
    for number in range(1, PASSES + 1):
        hand.read(page.locator("main"))
        if number == MENDED_AT:
            mend(hand, page)
        give_back(hand, page) if number == RETURNED_AT else hand.tap(button(page, "Godkänn"))
        page.get_by_role("status").wait_for()
    line(f"{PASSES} passes read and reviewed, one returned, one mended (≤ 900 s)", *hand.figures())


def send_in(*workers: Phone) -> None:
    """Send in a week of evenings, two passes each, of three to six visits, most with something seen."""
    for number in range(PASSES):
        worker, hours = workers[number % len(workers)], -24 * (number // len(workers))
        visits = [
            worker.visit("-", arrived_at=now_iso(hours=hours - 5, minutes=40 * at)) for at in range(3 + number % 4)
        ]
        seen = [
            what_was_seen(worker, visit["record_id"], number + at, now_iso(hours=hours - 5, minutes=40 * at + 5))
            for at, visit in enumerate(visits)
            if at % 3 < 2
        ]
        times = {"started_at": now_iso(hours=hours - 6), "ended_at": now_iso(hours=hours - 1)}
        minutes = {"outdoor": 200, "transit": 60}
        submitted(worker, *visits, *seen, handover_note=NOTES[(number + 1) % 4], arena_minutes=minutes, **times)
    for worker in workers:
        worker.push(queue={"count": 0, "oldest_made_at": None, "last_device_seq": worker.device_seq})


def what_was_seen(worker: Phone, visit_id: str, at: int, when: str) -> Json:
    """Return an observation of some people, most with a few words."""
    counts = [
        {"age_band": "13-15", "gender": "female", "present": 2 + at % 5, "contacts": at % 3},
        {"age_band": "16-17", "gender": "male", "present": 3 + at % 4, "contacts": 1},
    ]
    return worker.observation(visit_id, observed_at=when, topics=TOPICS[at % 4], counts=counts, note=NOTES[at % 4])


def give_back(hand: Hand, page: Page) -> None:
    """Ask for something at one line, and send the pass back."""
    hand.tap(page.get_by_text("Be om komplettering av besöket").first)
    hand.write(page.get_by_label("Vad behövs?").nth(1), "Hur länge var ni där?")
    hand.tap(button(page, "Återsänd för komplettering"))


def mend(hand: Hand, page: Page) -> None:
    """Take a number that must be wrong down, say why, and read the pass again."""
    hand.tap(page.get_by_role("link", name="Rätta iakttagelsen").first)
    number = page.get_by_label("13–15 år, Flickor, kvinnor, på plats")
    hand.tap(number)
    number.fill("")
    hand.write(number, "4")
    hand.write(page.get_by_label("Varför"), "Feltryck.")
    hand.tap(button(page, "Spara rättelsen"))
    hand.read(page.locator("main"))


def button(page: Page, name: str) -> Locator:
    """Return the button of that very name."""
    return page.get_by_role("button", name=name, exact=True)
