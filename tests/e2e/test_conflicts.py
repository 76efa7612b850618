"""Two phones change the same thing: both values are kept, one person chooses, and both phones show what holds (PU5)."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.e2e.mobile import A_PASS, Mobile
from tests.e2e.screens import TENNIS
from tests.faults.server import Server
from tests.faults.wire import wire_phone

pytestmark = pytest.mark.browser

Database = Callable[..., list[dict[str, Any]]]
Pair = tuple[Mobile, Mobile]
TITLE = "Ändrat på två håll"


@pytest.fixture
def pair(mobile: Callable[..., Mobile]) -> Pair:
    """Two colleagues on one pass with one observation, both up to date and out of coverage."""
    one, two = mobile(), mobile()
    one.sign_in("falt1")
    one.start_pass()
    one.page.get_by_role("link", name="Ändra").tap()
    one.sees_heading("Om passet")
    one.choose("Vilka är med?", "Demo Fält Två")
    one.tap("Spara")
    one.sees_heading(re.compile("^(Ikväll|Idag)$"))
    one.arrive(TENNIS)
    one.observe("Ungdomar samlade")
    one.waits_for_nothing()
    two.sign_in("falt2")
    two.waits_for_nothing()
    for phone in (one, two):
        phone.can_start_offline()
        phone.offline()
        opens_the_observation(phone)
    return one, two


def opens_the_observation(phone: Mobile) -> None:
    """Open the one observation from the timeline."""
    phone.open("/app/passet")
    phone.page.get_by_role("link", name="Ungdomar samlade").tap()
    phone.sees_heading("Ändra iakttagelse")


def writes(phone: Mobile, situation: str, note: str) -> None:
    """Change both fields, without coverage."""
    phone.choose("Läget", situation)
    phone.field("Anteckning").fill(note)
    phone.tap("Spara")
    phone.sees_heading(re.compile(f"{A_PASS.pattern}|^Passet$"))


def removes(phone: Mobile) -> None:
    """Remove the observation, without coverage."""
    phone.tap("Ta bort iakttagelsen")
    phone.sees_heading(re.compile(f"{A_PASS.pattern}|^Passet$"))


def opens_the_choice(phone: Mobile) -> None:
    """From the pill to *Synkstatus* and on to the choice."""
    phone.open("/app")
    phone.page.get_by_role("link", name="1 att välja").tap()
    phone.sees_heading("Synkstatus")
    phone.page.get_by_role("link", name="Välj Iakttagelse").tap()
    phone.sees_heading(TITLE)


def test_PU5_what_changed_while_a_form_stood_open_is_not_overwritten(pair: Pair, database: Database) -> None:
    one, two = pair
    writes(one, "Lugnt", "")
    one.sends_all()
    with two.page.expect_response(lambda answer: answer.url.endswith("/api/v1/sync") and '"calm"' in answer.text()):
        two.offline(False)
    two.page.wait_for_timeout(1_000)  # taken in behind the open form
    two.field("Anteckning").fill("Lampan är sönder.")
    two.tap("Spara")
    two.sees_heading(re.compile(f"{A_PASS.pattern}|^Passet$"))
    two.sends_all()
    assert database("SELECT situation, note FROM observations") == [{"situation": "calm", "note": "Lampan är sönder."}]
    assert database("SELECT id FROM sync_conflicts") == []


def test_PU5_two_phones_change_the_same_and_one_choice_holds_on_both(pair: Pair, database: Database) -> None:
    one, two = pair
    writes(one, "Lugnt", "Lampan är lagad.")
    writes(two, "Oroligt", "Lampan är sönder.")
    one.sends_all()
    two.sends_all()
    assert database("SELECT situation, note FROM observations") == [{"situation": "calm", "note": "Lampan är lagad."}]
    # The line says so too, and leads there.
    two.open("/app/passet")
    two.page.get_by_role("link", name=f"{TITLE}: välj").tap()
    two.sees_heading(TITLE)
    situation = two.page.get_by_role("group", name="Läget", exact=True)
    expect(situation.get_by_role("button")).to_have_text(
        [
            re.compile("Den sparade.*Lugnt.*Demo Fält Ett · .*Behåll den sparade"),
            re.compile("Min.*Oroligt.*Du · .*Använd min"),
        ]
    )
    two.tap("Spara valet")
    expect(two.page.get_by_role("alert")).to_contain_text("Välj för Läget")
    situation.get_by_role("button", name="Använd min").tap()
    note = two.page.get_by_role("group", name="Anteckning", exact=True)
    note.get_by_role("button", name="Skriv en annan").tap()
    expect(two.field("Anteckning, annan text")).to_have_value("Lampan är sönder.")
    two.field("Anteckning, annan text").fill("Lampan lagades och gick sönder igen.")
    two.tap("Spara valet")
    two.hears("Valet är sparat")
    two.waits_for_nothing()
    chosen = {"situation": "uneasy", "note": "Lampan lagades och gick sönder igen."}
    assert database("SELECT situation, note FROM observations") == [chosen]
    assert database("SELECT state FROM sync_conflicts") == [{"state": "resolved"}]
    for phone in pair:
        phone.waits_for_nothing()
        opens_the_observation(phone)
        expect(phone.button("Oroligt")).to_have_attribute("aria-pressed", "true")
        expect(phone.field("Anteckning")).to_have_value(chosen["note"])
        expect(phone.page.get_by_role("link", name="att välja")).to_have_count(0)


def test_S09_an_edit_of_what_a_colleague_removed_is_chosen_about(pair: Pair, database: Database) -> None:
    one, two = pair
    removes(one)
    writes(two, "Oroligt", "Lampan är sönder.")
    one.sends_all()
    two.sends_all()
    opens_the_choice(two)
    sides = two.page.get_by_role("group", name="Hela posten").get_by_role("button")
    expect(sides.first).to_have_text(re.compile("Borttagen.*Demo Fält Ett"))
    expect(sides.last).to_contain_text("Läget: Oroligt")
    two.button(re.compile("Använd min")).tap()
    two.tap("Spara valet")
    two.hears("Valet är sparat")
    two.waits_for_nothing()
    assert database("SELECT deleted, note FROM observations") == [{"deleted": 0, "note": "Lampan är sönder."}]
    one.waits_for_nothing()
    opens_the_observation(one)
    expect(one.field("Anteckning")).to_have_value("Lampan är sönder.")


@pytest.mark.parametrize("choice", ["Använd min", "Behåll den sparade"])
def test_S09_a_removal_of_what_a_colleague_changed_is_chosen_about(choice: str, pair: Pair, database: Database) -> None:
    one, two = pair
    writes(one, "Lugnt", "Lampan är lagad.")
    removes(two)
    one.sends_all()
    two.sends_all()
    assert database("SELECT deleted FROM observations") == [{"deleted": 0}]
    opens_the_choice(two)
    sides = two.page.get_by_role("group", name="Hela posten").get_by_role("button")
    expect(sides.first).to_contain_text("Anteckning: Lampan är lagad.")
    expect(sides.last).to_have_text(re.compile("Borttagen.*Du"))
    two.button(re.compile("Behåll den sparade")).tap()
    two.tap("Spara valet")
    two.hears("Valet är sparat")
    two.waits_for_nothing()
    assert database("SELECT deleted FROM observations") == [{"deleted": 0}]
    opens_the_observation(two)
    expect(two.field("Anteckning")).to_have_value("Lampan är lagad.")


def test_CL11_a_queue_saved_to_a_file_is_read_in_by_the_lead_and_the_phone_loses_and_doubles_nothing(
    server: Server, mobile: Callable[..., Mobile], database: Database
) -> None:
    phone = mobile()
    phone.sign_in("falt1")
    phone.can_start_offline()
    phone.offline()
    phone.start_pass()
    phone.arrive_at_new_place("bakom idrottshallen")
    phone.observe("Alkohol")
    phone.open("/app/mer/synk")
    expect(phone.page.get_by_text("Filen är krypterad: bara servern kan läsa den.")).to_be_visible()
    with phone.page.expect_download() as saving:
        phone.tap("Spara kön till fil")
    name = saving.value.suggested_filename
    expect(phone.page.get_by_text(f"3 poster är sparade till filen {name}.")).to_be_visible()
    text = saving.value.path().read_text()
    assert "idrottshallen" not in text
    lead = wire_phone(server.url, "ledare")
    answer = lead.client.post("/api/v1/queue-files", json=json.loads(text), headers=lead.headers)
    assert answer.status_code == 200, answer.get_data(as_text=True)
    assert [receipt["status"] for receipt in answer.get_json()["receipts"]] == ["applied"] * 3
    phone.offline(False)
    phone.waits_for_nothing()
    assert [row["status"] for row in database("SELECT status FROM sync_receipts")] == ["applied"] * 3
    assert [database(f"SELECT count(*) AS n FROM {name}")[0]["n"] for name in ("shifts", "visits", "observations")] == [
        1
    ] * 3
    phone.open("/app/passet")
    phone.shows_ticks(["Mottagen"] * 3)
