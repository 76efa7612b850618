"""Two colleagues on two phones: one pass, joined in a tap without coverage, and what is left over for the next one."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.e2e.mobile import TONIGHT, Mobile
from tests.e2e.screens import TENNIS

pytestmark = pytest.mark.browser

Database = Callable[..., list[dict[str, Any]]]


@pytest.fixture
def pair(mobile: Callable[..., Mobile]) -> tuple[Mobile, Mobile]:
    """One has a pass under way; the other knows of it and has lost coverage."""
    one, two = mobile(), mobile()
    one.sign_in("falt1")
    one.start_pass()
    one.waits_for_nothing()
    two.sign_in("falt2")
    two.waits_for_nothing()
    two.can_start_offline()
    two.offline()
    two.open()
    return one, two


def puts_on_the_pass(phone: Mobile, colleague: str) -> None:
    """Say in *Om passet* that a colleague is on it too, and see it saved."""
    phone.tab("Passet")
    phone.page.get_by_role("link", name="Om passet").tap()
    phone.tap(colleague)
    phone.tap("Spara")
    expect(phone.button("Avsluta")).to_be_visible()


def test_a_colleague_joins_without_coverage_and_it_is_one_pass(pair: tuple[Mobile, Mobile], database: Database) -> None:
    one, two = pair
    expect(two.page.get_by_text("Demo Fält Ett", exact=True)).to_be_visible()
    two.tap("Gå med i passet")
    two.hears("Du är med på passet")
    two.arrive(TENNIS)
    two.observe("Ungdomar samlade")
    two.offline(False)
    two.waits_for_nothing()
    one.waits_for_nothing()
    one.open("/app/passet")
    expect(one.page.get_by_role("link", name=TENNIS)).to_be_visible()
    lines = one.page.locator(".timeline li")
    expect(lines.filter(has_text="Demo Fält Två")).to_have_count(2)  # each line says who wrote it; one's own nothing
    expect(lines).to_have_count(3)
    (shift,) = database("SELECT id FROM shifts WHERE status = 'draft'")
    people = database("SELECT user_id FROM shift_participants WHERE shift_id = :id", id=shift["id"])
    assert len(people) == 2


def test_what_is_not_finished_goes_along_to_the_next_pass(mobile: Callable[..., Mobile]) -> None:
    one, two = mobile(), mobile()
    one.sign_in("falt1")
    one.start_pass()
    one.arrive(TENNIS)
    one.observe("Ungdomar samlade")
    one.tab("Passet")
    one.tap("Avsluta")
    one.sees_heading("Kontrollera och skicka in")
    one.field("Något som inte är klart").fill("Ring skolan om grinden")
    expect(one.field("Vilken plats gäller det?").locator("option:checked")).to_have_text(TENNIS)
    one.tap("Lägg till")
    expect(one.page.get_by_text("Öppet · Demo Fält Ett", exact=False)).to_be_visible()
    for question in one.page.get_by_role("button", name="Hann inte").all():
        question.tap()
    one.field("Överlämning till nästa pass").fill("Lugnt vid torget.")
    one.tap("Skicka in")
    expect(one.page.get_by_role("status").filter(has_text="Mottagen.")).to_be_visible()

    two.sign_in("falt2")
    card = two.page.locator("section.card").filter(has=two.page.get_by_role("heading", name="Från förra passet"))
    expect(card).to_contain_text("Lugnt vid torget.")
    expect(card).to_contain_text(f"Ring skolan om grinden · {TENNIS}")
    expect(two.card(TENNIS)).to_contain_text("1 sak att följa upp")
    two.start_pass()
    expect(two.card(TENNIS)).to_contain_text("1 sak att följa upp")
    two.tab("Passet")
    two.tap("Klart Ring skolan om grinden")
    expect(two.page.get_by_text("Klart · Demo Fält Två", exact=False)).to_be_visible()
    two.tab(TONIGHT)
    expect(two.card(TENNIS)).not_to_contain_text("att följa upp")
    two.waits_for_nothing()
    two.open()
    two.sees_heading(TONIGHT)


def test_two_who_started_a_pass_each_become_one_again(pair: tuple[Mobile, Mobile], database: Database) -> None:
    one, two = pair
    two.start_pass()
    puts_on_the_pass(two, "Demo Fält Ett")
    two.offline(False)
    two.waits_for_nothing()
    two.open("/app/passet")
    expect(two.page.get_by_text("står också på ett annat pass samtidigt, från")).to_be_visible()
    two.tap("Gå över till det passet")
    two.hears("Du är med på passet")
    expect(two.page.get_by_text("står också på ett annat pass")).to_have_count(0)
    two.waits_for_nothing()
    one.waits_for_nothing()
    (shift,) = database("SELECT id FROM shifts WHERE status = 'draft' AND NOT deleted")
    people = database("SELECT user_id FROM shift_participants WHERE shift_id = :id", id=shift["id"])
    assert len(people) == 2
    assert {row["status"] for row in database("SELECT status FROM sync_receipts")} == {"applied"}


def test_two_passes_with_lines_become_one_and_every_line_keeps_its_author(
    pair: tuple[Mobile, Mobile], database: Database
) -> None:
    one, two = pair
    one.open()
    one.arrive_elsewhere("Stadsdel", "Sök stadsdel", "Hökarängen")
    one.waits_for_nothing()
    two.start_pass()
    two.arrive(TENNIS)
    two.observe("Ungdomar samlade")
    puts_on_the_pass(two, "Demo Fält Ett")
    two.offline(False)
    two.waits_for_nothing()
    one.waits_for_nothing()
    one.open("/app/passet")
    expect(one.page.get_by_text("Det här passet började först och blir kvar.")).to_be_visible()
    two.open("/app/passet")
    two.offline()
    two.tap("Flytta mina rader dit")
    expect(two.page.get_by_text("1 besök med det du noterade där skrivs in på det andra passet")).to_be_visible()
    two.tap("Flytta")
    two.hears("Dina rader är flyttade")
    expect(two.page.get_by_text("står också på ett annat pass")).to_have_count(0)
    expect(two.page.get_by_role("link", name="Hökarängen")).to_be_visible()
    two.offline(False)
    two.waits_for_nothing()
    one.waits_for_nothing()
    one.open("/app/passet")
    lines = one.page.locator(".timeline li")
    expect(lines.filter(has_text="Demo Fält Två")).to_have_count(2)
    expect(lines).to_have_count(4)
    (shift,) = database("SELECT id FROM shifts WHERE status = 'draft' AND NOT deleted")
    visits = database("SELECT shift_id FROM visits WHERE NOT deleted AND shift_id = :id", id=shift["id"])
    assert len(visits) == 2
    assert len(database("SELECT user_id FROM shift_participants WHERE shift_id = :id", id=shift["id"])) == 2
    assert {row["status"] for row in database("SELECT status FROM sync_receipts")} == {"applied"}


def test_a_place_left_out_for_safety_reaches_the_leader_the_same_night(mobile: Callable[..., Mobile]) -> None:
    group, leader = mobile(), mobile()
    group.sign_in("falt1")
    group.start_pass()
    leader.sign_in("ledare2")
    group.tap(f"Ej besökt {TENNIS}")
    group.tap("Säkerheten")
    expect(group.card(TENNIS)).to_contain_text("✓ Ej besökt")
    group.waits_for_nothing()
    leader.waits_for_nothing()
    leader.open()
    expect(leader.page.get_by_text(f"! Ej besökt av säkerhetsskäl: {TENNIS}")).to_be_visible()
    group.open()
    expect(group.page.get_by_text("Ej besökt av säkerhetsskäl")).to_have_count(0)
