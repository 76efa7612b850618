"""Every screen of the field app and every office page, reached on a phone with an evening behind it."""

import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import quote, urlsplit

from playwright.sync_api import Page, expect

from fieldapp.core.clock import STOCKHOLM
from fieldapp.core.ids import new_id
from fieldapp.demo.register import site_id
from tests.e2e.mobile import Mobile
from tests.factories.phone import Phone, now_iso

TENNIS = "Demo Tennplanen norra sidan"
STAIRS = "Demo Silvertrappan under bron"
ENTRANCE = "Demo Turkosgången vid entrén"
LATER_AT = (
    '{"site_id": null, "school_unit_code": null, "place": null, "neighbourhood": "Gubbängen", "arena": "outdoor"}'
)
Step = Callable[[Mobile], None]


@dataclass(frozen=True)
class Screen:
    """A screen: its name, its address, and what to tap there."""

    name: str
    path: str
    then: Step | None = None

    def show(self, mobile: Mobile) -> None:
        """Go there."""
        mobile.open(self.path)
        if self.then:
            self.then(mobile)


def tap(*names: str) -> Step:
    """Return a step that taps one button after the other."""

    def step(mobile: Mobile) -> None:
        for name in names:
            mobile.tap(name)

    return step


def fail(button: str) -> Step:
    """Return a step that presses a form's button too early."""

    def step(mobile: Mobile) -> None:
        mobile.tap(button)
        expect(mobile.page.get_by_role("alert")).to_be_visible()

    return step


def distribute(mobile: Mobile) -> None:
    """Open *Fördela* with some people in it."""
    for _ in range(4):
        mobile.tap("Öka: Ungefär hur många?")
    mobile.tap("Fördela")
    mobile.sees_heading("Fördela 4")
    for name in (re.compile("^Flicka"), re.compile("^Pojke")):
        mobile.tap(name)


def draw(mobile: Mobile) -> None:
    """Wait until the map is drawn."""
    expect(mobile.button("Zooma in")).to_be_visible()


def choose_on_the_map(mobile: Mobile) -> None:
    """Choose a place in the list, beside one's own position."""
    mobile.tap("Lista")
    mobile.page.locator("button.row").filter(has_text=TENNIS).tap()
    mobile.tap("Min position")
    draw(mobile)
    expect(mobile.page.get_by_role("region", name=TENNIS, exact=True)).to_contain_text("m bort")


def agree_on_tonights_places(lead: Phone) -> str:
    """Write a joint briefing for the evening; return its id."""
    briefing = lead.briefing(
        valid_from=now_iso(hours=-1),
        police_area="Farsta",
        actors=[{"actor": "police", "people": 4}, {"actor": "night_walkers", "people": 3}],
        priorities=[
            {"site_id": site_id(number), "rank": rank, "reason": reason, "covered_by": None}
            for number, rank, reason in (
                (23, 1, "suspected_dealing"),
                (24, 2, "girls_and_women"),
                (25, 3, "gathering"),
            )
        ],
        note="Trygghetsvärdarna möter upp vid bron.",
    )
    lead.apply(briefing)
    return str(briefing["record_id"])


def send_an_earlier_pass(worker: Phone) -> str:
    """Send in yesterday's pass from another phone of the same person; return its id."""
    yesterday = datetime.now(UTC) - timedelta(days=1)
    shift = worker.shift(
        started_at=yesterday.isoformat(),
        ended_at=(yesterday + timedelta(hours=4)).isoformat(),
        handover_note="Lugnt hela kvällen.",
        arena_minutes={"outdoor": 150, "school": 30},
    )
    visit = worker.visit(
        shift["record_id"],
        arrived_at=(yesterday + timedelta(hours=1)).isoformat(),
        left_at=(yesterday + timedelta(hours=2)).isoformat(),
    )
    counts = [{"age_band": "13-15", "gender": "female", "present": 3, "contacts": 2}]
    seen = worker.observation(
        visit["record_id"],
        observed_at=(yesterday + timedelta(hours=1)).isoformat(),
        topics=["gathering", "alcohol"],
        conditions=["lighting_out"],
        counts=counts,
        note="Belysningen trasig vid trappan.",
    )
    worker.apply(shift, visit, seen, worker.mutation("shifts", "update", shift["record_id"], 1, status="submitted"))
    return str(shift["record_id"])


