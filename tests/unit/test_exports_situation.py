"""The week's material for a situation picture: places, what was noted, effort; never persons."""

import pytest

from fieldapp.exports.situation import KINDS, Line, lines, read_week
from fieldapp.summaries.disclosure import PERSON_TOPICS
from tests.factories.summary_rows import a_shift, a_site, a_visit, an_observation, material, people

WEEK = read_week("2026-W41")  # holds 9 October, when the factory's evenings are
NAMES = {"torget": "Demo torget", "parken": "Demo parken"}


def told(*rows, district="farsta", names=NAMES):
    return list(lines(material(*rows), WEEK, district, names, "annan plats"))


@pytest.mark.parametrize(
    ("given", "first", "last"),
    [
        ("2026-W01", "2025-12-29", "2026-01-04"),
        ("2026-W53", "2026-12-28", "2027-01-03"),
        ("2026-W47", "2026-11-16", "2026-11-22"),
    ],
)
def test_a_week_is_its_days(given, first, last):
    week = read_week(given)
    assert (week.first.isoformat(), week.last.isoformat()) == (first, last)


@pytest.mark.parametrize(
    "given",
    [
        None,
        "",
        "2026",
        "2026-47",
        "2026-W00",
        "2026-W54",
        "2025-W53",
        "0000-W01",
        "9999-W52",
        "2026-W47x",
        "２０２６-W47",
    ],
)
def test_what_is_no_week_is_none(given):
    assert read_week(given) is None


def test_each_kind_counts_once_a_visit_and_effort_is_the_places():
    shift = a_shift(participants=("one", "two"), others=1)
    first = a_visit(shift, "2026-10-09 19:00", "2026-10-09 19:30", site_id="torget")
    second = a_visit(shift, "2026-10-09 20:00", "2026-10-09 20:10", site_id="torget", outcome="nothing_noted")
    noted = [
        an_observation(first, topics=["gathering", "alcohol"], conditions=["litter"]),
        an_observation(first, topics=["gathering"], conditions=["none"]),
    ]
    assert told([shift], [first, second], noted, [a_site("torget")]) == [
        Line("2026-W41", "Demo torget", ("topic", "alcohol"), 1, 2, 120),
        Line("2026-W41", "Demo torget", ("topic", "gathering"), 1, 2, 120),
        Line("2026-W41", "Demo torget", ("condition", "litter"), 1, 2, 120),
    ]


def test_nothing_in_it_tells_of_persons():
    shift = a_shift()
    visit = a_visit(shift, site_id="torget")
    noted = [an_observation(visit, topics=list(PERSON_TOPICS), counts=[people(7, 3)], people_basis="counted")]
    with_persons = told([shift], [visit], noted)
    assert with_persons == told([shift], [visit]) == [Line("2026-W41", "Demo torget", None, 0, 1, 120)]
    assert not {code for _, code in KINDS} & {*PERSON_TOPICS, "none"}


def test_places_the_reader_may_not_know_and_what_is_no_site_are_one_place_and_stand_last():
    shift = a_shift()
    visits = [a_visit(shift, site_id=site) for site in (None, "hemlig", "parken", "torget")]
    noted = [an_observation(visit, topics=["alcohol"]) for visit in visits]
    found = told([shift], visits, noted)
    assert [(line.place, line.noted, line.visits) for line in found] == [
        ("Demo parken", 1, 1), ("Demo torget", 1, 1), ("annan plats", 2, 2),
    ]  # fmt: skip


def test_not_visited_and_other_districts_are_no_visits():
    shift = a_shift()
    visits = [
        a_visit(shift, site_id="torget", outcome="not_visited", not_visited_reason="time"),
        a_visit(shift, site_id="torget", district="bromma"),
    ]
    assert told([shift], visits) == []
    assert len(told([shift], visits, district="bromma")) == 1
