"""Folding plain rows into figures, definition by definition (figures.md)."""

from datetime import date

import pytest

from fieldapp.summaries.disclosure import full
from fieldapp.summaries.hours import district_shares, joint_us
from fieldapp.summaries.periods import Period, month_end
from fieldapp.summaries.rules import fold, frequency
from fieldapp.summaries.shape import shape, with_trend
from tests.factories.summary_rows import a_shift, a_site, a_visit, an_observation, material, people

OCTOBER = Period(date(2026, 10, 1), date(2026, 10, 31))


def figures(*args, district="farsta", names=None, **kwargs):
    rows = material(*args, **kwargs)
    folded = fold(rows, OCTOBER, district)
    known = {site.id: site.name for site in rows.sites} if names is None else names
    return shape(folded, full(folded.atoms), OCTOBER, known)


def by_code(rows):
    return {row["code"]: row["visits"] for row in rows if row["visits"]}


def test_nothing_noted_is_a_visit_and_not_visited_is_missing():
    shift = a_shift()
    visits = [
        a_visit(shift),
        a_visit(shift, outcome="nothing_noted"),
        a_visit(shift, outcome="not_visited", not_visited_reason="moved_focus"),
    ]
    assert figures([shift], visits)["visits"] == {
        "total": 2,
        "observed": 1,
        "nothing_noted": 1,
        "not_visited": {"moved_focus": 1},
    }


def test_a_place_that_another_districts_shift_did_not_visit_is_where_the_place_is():
    shift = a_shift(district="farsta")
    missed = a_visit(shift, district="bromma", site_id="there", outcome="not_visited", not_visited_reason="safety")
    rows = ([shift], [a_visit(shift), missed], [], [a_site("there", district="bromma")])
    there, here, city = (figures(*rows, district=one) for one in ("bromma", "farsta", None))
    assert there["visits"] == {"total": 0, "observed": 0, "nothing_noted": 0, "not_visited": {"safety": 1}}
    assert there["coverage"]["not_visited_sites"][0]["reasons"] == {"safety": 1}
    assert (there["effort"]["shifts"], there["effort"]["person_hours"], there["by_week"]) == (0, 0, empty_weeks(city))
    assert (here["visits"]["not_visited"], here["visits"]["total"], here["effort"]["shifts"]) == ({}, 1, 1)
    assert city["visits"]["not_visited"] == {"safety": 1}


def empty_weeks(answer):
    return [{"week": row["week"], "shifts": 0, "visits": 0} for row in answer["by_week"]]


def test_a_topic_is_counted_once_a_visit():
    shift = a_shift()
    visit = a_visit(shift)
    noted = [an_observation(visit, topics=["gathering", "weapon"], conditions=["litter"]) for _ in range(3)]
    answer = figures([shift], [visit], noted)
    assert by_code(answer["topics"]) == {"gathering": 1, "weapon": 1}
    assert by_code(answer["conditions"]) == {"litter": 1}


def test_people_add_up_over_observations_and_not_counted_is_missing():
    shift = a_shift()
    counted, uncounted, empty = a_visit(shift), a_visit(shift), a_visit(shift)
    noted = [
        an_observation(counted, counts=[people(3, 1), people(2, 2, gender="female")], people_basis="counted"),
        an_observation(counted, counts=[people(4)], people_basis="estimated"),
        an_observation(uncounted),
    ]
    answer = figures([shift], [counted, uncounted, empty], noted)["people"]
    assert answer["totals"] == {"present": 9, "contacts": 3}
    assert answer["by_gender"][0] == {"gender": "female", "present": 2, "contacts": 2}
    assert answer["not_counted_visits"] == 2
    assert answer["female_share"] == round(2 / 9, 4)
    assert len(answer["present"]) == len(answer["contacts"]) == 18


def test_the_share_of_girls_and_women_needs_seventy_percent_known():
    shift = a_shift()
    visit = a_visit(shift)
    rows = [people(7, gender="female"), people(4, gender="unknown")]
    noted = [an_observation(visit, counts=rows, people_basis="counted")]
    assert figures([shift], [visit], noted)["people"]["female_share"] is None


