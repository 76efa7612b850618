"""Utsättning at the desk: the weeks' list, and what was agreed on against what was done; nothing of what was seen."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from fieldapp.core.catalogue import sentences
from fieldapp.core.clock import local_date, utc_now
from fieldapp.demo.register import site_id
from tests.factories.pages import assert_sound
from tests.factories.phone import Phone, now_iso

Phones = Callable[..., Phone]
NEAR, UNSURE, THIRD, FOURTH = (site_id(number) for number in (23, 26, 24, 25))
CANARY = "kanariefågel i anteckningen"
NASTY = "<script>alert(1)</script>{{7*7}}"
SV = sentences("sv")


def agree(author: Phone, *places: str, **fields: Any) -> str:
    """Agree on places in this order; return the briefing's id."""
    priorities = [{"site_id": place, "rank": rank, "reason": "violence"} for rank, place in enumerate(places, start=1)]
    times = {"held_at": now_iso(hours=-6), "valid_from": now_iso(hours=-6), "valid_until": now_iso(hours=3)}
    briefing = author.briefing(priorities=priorities, **{**times, **fields})
    author.apply(briefing)
    return str(briefing["record_id"])


def page(person: Phone, briefing: str) -> str:
    answer = person.client.get(f"/office/briefings/{briefing}")
    assert answer.status_code == 200
    assert_sound(answer.text)
    return answer.text.split(f'<h2 id="done">{SV["briefing.against"]}')[1]


def rows_of(html: str) -> list[str]:
    return html.split("<tbody>")[1].split("</tbody>")[0].split("</tr>")[:-1]


def test_a_briefing_says_who_was_there_how_long_it_holds_and_what_came_of_each_place_by_any_unit(phone: Phones):
    falt1, jour1, lead = phone("falt1"), phone("jour1"), phone("ledare2")
    briefing = agree(
        falt1,
        *(NEAR, UNSURE, THIRD, FOURTH),
        actors=[{"actor": "police", "people": 2}, {"actor": "traffic_office", "people": 1}],
        note=NASTY,
        police_area="Farsta LPO",
    )
    shift, elsewhere = falt1.shift(), jour1.shift(started_at=now_iso(hours=-2))
    visit = falt1.visit(shift["record_id"], site_id=NEAR)
    seen = falt1.observation(visit["record_id"], topics=["weapon"], note=CANARY)
    missed = falt1.visit(
        shift["record_id"], site_id=UNSURE, outcome="not_visited", not_visited_reason="safety", arrived_at=now_iso()
    )
    moved = falt1.visit(shift["record_id"], site_id=THIRD, outcome="not_visited", not_visited_reason="moved_focus")
    falt1.apply(shift, visit, seen, missed, moved)
    jour1.apply(elsewhere, jour1.visit(elsewhere["record_id"], site_id=NEAR, arrived_at=now_iso(hours=-1)))
    whole = lead.client.get(f"/office/briefings/{briefing}").text
    for words in ("Gemensam utsättning", "Polisen 2", "Trafikkontoret 1", "Farsta LPO", "&lt;script&gt;alert(1)"):
        assert words in whole
    near, unsure, third, fourth = rows_of(page(lead, briefing))
    assert "Besökt" in near
    assert "2 gånger" in near
    assert "först mellan" in near
    assert "Ej besökt: säkerheten" in unsure
    assert SV["briefing.followed"] in third
    assert "Ej besökt" not in third
    assert SV["briefing.no_row"] in fourth
    assert CANARY not in whole
    assert SV["code.topic.weapon"] not in whole


def test_who_reads_the_briefing_in_its_districts_reads_done_or_not_of_passes_they_may_not_open(phone: Phones):
    falt1, author = phone("falt1"), phone("jour1")
    briefing = agree(author, NEAR)
    shift = falt1.shift()
    falt1.apply(shift, falt1.visit(shift["record_id"], site_id=NEAR))
    for who in ("analys", "jour2", "jourledare", "ledare", "falt2"):
        assert "Besökt" in rows_of(page(phone(who), briefing))[0], who
    assert phone("analys").client.get(f"/office/shifts/{shift['record_id']}").status_code == 404  # not approved


