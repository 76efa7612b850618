"""X27: an attacker who asks for everything and does the sums pins no hidden count of persons."""

import os
from collections import Counter
from random import Random

import pytest

from fieldapp.summaries.disclosure import (
    ALL_CELLS,
    MUMIN_CELLS,
    PEOPLE_CELLS,
    PersonCounts,
    Released,
    full,
    hidden_cells,
    protected,
)
from tests.factories.attacker import DISTRICTS, MONTHS, Attacker, random_atoms

DATA_SETS = 200 * int(os.environ.get("FAULT_SCALE", "1"))


def attack(seed, below, release):
    """Draw a data set and attack it; return (pinned cells, hidden cells)."""
    dice = Random(seed)
    districts = DISTRICTS[: dice.choice((1, 2, 3))]
    months = MONTHS[: dice.choice((1, 2, 2))]
    atoms = random_atoms(dice, districts, months)
    hidden = sum(len(hidden_cells(counts, below=below)) for counts in atoms.values())
    return Attacker(atoms, below).pinned(districts, months, release), hidden


def naive(atoms):
    """Release every sum that is 0 or large enough by itself: what primary suppression alone would do."""
    counts = full(atoms).counts

    class Naive(Released):
        def total(self, cells, table):
            value = sum(counts.get(cell, 0) for cell in cells)
            return None if 0 < value < 5 else value

    return Naive(counts, frozenset(cell for cell in ALL_CELLS if 0 < counts.get(cell, 0) < 5))


def test_X27_no_hidden_count_follows_from_everything_that_is_shown():
    hidden_in_all = 0
    for seed in range(DATA_SETS):
        below = (5, 5, 5, 3)[seed % 4]
        pinned, hidden = attack(seed, below, lambda part, below=below: protected(part, below=below, is_closed=True))
        assert pinned == [], f"data set {seed}"
        hidden_in_all += hidden
    assert hidden_in_all > 5 * DATA_SETS


def test_X27_with_two_as_the_smallest_shown_count():
    for seed in range(10):
        pinned, _ = attack(seed, 2, lambda part: protected(part, below=2, is_closed=True))
        assert pinned == []


def test_the_attacker_is_able_he_breaks_plain_suppression():
    assert sum(bool(attack(seed, 5, naive)[0]) for seed in range(20)) >= 10


def atom(observed=9, **cells):
    return PersonCounts(Counter({("present", band, "male"): value for band, value in cells.items()}), observed)


def test_small_counts_hide_and_zero_shows():
    released = protected({("farsta", (2026, 10)): atom(**{"13-15": 4, "16-17": 5})}, below=5, is_closed=True)
    assert released.value(("present", "13-15", "male")) is None
    assert released.value(("present", "16-17", "male")) == 5
    assert released.value(("present", "18-20", "male")) == 0
    assert released.total([("present", "16-17", "male")], PEOPLE_CELLS[:18]) is None


def test_a_sum_that_holds_a_hidden_month_is_hidden():
    months = {("farsta", (2026, 9)): atom(**{"13-15": 20}), ("farsta", (2026, 10)): atom(**{"13-15": 3})}
    assert protected(months, below=5, is_closed=True).value(("present", "13-15", "male")) is None


def test_outside_closed_months_every_count_of_persons_is_hidden():
    released = protected({("farsta", (2026, 10)): atom(**{"13-15": 400})}, below=5, is_closed=False)
    assert all(released.value(cell) is None for cell in ALL_CELLS)


@pytest.mark.parametrize(("observed", "hides_zero"), [(0, False), (1, True), (2, False)])
def test_a_topic_at_the_only_visit_is_not_given_away_by_those_that_are_zero(observed, hides_zero):
    hidden = hidden_cells(PersonCounts(Counter(), observed), below=5)
    assert (("topics", "weapon") in hidden) is hides_zero


def test_inside_the_team_everything_shows():
    released = full({("farsta", (2026, 10)): atom(**{"13-15": 1})})
    assert released.value(("present", "13-15", "male")) == 1


@pytest.mark.parametrize("is_closed", [True, False])
def test_who_delegated_interviews_never_leaves_the_team_however_many(is_closed):
    atoms = {("farsta", (2026, 10)): PersonCounts(Counter({("mumin",): 40, ("mumin", "socialjour"): 40}), 9)}
    released = protected(atoms, below=5, is_closed=is_closed)
    assert {released.value(cell) for cell in MUMIN_CELLS} == {None}
    assert released.value(("mumin",)) == (40 if is_closed else None)
    assert full(atoms).value(("mumin", "socialjour")) == 40
