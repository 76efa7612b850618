"""Somebody who knows the rule itself: of all worlds that it would answer alike, what is the same in each (X27)."""

from collections import Counter, defaultdict
from datetime import date
from itertools import product

from fieldapp.summaries.disclosure import ALL_CELLS, SUMS, PersonCounts, protected
from fieldapp.summaries.periods import Period, month_end

YEAR = 2026
FIGURES = (*ALL_CELLS, *SUMS)


def counts_of(cells, values, observed=9):
    """Return an atom's counts."""
    return PersonCounts(Counter(dict(zip(cells, values, strict=True))), observed)


def people(bands, most):
    """Yield the counts of everybody in two tables that can be: present up to `most`, contacts never above."""
    pairs = [(there, talked_to) for there in range(most + 1) for talked_to in range(there + 1)]
    cells = [(table, *band) for band in bands for table in ("present", "contacts")]
    for drawn in product(pairs, repeat=len(bands)):
        yield counts_of(cells, [value for pair in drawn for value in pair])


def published(states, below):
    """Return all that is ever told of one district's months: `states` by month, each state oldest first.

    Each state is told while it was the newest, by month and for the year.
    """
    said = []
    latest = max(map(len, states.values()))
    for number in range(1, latest + 1):
        so_far = {("farsta", (YEAR, month)): some[:number] for month, some in states.items()}
        now = {key: some[-1] for key, some in so_far.items()}
        before = {key: some[:-1] for key, some in so_far.items()}
        for first, last in (*((month, month) for month in states), (1, 12)):
            period = Period(date(YEAR, first, 1), month_end(date(YEAR, last, 1)))
            part = {key: counts for key, counts in now.items() if first <= key[1][1] <= last}
            released = protected(part, below=below, period=period, is_closed=True, earlier=before)
            said.append(tuple(map(released.value, FIGURES)))
    return tuple(said)


def secrets_of(states, figures, below):
    """Yield (name, value, whether it is small) of every count, and of every change from one state to another."""
    for month, some in states.items():
        for figure in figures:
            values = [counts.value(figure) for counts in some]
            for number, value in enumerate(values):
                yield (month, figure, number), value, 0 < value < below
                for later in range(number + 1, len(values)):
                    change = values[later] - value
                    yield (month, figure, number, later), change, 0 < abs(change) < below


def given_away(worlds, figures, below, is_asked=lambda states: True):
    """Return (what is a small count and the same in every world that is answered as one is, how many were looked at).

    Worlds end somewhere: what lies at their edge has fewer like it than there are, and is not asked about.
    """
    alike = defaultdict(list)
    for states in worlds:
        alike[published(states, below)].append(states)
    found, looked_at = [], 0
    for some in alike.values():
        values, small = defaultdict(set), defaultdict(list)
        for states in some:
            for name, value, is_small in secrets_of(states, figures, below):
                values[name].add(value)
                if is_small and is_asked(states):
                    small[name].append(states)
        looked_at += len(small)
        found += [(name, small[name][0]) for name in small if len(values[name]) == 1]
    return found, looked_at