def test_an_observation_in_effect_counts_even_where_the_visit_says_nothing_was_noted():
    shift = a_shift()
    visit = a_visit(shift, outcome="nothing_noted")
    noted = [an_observation(visit, counts=[people(2)], people_basis="counted")]
    assert figures([shift], [visit], noted)["people"]["totals"]["present"] == 2


def test_a_district_has_its_own_visits_and_its_share_of_hours():
    shift = a_shift(arena_minutes={"outdoor": 240, "digital": 60})
    visits = [a_visit(shift), a_visit(shift, district="skarholmen")]
    here, there = figures([shift], visits), figures([shift], visits, district="skarholmen")
    assert (here["visits"]["total"], there["visits"]["total"]) == (1, 1)
    assert (here["effort"]["person_hours"], there["effort"]["person_hours"]) == (8, 2)
    assert (here["effort"]["arena_minutes"]["outdoor"], there["effort"]["arena_minutes"]["outdoor"]) == (192, 48)
    assert figures([shift], visits, district=None)["effort"]["person_hours"] == 10
    assert figures([shift], visits, district="bromma")["effort"]["shifts"] == 0


def test_overlap_with_a_shift_of_the_day_before_the_period_is_not_counted_again():
    before = a_shift("2026-09-30 22:00", "2026-10-01 03:00", participants=("one",))
    shift = a_shift("2026-10-01 01:00", "2026-10-01 05:00", participants=("one",))
    assert figures([shift], others=[before])["effort"]["person_hours"] == 2


def test_outdoor_share_and_what_is_not_allocated():
    effort = figures([a_shift(arena_minutes={"outdoor": 180, "school": 60})])["effort"]
    assert (effort["outdoor_share"], effort["unallocated_minutes"]) == (0.75, 60)
    assert figures([a_shift()])["effort"]["outdoor_share"] is None


def test_joint_reinforcement_mumin_incidents_and_actions():
    shift = a_shift(
        assignment="reinforcement",
        mumin=[{"delegated_by": "socialjour", "count": 2}, {"delegated_by": "farsta", "count": 1}],
        incidents={"threat": 1},
    )
    visits = [a_visit(shift, together_with=["police"], actions=["presence"]), a_visit(shift)]
    effort = figures([shift], visits, joint_briefings=3)["effort"]
    assert (effort["joint_visits"], effort["joint_person_hours"], effort["joint_briefings"]) == (1, 2, 3)
    assert (effort["reinforcements"], effort["mumin"]) == (1, 3)
    assert effort["incidents"] == {"threat": 1, "violence": 0, "near_miss": 0}
    assert by_code(effort["actions"]) == {"presence": 1}


def test_what_stands_on_the_shift_is_its_own_districts():
    shift = a_shift(assignment="reinforcement", mumin=[{"delegated_by": "socialjour", "count": 2}])
    elsewhere = figures([shift], [a_visit(shift, district="bromma")], district="bromma")["effort"]
    assert (elsewhere["shifts"], elsewhere["mumin"], elsewhere["reinforcements"]) == (1, 0, 0)


def test_coverage_counts_listed_sites_with_a_visit():
    shift = a_shift()
    sites = [
        a_site("near"),
        a_site("unsure", school_near="uncertain"),
        a_site("far", school_near="no"),
        a_site("struck", is_listed=False),
    ]
    visits = [
        a_visit(shift, site_id="near"),
        a_visit(shift, site_id="struck"),
        a_visit(shift, site_id="far", outcome="not_visited", not_visited_reason="time"),
    ]
    answer = figures([shift], visits, sites=sites)
    coverage = answer["coverage"]
    assert [coverage[key] for key in ("listed_sites", "visited_sites", "school_near_sites")] == [3, 1, 1]
    assert (coverage["school_near_visited"], coverage["school_near_uncertain"]) == (1, 1)
    assert [row["site"]["id"] for row in coverage["not_visited_sites"]] == ["unsure", "far"]
    assert coverage["not_visited_sites"][1]["reasons"] == {"time": 1}
    assert [row["site"]["id"] for row in answer["sites"]] == ["near", "unsure", "far", "struck"]


def test_a_sites_row_has_share_and_exact_interval_and_no_people():
    shift = a_shift()
    visits = [a_visit(shift, site_id="near"), a_visit(shift, site_id="near", outcome="nothing_noted")]
    noted = [an_observation(visits[0], topics=["suspected_dealing"], counts=[people(2)], people_basis="counted")]
    [row] = figures([shift], visits, noted, [a_site("near")])["sites"]
    assert (row["visits"], row["observations"], row["share_with_topic"]) == (2, 1, 0.5)
    assert row["interval"] == [0.0126, 0.9874]
    assert not {"people", "present", "contacts"} & set(row)


