"""*Ej besökt: säkerheten* reaches the leader the same night: where the office begins and on the list of passes."""

from collections.abc import Callable
from typing import Any

import pytest

from fieldapp.core.catalogue import sentences
from fieldapp.demo.register import site_id
from tests.factories.pages import assert_sound
from tests.factories.phone import Phone, now_iso

Phones = Callable[..., Phone]
TENNPLANEN = site_id(23)
SV = sentences("sv")
TITLE = SV["shifts.safety_title"]


def miss(author: Phone, hours: float = -1, reason: str = "safety", began: float = -4, **fields: Any) -> str:
    """Decide against a visit, on a pass of one's own; return the pass."""
    shift = author.shift(started_at=now_iso(hours=began))
    place = {"site_id": TENNPLANEN, "arrived_at": now_iso(hours=hours), **fields}
    author.apply(shift, author.visit(shift["record_id"], outcome="not_visited", not_visited_reason=reason, **place))
    return str(shift["record_id"])


def notices(person: Phone) -> list[str]:
    """Return what stands in the notice where the office begins and on the list of passes."""
    begins = person.client.get("/office/", follow_redirects=True).text
    listed = person.client.get("/office/shifts").text
    for html in (begins, listed):
        assert_sound(html)
    return [html.split(TITLE)[1].split("</section>")[0] if TITLE in html else "" for html in (begins, listed)]


def test_the_leader_sees_place_time_and_whose_pass_with_a_way_there(phone: Phones):
    shift = miss(phone("falt1"))
    for who in ("ledare", "ledare2"):
        for notice in notices(phone(who)):
            for words in ("(1)", "Demo Tennplanen", "Farsta: Demo Fält Ett", f"/office/shifts/{shift}", TENNPLANEN):
                assert words in notice, (who, words)


@pytest.mark.parametrize("who", ["jourledare", "falt1", "falt2", "analys"])
def test_nobody_else_is_told(phone: Phones, who: str):
    miss(phone("falt1"))
    assert notices(phone(who)) == ["", ""]


def test_other_reasons_and_what_was_taken_back_are_no_news(phone: Phones):
    falt1 = phone("falt1")
    for reason in ("time", "moved_focus", "weather"):
        miss(falt1, reason=reason)
    shift = falt1.shift()
    visit = falt1.visit(shift["record_id"], site_id=TENNPLANEN, outcome="not_visited", not_visited_reason="safety")
    falt1.apply(shift, visit)
    falt1.apply(falt1.mutation("visits", "delete", visit["record_id"], 1))
    assert notices(phone("ledare")) == ["", ""]


def test_it_stands_for_a_day_from_when_it_was_decided_or_from_when_it_came(phone: Phones, sql: Callable[..., None]):
    falt1, lead = phone("falt1"), phone("ledare")
    miss(falt1, hours=-30, began=-33)
    assert "(1)" in notices(lead)[0]  # written without coverage: it came just now
    sql("UPDATE visits SET received_at = arrived_at")
    assert notices(lead) == ["", ""]


def test_any_kind_of_place_has_its_words_and_nothing_of_it_runs(phone: Phones):
    falt1 = phone("falt1")
    pin = {"lat": 59.2437, "lon": 18.0931, "label": "<script>alert(1)</script>"}
    miss(falt1, site_id=None, place=pin)
    miss(falt1, site_id=None, neighbourhood="Hökarängen", time_precision="band")
    miss(falt1, site_id=None, school_unit_code="99000040")
    for notice in notices(phone("ledare2")):
        for words in ("(3)", "&lt;script&gt;", "Hökarängen", "mellan", "Skola: Demo skola"):
            assert words in notice, words
