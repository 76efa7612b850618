"""Somebody who may read protected summaries, asks for all of them, and has an integer solver (X27)."""

from collections import Counter
from datetime import date
from itertools import combinations_with_replacement
from random import Random

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

from fieldapp.outreach.codes import GENDERS
from fieldapp.summaries.disclosure import (
    ALL,
    CODES,
    HIDDEN,
    PEOPLE_CELLS,
    SUMS,
    TOPIC_CELLS,
    WHERE,
    WHERE_CELLS,
    PersonCounts,
)
from fieldapp.summaries.periods import Period, month_end
from fieldapp.summaries.rules import Effort, Figures
from fieldapp.summaries.shape import shape
from fieldapp.summaries.view import people_rows

DISTRICTS = ("bromma", "farsta", "skarholmen")
NOTED = [cell for cell in PEOPLE_CELLS if cell[1] in ("13-15", "16-17", "unknown")]
OTHERS = [
    ("topics", "weapon"), ("topics", "vulnerable_adult"), ("referrals", "concern_report"), ("incidents", "threat"),
    ("mumin",),
]  # fmt: skip
FAR = 30  # how much more than the truth a count without an upper end may be
YEAR = 2026


def random_atoms(dice, districts, months):
    """Small counts with many zeros, contacts never above present, topics never at more visits than were observed."""
    present = dice.choice(((0, 0, 1, 2, 3, 4, 5, 6, 9), (0, 1, 1, 1, 2, 8), (0, 0, 0, 0, 0, 1, 4, 5, 30)))
    noted = dice.sample(NOTED, dice.choice((4, 8, len(NOTED))))
    atoms = {}
    for district in districts:
        for month in months:
            observed = dice.choice((0, 1, 2, 3, 9, 9))
            counts = PersonCounts(Counter(), observed)
            for _, band, gender in noted:
                people = dice.choice(present) if observed else 0
                counts.cells["present", band, gender] = people
                counts.cells["contacts", band, gender] = dice.randint(0, people)
            put_somewhere(dice, counts.cells)
            for cell in OTHERS:
                most = min(observed, 6) if cell[0] == "topics" else 7
                counts.cells[cell] = min(most, dice.choice((0, 0, 1, 1, 2, 4, 5, 7)))
            atoms[district, (YEAR, month)] = counts
    return atoms


def put_somewhere(dice, cells):
    """Say where everybody present was: all of a gender at one kind of place, or here and there."""
    for gender, column in WHERE.items():
        left = sum(cells[cell] for cell in SUMS["present", ALL, gender])
        at = dice.sample(column, dice.choice((1, 2, 3)))
        for place in column:
            cells[place] = 0
        for place in at:
            cells[place] = left if place == at[-1] else dice.randint(0, left)
            left -= cells[place]


def changed_atoms(dice, atoms):
    """The same data later: some months as they were, some with a few more or fewer people, some with many more."""
    later = {}
    for key, counts in atoms.items():
        cells, step = Counter(counts.cells), dice.choice((0, 0, 1, 2, 7))
        can_change = sorted(cell for cell in cells if cell[0] != "where")
        for cell in dice.sample(can_change, min(len(can_change), dice.choice((1, 2, 5)))):
            if cell[0] == "contacts":
                continue
            most = counts.observed_visits if cell[0] == "topics" else cells[cell] + step
            cells[cell] = max(0, min(most, cells[cell] + dice.choice((-step, step, step))))
            if cell[0] == "present":
                talked_to = ("contacts", *cell[1:])
                cells[talked_to] = min(cells[cell], cells[talked_to] + dice.choice((0, step)))
        if step or dice.random() < 0.2:
            put_somewhere(dice, cells)
        later[key] = PersonCounts(cells, counts.observed_visits)
    return later


def states_of(versions):
    """Yield for each version: of each atom its states so far, oldest first; one that is as before is no new one."""
    states = {key: [] for key in versions[0]}
    for atoms in versions:
        for key, counts in atoms.items():
            if not states[key] or states[key][-1] != counts:
                states[key].append(counts)
        yield {key: tuple(some) for key, some in states.items()}


def answers(states, release):
    """Yield (terms' atoms, the answer) of every question there is: each district, the city, each range of months."""
    districts = sorted({district for district, _ in states})
    months = sorted({month for _, (_, month) in states})
    for district in (*districts, None):
        for first, last in combinations_with_replacement(months, 2):
            covered = [key for key in states if district in (None, key[0]) and first <= key[1][1] <= last]
            now, before = (
                {key: pick(states[key]) for key in covered} for pick in (lambda of: of[-1], lambda of: of[:-1])
            )
            period = Period(date(YEAR, first, 1), month_end(date(YEAR, last, 1)))
            numbered = [(key, len(before[key])) for key in covered]
            yield numbered, shape(Figures(Effort()), release(now, period, before), period, {})


