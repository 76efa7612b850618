"""*Läget i korthet*: picked from a summary, hidden where that is hidden, and what needs a decision."""

from copy import deepcopy

import pytest

from fieldapp.summaries.brief import brief, decisions
from fieldapp.summaries.disclosure import HIDDEN


def place(name, near="yes", listed=True):
    return {"id": name, "name": name, "district": "farsta", "is_listed": listed, "school_near": near}


def cells(values):
    bands = ("0-12", "13-15", "16-17", "18-20", "21+", "unknown")
    return [{"age_band": band, "gender": "female", "value": value} for band, value in zip(bands, values, strict=True)]


FIGURES = {
    "complete": {"shifts_missing": 2},
    "coverage": {
        "school_near_monthly": 3, "school_near_sites": 5, "school_near_uncertain": 1,
        "not_visited_sites": [
            {"site": place("Demo ett"), "reasons": {"safety": 2}},
            {"site": place("Demo två", "no"), "reasons": {}},
        ],
    },
    "effort": {"shifts": 9, "outdoor_share": 0.6, "arena_minutes": {"school": 90}},
    "staffing": {"posts": 4.0, "filled": 3.25},
    "people": {
        "present": cells([5, 6, 7, 8, 9, 10]), "contacts": cells([0, 6, 0, 8, 9, 10]),
        "totals": {"present": 45, "contacts": 33}, "female_share": 1.0,
        "by_gender": [
            {"gender": gender, "present": count, "contacts": count}
            for gender, count in (("female", 40), ("male", 0), ("unknown", 5))
        ],
    },
    "referrals": [{"to": "concern_report", "value": 7}],
    "sites": [
        {"site": place("Demo utanför", "no", listed=False), "visits_with_topic": 3},
        {"site": place("Demo lugn", "no", listed=False), "visits_with_topic": 2},
        {"site": place("Demo listad"), "visits_with_topic": 9},
    ],
    "compare": None,
}  # fmt: skip


def values(lines):
    return {key: (now, then) for key, _, now, then in lines}


def test_the_sheet_is_picked_from_the_summary_and_the_year_before():
    then = deepcopy(FIGURES)
    then["staffing"], then["effort"]["outdoor_share"] = None, 0.4
    sheet = brief({**FIGURES, "compare": then})
    headline = values(sheet["headline"])
    assert headline["near_monthly"] == ((3, 5), (3, 5))
    assert headline["outdoor_share"] == (0.6, 0.4)
    assert headline["posts_filled"] == ((3.25, 4.0), None)
    assert values(sheet["children"])["children_present"] == (18, 18)
    assert values(sheet["equality"])["unknown_share"] == (0.1111, 0.1111)
    assert [row["name"] for row in sheet["not_been"]] == ["Demo ett", "Demo två"]
    assert values(brief(FIGURES)["headline"])["contacts"] == (33, None)


def test_a_year_before_without_a_shift_is_missing_and_not_zero():
    then = deepcopy(FIGURES)
    then["effort"]["shifts"] = 0
    headline = values(brief({**FIGURES, "compare": then})["headline"])
    assert {key: before for key, (_, before) in headline.items()} == {
        "near_monthly": None, "outdoor_share": None, "contacts": None, "posts_filled": (3.25, 4.0),
    }  # fmt: skip


def test_what_is_hidden_stays_hidden():
    hidden = deepcopy(FIGURES)
    hidden["people"]["present"][1]["value"] = HIDDEN
    hidden["people"]["totals"]["present"] = HIDDEN
    sheet = brief(hidden)
    assert values(sheet["children"])["children_present"] == (HIDDEN, None)
    assert values(sheet["equality"])["unknown_share"] == (HIDDEN, None)


def test_what_needs_a_decision():
    found = {one.kind: (one.count, [*one.places]) for one in decisions(FIGURES)}
    assert found == {
        "near_not_visited": (1, ["Demo ett"]), "not_for_safety": (1, ["Demo ett"]),
        "outside_mapping": (1, ["Demo utanför"]), "vacant": (0.75, []), "uncertain": (1, []), "missing": (2, []),
    }  # fmt: skip


@pytest.mark.parametrize("staffing", [None, {"posts": 4.0, "filled": 3.75}])
def test_little_or_no_vacancy_needs_none(staffing):
    assert "vacant" not in {one.kind for one in decisions({**FIGURES, "staffing": staffing})}
