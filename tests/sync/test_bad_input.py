"""What bad input gets: an error in Swedish naming the field, and nothing half written."""

from typing import Any

import pytest

from fieldapp.demo.register import site_id
from tests.factories.phone import Phone, now_iso

MERGED_SITE = site_id(39)
# The tests' names carry what is sent: every run must collect the same ones.
SOME_ID = "01900000-0000-7000-8000-000000000001"
SOME_TIME = "2026-11-20T20:00:00Z"


def counts(**changed: Any) -> list[dict[str, Any]]:
    return [{"age_band": "13-15", "gender": "female", "present": 3, "contacts": 1, **changed}]


SHIFT = [
    ({"ended_at": now_iso(hours=-5)}, "ended_at"),
    ({"ended_at": now_iso(hours=30)}, "ended_at"),
    ({"started_at": "2026-11-23T18:00:00"}, "started_at"),
    ({"started_at": "i kväll"}, "started_at"),
    ({"kind": "morgon"}, "kind"),
    ({"district": "solna"}, "district"),
    ({"participant_ids": []}, "participant_ids"),
    ({"participant_ids": [SOME_ID]}, "participant_ids"),
    ({"participant_ids": "alla"}, "participant_ids"),
    ({"other_participants": -1}, "other_participants"),
    ({"arena_minutes": {"outdoor": -5}}, "arena_minutes.outdoor"),
    ({"arena_minutes": {"outdoor": 1.5}}, "arena_minutes.outdoor"),
    ({"requested_by": "police"}, "requested_by"),
    ({"mumin": [{"delegated_by": "socialjour", "count": 1001}]}, "mumin.0.count"),
    ({"handover_note": "x" * 2001}, "handover_note"),
    ({"reason": "nul\x00"}, "reason"),
    ({"reason": None}, "reason"),
    ({"open_items": [{"id": "x", "text": "t", "state": "open", "by": SOME_ID, "at": SOME_TIME}]}, "open_items.0.id"),
]
VISIT = [
    ({"site_id": SOME_ID}, "site_id"),
    ({"site_id": MERGED_SITE}, "site_id"),
    ({"site_id": site_id(1), "neighbourhood": "Farsta"}, "site_id"),
    ({"neighbourhood": None}, "site_id"),
    ({"neighbourhood": "Farsta", "arena": "digital"}, "neighbourhood"),
    ({"neighbourhood": "Atlantis"}, "neighbourhood"),
    ({"school_unit_code": "00000000"}, "school_unit_code"),
    ({"place": {"lat": 59.2, "lon": 18.1}}, "place.label"),
    ({"place": {"lat": 48.8, "lon": 2.3, "label": "x"}}, "place.lat"),
    ({"place": {"lat": "59", "lon": 18.1, "label": "x"}}, "place.lat"),
    ({"place": {"lat": 59.2, "lon": 18.1, "label": "x" * 201}}, "place.label"),
    ({"outcome": "not_visited"}, "not_visited_reason"),
    ({"not_visited_reason": "time"}, "not_visited_reason"),
    ({"left_at": now_iso(hours=-4)}, "left_at"),
    ({"actions": ["presence", "presence"]}, "actions"),
    ({"together_with": ["ufo"]}, "together_with.0"),
    ({"entered_afterwards": "ja"}, "entered_afterwards"),
]
OBSERVATION = [
    ({"counts": counts(present=-1)}, "counts.0.present"),
    ({"counts": counts(present=1001)}, "counts.0.present"),
    ({"counts": counts(contacts=4)}, "counts.0.contacts"),
    ({"counts": counts() + counts()}, "counts.1.gender"),
    ({"counts": counts(age_band="14")}, "counts.0.age_band"),
    ({"counts": counts(), "people_basis": "not_counted"}, "people_basis"),
    ({"topics": ["okänt"]}, "topics.0"),
    ({"conditions": ["none", "litter"]}, "conditions"),
    ({"referrals": [{"to": "school", "count": 1}, {"to": "school", "count": 2}]}, "referrals"),
    ({"moved_from": SOME_ID}, "moved_from"),
    ({"moved_to": "någonstans"}, "moved_to"),
    ({"situation": "värst"}, "situation"),
    ({"observed_at": None}, "observed_at"),
    ({"note": "x" * 2001}, "note"),
]
BRIEFING = [
    ({"valid_until": now_iso(hours=-1)}, "valid_until"),
    ({"valid_until": now_iso(days=9)}, "valid_until"),
    ({"districts": []}, "districts"),
    ({"actors": [{"actor": "police", "people": -1}]}, "actors.0.people"),
    ({"priorities": [{"site_id": SOME_ID, "rank": 1, "reason": "violence"}]}, "priorities.0.site_id"),
    ({"priorities": [{"site_id": site_id(1), "rank": 0, "reason": "violence"}]}, "priorities.0.rank"),
    ({"priorities": [{"site_id": site_id(1), "rank": 1, "reason": "x"}]}, "priorities.0.reason"),
    (
        {"priorities": [{"site_id": site_id(1), "rank": 1, "reason": "event", "covered_by": SOME_ID}]},
        "priorities.0.covered_by",
    ),
]
CASES = [
    (kind, fields, path)
    for kind, cases in (("shift", SHIFT), ("visit", VISIT), ("observation", OBSERVATION), ("briefing", BRIEFING))
    for fields, path in cases
]