def statements(answer):
    """Yield (cells summed, value shown) of everything an answer, and the page made of it, says of persons."""
    people = answer["people"]
    for table in ("present", "contacts"):
        of_table = [cell for cell in PEOPLE_CELLS if cell[0] == table]
        yield of_table, people["totals"][table]
        for row in people["by_gender"]:
            yield [cell for cell in of_table if cell[2] == row["gender"]], row[table]
        for row in people[table]:
            yield [(table, row["age_band"], row["gender"])], row["value"]
    for row in people["by_kind_of_place"]:
        for gender in GENDERS:
            yield [("where", row["kind"], gender)], row[gender]
    for row in people_rows(people):
        yield [cell for cell in PEOPLE_CELLS if cell[:2] == ("contacts", row["band"])], row["contacts"]
    for row in answer["topics"]:
        if ("topics", row["code"]) in TOPIC_CELLS:
            yield [("topics", row["code"])], row["visits"]
    for row in answer["referrals"]:
        yield [("referrals", row["to"])], row["value"]
    for kind, value in answer["effort"]["incidents"].items():
        yield [("incidents", kind)], value
    yield [("mumin",)], answer["effort"]["mumin"]


def is_later(figure):
    """Say whether any term of a figure is of a state that came later."""
    return any(number for (_, number), _ in figure)