def leave_things_open(worker: Phone, colleague: Phone, approve: Callable[[str], object]) -> list[str]:
    """Leave of one person's a conflict on two fields, one about a removal, something held and something late.

    Returns the conflicts' ids, the one on two fields first.
    """
    shift = worker.shift(
        participant_ids=[worker.user_id, colleague.user_id], started_at=now_iso(hours=-30), ended_at=now_iso(hours=-26)
    )
    visit = worker.visit(shift["record_id"], arrived_at=now_iso(hours=-29))
    seen = [worker.observation(visit["record_id"], observed_at=now_iso(hours=-29), note="Mörkt.") for _ in range(2)]
    worker.apply(shift, visit, *seen)
    edited, removed = (one["record_id"] for one in seen)
    colleague.apply(
        colleague.mutation(
            "observations", "update", edited, 1, situation="calm", note="Lampan vid trappan är lagad sedan i går."
        ),
        colleague.mutation("observations", "delete", removed, 1),
    )
    approved = worker.shift(started_at=now_iso(hours=-54), ended_at=now_iso(hours=-50))
    worker.apply(approved)
    approve(approved["record_id"])
    receipts = worker.push(
        worker.mutation("observations", "update", edited, 1, situation="uneasy", note="Lampan vid trappan är sönder."),
        worker.mutation("observations", "update", removed, 1, situation="uneasy", topics=["gathering", "alcohol"]),
        worker.visit(new_id()),
        worker.visit(approved["record_id"], arrived_at=now_iso(hours=-51)),
    )
    assert [one["status"] for one in receipts] == ["conflict", "conflict", "held", "late"], receipts
    return [str(one["conflict_id"]) for one in receipts[:2]]


def name_on_an_older_pass(colleague: Phone, user_id: str) -> None:
    """Let a colleague have a pass under way since an hour that a person is on as well."""
    both = [colleague.user_id, user_id]
    colleague.apply(colleague.shift(participant_ids=both, started_at=now_iso(hours=-1)))


def doubled_screens() -> list[Screen]:
    """Return *Passet* of somebody who is on two passes at once, and what is asked before the lines move."""
    return [
        Screen("passet-dubbelt", "/app/passet", lambda mobile: mobile.button("Flytta mina rader dit").wait_for()),
        Screen("flytta-rader", "/app/passet", tap("Flytta mina rader dit")),
    ]


def conflict_screens(conflicts: list[str]) -> list[Screen]:
    """Return the choice between two values, as it opens, with a fault, and with another text written."""
    path = f"/app/mer/konflikt/{conflicts[0]}"
    return [
        Screen("konflikt", path),
        Screen("konflikt-fel", path, fail("Spara valet")),
        Screen("konflikt-annan-text", path, tap("Skriv en annan")),
        Screen("konflikt-borttagen", f"/app/mer/konflikt/{conflicts[1]}"),
    ]


def spend_an_hour(mobile: Mobile) -> None:
    """Start the pass and write two places down."""
    mobile.open()
    mobile.start_pass()
    mobile.arrive(STAIRS)
    mobile.observe("Alkohol")
    mobile.arrive(TENNIS)
    mobile.observe("Ungdomar samlade")


