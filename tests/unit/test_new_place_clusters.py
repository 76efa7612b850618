"""Proposed clusters of new places: single linkage cut at a distance, whatever the order the pins come in."""

import random

from hypothesis import given
from hypothesis import strategies as st

from fieldapp.outreach.clusters import PIN_M, clusters, middle

GRID = st.integers(0, 60).map(lambda step: step * 12.5)  # so that distances on the very edge of 75 m are drawn too
POSITIONS = st.lists(st.tuples(GRID, GRID), max_size=25)


def linked_by_hand(positions, eps_m):
    """Single linkage from its definition: unite whatever two have a step of at most eps between them, until none."""
    groups = [{number} for number in range(len(positions))]
    while True:
        for one in groups:
            for other in groups:
                if one is not other and any(
                    (positions[a][0] - positions[b][0]) ** 2 + (positions[a][1] - positions[b][1]) ** 2 <= eps_m**2
                    for a in one
                    for b in other
                ):
                    break
            else:
                continue
            break
        else:
            return sorted(sorted(group) for group in groups)
        groups.remove(other)
        one |= other


@given(POSITIONS, st.sampled_from([25.0, 75.0, 200.0]))
def test_clusters_are_what_single_linkage_says(positions, eps_m):
    assert sorted(clusters(positions, eps_m)) == linked_by_hand(positions, eps_m)


@given(POSITIONS, st.randoms(use_true_random=False))
def test_the_order_of_the_pins_plays_no_part(positions, chance: random.Random):
    order = list(range(len(positions)))
    chance.shuffle(order)
    shuffled = clusters([positions[number] for number in order], 75)
    assert sorted(sorted(order[number] for number in group) for group in shuffled) == clusters(positions, 75)


def test_a_chain_is_one_and_a_metre_too_many_parts_it():
    chain = [(0.0, 0.0), (150.0, 0.0), (75.0, 0.0), (226.0, 0.0)]
    assert clusters(chain, 75) == [[0, 1, 2], [3]]
    assert clusters(chain, 76) == [[0, 1, 2, 3]]
    assert clusters([], 75) == []


@given(st.lists(st.tuples(GRID, GRID), min_size=1, max_size=25), st.randoms(use_true_random=False))
def test_the_middle_holds_every_pin_within_its_uncertainty_in_any_order(positions, chance):
    where = middle(positions)
    for east, north in positions:
        off = ((east - where.position[0]) ** 2 + (north - where.position[1]) ** 2) ** 0.5
        assert off + PIN_M <= where.uncertainty_m + 1e-6
    chance.shuffle(positions)
    assert middle(positions) == where
