"""The weighted displacement difference: the published figures, and what must hold for any counts."""

from decimal import Decimal
from fractions import Fraction
from math import inf, isclose
from pathlib import Path

import orjson
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from fieldapp.summaries.displacement import NOTHING, Change, Count, weighted_displacement_difference

PUBLISHED = orjson.loads((Path(__file__).parents[1] / "fixtures" / "displacement.json").read_bytes())["cases"]
AREAS = ("control", "treated", "displaced_control", "displaced")  # in the order of area_weights
COUNTS = st.integers(0, 10**6)
WEIGHTS = st.integers(1, 10**4)
CHANGES = st.builds(Change, st.builds(Count, COUNTS, WEIGHTS), st.builds(Count, COUNTS, WEIGHTS))
FOUR = st.tuples(CHANGES, CHANGES, CHANGES, CHANGES)


def areas_of(case):
    """The four areas of a published case, each count with its weight of time and area."""
    times, sizes = case.get("time_weights", [1, 1]), dict(zip(AREAS, case.get("area_weights", [1] * 4), strict=True))
    return {
        area: Change(*(Count(n, time * sizes[area]) for n, time in zip(case[area], times, strict=True)))
        for area in AREAS
        if area in case
    }


def as_printed(value, printed):
    """A value rounded to as many decimals as the source prints."""
    return str(Decimal(value).quantize(Decimal(printed)) + 0)  # 0 has no sign


@pytest.mark.parametrize("case", PUBLISHED, ids=lambda case: case["expected"]["estimate"])
def test_the_published_figures_to_the_last_digit_given(case):
    found = weighted_displacement_difference(**areas_of(case))
    low, high = found.interval(case["alpha"])
    figures = {
        "estimate": found.estimate,
        "variance": found.variance,
        "standard_error": found.standard_error,
        "z": found.estimate / found.standard_error,
        "low": low,
        "high": high,
    }
    expected = case["expected"]
    assert {name: as_printed(figures[name], printed) for name, printed in expected.items()} == expected


def exact(areas):
    """Estimate and variance in whole numbers."""
    treated, control, displaced, displaced_control = (
        [Fraction(count.noted, count.weight) for count in area] for area in areas
    )
    changes = [after - before for before, after in (treated, control, displaced, displaced_control)]
    variance = sum(Fraction(count.noted, count.weight**2) for area in areas for count in area)
    return changes[0] - changes[1] + changes[2] - changes[3], variance


@given(FOUR)
def test_it_is_the_exact_sum_and_lies_in_the_middle_of_its_interval(areas):
    found = weighted_displacement_difference(*areas)
    estimate, variance = exact(areas)
    size = max(count.noted / count.weight for area in areas for count in area)
    assert isclose(found.estimate, estimate, abs_tol=1e-12 * (1 + size))
    assert isclose(found.variance, variance, rel_tol=1e-12)
    low, high = found.interval()
    assert low <= found.estimate <= high
    assert isclose(high - found.estimate, found.estimate - low, abs_tol=1e-9 * (1 + size))


@given(FOUR)
def test_areas_and_controls_changed_about_change_the_sign_alone(areas):
    treated, control, displaced, displaced_control = areas
    found = weighted_displacement_difference(*areas)
    swapped = weighted_displacement_difference(control, treated, displaced_control, displaced)
    backwards = weighted_displacement_difference(*(Change(area.after, area.before) for area in areas))
    for other in (swapped, backwards):
        assert isclose(other.estimate, -found.estimate, abs_tol=1e-6)
        assert isclose(other.variance, found.variance, rel_tol=1e-12)


@given(FOUR, st.integers(1, 1000))
def test_more_noted_after_moves_it_up_and_its_variance_too(areas, more):
    treated, *others = areas
    after = treated.after._replace(noted=treated.after.noted + more)
    found, moved = (weighted_displacement_difference(one, *others) for one in (treated, Change(treated.before, after)))
    assert moved.estimate > found.estimate
    assert moved.variance > found.variance


@given(CHANGES, CHANGES)
def test_what_only_moved_is_no_difference(treated, control):
    """All that left the place turned up next door, where nothing was noted before."""
    before, after = treated.before._replace(weight=7), treated.after._replace(weight=7)
    gone = before.noted - after.noted
    assume(gone >= 0)
    moved = Change(Count(0, 7), Count(gone, 7))
    still = Change(control.before, control.before)
    assert isclose(weighted_displacement_difference(Change(before, after), still, moved).estimate, 0, abs_tol=1e-9)


@given(FOUR)
def test_the_displaced_area_adds_to_what_is_found_at_the_place(areas):
    treated, control, displaced, displaced_control = areas
    whole = weighted_displacement_difference(*areas)
    place, moved = (
        weighted_displacement_difference(treated, control),
        weighted_displacement_difference(displaced, displaced_control),
    )
    assert isclose(whole.estimate, place.estimate + moved.estimate, abs_tol=1e-6)
    assert isclose(whole.variance, place.variance + moved.variance, rel_tol=1e-12)


@given(FOUR, st.floats(0.001, 0.5), st.floats(0.001, 0.5))
def test_the_surer_the_wider(areas, alpha, other):
    found = weighted_displacement_difference(*areas)
    (low, high), (lower, higher) = (found.interval(level) for level in sorted((alpha, other), reverse=True))
    assert -inf < lower <= low
    assert high <= higher < inf


def test_nothing_noted_has_no_width():
    found = weighted_displacement_difference(NOTHING, NOTHING)
    assert (found.estimate, found.variance, found.interval()) == (0, 0, (0, 0))