def field_screens(mobile: Mobile, earlier: str) -> list[Screen]:
    """Return every screen of a pass under way."""
    mobile.open("/app/passet")
    links = [str(link.get_attribute("href")) for link in mobile.page.locator(".timeline a.line").all()]
    visit = next(link.rsplit("/", 1)[1] for link in links if "/besok/" in link)
    observation = next(link for link in links if "/iakttagelse/" in link)
    shift = next(link for link in links if "/pass/" in link).removesuffix("/uppgifter")
    new = f"/app/iakttagelse/ny?besok={visit}"
    place = "/app/plats"
    return [
        Screen("ikvall", "/app"),
        Screen("ej-besokt", "/app", tap(f"Ej besökt {ENTRANCE}")),
        Screen("vi-ar-har", place),
        Screen("vi-ar-har-narmast", place, tap("Föreslå närmaste plats")),
        Screen("vi-ar-har-skola", place, tap("Skola")),
        Screen("vi-ar-har-stadsdel", place, tap("Stadsdel")),
        Screen("vi-ar-har-ny-plats", place, tap("Ny plats")),
        Screen("vi-ar-har-ny-plats-fel", place, tap("Ny plats", "Spara min position som ny plats")),
        Screen("vi-ar-har-annat", place, tap("Digitalt eller möte")),
        Screen("iakttagelse-fel", new, fail("Spara")),
        Screen("iakttagelse", new, tap("Ungdomar samlade")),
        Screen("fordela", new, distribute),
        Screen("andra-iakttagelse", observation),
        Screen("besok", f"/app/besok/{visit}"),
        Screen("passet", "/app/passet"),
        Screen("om-passet", f"{shift}/uppgifter"),
        Screen("kontrollera", f"{shift}/skicka"),
        Screen(
            "kontrollera-arenor", f"{shift}/skicka", tap("Ändra tid per arena", "Ändra hot, våld och tillbud mot er")
        ),
        Screen("ga-med-kod", "/app/kod"),
        Screen("ga-med-kod-fel", "/app/kod", fail("Gå med")),
        Screen("lagg-till-plats", f"/app/plats?efter={shift.rsplit('/', 1)[1]}"),
        Screen("lagg-till-besok", f"{shift}/besok?plats={quote(LATER_AT)}"),
        Screen("lagg-till-besok-fel", f"{shift}/besok?plats={quote(LATER_AT)}", fail("Spara")),
        Screen("tidigare-pass", f"/app/pass/{earlier}"),
        Screen("inskickat", f"/app/pass/{earlier}/klart"),
        Screen("karta", "/app/karta", draw),
        Screen("karta-vald", "/app/karta", choose_on_the_map),
        Screen("karta-lista", "/app/karta", tap("Lista")),
        Screen("mer", "/app/mer"),
        Screen("mina-pass", "/app/mer/pass"),
        Screen("utsattning", "/app/mer/utsattning"),
        Screen("ny-utsattning", "/app/mer/utsattning/ny", tap("Polis", "Lägg till plats")),
        Screen("ny-utsattning-fel", "/app/mer/utsattning/ny", fail("Spara")),
        Screen("granska-mobilen", "/app/mer/granska"),
        Screen("synkstatus", "/app/mer/synk"),
        Screen("efterhand", "/app/mer/efterhand"),
        Screen("efterhand-fel", "/app/mer/efterhand", fail("Fortsätt till besöken")),
        Screen("hjalp", "/app/mer/hjalp"),
        Screen("tillganglighet", "/app/mer/tillganglighet"),
        Screen("logga-ut", "/app/mer/logga-ut"),
        Screen("logga-in-igen", "/app/logga-in"),
    ]


def leave_something_refused(worker: Phone) -> None:
    """Send what can't be received, a place outside the register, and a number too few: each a group of the queue."""
    shift = worker.shift()
    place = {"lat": 59.2437, "lon": 18.0931, "label": "Demo hörnet bakom kiosken"}
    worker.shift()  # its number never comes
    worker.push(shift, worker.visit(shift["record_id"], place=place), worker.shift(kind="morgon"))