class Attacker:
    """Knows the rules, `below`, how many visits had an observation, and every answer; wants what is hidden.

    A term is a cell of one atom in one of its states; a figure is a set of hidden terms, and so is each sum that was
    told. A secret is a hidden figure that is a small count of persons, or the few that a cell, total or code of an
    atom has changed by from one state to another. A world is one whole number for each hidden term that fits all he
    knows: the truth is one, and what two worlds differ in is not pinned.
    """

    def __init__(self, versions, below, *releases):
        """Read everything that can be asked for, of every release and version."""
        self.states, self.below = {}, below
        said = []
        for release in releases:
            for states in states_of(versions):
                for key, some in states.items():
                    self.states |= {(key, number): counts for number, counts in enumerate(some)}
                for covered, answer in answers(states, release):
                    for cells, value in statements(answer):
                        said.append(([(atom, cell) for atom in covered for cell in cells], value))
        self.known = {terms[0]: value for terms, value in said if len(terms) == 1 and value != HIDDEN}
        self.hidden, told = Counter(), {}  # figures: in how many answers; sums of hidden terms
        for terms, value in said:
            unknown = frozenset(term for term in terms if term not in self.known)
            if value == HIDDEN:
                self.hidden[unknown] += 1
            elif unknown:
                told[unknown] = value - sum(self.known.get(term, 0) for term in terms)
        self.terms = sorted({term for figure in self.hidden for term in figure})
        self.place = {term: number for number, term in enumerate(self.terms)}
        self.truth = np.array([self.count(term) for term in self.terms], dtype=int)
        self.told = [self.row(figure) for figure in told]
        assert [int(row @ self.truth) for row in self.told] == [*told.values()]
        self.told += [*self.same_people()]
        self.worlds = self.truth[np.newaxis, :]
        self.bounds = np.array([self.ends(term) for term in self.terms]).reshape(-1, 2)
        self.pairs = [
            (self.place[atom, cell], self.place[atom, present])
            for atom, cell in self.terms
            if (atom, present := ("present", *cell[1:])) in self.place and cell[0] == "contacts"
        ]

    def count(self, term):
        """Return the true count of a term."""
        return self.states[term[0]].cells[term[1]]

    def row(self, figure):
        """Return which terms a figure is the sum of, as a row."""
        row = np.zeros(len(self.terms), dtype=int)
        row[[self.place[term] for term in figure]] = 1
        return row

    def same_people(self):
        """Yield what he knows of where people were: of each gender as many as are present, hidden or not."""
        for key, number in self.states:
            for gender, column in WHERE.items():
                row = np.zeros(len(self.terms), dtype=int)
                for sign, cells in ((1, column), (-1, SUMS["present", ALL, gender])):
                    for cell in cells:
                        if (place := self.place.get(((key, number), cell))) is not None:
                            row[place] += sign
                if row.any():
                    yield row

    def ends(self, term):
        """A hidden count is 1 … below − 1; of a state that came later it may be any, for what has changed hides too.

        A topic is noted at no more visits than were observed, which is shown. Where one visit was observed, or 1 is
        the only small number, the rule hides 0 as well, and he knows. Contacts are no more than were present.
        """
        ((atom, cell), truth) = term, self.count(term)
        observed = self.states[atom].observed_visits
        least = 0 if self.below == 2 or (cell in TOPIC_CELLS and observed == 1) else 1
        is_whole = cell in WHERE_CELLS  # hides with others of its gender, whatever it is
        low, high = (0, truth + FAR) if is_whole or atom[1] else (least, self.below - 1)
        if cell in TOPIC_CELLS:
            high = min(high, observed)
        if cell[0] == "contacts":
            high = min(high, self.known.get((atom, ("present", *cell[1:])), high))
        if cell[0] == "present":
            low = max(low, self.known.get((atom, ("contacts", *cell[1:])), low))
        return low, high

    def secrets(self):
        """Return the figures that are small counts, in order."""
        figures = [figure for figure in self.hidden if figure and sum(map(self.count, figure)) < self.below]
        # What came later may be hidden though it is none, and 0.
        return sorted(
            (figure for figure in figures if sum(map(self.count, figure)) or not is_later(figure)), key=sorted
        )

    def changes(self):
        """Return the few that something has changed by, each as a row; one that is no row is shown outright."""
        figures = [*CODES, *PEOPLE_CELLS, *WHERE_CELLS, *SUMS]
        for (key, later), counts in self.states.items():
            for number in range(later):
                before = self.states[key, number]
                for figure in figures:
                    if 0 < abs(counts.value(figure) - before.value(figure)) < self.below:
                        row = np.zeros(len(self.terms), dtype=int)
                        for sign, state in ((1, later), (-1, number)):
                            for cell in SUMS.get(figure, (figure,)):
                                if (term := ((key, state), cell)) in self.place:
                                    row[self.place[term]] += sign
                        yield (figure, key, number, later), row

    def pinned(self):
        """Return the secrets that only one number fits."""
        named = [(figure, self.row(figure)) for figure in self.secrets()] + [*self.changes()]
        return [named[number][0] for number in self.same_in_all([row for _, row in named])]

    def same_in_all(self, rows):
        """Return the numbers of those rows whose sum is the same in every world there is.

        First all that have not differed yet are pushed somewhere at once, then each is made as small and as large as
        can be.
        """
        dice = Random(len(rows))
        left = self.not_differing(rows, range(len(rows)))
        for _ in range(6):
            if not left:
                return []
            self.look(sum(dice.choice((-1, 1)) * rows[number] for number in left))
            left = self.not_differing(rows, left)
        for number in left:
            if rows[number].any():
                self.look(rows[number])
                self.look(-rows[number])
        return self.not_differing(rows, left)

    def not_differing(self, rows, numbers):
        """Return which of the rows have had one sum only."""
        fits = np.all([self.worlds @ row == self.truth @ row for row in self.told], axis=0)
        worlds = self.worlds[fits] if self.told else self.worlds
        return [number for number in numbers if np.all(worlds @ rows[number] == self.truth @ rows[number])]

    def look(self, aim):
        """Find the world that makes `aim` as small as can be."""
        high = [row @ self.truth for row in self.told]
        rows = [*self.told]
        for contacts, present in self.pairs:
            row = np.zeros(len(self.terms), dtype=int)
            row[[contacts, present]] = 1, -1
            rows.append(row)
        low = [*high, *[-np.inf] * len(self.pairs)]
        high += [0] * len(self.pairs)
        constraints = [LinearConstraint(csr_array(np.array(rows)), low, high)] if rows else []
        answer = milp(aim, integrality=np.ones(len(aim)), bounds=Bounds(*self.bounds.T), constraints=constraints)
        assert answer.success, f"the truth itself fits: {answer.message}"
        self.worlds = np.vstack([self.worlds, np.round(answer.x).astype(int)])

    def needless(self):
        """Return (hidden figures that could be told as well, hidden figures that are no secret, all hidden figures).

        One after another is told, the largest first; those after which no secret is pinned stay told. So it is how
        much another choice could have shown on top of this one.
        """
        secrets = self.secrets()
        rows = [self.row(figure) for figure in secrets]
        figures = [figure for figure in self.hidden if figure not in set(secrets)]
        could = self.hidden[frozenset()]  # sums of what is shown
        for figure in sorted(filter(None, figures), key=lambda figure: (-len(figure), sorted(figure))):
            self.told.append(self.row(figure))
            if self.same_in_all(rows):
                self.told.pop()
            else:
                could += self.hidden[figure]
        return could, sum(self.hidden[figure] for figure in figures), self.hidden.total()
