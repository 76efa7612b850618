"""What goes wrong around a phone, in a browser: two tabs, captive portals, refusals, hostile text."""

import os
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Page, expect

from fieldapp.core.ids import new_id
from fieldapp.demo.register import site_id
from tests.e2e.mobile import VIOLATIONS, Mobile
from tests.factories.phone import now_iso
from tests.faults.server import Server
from tests.faults.wire import wire_phone

pytestmark = pytest.mark.browser

SCALE = int(os.environ.get("FAULT_SCALE", "1"))
SAVES_A_TAB = 50 * SCALE
TENNIS = "Demo Tennplanen norra sidan"
STAIRS = "Demo Silvertrappan under bron"
ENTRANCE = "Demo Turkosgången vid entrén"
Database = Callable[..., list[dict[str, Any]]]

# Taps *Vi är här* again and again, the next time as soon as the last is said to be saved.
TAP_ON_AND_ON = """
    (times) => {
        const live = document.querySelector("[aria-live=polite].hidden");
        const said = () => new Promise((done) => {
            const watch = new MutationObserver(() => live.textContent && (watch.disconnect(), done()));
            watch.observe(live, { childList: true, characterData: true, subtree: true });
        });
        window.finished = (async () => {
            for (let at = 0; at < times; at++) {
                const here = [...document.querySelectorAll("li.card button")]
                    .filter((one) => one.textContent.startsWith("Vi är här"));
                const saved = said();
                here[at % here.length].click();
                await saved;
            }
            return times;
        })();
        return true;
    }
"""


def receipts(database: Database) -> list[dict[str, Any]]:
    """Return the server's receipts, in the order of the phone's numbers."""
    return database(
        "SELECT device_id, device_seq, collection, record_id, status, error FROM sync_receipts ORDER BY device_seq"
    )


def an_hour_at_the_tennis_court(mobile: Mobile) -> None:
    """A pass, a visit, an observation."""
    mobile.start_pass()
    mobile.arrive(TENNIS)
    mobile.observe("Ungdomar samlade")


# ---------------------------------------------------------------- two tabs


def test_two_tabs_save_and_sync_together_and_no_number_is_used_twice_C13(
    mobile: Callable[..., Mobile], database: Database
) -> None:
    phone = mobile()
    phone.sign_in("falt1")
    phone.start_pass()
    first = phone.page
    second = phone.new_tab()
    phone.open()
    for tab in (first, second):
        expect(tab.get_by_role("button", name=f"Vi är här {TENNIS}", exact=True)).to_be_visible()
        tab.evaluate(TAP_ON_AND_ON, SAVES_A_TAB)
    assert [tab.evaluate("window.finished") for tab in (first, second)] == [SAVES_A_TAB] * 2
    phone.waits_for_nothing()
    sent = receipts(database)
    assert [row["device_seq"] for row in sent] == list(range(1, len(sent) + 1))
    assert {row["status"] for row in sent} == {"applied"}
    assert database("SELECT count(DISTINCT id) AS n FROM visits WHERE NOT deleted") == [{"n": 2 * SAVES_A_TAB}]
    assert {row["missing_ranges"] for row in database("SELECT missing_ranges FROM sync_devices")} == {"[]"}


# ---------------------------------------------------------------- somebody else answers

PORTAL = {
    "page": {"status": 200, "content_type": "text/html", "body": "<!doctype html><title>Gratis wifi</title>Godkänn"},
    "redirect": {"status": 302, "headers": {"Location": "/portal"}, "body": ""},
    "json": {"status": 200, "content_type": "application/json", "body": '{"receipts": [], "ok": true}'},
}