def office_pages(lead: Phone, shift_id: str, briefing_id: str, conflict_id: str) -> list[Screen]:
    """Return the addresses of the office, the faults among them."""
    whole = lead.client.get(f"/api/v1/shifts/{shift_id}").get_json()
    lines = {"passet": shift_id, "besoket": whole["visits"][0]["id"], "iakttagelsen": whole["observations"][0]["id"]}
    a_pass = f"/office/review/passes/{shift_id}"
    month = f"from={now_iso()[:8]}01&to={now_iso()[:10]}"
    frozen = {"from": "2020-02-01", "to": "2020-02-29"}
    lead.client.post("/api/v1/summaries/frozen", json={"district": "farsta", **frozen}, headers=lead.headers)
    return [
        Screen("sammanstallning-valj", "/office/summaries"),
        Screen("sammanstallning", f"/office/summaries/farsta?{month}&compare=previous"),
        Screen("sammanstallning-alla", f"/office/summaries/farsta?{month}&compare=previous&status=all"),
        Screen("sammanstallning-tom", "/office/summaries/farsta?from=2020-01-01&to=2020-01-31"),
        Screen("sammanstallning-faststalld", "/office/summaries/farsta?from=2020-02-01&to=2020-02-29"),
        Screen("sammanstallning-fel", "/office/summaries/farsta?from=2026-02-30&to=2026-01-01"),
        Screen("korthet", f"/office/summaries/farsta/brief?{month}"),
        Screen("bemanning", "/office/staffing"),
        Screen("fil-klar", f"/office/exports/{a_made_file(lead, month)}"),
        Screen("granska", "/office/review"),
        Screen("granska-inget", "/office/review?district=bromma&reason=serious"),
        *(
            Screen(f"granska-{name}", f"/office/review/{path}")
            for name, path in (
                ("ater", "returned"),
                ("saknas", "missing"),
                ("tysta", "silent"),
                ("tva-varden", "conflicts"),
                ("tva-varden-valj", f"conflicts/{conflict_id}"),
                ("ej-mottagna", "rejections"),
                ("vantar", "held"),
                ("sent", "late"),
                ("nya-platser", "places"),
                ("mobiler", "devices"),
            )
        ),
        Screen("granska-pass", a_pass),
        *(Screen(f"granska-ratta-{name}", f"{a_pass}/lines/{record_id}") for name, record_id in lines.items()),
        Screen("pass-lista", "/office/shifts"),
        Screen("pass-lista-fel", "/office/shifts?from=nej&to=2026-01-01"),
        Screen("pass-lista-tom", "/office/shifts?from=2020-01-01&to=2020-01-31"),
        Screen("pass", f"/office/shifts/{shift_id}"),
        Screen("utsattningar", "/office/briefings"),
        Screen("utsattningar-fel", "/office/briefings?district=atlantis"),
        Screen("utsattningar-tom", "/office/briefings?first=2020-01-06"),
        Screen("utsattning", f"/office/briefings/{briefing_id}"),
        Screen("underlag-valj", "/office/briefings/underlag"),
        Screen("underlag", "/office/briefings/underlag?district=farsta"),
        Screen("platser", "/office/places/sites?q=demo&district=farsta"),
        Screen("platser-inget", "/office/places/sites?q=finns+inte"),
        Screen("platser-fel", "/office/places/sites?district=atlantis"),
        Screen("platsen", f"/office/places/sites/{site_id(23)}"),
        Screen("plats-ny", "/office/places/sites/new"),
        Screen("plats-andra", f"/office/places/sites/{site_id(23)}/edit"),
        Screen("plats-kartlaggning", f"/office/places/sites/{site_id(32)}/mappings/new"),
        Screen("plats-kartlaggning-ratta", f"/office/places/sites/{site_id(23)}/mappings/2023"),
        Screen("plats-prioriteringar", f"/office/places/sites/{site_id(23)}/priorities"),
        Screen("nya-platser-avgor", "/office/places/new"),
        Screen("karta", "/office/places/map"),
        Screen("forsiktighet", "/office/safety"),
        Screen("forsiktighet-plats", f"/office/sites/{site_id(23)}/safety"),
        Screen("fel", "/office/finns-inte"),
    ]


def a_made_file(lead: Phone, month: str) -> str:
    """Ask for a summary as a file and wait until it is made; return its id."""
    url: str = lead.client.get(f"/api/v1/summaries/districts/farsta.xlsx?{month}").get_json()["url"]
    deadline = time.monotonic() + 60
    while lead.client.get(url).status_code == 202:
        assert time.monotonic() < deadline, "the file is not made"
        time.sleep(0.2)
    return url.rsplit("/", 1)[1]


def admin_pages() -> list[Screen]:
    """Return the pages of who keeps the log, the fault among them."""
    return [
        Screen("granskningslogg", "/office/audit"),
        Screen("granskningslogg-fel", "/office/audit?subject=811218-9876"),
    ]


def analyst_pages(analyst: Phone, site: str, control: str) -> list[Screen]:
    """Return the pages of who follows the whole city, the faults among them."""
    root = f"/api/v1/collaboration/sites/{site}/situation-pictures"
    month = {"from": "2026-01-01", "to": "2026-01-31", "note": "Demo: som vi minns det"}
    saved = analyst.client.post(root, json=month, headers=analyst.headers).get_json()["id"]
    [school, *_] = analyst.client.get(f"/api/v1/collaboration/2023/sites/{site}/schools").get_json()["items"]
    long_ago = "on=2020-03-02&weeks=8&topic=suspected_dealing"
    return [
        Screen("korthet-staden", "/office/summaries/city/brief"),
        Screen("korthet-fel", "/office/summaries/city/brief?from=2026-02-30&to=2026-01-01"),
        Screen("fore-efter-valj", "/office/summaries/before-after"),
        Screen("samverkan", "/office/collaboration?year=2022"),
        Screen("samverkan-plats", f"/office/collaboration/2022/sites/{site}"),
        Screen("platser-las-in", "/office/places/import"),
        Screen("platser-lagen", "/office/places/positions"),
        Screen("platser-annan-radie", "/office/places/near"),
        Screen("laget-nara-grundskola", "/office/collaboration/near-schools?mapping_year=2023"),
        Screen("informera-skolan", "/office/collaboration/inform"),
        Screen("underlag-kartlaggning", "/office/collaboration/2025/mapping-basis"),
        Screen("kommunens-forslag", f"/office/collaboration/2025/sites/{site}/proposal"),
        Screen("underlag-lagesbild", f"/office/collaboration/sites/{site}/situation-pictures"),
        Screen("underlag-lagesbild-version", f"/office/collaboration/situation-pictures/{saved}"),
        Screen("skolans-del", f"/office/collaboration/2023/sites/{site}/schools/{school['school_unit_code']}"),
        Screen("atgarder", "/office/collaboration/measures"),
        Screen("atgard-ny", f"/office/collaboration/sites/{site}/measures/new"),
        Screen("goda-exempel", "/office/collaboration/examples"),
        Screen("gott-exempel-nytt", f"/office/collaboration/sites/{site}/examples/new"),
        Screen("fore-efter", f"/office/summaries/before-after?site={site}&control={control}&{long_ago}"),
        Screen("fore-efter-fel", f"/office/summaries/before-after?site={site}&control={site}&{long_ago}"),
    ]