def bad_mutation(falt1: Phone, kind: str, fields: dict[str, Any]) -> list[dict[str, Any]]:
    """Return what must stand before it, and the bad one last."""
    if kind in ("shift", "briefing"):
        return [getattr(falt1, kind)(**fields)]
    shift = falt1.shift()
    if kind == "visit":
        return [shift, falt1.visit(shift["record_id"], **fields)]
    visit = falt1.visit(shift["record_id"])
    return [shift, visit, falt1.observation(visit["record_id"], **fields)]


@pytest.mark.parametrize(("kind", "fields", "path"), CASES, ids=[f"{k}-{p}-{i}" for i, (k, _, p) in enumerate(CASES)])
def test_bad_input_names_the_field_in_swedish_and_writes_nothing(phone, rows, kind, fields, path):
    falt1 = phone("falt1")
    *before, bad = bad_mutation(falt1, kind, fields)
    *_, receipt = falt1.push(*before, bad)
    assert (receipt["status"], receipt["version"]) == ("rejected", None)
    assert receipt["error"]["slug"] == "invalid", receipt
    assert path in receipt["error"]["fields"], receipt["error"]
    sentences = receipt["error"]["fields"][path]
    assert all(" " in sentence or sentence.endswith(".") for sentence in sentences), sentences
    assert rows(f"SELECT count(*) AS n FROM {bad['collection']} WHERE id = :id", id=bad["record_id"]) == [{"n": 0}]
    falt1.pull()
    assert [record["fields"] for record in falt1.held("rejections")] == [bad["fields"]]  # kept whole


@pytest.mark.parametrize(
    ("collection", "fields"),
    [
        ("shifts", {"ended_at": SOME_TIME}),
        ("shifts", {"team_id": SOME_ID}),
        ("shifts", {"district": "skarholmen"}),
        ("visits", {"left_at": SOME_TIME}),
        ("visits", {"site_id": site_id(2)}),
        ("visits", {"shift_id": SOME_ID}),
        ("observations", {"counts": counts(contacts=9)}),
        ("observations", {"visit_id": SOME_ID}),
    ],
    ids=str,
)
def test_a_bad_update_changes_nothing(phone, collection, fields):
    falt1 = phone("falt1")
    evening = falt1.evening()
    falt1.apply(*evening)
    target = next(mutation for mutation in evening if mutation["collection"] == collection)
    [receipt] = falt1.push(falt1.mutation(collection, "update", target["record_id"], 1, **fields))
    assert receipt["error"]["slug"] == "invalid"
    assert falt1.pull()[(collection, target["record_id"])]["version"] == 1


def test_defaults_and_what_the_server_sets(phone):
    falt1 = phone("falt1")
    shift, visit, observation = falt1.evening()
    counted = falt1.observation(visit["record_id"], counts=counts())
    pin = falt1.visit(shift["record_id"], place={"lat": 59.243217, "lon": 18.090876, "label": "Ny gång"})
    digital = falt1.mutation(
        "visits", "create", shift_id=shift["record_id"], arena="digital", arrived_at=now_iso(), outcome="observed"
    )
    falt1.apply(shift, visit, observation, counted, pin, digital)
    records = falt1.pull()
    assert records[("observations", observation["record_id"])]["people_basis"] == "not_counted"
    assert records[("observations", counted["record_id"])]["people_basis"] == "counted"
    assert records[("visits", pin["record_id"])]["place"] == {"lat": 59.2432, "lon": 18.0908, "label": "Ny gång"}
    assert records[("visits", pin["record_id"])]["district"] == "farsta"
    assert records[("visits", digital["record_id"])]["district"] == "farsta"
    made = records[("shifts", shift["record_id"])]
    assert made.keys() >= {"id", "version", "created_by", "created_at", "received_at", "flags"}
    assert made["started_at"].endswith("Z")
    assert made["open_items"] == []