def test_a_site_the_reader_may_not_know_is_named_nowhere():
    shift = a_shift()
    visit = a_visit(shift, site_id="secret")
    noted = [an_observation(visit, moved_from="other", moved_to="unknown")]
    answer = figures([shift], [visit], noted, [a_site("secret"), a_site("other")], names={})
    assert "secret" not in str(answer)
    assert "other" not in str(answer["movements"])
    assert answer["movements"] == [{"from": "unknown", "to": "unknown", "observations": 2}]
    assert answer["coverage"]["visited_sites"] == 1


def test_a_visit_belongs_to_the_week_its_shift_began():
    night = a_shift("2026-10-11 22:00", "2026-10-12 03:00")
    visit = a_visit(night, "2026-10-12 01:00", "2026-10-12 02:00")
    answer = figures([night], [visit])
    weeks = {row["week"]: row for row in answer["by_week"]}
    assert weeks["2026-W41"] == {"week": "2026-W41", "shifts": 1, "visits": 1}
    assert [row["week"] for row in answer["by_week"]] == [f"2026-W{week}" for week in range(40, 45)]
    assert answer["by_weekday_hour"] == [{"weekday": 1, "hour": 1, "visits": 1}]


def test_referrals_are_sums_of_counts():
    shift = a_shift()
    visit = a_visit(shift)
    noted = [an_observation(visit, referrals=[{"to": "school", "count": 2}]) for _ in range(2)]
    referrals = {row["to"]: row["value"] for row in figures([shift], [visit], noted)["referrals"]}
    assert (referrals["school"], referrals["guardian"]) == (4, 0)


@pytest.mark.parametrize(
    ("now", "then", "trend"),
    [
        ([0.5, 0.9], [0.1, 0.4], "more"),
        ([0.1, 0.4], [0.5, 0.9], "less"),
        ([0.3, 0.6], [0.1, 0.4], "unclear"),
        (None, [0.1, 0.4], None),
    ],
)
def test_a_change_is_stated_only_when_intervals_do_not_overlap(now, then, trend):
    site = {"id": "near"}
    [row] = with_trend([{"site": site, "interval": now}], [{"site": site, "interval": then}])
    assert row["trend"] == trend


@pytest.mark.parametrize("months", [1, 2, 4, 12])
@pytest.mark.parametrize("first", range(1, 13))
def test_a_visit_in_each_month_of_whole_months_is_monthly_and_one_less_is_not(first, months):
    start = date(2026, first, 1)
    last = date(2026 + (first + months - 2) // 12, (first + months - 2) % 12 + 1, 1)
    period = Period(start, month_end(last))
    assert frequency(months, period) == "monthly"
    assert frequency(months - 1, period) in ("none", "less_than_monthly")


def test_a_stop_that_was_not_made_makes_a_shift_nobody_elses():
    shift = a_shift(district="skarholmen")
    skipped = a_visit(shift, outcome="not_visited", not_visited_reason="time")
    found = figures([shift], [skipped])
    assert found["effort"]["shifts"] == 0


def test_a_visit_outside_its_shift_by_another_phones_clock_takes_no_time_of_it():
    shift = a_shift()
    outside = a_visit(shift, "2026-10-06 19:00", "2026-10-06 20:00", district="skarholmen", together_with=("police",))
    half = a_visit(shift, "2026-10-09 22:30", "2026-10-09 23:30", district="skarholmen")
    assert district_shares(shift, [outside]) == {"farsta": 1.0, "skarholmen": 0.0}
    assert district_shares(shift, [half])["skarholmen"] == pytest.approx(0.1)
    assert joint_us([shift], {shift.id: [outside]}) == 0


@pytest.mark.parametrize(("visits", "expected"), [(0, "none"), (1, "less_than_monthly"), (2, "monthly"), (5, "weekly")])
def test_frequency_classes_of_a_month_and_a_half(visits, expected):
    assert frequency(visits, Period(date(2026, 10, 1), date(2026, 11, 4))) == expected