@pytest.mark.parametrize("kind", PORTAL)
def test_a_captive_portals_answer_is_no_receipt_S19(
    kind: str, mobile: Callable[..., Mobile], database: Database
) -> None:
    phone = mobile()
    phone.sign_in("falt1")
    phone.can_start_offline()
    phone.answer_sync_with(**PORTAL[kind])
    an_hour_at_the_tennis_court(phone)
    phone.open("/app/mer/synk")
    phone.tap("Skicka nu")
    expect(phone.page.get_by_text("Nej, offline")).to_be_visible()
    expect(phone.page.get_by_text("3 poster", exact=True)).to_be_visible()
    phone.open("/app/passet")
    phone.shows_ticks(["Sparad på mobilen"] * 3)
    assert receipts(database) == []
    phone.reach_the_server()
    phone.waits_for_nothing()
    assert [(row["device_seq"], row["status"]) for row in receipts(database)] == [(n, "applied") for n in (1, 2, 3)]


# ---------------------------------------------------------------- what the server refuses


def test_C11_CL3_refused_records_say_why_survive_a_restart_and_are_settled_one_by_one(
    mobile: Callable[..., Mobile], database: Database
) -> None:
    """The grant ended as the pass began; what was written after it is refused, and none of it is lost."""
    phone = mobile()
    phone.sign_in("falt1")
    phone.can_start_offline()
    phone.start_pass()
    phone.waits_for_nothing()
    phone.offline()
    phone.open()
    for place in (TENNIS, STAIRS, ENTRANCE):
        phone.tap(f"Ej besökt {place}")
        phone.tap("Hann inte", within=phone.card(place))
        expect(phone.card(place)).to_contain_text("✓ Ej besökt")
    author = "user_id = (SELECT id FROM users WHERE email = 'falt1@demo.example')"
    database(f"UPDATE grants SET valid_until = (SELECT started_at FROM shifts) WHERE {author}")
    phone.offline(False)
    phone.open("/app/mer/synk")
    why = "Du hade inte behörighet när posten skrevs."
    expect(phone.page.locator("li.card")).to_have_text([re.compile(f"Besök.*{why}")] * 3, timeout=60_000)
    expect(phone.page.get_by_role("link", name="3 ej mottagna")).to_be_visible()
    assert database("SELECT id FROM visits") == []
    database(f"UPDATE grants SET valid_until = NULL WHERE {author}")

    phone.close()
    phone.start(online=False).open("/app/passet")
    phone.shows_ticks(["Kunde inte tas emot"] * 3 + ["Mottagen"])
    phone.offline(False)
    phone.open("/app/mer/synk")
    cards = phone.page.locator("li.card")
    removed, given, corrected = (cards.filter(has_text=f"Besök · {place}") for place in (TENNIS, STAIRS, ENTRANCE))
    for card in (removed, given, corrected):
        expect(card).to_have_count(1)
    phone.tap("Ta bort", within=removed)
    expect(cards).to_have_count(2)
    phone.tap("Ångra")
    expect(cards).to_have_count(3)
    phone.tap("Lämna till gruppledaren", within=given)
    expect(given).to_contain_text("Gruppledaren tar hand om den.")
    phone.tap("Ångra")
    expect(given.get_by_text("Gruppledaren tar hand om den.")).to_have_count(0)
    phone.tap("Lämna till gruppledaren", within=given)
    expect(given).to_contain_text("Gruppledaren tar hand om den.")
    phone.tap("Ta bort", within=removed)
    expect(cards).to_have_count(2)
    phone.tap("Rätta", within=corrected)
    phone.choose("Varför inte?", "Vädret")
    phone.tap("Spara")
    phone.sees_heading("Synkstatus")
    phone.waits_for_nothing()
    expect(cards).to_have_count(1)
    assert database("SELECT outcome, not_visited_reason, version FROM visits") == [
        {"outcome": "not_visited", "not_visited_reason": "weather", "version": 1}
    ]
    states = database("SELECT state FROM sync_rejections ORDER BY state")
    assert [row["state"] for row in states] == ["corrected", "discarded", "handed_over"]


PERSONAL_NUMBERS = ("811218-9876", "19701063-2391", "990919 3766", "850709\u22129805")


