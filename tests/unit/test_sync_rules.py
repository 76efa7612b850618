"""The pure decisions of the protocol: merging (PU5, PU7), sequence ranges (PU14), envelope reading."""

import random
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from fieldapp.core.personal_numbers import cleaned
from fieldapp.sync.envelope import read_envelope
from fieldapp.sync.mutation import MAX_DEPTH, content_hash, depth_of
from fieldapp.sync.rules import (
    NOBODY,
    Side,
    Version,
    after_numbers,
    base_value,
    changed_by_others,
    merge,
    merged_set,
    others_behind,
    without_newer,
)

TIMES = frozenset({"started_at", "ended_at"})


def test_PU5_own_mutations_after_the_base_are_not_another_sides():
    history = [
        Version(1, "a", {"x": 1}),
        Version(2, "a", {"x": 2}),
        Version(3, "b", {"y": 1}),
        Version(4, None, {"z": 1}),
    ]
    assert changed_by_others(history, 1, Side("a")) == {"y", "z"}
    assert changed_by_others(history, 3, Side("a")) == {"z"}
    assert changed_by_others(history, 0, Side("b")) == {"x", "z"}


def test_PU5_who_was_behind_newest_first_and_only_for_the_fields_asked_about():
    history = [
        Version(2, "b", {"x": 1}, None, "bo"),
        Version(4, "c", {"x": 2, "y": 2}, None, "cy"),
        Version(3, "b", {"y": 1}, None, "bo"),
        Version(5, "a", {"x": 3}, None, "ann"),
    ]
    assert [found.number for found in others_behind(history, 1, Side("a"), ["x"])] == [4, 2]
    assert [found.number for found in others_behind(history, 2, Side("a"), ["x", "y"])] == [4, 3]
    assert others_behind(history, 0, Side("a"), ["z"]) == []
    assert [found.number for found in others_behind(history, 0, NOBODY, ["x"])] == [5, 4, 2]


def test_PU12_of_what_waited_later_numbers_of_the_same_device_are_newer():
    side = Side("a", before=7)
    assert side.owns(Version(2, "a", {}, device_seq=6))
    assert not side.owns(Version(2, "a", {}, device_seq=7))  # a number used twice decides nothing in its own favour
    assert not side.owns(Version(2, "a", {}, device_seq=8))
    assert side.owns(Version(2, "a", {}))
    assert not side.owns(Version(2, "b", {}, device_seq=6))
    assert Side("a").owns(Version(2, "a", {}, device_seq=8))


def test_PU12_a_correction_is_newer_field_by_field_and_group_by_group():
    older = {"x": 1, "started_at": 2, "ended_at": 3, "y": 4}
    assert without_newer(older, ["x"], (TIMES,)) == {"started_at": 2, "ended_at": 3, "y": 4}
    assert without_newer(older, ["ended_at"], (TIMES,)) == {"x": 1, "y": 4}
    assert without_newer(older, ["ended_at"], ()) == {"x": 1, "started_at": 2, "y": 4}
    assert without_newer(older, [], (TIMES,)) == older
    assert without_newer({"started_at": 2}, ["ended_at"], (TIMES,)) == {}
    assert without_newer(older, older, ()) == {}


def test_PU7_the_base_is_what_the_device_saw():
    assert base_value([], "x", 3, Side("a")) is None
    assert base_value([Version(3, "b", {"x": 1})], "x", 3, Side("a")) == 1
    assert base_value([Version(4, "b", {"x": 1})], "x", 3, Side("a")) is None


def test_PU5_every_field_of_an_edit_is_judged():
    current = {"w": 0, "x": 1, "y": 2, "z": 3, "s": ["a"]}
    both = merge(current, {"w": 0, "x": 9, "y": 9, "z": 9}, by_others=frozenset({"x", "y"}))
    assert (both.applied, both.conflicting) == ({"z": 9}, {"x": 9, "y": 9})
    plain = merge(current, {"w": 0, "x": 9, "y": 9}, by_others=frozenset())
    assert (plain.applied, plain.conflicting, plain.status) == ({"x": 9, "y": 9}, {}, "applied")
    group = merge(
        {"started_at": 1, "ended_at": 2}, {"started_at": 1, "ended_at": 3}, by_others=frozenset(), groups=(TIMES,)
    )
    assert group.applied == {"ended_at": 3}
    same_set = merge(current, {"s": ["a"]}, by_others=frozenset({"x"}), set_bases={"s": ["a"]})
    assert (same_set.applied, same_set.status) == ({}, "merged")


