"""What a frozen summary is: canonical text, what differs between two, what a reader may know of its sites."""

from collections import Counter
from datetime import date

import pytest

from fieldapp.core.access import Actor, Grant
from fieldapp.summaries.disclosure import PersonCounts
from fieldapp.summaries.frozen_rules import (
    Scope,
    all_atoms,
    are_same,
    canonical,
    checksum,
    counts_from,
    differences,
    months_of,
    readable,
    states_with,
    stored_cells,
)
from fieldapp.summaries.frozen_view import label
from fieldapp.summaries.periods import Period
from fieldapp.summaries.queries import TeamFacts
from fieldapp.summaries.rights import freezes_as
from tests.factories.toys import ALWAYS

HIDDEN = {"suppressed": True}


def site(name, **more):
    """A row of a site."""
    return {"site": {"id": name, "name": f"Demo {name}"}, **more}


def a_document(**more):
    """A small summary."""
    return {
        "district": "farsta",
        "complete": {"shifts_approved": 1},
        "effort": {"shifts": 1, "arena_minutes": {"outdoor": 60}},
        "coverage": {"listed_sites": 2, "not_visited_sites": [site("c", reasons={})]},
        "people": {"present": [{"age_band": "13-15", "gender": "male", "value": 7}], "totals": {"present": 7}},
        "movements": [
            {"from": "a", "to": None, "observations": 2},
            {"from": "b", "to": None, "observations": 1},
            {"from": "b", "to": "a", "observations": 1},
        ],
        "sites": [site("a", visits=1, interval=[0.1, 0.9]), site("b", visits=0, interval=None)],
        **more,
    }


def test_a_checksum_is_of_canonical_text():
    assert canonical({"b": 1.0, "a": [True, None]}) == '{"a":[true,null],"b":1}'
    assert checksum("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def test_what_figures_lack_makes_no_new_version_and_a_figure_does():
    assert are_same(a_document(), a_document(complete={"shifts_approved": 9}))
    assert not are_same(a_document(), a_document(effort={"shifts": 2, "arena_minutes": {"outdoor": 60}}))


def test_differences_name_each_value_by_its_row():
    later = a_document(
        complete={"shifts_approved": 2},
        effort={"shifts": 2, "arena_minutes": {"outdoor": 60, "school": 5}},
        people={"present": [{"age_band": "13-15", "gender": "male", "value": HIDDEN}], "totals": {"present": 7}},
        sites=[site("a", visits=1, interval=[0.2, 0.9])],
    )
    assert {row["path"]: (row["was"], row["now"]) for row in differences(a_document(), later)} == {
        "effort.shifts": (1, 2),
        "effort.arena_minutes.school": (None, 5),
        "people.present[13-15,male].value": (7, HIDDEN),
        "sites[a].interval": ([0.1, 0.9], [0.2, 0.9]),
        "sites[b].site.id": ("b", None),
        "sites[b].site.name": ("Demo b", None),
        "sites[b].visits": (0, None),
    }
    assert differences(later, later) == []


def test_a_reader_learns_of_no_site_but_those_they_may_know():
    seen = readable(a_document(), {"a"})
    assert [row["site"]["id"] for row in seen["sites"]] == ["a"]
    assert seen["coverage"] == {"listed_sites": 2, "not_visited_sites": []}
    assert seen["movements"] == [
        {"from": "a", "to": None, "observations": 2},
        {"from": "unknown", "to": None, "observations": 1},
        {"from": "unknown", "to": "a", "observations": 1},
    ]
    assert readable(a_document(), set())["movements"][0] == {"from": "unknown", "to": None, "observations": 3}


def test_every_month_of_every_district_is_kept_those_without_a_row_too():
    assert list(months_of(Period(date(2025, 11, 1), date(2026, 1, 31)))) == [(2025, 11), (2025, 12), (2026, 1)]
    counts = PersonCounts(Counter({("present", "13-15", "male"): 7, ("mumin",): 0}), 3)
    kept = all_atoms({("farsta", (2026, 1)): counts}, ["bromma", "farsta"], Period(date(2026, 1, 1), date(2026, 1, 31)))
    assert kept == {("bromma", (2026, 1)): PersonCounts(), ("farsta", (2026, 1)): counts}
    assert stored_cells(counts) == {"present/13-15/male": 7}
    assert counts_from(stored_cells(counts), 3) == counts


def test_a_state_that_is_as_the_one_before_is_none_of_its_own():
    one, other = (PersonCounts(Counter({("mumin",): number}), 3) for number in (7, 8))
    assert states_with([one], one) == []
    assert states_with([one], other) == [one]
    assert states_with([one, other], other) == [one]
    assert states_with([], one) == []


def test_a_scope_is_one_word():
    keys = [Scope("farsta").key, Scope(team="t1").key, Scope().key]
    assert keys == ["district:farsta", "team:t1", "city"]


def an_actor(role, district=None, team=None):
    """Somebody with one grant."""
    return Actor("u", "u", "", "", None, (Grant(role, district, team, ALWAYS, None),))


TEAM, OF_CITY = TeamFacts("t1", "Demo", "farsta"), TeamFacts("t2", "Demo", None)


@pytest.mark.parametrize(
    ("who", "district", "team", "role"),
    [
        (("analyst",), "farsta", None, "analyst"),
        (("analyst",), None, None, "analyst"),
        (("analyst", "bromma"), "farsta", None, None),
        (("analyst", "farsta"), None, None, None),
        (("analyst", "farsta"), None, TEAM, "analyst"),
        (("analyst", "farsta"), None, OF_CITY, None),
        (("team_lead", "farsta", "t1"), "farsta", None, "team_lead"),
        (("team_lead", "farsta", "t1"), "bromma", None, None),
        (("team_lead", "farsta", "t1"), None, None, None),
        (("team_lead", None, "t2"), "farsta", None, "team_lead"),
        (("team_lead", None, "t2"), None, None, None),
        (("team_lead", None, "t2"), None, OF_CITY, "team_lead"),
        (("team_lead", None, "t2"), None, TEAM, None),
        (("field_worker", "farsta", "t1"), None, TEAM, None),
        (("viewer",), "farsta", None, None),
    ],
)
def test_who_freezes_what(who, district, team, role):
    assert freezes_as(an_actor(*who), district, team) == role


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("effort.shifts", "Pass"),
        ("people.present[16-17,male].value", "Noterade personer: 16–17 år, Pojkar, män"),
        ("topics[weapon].visits", "Vad som noterats: Vapen"),
        ("by_week[2026-W41].visits", None),
        ("sites[a].visits", None),
    ],
)
def test_what_differs_is_named_as_the_page_names_it(path, name):
    found = label(path)
    assert (found[1] if found else None) == name