def test_a_personal_number_is_refused_on_the_phone_before_anything_is_written_PU13(
    mobile: Callable[..., Mobile], database: Database
) -> None:
    phone = mobile()
    phone.sign_in("falt1")
    phone.can_start_offline()
    phone.start_pass()
    phone.arrive(TENNIS)
    phone.waits_for_nothing()
    phone.open()
    phone.tap("Ungdomar samlade", within=phone.here(TENNIS))
    for number in PERSONAL_NUMBERS:
        phone.field("Anteckning").fill(f"Talade med en ung person, {number}.")
        phone.tap("Spara")
        summary = phone.page.get_by_role("alert").filter(has_text="Rätta det här först")
        expect(summary).to_contain_text("Ta bort personnumret. Sådana får inte finnas i texten.")
        phone.sees_heading("Ny iakttagelse")
    phone.open("/app/plats")
    phone.tap("Ny plats")
    phone.field("Vad kallas platsen?").fill(f"hos {PERSONAL_NUMBERS[0]}")
    phone.tap("Spara min position som ny plats")
    expect(phone.page.get_by_role("alert")).to_contain_text("Ta bort personnumret.")
    phone.open("/app/passet")
    phone.tap("Avsluta")
    phone.field("Överlämning till nästa pass").fill(PERSONAL_NUMBERS[1])
    phone.tap("Skicka in")
    expect(phone.page.get_by_role("alert")).to_contain_text("Ta bort personnumret.")
    phone.open("/app/mer/synk")
    expect(phone.page.get_by_role("status").first).to_have_text("Allt är mottaget.")
    on_the_phone = phone.everything_kept()
    assert TENNIS in on_the_phone
    assert [number for number in PERSONAL_NUMBERS if number in on_the_phone] == []
    assert len(receipts(database)) == 2


# ---------------------------------------------------------------- hostile text

PAYLOADS = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(2)>",
    "<svg onload=alert(3)>",
    "<svg><script>alert(4)</script></svg>",
    '"><img src=x onerror=alert(5)>',
    "'><svg/onload=alert(6)>",
    "</textarea><script>alert(7)</script>",
    "</title><script>alert(8)</script>",
    "<iframe src=javascript:alert(9)></iframe>",
    "<a href=javascript:alert(10)>tryck här</a>",
    "javascript:alert(11)",
    "<body onload=alert(12)>",
    "<details open ontoggle=alert(13)>",
    "<input autofocus onfocus=alert(14)>",
    "<math><mtext><script>alert(15)</script></mtext></math>",
    "<object data=javascript:alert(16)></object>",
    "<embed src=javascript:alert(17)>",
    "<base href=//evil.example>",
    "<form action=javascript:alert(18)><button>x",
    "<style>*{display:none}</style>",
    "<link rel=stylesheet href=//evil.example/x.css>",
    "<meta http-equiv=refresh content=0;url=javascript:alert(19)>",
    "{{ 7 * 7 }}{% raw %}${alert(20)}",
    "<!--><img src=x onerror=alert(21)>-->",
    "&lt;script&gt;alert(22)&lt;/script&gt;",
    '"onmouseover=alert(23) style=position:fixed;inset:0 ',
    "<noscript><p title='</noscript><img src=x onerror=alert(24)>'>",
    "<template><img src=x onerror=alert(25)></template>",
)
# What a page would hold, or have met, had any of it been taken for markup.
TAKEN_FOR_MARKUP = """
    () => [...document.querySelectorAll("*")]
        .filter((one) => ["IMG", "IFRAME", "OBJECT", "EMBED", "BASE", "STYLE", "MATH", "TEMPLATE"].includes(one.tagName)
            || (one.tagName === "SCRIPT" && !one.src.startsWith(location.origin + "/static/dist/"))
            || (one.tagName === "LINK" && !one.href.startsWith(location.origin + "/"))
            || (one.tagName === "META" && one.httpEquiv)
            || [...one.attributes].some(({ name, value }) => name.startsWith("on") || name === "style"
                || (["href", "src", "action", "data"].includes(name) && /^\\s*javascript:/i.test(value))))
        .map((one) => one.outerHTML)
        .concat(window.violations)
"""


