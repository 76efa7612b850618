"""Two periods compared: exact sums, outside implementations, and what must hold for any counts."""

from fractions import Fraction
from math import comb

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from scipy.stats import binomtest, false_discovery_control

from fieldapp.summaries.comparing import FEWEST_VISITS, conditional_p, discoveries, with_prompts
from fieldapp.summaries.intervals import clopper_pearson

FEW = st.integers(0, 40)
VISITS = st.integers(1, 60)
P_VALUES = st.lists(st.floats(0, 1), max_size=60)


def exact_p(now, then):
    """Twice the smaller tail, summed term by term in whole numbers."""
    (events, visits), (earlier, earlier_visits) = now, then
    every, share = events + earlier, Fraction(visits, visits + earlier_visits)
    terms = [comb(every, k) * share**k * (1 - share) ** (every - k) for k in range(every + 1)]
    return min(Fraction(1), 2 * min(sum(terms[: events + 1]), sum(terms[events:])))


@given(FEW, VISITS, FEW, VISITS)
@example(0, 1, 1, 60)
@example(40, 60, 0, 1)
def test_the_conditional_test_is_the_exact_sum(events, visits, earlier, earlier_visits):
    found = conditional_p((events, visits), (earlier, earlier_visits))
    if events + earlier == 0:
        assert found is None
    else:
        assert found == pytest.approx(float(exact_p((events, visits), (earlier, earlier_visits))), rel=1e-12)


@given(FEW, VISITS, FEW, VISITS)
def test_which_period_is_named_first_changes_nothing(events, visits, earlier, earlier_visits):
    now, then = (events, visits), (earlier, earlier_visits)
    assert conditional_p(now, then) == conditional_p(then, now)


@given(FEW, FEW, VISITS, VISITS)
def test_further_from_the_expected_is_never_likelier(events, earlier, visits, earlier_visits):
    every = events + earlier
    expected = every * visits / (visits + earlier_visits)
    assume(every)
    p_values = [conditional_p((k, visits), (every - k, earlier_visits)) for k in range(every + 1)]
    above = [p for k, p in enumerate(p_values) if k >= expected]
    below = [p for k, p in enumerate(p_values) if k <= expected]
    assert above == sorted(above, reverse=True)
    assert below == sorted(below)


@given(FEW, VISITS, FEW, VISITS)
def test_the_test_and_the_interval_of_the_share_agree(events, visits, earlier, earlier_visits):
    p, ends = conditional_p((events, visits), (earlier, earlier_visits)), clopper_pearson(events, events + earlier)
    share = visits / (visits + earlier_visits)
    if p is not None and ends is not None and abs(p - 0.05) > 1e-9:
        assert (p < 0.05) == (not ends[0] <= share <= ends[1])


@pytest.mark.parametrize(
    ("now", "then"),
    [((500_000, 1_000_000), (502_000, 1_000_000)), ((10**6, 10**6), (0, 10**6)), ((3, 10**6), (12, 10**6))],
)
def test_a_million_visits_are_no_more_trouble_than_ten(now, then):
    every, share = now[0] + then[0], now[1] / (now[1] + then[1])
    tails = [binomtest(now[0], every, share, side).pvalue for side in ("less", "greater")]
    assert conditional_p(now, then) == pytest.approx(min(1, 2 * min(tails)), rel=1e-9, abs=1e-300)


@pytest.mark.parametrize(("now", "then"), [((0, 9), (0, 9)), ((0, 0), (3, 9)), ((3, 9), (0, 0))])
def test_nothing_noted_or_no_visit_can_not_be_tested(now, then):
    assert conditional_p(now, then) is None


def stepwise(p_values, level):
    """The definition, word by word: try every k from the top."""
    for k in range(len(p_values), 0, -1):
        bound = sorted(p_values)[k - 1]
        if bound * len(p_values) <= k * level:
            return [p <= bound for p in p_values]
    return [False] * len(p_values)


@given(P_VALUES, st.sampled_from([0.01, 0.05, 0.2]))
@example([0.05], 0.05)
@example([0.04, 0.04, 0.01, 0.9], 0.05)
def test_discoveries_are_those_of_the_definition(p_values, level):
    near = [abs(p * len(p_values) - rank * level) < 1e-12 for rank, p in enumerate(sorted(p_values), 1)]
    assert any(near) or discoveries(p_values, level) == stepwise(p_values, level)


@given(P_VALUES.filter(bool))
def test_discoveries_are_those_of_scipy(p_values):
    adjusted = false_discovery_control(p_values, method="bh")
    found = discoveries(p_values)
    assert [kept for kept, p in zip(found, adjusted, strict=True) if abs(p - 0.05) > 1e-12] == [
        p <= 0.05 for p in adjusted if abs(p - 0.05) > 1e-12
    ]


@given(P_VALUES, st.floats(0, 1), st.randoms())
def test_order_does_not_matter_and_a_smaller_p_value_is_kept_where_a_larger_is(p_values, more, chance):
    found = dict(zip(p_values, discoveries(p_values), strict=True))
    shuffled = chance.sample(p_values, len(p_values))
    assert dict(zip(shuffled, discoveries(shuffled), strict=True)) == found
    assert all(found[low] or not found[high] for low in found for high in found if low <= high)
    with_zero = dict(zip([*p_values, 0.0], discoveries([*p_values, 0.0]), strict=True))
    assert all(with_zero[p] for p in p_values if found[p])  # a sure discovery beside takes none away


def row(name, noted, visits):
    return {"site": {"id": name}, "visits": visits, "visits_with_topic": noted}


def prompts(*pairs):
    """`look_closer` of sites given as ((noted, visits) now, (noted, visits) then)."""
    now = [row(n, *pair[0]) for n, pair in enumerate(pairs)]
    then = [row(n, *pair[1]) for n, pair in enumerate(pairs) if pair[1]]
    return [found["look_closer"] for found in with_prompts(now, then)]


def test_a_site_is_tried_from_eight_earlier_visits_on():
    assert FEWEST_VISITS == 8
    assert prompts(((30, 30), (0, 8)), ((30, 30), (0, 7)), ((30, 30), None)) == [True, None, None]


def test_a_site_without_a_visit_now_or_a_topic_at_all_is_not_tried():
    assert prompts(((0, 0), (8, 20)), ((0, 20), (0, 20))) == [None, None]


def test_fewer_is_a_reason_to_look_closer_too():
    assert prompts(((0, 30), (20, 30)), ((10, 30), (10, 30))) == [True, False]


def test_the_more_sites_are_tried_the_more_it_takes():
    change, same = ((14, 20), (3, 20)), ((5, 20), (5, 20))
    assert conditional_p(*change) < 0.05
    assert prompts(change) == [True]
    assert prompts(change, *[same] * 9) == [False] * 10
    assert prompts(*[change] * 5, *[same] * 5) == [True] * 5 + [False] * 5