@pytest.mark.parametrize(
    ("who", "districts", "status"),
    [
        ("falt2", ["farsta"], 200), ("ledare2", ["farsta"], 200), ("analys", ["farsta"], 200),
        ("jour1", ["farsta"], 200), ("falt3", ["farsta"], 404), ("falt3", ["farsta", "skarholmen"], 200),
        ("nattvandring", ["farsta"], 403), ("direktor", ["farsta"], 403), ("admin", ["farsta"], 403),
    ],
)  # fmt: skip
def test_who_reads_a_briefing(phone: Phones, who: str, districts: list[str], status: int):
    briefing = agree(phone("jourledare"), NEAR, districts=districts)
    person = phone(who)
    assert person.client.get(f"/office/briefings/{briefing}").status_code == status
    listed = person.client.get("/office/briefings")
    assert listed.status_code == (403 if status == 403 else 200)
    assert (briefing in listed.text) is (status == 200)


def test_an_author_who_has_left_the_districts_reads_the_briefing_and_not_what_came_of_it(
    phone: Phones, sql: Callable[..., None]
):
    falt1 = phone("falt1")
    briefing = agree(falt1, NEAR)
    shift = falt1.shift()
    falt1.apply(shift, falt1.visit(shift["record_id"], site_id=NEAR))
    sql("UPDATE grants SET district = 'skarholmen' WHERE user_id = :id", id=falt1.user_id)
    [row] = rows_of(page(falt1, briefing))
    assert SV["briefing.not_yours"] in row
    assert "Besökt" not in row


def test_the_list_shows_some_weeks_newest_first_and_is_filtered_in_the_address(phone: Phones):
    lead = phone("jourledare")
    old = agree(lead, held_at=now_iso(weeks=-6), valid_from=now_iso(weeks=-6), valid_until=now_iso(weeks=-6, hours=9))
    first = agree(lead, held_at=now_iso(hours=-5), joint=False)
    second = agree(lead, held_at=now_iso(hours=-2), districts=["skarholmen"])
    listed = lead.client.get("/office/briefings").text
    assert_sound(listed)
    assert listed.index(second) < listed.index(first)
    assert old not in listed
    assert "Egen utsättning" in listed
    earlier = lead.client.get(f"/office/briefings?first={local_date(utc_now()) - timedelta(weeks=6)}").text
    assert old in earlier
    only = lead.client.get("/office/briefings?district=skarholmen").text
    assert second in only
    assert first not in only
    wrong = lead.client.get("/office/briefings?district=atlantis")
    assert wrong.status_code == 422
    assert f"Stadsdelsområde: {SV['field.unknown_code']}" in wrong.text
    for given in ("", "nej", "0001-01-01", "9999-12-31", "2026-02-30"):
        assert lead.client.get(f"/office/briefings?first={given}").status_code == 200, given
    assert SV["briefing.empty"] in lead.client.get("/office/briefings?first=2020-01-01").text


def test_a_place_not_to_go_to_is_marked_where_it_was_agreed_on(phone: Phones):
    lead = phone("jourledare")
    briefing = agree(lead, site_id(2))
    [row] = rows_of(page(lead, briefing))
    assert SV["code.safety.do_not_go"] in row


def test_a_visit_that_was_taken_back_does_nothing(phone: Phones):
    falt1 = phone("falt1")
    briefing = agree(falt1, NEAR)
    shift = falt1.shift()
    visit = falt1.visit(shift["record_id"], site_id=NEAR)
    falt1.apply(shift, visit)
    falt1.apply(falt1.mutation("visits", "delete", visit["record_id"], 1))
    [row] = rows_of(page(falt1, briefing))
    assert SV["briefing.no_row"] in row


@pytest.mark.parametrize(
    ("who", "is_offered"), [("falt1", True), ("analys", True), ("direktor", False), ("admin", False)]
)
def test_the_navigation_offers_utsattning_to_those_who_read_it(phone: Phones, who: str, is_offered: bool):
    html = phone(who).client.get("/office/", follow_redirects=True).text
    assert (f'<a href="/office/briefings">{SV["office.nav.briefings"]}</a>' in html) is is_offered


def test_what_does_not_exist_is_not_found(phone: Phones):
    falt1 = phone("falt1")
    for known in ("finns-inte", site_id(4711), "0" * 36):
        assert falt1.client.get(f"/office/briefings/{known}").status_code == 404
