"""Exact intervals against scipy's own."""

import pytest
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