def is_harmless(page: Page, *payloads: str) -> None:
    """See that payloads stand as text, and that nothing of them has become anything else."""
    for payload in payloads:
        expect(page.get_by_text(payload.strip(), exact=False).first).to_be_attached()
    assert page.evaluate(TAKEN_FOR_MARKUP) == []


def test_markup_in_free_text_is_text_in_the_app_and_in_the_office_X12(
    server: Server, mobile: Callable[..., Mobile], office: Callable[..., Page], database: Database
) -> None:
    shift_id = hostile_evening(server)
    phone = mobile()
    phone.sign_in("falt1")
    phone.open("/app/mer/utsattning")
    is_harmless(phone.page, "\n".join(PAYLOADS[:3]))
    phone.open("/app/passet")
    is_harmless(phone.page, *PAYLOADS)
    for observation in database("SELECT id, note FROM observations"):
        phone.open(f"/app/iakttagelse/{observation['id']}")
        expect(phone.field("Anteckning")).to_have_value(observation["note"])
        assert phone.page.evaluate(TAKEN_FOR_MARKUP) == []
    phone.open(f"/app/pass/{shift_id}/skicka")
    expect(phone.field("Överlämning till nästa pass")).to_have_value("\n".join(PAYLOADS))
    assert phone.page.evaluate(TAKEN_FOR_MARKUP) == []

    page = office("ledare", java_script_enabled=True)
    page.context.add_init_script(VIOLATIONS)
    dialogs: list[str] = []
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    today = now_iso()[:10]
    summary = f"/office/summaries/farsta?from={today}&to={today}&status=all"
    for path in (f"/office/shifts/{shift_id}", "/office/shifts", summary):
        page.goto(server.url + path)
        is_harmless(page, *(PAYLOADS if path.endswith(shift_id) else ()))
    for payload in PAYLOADS:
        page.goto(server.url + "/office/shifts?" + urlencode({"from": payload, "district": payload, "status": payload}))
        assert page.evaluate(TAKEN_FOR_MARKUP) == []
    assert dialogs == []


def hostile_evening(server: Server) -> str:
    """Write every payload into every free text a phone can send; return the shift's id."""
    lead, author = wire_phone(server.url, "ledare"), wire_phone(server.url, "falt2")
    falt1 = wire_phone(server.url, "falt1").user_id
    everything = "\n".join(PAYLOADS)
    lead.apply(
        lead.briefing(
            valid_from=now_iso(hours=-1),
            note=everything,
            priorities=[{"site_id": site_id(23), "rank": 1, "reason": "gathering", "covered_by": None}],
        )
    )
    shift = author.shift(
        participant_ids=[author.user_id, falt1],
        reason=PAYLOADS[0],
        handover_note=everything,
        open_items=[
            {"id": new_id(), "text": payload, "state": "open", "by": author.user_id, "at": now_iso()}
            for payload in PAYLOADS
        ],
    )
    author.apply(shift)
    for payload in PAYLOADS:
        place = {"lat": 59.2454, "lon": 18.0908, "label": payload}
        visit = author.visit(shift["record_id"], place=place)
        author.apply(visit, author.observation(visit["record_id"], note=payload))
    return str(shift["record_id"])


def test_markup_typed_on_the_phone_is_kept_and_shown_as_text_X12(
    mobile: Callable[..., Mobile], database: Database
) -> None:
    phone = mobile()
    phone.sign_in("falt1")
    phone.start_pass()
    for payload in PAYLOADS[:6]:
        phone.arrive_at_new_place(payload)
        phone.tap("Alkohol", within=phone.here(payload))
        phone.field("Anteckning").fill(payload)
        phone.save_observation()
        assert phone.page.evaluate(TAKEN_FOR_MARKUP) == []
    phone.tab("Passet")
    is_harmless(phone.page, *PAYLOADS[:6])
    phone.waits_for_nothing()
    notes = {row["note"] for row in database("SELECT note FROM observations")}
    assert notes == set(PAYLOADS[:6])
