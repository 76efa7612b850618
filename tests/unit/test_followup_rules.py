"""Planned against done, case by case: no database, no clock."""

from datetime import UTC, datetime, timedelta

import pytest

from fieldapp.followup.rules import Done, Stop, planned_against_done
from fieldapp.places.rules import survivor

FROM = datetime(2026, 11, 27, 16, 30, tzinfo=UTC)  # 17.30 in Stockholm
UNTIL = datetime(2026, 11, 28, 2, 0, tzinfo=UTC)  # 03.00 the next morning
BRIEFING = {
    "id": "b1",
    "valid_from": FROM,
    "valid_until": UNTIL,
    "priorities": [{"site_id": "torget"}, {"site_id": "parken"}],
}


def stop(site="torget", reason=None, at=FROM + timedelta(hours=3), began=FROM + timedelta(hours=1), names=None):
    """A visit, or with a reason the decision not to make it."""
    return Stop(site, at, "not_visited" if reason else "nothing_noted", reason, began, names)


def done(*stops, briefing=BRIEFING, merged=None):
    return planned_against_done(briefing, stops, merged or {})


def test_each_priority_has_an_answer_and_one_without_a_row_says_so():
    assert done() == {"torget": Done("no_row"), "parken": Done("no_row")}
    assert done(stop())["parken"] == Done("no_row")
    assert done(stop("annan plats"))["torget"] == Done("no_row")


def test_visits_of_all_units_are_counted_and_the_first_has_its_time():
    later, earlier = FROM + timedelta(hours=5), FROM + timedelta(hours=2)
    assert done(stop(at=later), stop(at=earlier))["torget"] == Done("visited", 2, earlier)


@pytest.mark.parametrize("reason", ["time", "safety", "other_task", "nobody_there", "weather", "understaffed", "other"])
def test_a_place_not_visited_has_its_reason(reason):
    assert done(stop(reason=reason))["torget"] == Done("not_visited", reasons=(reason,))


def test_the_group_had_moved_is_following_the_problem_and_no_miss():
    assert done(stop(reason="moved_focus"))["torget"] == Done("followed", is_followed=True)
    both = done(stop(reason="time"), stop(reason="moved_focus"))["torget"]
    assert both == Done("followed", is_followed=True, reasons=("time",))


def test_a_place_both_visited_and_not_visited_was_visited_and_says_why_not_too():
    at = FROM + timedelta(hours=4)
    assert done(stop(reason="time"), stop(at=at), stop(reason="safety"), stop(reason="time"))["torget"] == Done(
        "visited", 1, at, reasons=("time", "safety")
    )
    assert done(stop(at=at), stop(reason="moved_focus"))["torget"] == Done("visited", 1, at, is_followed=True)


@pytest.mark.parametrize(
    ("began", "is_counted"),
    [
        (FROM - timedelta(seconds=1), False),
        (FROM, True),
        (datetime(2026, 11, 27, 23, 30, tzinfo=UTC), True),  # 00.30, the next date
        (UNTIL - timedelta(seconds=1), True),
        (UNTIL, False),
        (FROM + timedelta(days=1), False),  # the next evening
    ],
)
def test_a_pass_counts_that_began_while_the_briefing_held_across_midnight(began, is_counted):
    assert (done(stop(began=began))["torget"].state == "visited") is is_counted


def test_a_visit_after_midnight_counts_though_the_briefing_has_run_out_by_then():
    at = UNTIL + timedelta(minutes=20)
    assert done(stop(at=at))["torget"] == Done("visited", 1, at)


def test_a_pass_that_names_the_briefing_counts_whenever_it_began_and_one_of_another_only_by_its_time():
    before = FROM - timedelta(hours=2)
    assert done(stop(began=before, names="b1"))["torget"].state == "visited"
    assert done(stop(began=before, names="b2"))["torget"].state == "no_row"
    assert done(stop(names="b2"))["torget"].state == "visited"


def test_sites_that_were_merged_are_one_whichever_was_named_and_whichever_was_visited():
    merged = {"gamla torget": "torget", "äldsta torget": "gamla torget"}
    assert done(stop("äldsta torget"), stop("torget"), merged=merged)["torget"].visits == 2
    old = {**BRIEFING, "priorities": [{"site_id": "äldsta torget"}]}
    assert done(stop("torget"), stop("gamla torget"), briefing=old, merged=merged)["äldsta torget"].visits == 2


def test_a_circle_of_merged_sites_ends():
    assert survivor("a", {"a": "b", "b": "a"}) == "b"
