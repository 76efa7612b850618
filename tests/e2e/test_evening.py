"""One whole evening: coverage, none for hours, a dead battery, coverage again, and the district's figures.

One engine is enough: the phone can't tell which database is behind the server, and the protocol is proved on both.
"""

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Locator, Page, expect

from fieldapp.demo.register import site_id
from tests.e2e.mobile import A_PASS, TONIGHT, Mobile
from tests.faults.server import Server
from tests.faults.wire import wire_phone

pytestmark = pytest.mark.browser

STOCKHOLM = ZoneInfo("Europe/Stockholm")
TENNIS, STAIRS, ENTRANCE, SQUARE = (
    "Demo Tennplanen norra sidan",
    "Demo Silvertrappan under bron",
    "Demo Turkosgången vid entrén",
    "Demo Berylltorget bakom huset",
)
DRAFT = "Tre lampor är släckta längs gångvägen mot skolan och buskarna skymmer sikten."
HANDOVER = "Börja vid gångvägen i morgon, där är mörkt."


def test_a_whole_evening_without_coverage_is_received_once_and_reaches_the_summary_C20(
    server: Server,
    mobile: Callable[..., Mobile],
    office: Callable[..., Page],
    database: Callable[..., list[dict[str, Any]]],
) -> None:
    agree_on_tonights_places(server)
    evening = Evening(mobile())
    evening.begins_with_coverage()
    evening.goes_on_without()
    evening.survives_a_dead_battery()
    evening.is_checked_and_sent_in()
    assert database("SELECT count(*) AS n FROM sync_receipts WHERE collection <> 'briefings'") == [{"n": 0}]
    evening.is_received()
    everything_was_received_once(evening, database)
    the_district_sees_the_figures(evening, office("ledare"))


def agree_on_tonights_places(server: Server) -> None:
    """The team lead writes the joint briefing, on a phone of their own."""
    lead = wire_phone(server.url, "ledare")
    reasons = ("suspected_dealing", "girls_and_women", "gathering", "follow_up")
    lead.apply(
        lead.briefing(
            valid_from=(datetime.now(UTC) - timedelta(hours=5)).isoformat(),
            priorities=[
                {"site_id": site_id(23 + at), "rank": at + 1, "reason": reason, "covered_by": None}
                for at, reason in enumerate(reasons)
            ],
            note="Trygghetsvärdarna möter upp vid bron.",
        )
    )


@dataclass
class Noted:
    """A visit as it must come out in the figures."""

    outcome: str
    topics: list[set[str]] = field(default_factory=list)