def test_visits_may_lie_anywhere_in_the_city(phone):
    falt1 = phone("falt1")
    shift = falt1.shift()
    away = falt1.visit(shift["record_id"], neighbourhood="Sätra")
    falt1.apply(shift, away)
    assert falt1.pull()[("visits", away["record_id"])]["district"] == "skarholmen"


ODD = (None, [], {}, [[]], [{}], [None], [5], {"a": {}}, 5, True, 1.5, "", "x", "\x00", ["\x00"], [{"site_id": "\x00"}])
NAMED = [
    ("shifts", "team_id"),
    ("shifts", "participant_ids"),
    ("visits", "shift_id"),
    ("visits", "site_id"),
    ("visits", "school_unit_code"),
    ("observations", "visit_id"),
    ("observations", "moved_to"),
    ("briefings", "priorities"),
]


@pytest.mark.parametrize("op", ["create", "update", "delete"])
def test_PU2_a_value_of_any_kind_where_an_id_belongs_never_stops_the_batch(phone, op):
    falt1 = phone("falt1")
    evening = falt1.evening()
    falt1.apply(*evening)
    ids = {mutation["collection"]: mutation["record_id"] for mutation in evening}
    sent = [
        falt1.mutation(
            collection, op, ids.get(collection) if op == "update" else None, int(op != "create"), **{name: value}
        )
        for collection, name in NAMED
        for value in ODD
    ]
    statuses = {receipt["status"] for receipt in falt1.push(*sent, falt1.shift())[:-1]}
    assert statuses <= {"rejected", "applied"}
    assert len(falt1.pull()) > len(sent) // 2


@pytest.mark.parametrize("part", ["collection", "op", "record_id"])
def test_PU2_a_nul_in_a_part_of_a_mutation_never_stops_the_batch(phone, part):
    falt1 = phone("falt1")
    poison = falt1.shift()
    poison[part] = f"{poison[part][:20]}\x00"
    receipts = falt1.push(poison, falt1.shift())
    assert [receipt["status"] for receipt in receipts] == ["rejected", "applied"]


def test_ids_in_capitals_are_the_same_ids(phone):
    falt1 = phone("falt1")
    shift = falt1.shift(participant_ids=[falt1.user_id.upper()], team_id=falt1.team_id.upper())
    visit = falt1.visit(shift["record_id"].upper(), site_id=site_id(1).upper())
    briefing = falt1.briefing(priorities=[{"site_id": site_id(1).upper(), "rank": 1, "reason": "event"}])
    falt1.apply(shift, visit, falt1.observation(visit["record_id"].upper()), briefing)
    assert falt1.pull()[("visits", visit["record_id"])]["shift_id"] == shift["record_id"]


@pytest.mark.parametrize("build", ["x" * 41, "x" * 300, "\x00", 5, [], {"811218-9876": "811218-9876"}], ids=repr)
def test_PU19_any_other_app_build_is_stored_and_never_in_the_way(phone, rows, build):
    falt1 = phone("falt1")
    assert falt1.push(falt1.shift(), app_build=build)[0]["status"] == "applied"
    [found] = rows("SELECT app_build FROM sync_devices WHERE user_id = :u", u=falt1.user_id)
    assert len(found["app_build"] or "") <= 40
    assert "9876" not in (found["app_build"] or "")


