"""What the material counts at a place: visits, each topic once a visit, movements at both ends, never persons."""

from fieldapp.followup.tally import SHOWN_TOPICS, Noted, PlaceTally, VisitMade, tally
from fieldapp.summaries.disclosure import PERSON_TOPICS

TORGET = "torget"


def visits(count, site=TORGET):
    return [VisitMade(f"v{number}", site) for number in range(count)]


def test_visits_and_those_with_something_noted():
    rows = [Noted("v0", ("alcohol",)), Noted("v1", conditions=("litter",)), Noted("v2", moved_to="unknown")]
    found = tally(visits(4), [*rows, Noted("v0", ("alcohol",))], {}).places[TORGET]
    assert (found.visits, found.noted) == (4, 3)


def test_a_visit_where_only_what_is_hidden_was_noted_is_no_remainder_that_tells_it():
    rows = [Noted("v0", PERSON_TOPICS), Noted("v1"), Noted("v2", ("alcohol",))]
    found = tally(visits(4), rows, {}).places[TORGET]
    assert (found.visits, found.noted) == (4, 1)


def test_a_topic_counts_once_a_visit_however_many_observations_say_it():
    rows = [
        Noted("v0", ("alcohol", "drug_use"), ("litter",)),
        Noted("v0", ("alcohol",), ("litter",)),
        Noted("v1", ("alcohol",)),
    ]
    found = tally(visits(2), rows, {}).places[TORGET]
    assert found.topics == {"alcohol": 2, "drug_use": 1}
    assert found.conditions == {"litter": 1}


def test_topics_that_describe_a_person_are_not_even_counted():
    found = tally(visits(1), [Noted("v0", PERSON_TOPICS, ("none",))], {})
    assert found.places == {TORGET: PlaceTally(visits=1)}
    assert not set(PERSON_TOPICS) & set(SHOWN_TOPICS)


def test_a_movement_stands_at_both_ends_and_an_unknown_end_at_one():
    rows = [Noted("v0", moved_from="parken", moved_to="unknown"), Noted("v0", moved_from="unknown")]
    found = tally(visits(1), rows, {}).places
    assert found[TORGET].came_from == {"parken": 1, "unknown": 1}
    assert found[TORGET].went_to == {"unknown": 1}
    assert found["parken"].went_to == {TORGET: 1}
    assert "unknown" not in found


def test_merged_sites_are_one_and_nothing_moves_within_them():
    merged = {"gamla": TORGET}
    made = [*visits(1), VisitMade("g", "gamla")]
    found = tally(made, [Noted("g", ("alcohol",), moved_from=TORGET, moved_to="parken")], merged).places
    assert (found[TORGET].visits, found[TORGET].topics) == (2, {"alcohol": 1})
    assert found[TORGET].came_from == {}
    assert found["parken"].came_from == {TORGET: 1}


def test_visits_at_what_is_no_site_are_counted_apart_without_what_was_noted():
    found = tally(visits(2, site=None), [Noted("v0", ("alcohol",))], {})
    assert (found.elsewhere, found.places) == (2, {})
