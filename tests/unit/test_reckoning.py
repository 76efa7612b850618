"""The reckoning of the fault runs finds what it is there for: a run of zeros must not come from blindness."""

from types import SimpleNamespace

import pytest

from tests.faults.reckoning import Kept, Reckoning, find

ACTION = {"record_id": "r", "token": "T1", "op": "update", "fields": {"reason": "T1", "handover_note": "b"}}


def reckoned(kept, *versions):
    found = Reckoning()
    find([("m", item) for item in kept], [SimpleNamespace(changed=changed) for changed in versions], ACTION, found)
    return {name: len(getattr(found, name)) for name in ("lost", "duplicated", "changed") if getattr(found, name)}


@pytest.mark.parametrize(
    ("kept", "versions", "expected"),
    [
        ([Kept("r", {"reason": "T1", "handover_note": "b"})], [], {}),
        ([Kept("r", {"reason": "T1"}, [{"handover_note": "b"}])], [], {}),  # half of it in a conflict
        ([Kept("r", {"reason": "T1"})], [{"handover_note": "b"}], {}),  # it said what stood already
        ([], [], {"lost": 1}),
        ([Kept("r", {"handover_note": "b"})], [], {"lost": 1}),
        ([Kept("r", {"reason": "T1", "handover_note": "b"})] * 2, [], {"duplicated": 1}),
        ([Kept("r", {"reason": "T1", "handover_note": "c"})], [], {"changed": 1}),
        ([Kept("r", {"reason": "T1"})], [{"handover_note": "a"}], {"changed": 1}),  # lost beside the token
    ],
)
def test_what_is_missing_doubled_or_altered_is_told(kept, versions, expected):
    assert reckoned(kept, *versions) == expected