@pytest.mark.parametrize(
    ("collection", "fields", "path"),
    [
        ("shifts", {"mumin": [{"delegated_by": "socialjour"}]}, "mumin.0.count"),
        ("shifts", {"open_items": [{"id": SOME_ID}]}, "open_items.0.text"),
        ("visits", {"place": {"lat": 59.2, "label": "x"}, "neighbourhood": None}, "place.lon"),
        ("observations", {"referrals": [{"to": "school"}]}, "referrals.0.count"),
        ("observations", {"counts": [{"age_band": "13-15", "gender": "male"}]}, "counts.0.present"),
        ("briefings", {"actors": [{"actor": "police"}]}, "actors.0.people"),
    ],
    ids=str,
)
def test_an_object_inside_an_update_must_be_whole(phone, collection, fields, path):
    falt1 = phone("falt1")
    evening = [*falt1.evening(), falt1.briefing()]
    falt1.apply(*evening)
    target = next(mutation["record_id"] for mutation in evening if mutation["collection"] == collection)
    [receipt] = falt1.push(falt1.mutation(collection, "update", target, 1, **fields))
    assert (receipt["status"], receipt["error"] and receipt["error"]["slug"]) == ("rejected", "invalid")
    assert path in receipt["error"]["fields"]


def test_an_object_inside_an_update_has_its_defaults(phone):
    falt1 = phone("falt1")
    *before, observation = falt1.evening()
    briefing = falt1.briefing()
    falt1.apply(*before, observation, briefing)
    count = {"age_band": "13-15", "gender": "female", "present": 3}
    priority = {"site_id": site_id(1), "rank": 1, "reason": "event"}
    falt1.apply(
        falt1.mutation("observations", "update", observation["record_id"], 1, counts=[count]),
        falt1.mutation("briefings", "update", briefing["record_id"], 1, priorities=[priority]),
    )
    records = falt1.pull()
    assert records[("observations", observation["record_id"])]["counts"] == [{**count, "contacts": 0}]
    assert records[("briefings", briefing["record_id"])]["priorities"] == [{**priority, "covered_by": None}]


def test_what_was_seen_is_never_put_where_nobody_was(phone):
    falt1 = phone("falt1")
    shift, skipped = falt1.shift(), None
    skipped = falt1.visit(shift["record_id"], outcome="not_visited", not_visited_reason="time")
    made = falt1.visit(shift["record_id"])
    falt1.apply(shift, skipped, made)
    [refused] = falt1.push(falt1.observation(skipped["record_id"]))
    assert refused["error"]["fields"] == {"visit_id": ["Platsen är noterad som ej besökt. Ändra besöket först."]}
    not_made = {"outcome": "not_visited", "not_visited_reason": "time"}
    seen = falt1.observation(made["record_id"])
    receipts = falt1.push(seen, falt1.mutation("visits", "update", made["record_id"], 1, **not_made))
    assert [receipt["status"] for receipt in receipts] == ["applied", "rejected"]
    assert receipts[1]["error"]["fields"].keys() == {"outcome"}
    falt1.apply(falt1.mutation("observations", "delete", seen["record_id"], 1))
    falt1.apply(falt1.mutation("visits", "update", made["record_id"], 1, **not_made))


def test_counts_taken_back_are_missing_again_never_zero(phone):
    falt1 = phone("falt1")
    shift, visit, seen = falt1.evening()
    count = {"age_band": "unknown", "gender": "unknown", "present": 5, "contacts": 0}
    seen["fields"] |= {"counts": [count], "people_basis": "estimated"}
    falt1.apply(shift, visit, seen)
    falt1.apply(falt1.mutation("observations", "update", seen["record_id"], 1, counts=[]))
    assert falt1.records[("observations", seen["record_id"])]["people_basis"] == "not_counted"


def test_a_shift_of_ones_own_team_elsewhere_blames_the_district(phone):
    falt1 = phone("falt1")
    [refused] = falt1.push(falt1.shift(district="bromma"))
    assert refused["error"]["fields"].keys() == {"district"}


@pytest.mark.parametrize("base", [2**31, 2**53 - 1, -1, 1.5])
def test_PU2_a_base_version_no_record_can_have_is_malformed_and_stops_nothing(phone, base):
    falt1 = phone("falt1")
    shift = falt1.shift()
    strange = falt1.mutation("shifts", "update", shift["record_id"], base, reason="x")
    receipts = falt1.push(strange, shift)
    assert [receipt["status"] for receipt in receipts] == ["rejected", "applied"]
    assert receipts[0]["error"]["slug"] == "malformed"
    far = falt1.mutation("shifts", "update", shift["record_id"], 2**31 - 1, reason="y")
    assert falt1.push(far)[0]["status"] == "applied"