class Evening:
    """What happens, and a tally of what the figures must be."""

    def __init__(self, mobile: Mobile) -> None:
        self.mobile = mobile
        self.tally: list[Noted] = []
        self.began = datetime.now(STOCKHOLM) - timedelta(hours=3)

    @property
    def records(self) -> int:
        """The pass, its visits, what was seen."""
        return 1 + len(self.tally) + sum(len(visit.topics) for visit in self.tally)

    def begins_with_coverage(self) -> None:
        mobile = self.mobile
        mobile.sign_in("falt1")
        expect(mobile.card(TENNIS)).to_contain_text("Prio 1: misstänkt handel")
        mobile.can_start_offline()

    def goes_on_without(self) -> None:
        mobile = self.mobile
        mobile.close()
        mobile.start(online=False).open("/")
        expect(mobile.page.get_by_text("Du är offline. Allt sparas på mobilen.")).to_be_visible()
        for place, words in (
            (TENNIS, "Prio 1: misstänkt"),
            (STAIRS, "Prio 2: flickor och"),
            (ENTRANCE, "Prio 3: många"),
        ):
            expect(mobile.card(place)).to_contain_text(words)
        mobile.open("/app/mer/utsattning")
        expect(mobile.page.get_by_text("Trygghetsvärdarna möter upp vid bron.")).to_be_visible()
        mobile.open()
        mobile.start_pass()
        self._corrects_the_facts()
        self._counts_people_at(TENNIS)
        self._notes("Misstänkt handel")
        self._notes("Alkohol", "Bruk")
        mobile.tap("Avsluta besök")
        mobile.hears("Besöket är avslutat")
        self._arrives(STAIRS)
        self._notes("Ungdomar samlade")
        self._notes("Något positivt")
        mobile.tap(f"Ej besökt {SQUARE}")
        mobile.tap("Gruppen hade flyttat", within=mobile.card(SQUARE))
        expect(mobile.card(SQUARE)).to_contain_text("✓ Ej besökt")
        self.tally.insert(0, Noted("not_visited"))
        self._goes_elsewhere()

    def survives_a_dead_battery(self) -> None:
        mobile = self.mobile
        mobile.tap("Ny iakttagelse")
        mobile.choose("Vad ser ni?", "Ungdomar samlade")
        mobile.field("Anteckning").press_sequentially(DRAFT, delay=50)
        mobile.kill()
        mobile.start(online=False).open("/app/passet")
        mobile.shows_ticks(["Sparad på mobilen"] * self.records)
        mobile.tab(TONIGHT)
        mobile.tap("Ny iakttagelse")
        expect(mobile.page.get_by_text("Ditt utkast är tillbaka.")).to_be_visible()
        kept = mobile.field("Anteckning").input_value()
        # C01: at most a second of typing is lost, here twenty keys.
        assert DRAFT.startswith(kept)
        assert len(kept) >= len(DRAFT) - 20
        mobile.field("Anteckning").fill(DRAFT)
        mobile.save_observation()
        self.tally[-1].topics.append({"Ungdomar samlade"})
        for neighbourhood in ("Fagersjö", "Farsta strand", "Gubbängen", "Larsboda", "Sköndal", "Tallkrogen"):
            mobile.arrive_elsewhere("Stadsdel", "Sök stadsdel", neighbourhood)
            self.tally.append(Noted("observed"))
            self._notes("Ungdomar samlade")
            self._notes("Alkohol")
            self._notes("Bruk")

    def is_checked_and_sent_in(self) -> None:
        mobile = self.mobile
        mobile.tab("Passet")
        mobile.tap("Avsluta")
        mobile.sees_heading("Kontrollera och skicka in")
        missed = mobile.page.get_by_role("group", name=f"Prio 3 {ENTRANCE} är inte besökt. Varför?")
        missed.get_by_role("button", name="Hann inte").tap()
        expect(missed).to_have_count(0)
        self.tally.append(Noted("not_visited"))
        mobile.tap("Ändra tid per arena")
        for arena, minutes in (("Utomhus", 120), ("Skola", 25), ("Digitalt", 10)):
            mobile.field(f"{arena}, minuter").fill(str(minutes))
        mobile.field("Överlämning till nästa pass").fill(HANDOVER)
        mobile.tap("Skicka in")
        mobile.sees_heading("Passet är inskickat")
        expect(mobile.page.get_by_role("status").first).to_have_text(
            "○ Sparad på mobilen. Skickas så snart det finns täckning."
        )

    def is_received(self) -> None:
        mobile = self.mobile
        mobile.offline(False)
        expect(mobile.page.get_by_role("status").first).to_have_text("● Mottagen.", timeout=30_000)
        mobile.waits_for_nothing()
        mobile.open("/app/mer/pass")
        mobile.page.locator("a.row").tap()
        mobile.sees_heading(A_PASS)
        mobile.shows_ticks(["Mottagen"] * self.records)

    # ------------------------------------------------------------ their parts

    def _corrects_the_facts(self) -> None:
        """The pass began three hours ago, with a colleague."""
        mobile = self.mobile
        mobile.page.get_by_role("link", name="Ändra").tap()
        mobile.sees_heading("Om passet")
        mobile.choose("Vilka är med?", "Demo Fält Två")
        mobile.field("Började").fill(self.began.strftime("%H:%M"))
        mobile.tap("Spara")
        mobile.tab(TONIGHT)

    def _arrives(self, place: str) -> None:
        self.mobile.arrive(place)
        self.tally.append(Noted("observed"))

    def _notes(self, *topics: str) -> None:
        self.mobile.observe(*topics)
        self.tally[-1].topics.append(set(topics))

    def _counts_people_at(self, place: str) -> None:
        """Seven people, six of them by age and gender, one talked to."""
        mobile = self.mobile
        self._arrives(place)
        mobile.tap("Ungdomar samlade", within=mobile.here(place))
        for _ in range(7):
            mobile.tap("Öka: Ungefär hur många?")
        mobile.tap("Fördela")
        mobile.sees_heading("Fördela 7")
        mobile.tap("13–15 år")
        tiles = mobile.page.get_by_role("group", name="13–15 år, Antal")
        for gender, n in (("Flicka/\u200bkvinna", 2), ("Pojke/\u200bman", 4)):
            for _ in range(n):
                tiles.get_by_role("button", name=gender).first.tap()
        mobile.tap("Varav kontakt")
        mobile.page.get_by_role("group", name="13–15 år, Varav kontakt").get_by_role(
            "button", name="Flicka"
        ).first.tap()
        for line in ("13–15 år: 2 flickor/kvinnor, 4 pojkar/män", "Okänt: 1", "Kontakt med 1"):
            expect(mobile.page.get_by_text(line, exact=True)).to_be_visible()
        mobile.tap("Klart")
        mobile.sees_heading("Ny iakttagelse")
        mobile.choose("Läget", "Lugnt")
        mobile.save_observation()
        self.tally[-1].topics.append({"Ungdomar samlade"})

    def _goes_elsewhere(self) -> None:
        """A school, a stadsdel with nothing to note, the nearest place, a new one, and something digital."""
        mobile = self.mobile
        mobile.arrive_elsewhere("Skola", "Sök skola", "Demo skola 21")
        self.tally.append(Noted("observed"))
        self._notes("Ungdomar samlade", "Alkohol")
        mobile.arrive_elsewhere("Stadsdel", "Sök stadsdel", "Hökarängen")
        mobile.tap("Inget att notera")
        mobile.hears("Besökt, inget att notera")
        self.tally.append(Noted("nothing_noted"))
        mobile.tap("Vi är här – annan plats")
        mobile.tap("Föreslå närmaste plats")
        mobile.tap(re.compile(f"^{TENNIS} \\d+ m bort$"))
        expect(mobile.here(TENNIS)).to_be_visible()
        self.tally.append(Noted("observed"))
        self._notes("Misstänkt handel")
        mobile.arrive_at_new_place("bakom idrottshallen")
        self.tally.append(Noted("observed"))
        self._notes("Skadegörelse")
        mobile.arrive_elsewhere("Digitalt eller möte", None, "Digitalt")
        self.tally.append(Noted("observed"))


