"""What an analyst's afternoon takes: the questions of the statement answered from the pages. Part of `make measure`."""

import re
from datetime import timedelta
from pathlib import Path

from playwright.sync_api import Locator, Page

from fieldapp.core.clock import local_date, utc_now
from scripts.hand import Hand
from scripts.measure_together import Line
from tests.faults.server import HOUSE, Server

PICTURES = HOUSE / "build/afternoon"
SITE, CONTROLS = "Demo Silvertrappan under bron", ("Demo Tennplanen norra sidan", "Demo Berylltorget bakom huset")
WEEKS = 4


def afternoon(server: Server, page: Page, line: Line) -> None:
    """Answer eleven questions about a district and the city, the page read where each answer stands; freeze, export."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    page.goto(f"{server.url}/office/")
    hand, answers = Hand(page).begin(), Answers(page)
    hand.choose(page.get_by_label("Stadsdelsområde"), "Farsta")
    hand.choose(page.get_by_label("Jämför med"), "Perioden före")
    hand.tap(page.get_by_role("button", name="Visa"))
    for question, part in (
        ("Hur många skolnära platser har besökts?", card(page, "Skolnära ÖDS besökta")),
        ("Hur mycket tid har lagts, och hur stor del utomhus?", card(page, "Personaltimmar")),
        ("Hur mycket görs ihop med polisen?", card(page, "Gemensamma med polis")),
        (
            "Hur ofta noteras misstänkt handel, och var är det värt att titta närmare?",
            card(page, "Platser, skolnära först"),
        ),
        ("Hur ofta besöks platserna?", card(page, "Hur ofta platserna besökts")),
        ("Var finns flickor och kvinnor?", card(page, "Var flickor och kvinnor, pojkar och män fanns")),
        ("Har problemet flyttat?", card(page, "Ej besökt")),
        ("Vad är annorlunda mot perioden före?", card(page, "Arbetet")),
    ):
        hand.read(part)
        answers.note(question, part)
    hand.tap(page.get_by_role("link", name="Läget i korthet"))
    sheet = page.locator("main")
    hand.read(sheet)
    answers.note("Var har vi inte varit, varför, och vad behöver beslutas?", sheet)
    page.go_back()
    hand.tap(page.get_by_role("link", name="Före och efter ett datum"))
    ask_before_and_after(hand, page)
    hand.read(page.locator("main"))
    answers.note("Blev det annorlunda efter ett datum, och flyttade det?", page.locator("main"))
    hand.tap(page.get_by_role("link", name="Sammanställning").first)
    hand.choose(page.get_by_label("Stadsdelsområde"), "Hela staden")
    hand.tap(page.get_by_role("button", name="Visa"))
    hand.read(card(page, "Skolnära ÖDS besökta"))
    answers.note("Hur ser det ut i hela staden?", card(page, "Skolnära ÖDS besökta"))
    freeze(hand, page, answers)
    fetch_a_workbook(hand, page, answers)
    line(f"{answers.count} questions answered by an analyst, a month frozen, a file fetched (≤ 900 s)", *hand.figures())


def near_schools(server: Server, page: Page, line: Line) -> None:
    """Find 31, 24, 5 and 26 and *Läget vid ÖDS nära grundskola* by following the pages; copy it, fetch it."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    page.goto(f"{server.url}/office/")
    hand = Hand(page).begin()
    hand.tap(page.get_by_role("link", name="Platssamverkan").first)
    hand.tap(page.get_by_role("link", name="Läget vid ÖDS nära grundskola").first)
    hand.choose(page.get_by_label("Kartläggning", exact=True), "2023")
    hand.tap(page.get_by_role("button", name="Visa"))
    years = card(page, "Kartläggningar")
    hand.read(years)
    figures = {row.split()[0]: row.split()[1:] for row in years.locator("tbody tr").all_inner_texts()}
    if (figures["2023"][:2], figures["2024"][0], figures["2024"][3]) != (["31", "24"], "26", "5"):
        raise AssertionError(f"not the published figures: {figures}")
    years.screenshot(path=PICTURES / "near-1-mappings.png")
    table = page.locator("main .card.scroll").first
    rows = table.locator("tbody tr").count()
    if rows != 24:
        raise AssertionError(f"{rows} rows for 24 places near a school")
    hand.read(table)
    page.screenshot(path=PICTURES / "near-2-table.png", full_page=True)
    for name in ("Kopiera text", "Kopiera tabell"):
        hand.tap(page.get_by_role("button", name=name))
    with page.expect_download():
        hand.tap(page.get_by_role("link", name="Ladda ner Excel"))
    line("31, 24, 5, 26 and the table of 24 places, copied, fetched (≤ 600 s)", *hand.figures())


class Answers:
    """What was read where, each with a picture; an answer without a number is none."""

    def __init__(self, page: Page) -> None:
        self.page, self.count = page, 0

    def note(self, question: str, part: Locator) -> None:
        """Take a picture of the part that answers."""
        said = part.inner_text()
        if not re.search(r"\d", said):
            raise AssertionError(f"no answer to: {question}")
        self.count += 1
        name = re.sub(r"[^a-z]+", "-", question.lower().translate(str.maketrans("åäö", "aao"))).strip("-")
        part.screenshot(path=Path(PICTURES / f"{self.count:02d}-{name[:40]}.png"))


def ask_before_and_after(hand: Hand, page: Page) -> None:
    """Ask about weeks before and after a Monday that lies far enough back."""
    today = local_date(utc_now())
    on = today - timedelta(weeks=WEEKS + 1, days=today.weekday())
    hand.choose(page.get_by_label("Plats", exact=True), SITE)
    for label, value in (("Datum, första dagen efter", on.isoformat()), ("Veckor", str(WEEKS))):
        hand.tap(page.get_by_label(label))
        page.get_by_label(label).fill(value)
    hand.tap(page.locator("summary").filter(has_text="Kontrollplatser"))
    for name in CONTROLS:
        hand.tap(page.locator("details[open]").get_by_label(name).first)
    hand.tap(page.get_by_role("button", name="Visa"))


def freeze(hand: Hand, page: Page, answers: Answers) -> None:
    """Freeze the month of the whole city."""
    part = page.locator("#frozen")
    hand.read(part)
    hand.tap(page.get_by_role("button", name="Fastställ", exact=True))
    page.get_by_text("Fastställd den").first.wait_for()
    answers.note("Vad gäller, även om något ändras sedan?", page.locator("#frozen"))


def fetch_a_workbook(hand: Hand, page: Page, answers: Answers) -> None:
    """Ask for the workbook, wait for it, fetch it."""
    hand.tap(page.get_by_role("button", name="Excel"))
    page.get_by_role("link", name="Hämta filen").wait_for(timeout=60_000)
    answers.note("Vilken fil går vidare, och med vilken kontrollsumma?", page.locator("main"))
    with page.expect_download():
        hand.tap(page.get_by_role("link", name="Hämta filen"))


def card(page: Page, heading: str) -> Locator:
    """Return the part of the page under a heading."""
    return page.locator("section.card").filter(
        has=page.get_by_role("heading", name=re.compile(f"^{re.escape(heading)}"))
    )