def test_PU14_every_number_of_a_batch_is_noted():
    after = after_numbers(0, [], [3, 5, 3, 1, 4, 9])
    assert (after.last, after.missing, after.reused) == (9, [[2, 2], [6, 8]], {3})
    assert after_numbers(5, [[2, 3]], [5, 2, 7, 3]).missing == [[6, 6]]


def test_PU5_no_overlap_merges_overlap_conflicts_equal_values_never_do():
    current = {"x": 5, "y": 6}
    assert merge(current, {"x": 7}, by_others=frozenset()).status == "applied"
    assert merge(current, {"x": 7}, by_others=frozenset({"y"})).status == "merged"
    both = merge(current, {"x": 7, "y": 8}, by_others=frozenset({"x"}))
    assert (both.status, both.applied, both.conflicting) == ("conflict", {"y": 8}, {"x": 7})
    assert merge(current, {"x": 5}, by_others=frozenset({"x"})).conflicting == {}


def test_PU7_fields_of_a_group_stand_or_fall_together():
    current = {"started_at": 1, "ended_at": 9}
    merged = merge(current, {"ended_at": 8}, by_others=frozenset({"started_at"}), groups=(TIMES,))
    assert merged.conflicting == {"ended_at": 8}
    both = merge(current, {"started_at": 1, "ended_at": 8}, by_others=frozenset({"started_at"}), groups=(TIMES,))
    assert both.conflicting == {"started_at": 1, "ended_at": 8}


def test_PU7_what_a_list_adds_and_removes_is_applied_to_the_current_one():
    assert merged_set(["a", "b"], ["a", "c"], ["a", "b", "d"]) == ["a", "d", "c"]
    assert merged_set(None, ["a"], None) == ["a"]


@given(
    st.lists(st.sampled_from("abcde"), unique=True),
    st.lists(st.sampled_from("abcde"), unique=True),
    st.lists(st.sampled_from("abcde"), unique=True),
)
def test_PU7_set_merge_keeps_both_sides_changes(base, mine, theirs):
    merged = merged_set(base, mine, theirs)
    assert len(set(merged)) == len(merged)
    for item in "abcde":
        expected = item in mine if (item in base) != (item in mine) else item in theirs
        assert (item in merged) == expected


def test_PU7_the_base_of_an_own_later_list_is_the_list_as_sent():
    history = [
        Version(1, "a", {"who": ["a"]}),
        Version(2, "b", {"who": ["a", "b"]}),
        Version(3, "a", {"who": ["a", "b", "c"]}, {"who": ["a", "c"]}),
    ]
    assert base_value(history, "who", 0, Side("a")) == ["a", "c"]
    assert base_value(history, "who", 3, Side("a")) == ["a", "b", "c"]
    assert base_value(history, "who", 1, Side("b")) == ["a", "b"]


def test_PU14_any_order_of_arrival_ends_without_gaps():
    for seed in range(200):
        numbers = list(range(1, 30))
        random.Random(seed).shuffle(numbers)
        last, missing = 0, []
        for number in numbers:
            sequence = after_numbers(last, missing, [number])
            last, missing = sequence.last, sequence.missing
            assert not sequence.reused, seed
        assert (last, missing) == (29, []), seed


def test_PU14_a_gap_shows_and_a_reused_number_is_named():
    sequence = after_numbers(16, [], [18])
    assert (sequence.last, sequence.missing) == (18, [[17, 17]])
    assert after_numbers(18, [[17, 17]], [18]).reused == {18}


def test_PU17_depth_counts_objects_and_lists():
    value: object = 1
    for depth in range(1, 25):
        value = [value]
        assert depth_of(value) == min(depth, MAX_DEPTH + 1)


def test_PU3_content_is_canonical_whatever_the_order_of_keys():
    one = {"collection": "x", "fields": {"b": 1.0, "a": "å"}, "id": "1"}
    other = {"id": "2", "fields": {"a": "å", "b": 1}, "collection": "x", "replaces": None}
    assert content_hash(one, b"k") == content_hash(other, b"k")
    assert content_hash(one, b"k") != content_hash(one, b"other key")
    assert content_hash({**one, "fields": {"a": "a"}}, b"k") != content_hash(one, b"k")


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers(-(2**40), 2**40) | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_PU13_cleaning_leaves_harmless_json_as_it_was(value):
    kept, found = cleaned(value)
    assert found or kept == value


def test_PU15_the_offset_is_device_minus_server():
    now = datetime(2026, 11, 23, 20, 0, tzinfo=UTC)
    body = b'{"protocol": 1, "mutations": [], "sent_at": "2026-11-23T21:20:00+01:00"}'
    assert read_envelope(body, now=now, key=b"k").clock_offset_s == 1200
