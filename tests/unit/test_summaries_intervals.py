"""Exact intervals against scipy's own, against exact sums, and what must hold for any counts."""

from fractions import Fraction
from math import comb, exp

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy.stats import binomtest, chi2

from fieldapp.summaries.intervals import clopper_pearson, poisson_rate


@pytest.mark.parametrize("trials", [1, 2, 7, 41, 300])
def test_clopper_pearson_is_scipys_exact_interval(trials):
    for hits in {0, 1, trials // 3, trials - 1, trials}:
        exact = binomtest(hits, trials).proportion_ci(0.95, method="exact")
        assert clopper_pearson(hits, trials) == pytest.approx((exact.low, exact.high))


def test_poisson_interval_is_that_of_chi_squared():
    for events in (0, 1, 12):
        low = chi2.ppf(0.025, 2 * events) / 2 if events else 0
        assert poisson_rate(events, 4) == pytest.approx((low / 4, chi2.ppf(0.975, 2 * events + 2) / 8))


def test_no_trials_no_interval():
    assert clopper_pearson(0, 0) is None
    assert poisson_rate(0, 0) is None


@given(st.integers(0, 60), st.integers(0, 60))
def test_a_share_lies_in_its_interval_and_each_end_leaves_the_half_of_five_percent(hits, misses):
    trials = hits + misses
    assume(trials)
    low, high = clopper_pearson(hits, trials)
    assert 0 <= low <= hits / trials <= high <= 1
    if hits:
        assert binomial_tail(hits, trials, low) == pytest.approx(0.025, rel=1e-9)
    if misses:
        assert binomial_tail(misses, trials, 1 - high) == pytest.approx(0.025, rel=1e-9)


def binomial_tail(hits, trials, share):
    """The chance of so many hits or more, summed in whole numbers."""
    exact = Fraction(share)
    return float(sum(comb(trials, k) * exact**k * (1 - exact) ** (trials - k) for k in range(hits, trials + 1)))


@given(st.integers(0, 10**6), st.integers(0, 10**6))
def test_a_share_and_its_opposite_have_opposite_intervals_however_many_visits(hits, misses):
    assume(hits + misses)
    low, high = clopper_pearson(hits, hits + misses)
    opposite = clopper_pearson(misses, hits + misses)
    assert opposite == pytest.approx((1 - high, 1 - low), abs=1e-12)
    assert 0 <= low <= hits / (hits + misses) <= high <= 1


@given(st.integers(0, 999), st.integers(1000, 10**6))
def test_more_hits_move_both_ends_up(hits, trials):
    fewer, more = clopper_pearson(hits, trials), clopper_pearson(hits + 1, trials)
    assert fewer[0] < more[0]
    assert fewer[1] < more[1]


@given(st.integers(0, 200), st.integers(1, 50))
def test_a_rate_lies_in_its_interval_and_each_end_leaves_the_half_of_five_percent(events, visits):
    low, high = poisson_rate(events, visits)
    assert 0 <= low <= events / visits <= high
    assert poisson_up_to(events, high * visits) == pytest.approx(0.025, rel=1e-9)
    if events:
        assert 1 - poisson_up_to(events - 1, low * visits) == pytest.approx(0.025, rel=1e-9)


def poisson_up_to(events, mean):
    """The chance of so many events or fewer, term by term."""
    terms, found = exp(-mean), exp(-mean)
    for k in range(1, events + 1):
        terms *= mean / k
        found += terms
    return found


@pytest.mark.parametrize("events", [0, 1, 10**6])
def test_a_million_events_have_an_interval_as_narrow_as_the_normal_one(events):
    low, high = poisson_rate(events, 10**6)
    assert 0 <= low <= events / 10**6 <= high
    if events == 10**6:
        assert (low, high) == pytest.approx((1 - 1.96e-3, 1 + 1.96e-3), abs=1e-5)