def everything_was_received_once(evening: Evening, database: Callable[..., list[dict[str, Any]]]) -> None:
    """Count in the database what the phone said was received."""
    assert evening.records >= 40
    found: dict[str, int] = {}
    for table in ("shifts", "visits", "observations"):
        found |= {row["id"]: row["version"] for row in database(f"SELECT id, version FROM {table} WHERE NOT deleted")}
    receipts = database(
        "SELECT mutation_id, device_seq, record_id, status FROM sync_receipts WHERE collection <> 'briefings'"
    )
    assert len(found) == evening.records
    assert {row["status"] for row in receipts} == {"applied"}
    assert sorted(row["device_seq"] for row in receipts) == list(range(1, len(receipts) + 1))
    written = Counter(row["record_id"] for row in receipts)
    assert dict(written) == found  # a version for each change that was sent, and none more
    assert database("SELECT id FROM sync_rejections UNION SELECT id FROM sync_conflicts") == []
    assert {row["missing_ranges"] for row in database("SELECT missing_ranges FROM sync_devices")} == {"[]"}


def the_district_sees_the_figures(evening: Evening, page: Page) -> None:
    """Read the team lead's page of the day, approve what waits and read it again, without JavaScript."""
    day = evening.began.date().isoformat()
    address = page.url.split("/office")[0] + f"/office/summaries/farsta?from={day}&to={day}"
    page.goto(address)
    expect(page.get_by_role("region", name="Besök", exact=True).locator(".big")).to_have_text("0")
    expect(page.get_by_text("0 av 1 pass är godkända; 1 väntar på granskning.")).to_be_visible()
    page.get_by_role("link", name="Till granskningen").click()
    page.locator("tbody th a").click()
    page.get_by_role("button", name="Godkänn", exact=True).click()
    expect(page.get_by_text("Passet är godkänt.")).to_be_visible()
    page.goto(address)
    visits = [visit for visit in evening.tally if visit.outcome != "not_visited"]
    nothing = sum(visit.outcome == "nothing_noted" for visit in visits)

    def figure(name: str) -> Locator:
        return page.get_by_role("region", name=name, exact=True)

    expect(figure("Besök").locator(".big")).to_have_text(str(len(visits)))
    expect(figure("Besök")).to_contain_text(f"{len(visits) - nothing} med iakttagelse, {nothing} inget att notera")
    expect(figure("Personaltimmar").locator(".big")).to_have_text("6")
    expect(figure("Personaltimmar")).to_contain_text("77 % utomhus")  # 120 of 155 minutes
    expect(figure("Tid per arena").get_by_role("row", name="Utomhus").locator(".number")).to_have_text("120")
    for topic in ("Ungdomar samlade", "Misstänkt handel", "Alkohol"):
        at_visits = sum(any(topic in noted for noted in visit.topics) for visit in visits)
        row = figure("Vad som noterats").get_by_role("row", name=topic)
        expect(row.locator(".number").first).to_have_text(str(at_visits))
    people = figure("Noterade personer – samma person kan räknas flera gånger").get_by_role("row", name="13–15")
    expect(people.locator(".number")).to_have_text(["2", "4", "0", "1"])
    reasons = page.get_by_role("region", name="Ej besökt")
    for reason in ("Hann inte", "Gruppen hade flyttat"):
        expect(reasons.get_by_role("row", name=reason).locator(".number")).to_have_text("1")
    expect(page.get_by_text("1 av 1 pass är godkända.")).to_be_visible()
    expect(page.get_by_role("link", name="Till granskningen")).to_have_count(0)
