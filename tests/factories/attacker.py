"""Somebody who may read protected summaries, asks for all of them, and does the sums (X27)."""

from collections import Counter
from dataclasses import dataclass
from datetime import date
from itertools import combinations_with_replacement
from math import ceil, floor

import numpy as np
from scipy.optimize import linprog

from fieldapp.summaries.disclosure import HIDDEN, PEOPLE_CELLS, TOPIC_CELLS, PersonCounts
from fieldapp.summaries.periods import Period, month_end
from fieldapp.summaries.rules import Effort, Figures
from fieldapp.summaries.shape import shape

DISTRICTS = ("bromma", "farsta", "skarholmen")
MONTHS = (8, 9, 10)
BANDS, GENDERS = ("13-15", "16-17"), ("female", "male")
NOTED = [cell for cell in PEOPLE_CELLS if cell[1] in BANDS and cell[2] in GENDERS]
OTHERS = [("topics", "weapon"), ("topics", "vulnerable_adult"), ("referrals", "concern_report"), ("mumin",)]


def random_atoms(dice, districts, months):
    """Small counts with many zeros, contacts never above present, topics never at more visits than were observed."""
    atoms = {}
    for district in districts:
        for month in months:
            observed = dice.choice((0, 1, 2, 3, 9))
            counts = PersonCounts(Counter(), observed)
            for cell in NOTED:
                if cell[0] == "present":
                    present = dice.choice((0, 0, 1, 2, 3, 4, 5, 6, 9)) if observed else 0
                    counts.cells[cell] = present
                    counts.cells["contacts", *cell[1:]] = dice.randint(0, present)
            for cell in OTHERS:
                counts.cells[cell] = (
                    dice.randint(0, min(observed, 6)) if cell[0] == "topics" else dice.choice((0, 2, 7))
                )
            atoms[district, (2026, month)] = counts
    return atoms


def answers(atoms, districts, months, release):
    """Yield (atoms covered, the answer) of every question an attacker may ask: each district, the city, each range."""
    for district in (*districts, None):
        for first, last in combinations_with_replacement(months, 2):
            covered = [key for key in atoms if district in (None, key[0]) and first <= key[1][1] <= last]
            part = {key: atoms[key] for key in covered}
            period = Period(date(2026, first, 1), month_end(date(2026, last, 1)))
            figures = Figures(Effort())
            figures.outcomes["observed"] = sum(counts.observed_visits for counts in part.values())
            yield covered, shape(figures, release(part), period, {})


def statements(answer):
    """Yield (cells summed, value shown) of everything an answer says of persons."""
    people = answer["people"]
    for table in ("present", "contacts"):
        of_table = [cell for cell in PEOPLE_CELLS if cell[0] == table]
        for row in people[table]:
            yield [(table, row["age_band"], row["gender"])], row["value"]
        for row in people["by_gender"]:
            yield [cell for cell in of_table if cell[2] == row["gender"]], row[table]
        yield of_table, people["totals"][table]
    for row in answer["topics"]:
        if ("topics", row["code"]) in TOPIC_CELLS:
            yield [("topics", row["code"])], row["visits"]
    for row in answer["referrals"]:
        yield [("referrals", row["to"])], row["value"]
    for kind, value in answer["effort"]["incidents"].items():
        yield [("incidents", kind)], value
    yield [("mumin",)], answer["effort"]["mumin"]


@dataclass
class Attacker:
    """Knows the rules, `below`, and every answer; wants a hidden count of one district and month."""

    atoms: dict
    below: int

    def pinned(self, districts, months, release):
        """Return the hidden atom cells that only one whole number fits."""
        known, equations, unknown = {}, [], {}
        for covered, answer in answers(self.atoms, districts, months, release):
            for cells, value in statements(answer):
                terms = [(atom, cell) for atom in covered for cell in cells]
                if value == HIDDEN:
                    if len(terms) == 1:
                        unknown.setdefault(terms[0], len(unknown))
                elif len(terms) == 1:
                    known[terms[0]] = value
                else:
                    equations.append((terms, value))
        unknown = {term: number for number, term in enumerate(term for term in unknown if term not in known)}
        if not unknown:
            return []
        rows, right = [], []
        for terms, value in equations:
            row = np.zeros(len(unknown))
            for term in terms:
                if term in unknown:
                    row[unknown[term]] += 1
                else:
                    value -= known[term]
            if row.any():
                rows.append(row)
                right.append(value)
        above, limits = self.contacts_below_present(unknown, known)
        bounds = [self.bounds(term) for term in unknown]
        found = []
        for term, number in unknown.items():
            ends = []
            for sign in (1, -1):
                aim = np.zeros(len(unknown))
                aim[number] = sign
                solved = linprog(
                    aim, A_ub=above or None, b_ub=limits or None, A_eq=rows or None, b_eq=right or None, bounds=bounds
                )
                assert solved.success, "the truth itself must fit"
                ends.append(sign * solved.fun)
            if ceil(ends[0] - 1e-6) == floor(ends[1] + 1e-6):
                found.append(term)
        return found

    def bounds(self, term):
        """A hidden count lies between 1 and below − 1; a topic at no more visits than were observed, which is shown.

        Where one visit was observed, or 1 is the only small number, the rule hides 0 as well, and the attacker knows.
        """
        (atom, cell) = term
        observed = self.atoms[atom].observed_visits
        if cell in TOPIC_CELLS:
            return (0 if observed == 1 or self.below == 2 else 1, min(self.below - 1, observed))
        return (0 if self.below == 2 else 1, self.below - 1)

    def contacts_below_present(self, unknown, known):
        """Rows of contacts − present ≤ 0, with what is known moved to the right."""
        rows, limits = [], []
        for (atom, cell), number in unknown.items():
            if cell[0] not in ("present", "contacts"):
                continue
            other = (atom, ("contacts" if cell[0] == "present" else "present", *cell[1:]))
            sign = 1 if cell[0] == "contacts" else -1
            row = np.zeros(len(unknown))
            row[number] = sign
            if other in unknown:
                row[unknown[other]] = -sign
                limits.append(0)
            else:
                limits.append(sign * known[other])
            rows.append(row)
        return rows, limits
