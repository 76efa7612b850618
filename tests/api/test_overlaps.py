"""Two shifts of the same people at the same time are said on the list of shifts and on the page of each."""

from collections.abc import Callable

import pytest

from fieldapp.core.catalogue import sentences
from tests.factories.pages import assert_sound
from tests.factories.phone import Phone, now_iso

Phones = Callable[..., Phone]
SV = sentences("sv")
LISTED, TITLE = SV["shifts.overlaps"], SV["shift.overlaps"]


def passes(one: Phone, two: Phone, **other: str) -> list[str]:
    """A shift of two people, and another that one of them began; return their ids."""
    first = one.shift(participant_ids=[one.user_id, two.user_id])
    second = two.shift(started_at=now_iso(hours=-3), **other)
    one.apply(first)
    two.apply(second)
    return [first["record_id"], second["record_id"]]


def shown(person: Phone, path: str = "") -> str:
    answer = person.client.get(f"/office/shifts{path}")
    assert answer.status_code == 200
    assert_sound(answer.text)
    return str(answer.text)


def test_both_are_flagged_with_whom_and_a_way_to_the_other(phone: Phones):
    one, two = phone("falt1"), phone("falt2")
    first, second = passes(one, two)
    lead = phone("ledare")
    assert shown(lead).count(LISTED) == 2
    for shift, other in ((first, second), (second, first)):
        html = shown(lead, f"/{shift}")
        notice = html.split(TITLE)[1].split("</section>")[0]
        assert f"/office/shifts/{other}" in notice
        assert "Demo Fält Två" in notice
        assert "Demo Fält Ett" not in notice


@pytest.mark.parametrize(
    "other",
    [
        {"started_at": now_iso(hours=-30), "ended_at": now_iso(hours=-25)},
        {"started_at": now_iso(hours=-9), "ended_at": now_iso(hours=-4)},
    ],
    ids=["the day before", "over as the other began"],
)
def test_one_after_the_other_is_none(phone: Phones, other: dict[str, str]):
    one, two = phone("falt1"), phone("falt2")
    first, second = one.shift(started_at=now_iso(hours=-3.5)), one.shift(**other)
    one.apply(first, second, two.shift())
    lead = phone("ledare")
    assert LISTED not in shown(lead)
    assert TITLE not in shown(lead, f"/{first['record_id']}") + shown(lead, f"/{second['record_id']}")


def test_once_they_are_one_nothing_is_said(phone: Phones):
    one, two = phone("falt1"), phone("falt2")
    first, second = passes(one, two)
    two.apply(two.mutation("shifts", "delete", second, 1))
    assert LISTED not in shown(phone("ledare"))
    assert TITLE not in shown(phone("ledare"), f"/{first}")


def test_X36_what_one_may_not_know_of_is_not_told(phone: Phones):
    """A field worker of another team reads only the shift they were on: nothing of the one its colleague began."""
    falt3, jour1 = phone("falt3"), phone("jour1")
    ours = falt3.shift(participant_ids=[falt3.user_id, jour1.user_id])
    theirs = jour1.shift(district="farsta")
    falt3.apply(ours)
    jour1.apply(theirs)
    assert TITLE not in shown(falt3, f"/{ours['record_id']}")
    assert TITLE in shown(jour1, f"/{ours['record_id']}")