def work_a_reinforcement(lead: Page, jour_lead: Page, url: str, worker: Phone) -> str:
    """Ask for an evening, accept it, work it and approve the pass; return the reinforcement's path."""
    started = datetime.now(STOCKHOLM) - timedelta(hours=3)
    lead.goto(f"{url}/office/reinforcements")
    lead.get_by_label("Datum").fill(started.date().isoformat())
    lead.get_by_label("Varför").fill("Demo: oroligt i centrum")
    lead.get_by_role("button", name="Spara uppdraget").click()
    lead.get_by_role("button", name="Ta tillbaka").wait_for()
    asked = urlsplit(lead.url).path
    jour_lead.goto(url + asked)
    jour_lead.get_by_role("checkbox", name="Ungdomsjouren", exact=True).check()
    jour_lead.get_by_role("button", name="Anta med valda fältgrupper").click()
    jour_lead.get_by_role("button", name="Spara fältgrupperna").wait_for()
    given = {"assignment": "reinforcement", "requested_by": "farsta", "started_at": started.isoformat()}
    shift = worker.shift(**given, ended_at=now_iso(hours=-1))
    visit = worker.visit(shift["record_id"], arrived_at=now_iso(hours=-2), left_at=now_iso(hours=-1))
    worker.apply(shift, visit, worker.mutation("shifts", "update", shift["record_id"], 1, status="submitted"))
    token = jour_lead.locator("input[name=csrf_token]").first.input_value()
    api = f"{url}/api/v1/shifts/{shift['record_id']}"
    version = jour_lead.request.get(api).json()["content_version"]
    decided = jour_lead.request.post(
        f"{api}/reviews",
        data={"decision": "approve", "content_version": version},
        headers={"X-CSRF-Token": token, "Origin": url},
    )
    assert decided.ok, decided.text()
    return asked


def reinforcement_pages(path: str) -> list[Screen]:
    """Return the addresses of reinforcements, one that was worked and its report among them."""
    return [
        Screen("forstarkning", "/office/reinforcements"),
        Screen("forstarkning-klar", path),
        Screen("aterrapport", f"{path}/report"),
    ]


def plan_walks(coordinator: Phone) -> str:
    """Plan a walk that has begun and one to come, of one of two groups of Farsta; return the first one's id."""
    group, other = coordinator.walk_group(name="Demo Föräldrar"), coordinator.walk_group(name="Demo Klass 9B")
    told = {
        "meeting_point": "Demotorget vid klockan",
        "site_ids": [site_id(23), site_id(24)],
        "duty_phone": "08-123 456 78",
        "planned_walkers": 4,
        "vests_lent": 4,
        "status": "ready",
    }
    begun = coordinator.walk(group["record_id"], **told, planned_start=now_iso(hours=-1), planned_end=now_iso(hours=3))
    ahead = coordinator.walk(
        group["record_id"], **told, planned_start=now_iso(days=6), planned_end=now_iso(days=6, hours=4)
    )
    coordinator.apply(group, other, begun, ahead)
    return str(begun["record_id"])


def walk_pages(walk_id: str) -> list[Screen]:
    """Return the addresses of the night walks at the desk."""
    every_day = [
        Screen(f"nattvandring-{weekday}", f"/office/walks?district=farsta&weekday={weekday}") for weekday in (0, 4)
    ]
    return [
        *every_day,
        Screen("nattvandring-tom", "/office/walks?district=farsta&first=2020-01-06"),
        Screen("nattvandring-grupper", "/office/walks/groups?district=farsta"),
        Screen("nattvandring-en", f"/office/walks/{walk_id}"),
        Screen("nattvandring-luckor", "/office/walks/gaps?district=farsta"),
        Screen("nattvandring-kalender", "/office/walks/calendar"),
    ]
