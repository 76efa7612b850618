"""What never arrives is seen (S22), and what older phones say is understood (S24)."""

import copy
import json
from datetime import datetime, timedelta
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from fieldapp.core.catalogue import sentences
from fieldapp.core.ids import new_id
from tests.factories.phone import Json, Phone, now_iso
from tests.factories.review import passes_in, section, shown

GAP = sentences("sv")["code.review_reason.gap"]
GAP_OF_PHONE = sentences("sv")["review.warning.gap"].split("}")[1]
WIRE = Path("tests/fixtures/wire")
REQUESTS = sorted(path.name for path in WIRE.glob("request*.json"))
ANSWERS = sorted(path.name for path in WIRE.glob("answer*.json"))


def gaps_seen_by(lead: Phone, device_id: str) -> list[list[int]]:
    """Return the numbers the lead is told are missing."""
    items = lead.client.get("/api/v1/devices").get_json()["items"]
    [device] = [item for item in items if item["device_id"] == device_id]
    ranges: list[list[int]] = device["missing_ranges"]
    return ranges


@pytest.mark.parametrize("missing", [[18], [1], [5, 6, 7], [3, 9, 10]], ids=str)
def test_S22_PU14_a_number_that_never_arrives_is_seen_by_the_lead_within_one_sync(phone, missing):
    falt1, lead, other = phone("falt1"), phone("ledare2"), phone("jourledare")
    everything = [falt1.shift() for _ in range(20)]
    kept_back = [mutation for mutation in everything if mutation["device_seq"] in missing]
    falt1.apply(*(mutation for mutation in everything if mutation not in kept_back))
    device_id = falt1.session["device_id"]
    told = [number for low, high in gaps_seen_by(lead, device_id) for number in range(low, high + 1)]
    assert told == missing
    assert device_id not in str(other.client.get("/api/v1/devices").get_json())
    falt1.apply(*kept_back)  # they were only late
    assert gaps_seen_by(lead, device_id) == []


def test_S22_PU14_the_leads_pages_say_it_within_one_sync_and_for_as_long_as_it_lacks(phone):
    """On the queue as a reason to look closer, on the page of the pass before it is decided on, and by the phone."""
    falt1, lead, other = phone("falt1"), phone("ledare2"), phone("jourledare")
    shift, visit = falt1.shift(started_at=now_iso(hours=-6), ended_at=now_iso(hours=-1)), falt1.visit("-")
    key = visit["fields"]["shift_id"] = shift["record_id"]
    seen = falt1.observation(visit["record_id"])
    falt1.apply(shift, falt1.mutation("shifts", "update", key, 1, status="submitted"))
    assert where_it_is_said(lead, key) == (True, True, True)
    assert "2–3" not in unescape(shown(other, "/devices"))
    falt1.apply(visit, seen)  # they were only late
    assert where_it_is_said(lead, key) == (False, False, False)


def where_it_is_said(lead: Phone, shift: str) -> tuple[bool, bool, bool]:
    """Return whether the queue, the pass's page and the page of phones say that something lacks."""
    queue, a_pass, devices = (unescape(shown(lead, path)) for path in ("", f"/passes/{shift}", "/devices"))
    looks_closer = section(queue, "closer") if "part-closer" in queue else ""
    return GAP in looks_closer and shift in passes_in(looks_closer), GAP_OF_PHONE in a_pass, "2–3" in devices


def test_S22_PU14_what_waits_on_a_phone_is_seen_by_the_lead_within_one_sync(phone):
    """The last number of a queue has none behind it to miss it; the phone tells how many wait."""
    falt1, lead = phone("falt1"), phone("ledare2")
    waiting = [falt1.shift() for _ in range(3)]
    queue = {"count": 2, "oldest_made_at": now_iso(hours=-3), "last_device_seq": 3}
    falt1.push(waiting[0], queue=queue)
    [device] = [
        item for item in lead.client.get("/api/v1/devices").get_json()["items"] if item["user_id"] == falt1.user_id
    ]
    assert (device["queue"]["count"], device["queue"]["last_device_seq"]) == (2, 3)
    oldest = datetime.fromisoformat(device["queue"]["oldest_made_at"].replace("Z", "+00:00"))
    assert datetime.now(oldest.tzinfo) - oldest > timedelta(hours=2)


def with_ids_of(phone: Phone, body: Json) -> Json:
    """Return a fixture as this person's phone would send it: its own team, people and fresh ids, today's times."""
    text = json.dumps(body)
    text = text.replace("01a20959-0000-7000-8000-000000000900", phone.team_id)
    text = text.replace("01a20959-0000-7000-8000-000000000800", phone.user_id)
    found: Json = json.loads(text)
    for mutation in found["mutations"]:
        fields = mutation["fields"]
        if "site_id" in fields:
            fields["site_id"] = next(site["id"] for site in phone.held("sites"))
    return found


def prepare(phone: Phone, mutation: Json) -> Json:
    """Let what a fixture's mutation is about exist, and return it as it would be sent then."""
    ready = copy.deepcopy(mutation)
    collection = mutation["collection"]
    if mutation["op"] == "create" and not mutation["replaces"]:
        return ready
    shift = phone.shift(started_at="2026-11-23T18:00:00+01:00")  # the evening that the fixtures tell of
    visit = phone.visit(shift["record_id"])
    evening = {"shifts": shift, "visits": visit, "observations": phone.observation(visit["record_id"])}
    phone.apply(*evening.values())
    if collection == "rejections" or mutation["replaces"]:
        refused = phone.observation(evening["visits"]["record_id"], situation="värst")
        phone.push(refused)
        phone.pull()
        [rejection] = phone.held("rejections")
        if collection == "rejections":
            return ready | {"record_id": rejection["id"]}
        fields = ready["fields"] | {"visit_id": evening["visits"]["record_id"]}
        return ready | {"record_id": refused["record_id"], "replaces": rejection["id"], "fields": fields}
    return ready | {"record_id": evening[collection]["record_id"]}


@pytest.mark.parametrize("name", REQUESTS)
def test_S24_PU19_every_released_request_is_accepted_and_takes_effect(phone, name):
    falt1 = phone("falt1")
    falt1.pull()
    body = with_ids_of(falt1, json.loads((WIRE / name).read_text(encoding="utf-8")))
    created = {mutation["record_id"] for mutation in body["mutations"] if mutation["op"] == "create"}
    body["mutations"] = [
        mutation if mutation["record_id"] in created and not mutation["replaces"] else prepare(falt1, mutation)
        for mutation in body["mutations"]
    ]
    for number, mutation in enumerate(body["mutations"], start=1):
        mutation |= {"id": new_id(), "device_seq": 900 + number}
    answer = falt1.client.post("/api/v1/sync", json=body, headers=falt1.headers)
    assert answer.status_code == 200, answer.get_data(as_text=True)
    receipts = answer.get_json()["receipts"]
    assert [receipt["status"] for receipt in receipts] == ["applied"] * len(body["mutations"]), receipts


@pytest.mark.parametrize("name", ANSWERS)
def test_S24_PU19_what_is_answered_has_every_key_that_released_phones_read(phone, name):
    """A key an older phone reads never goes away; more may come."""
    released: Json = json.loads((WIRE / name).read_text(encoding="utf-8"))
    falt1, falt2 = phone("falt1"), phone("falt2")
    shift, visit, observation = falt1.evening()
    shift["fields"]["participant_ids"] = [falt1.user_id, falt2.user_id]
    falt1.apply(shift, visit, observation)
    falt1.apply(falt1.mutation("shifts", "update", shift["record_id"], 1, handover_note="ett"))
    falt1.apply(falt1.mutation("observations", "delete", observation["record_id"], 1))
    meet = falt2.mutation("shifts", "update", shift["record_id"], 1, handover_note="två")
    refused, held = falt2.visit(shift["record_id"], outcome="not_visited"), falt2.visit(new_id())
    answer = falt2.post([meet, refused, held], cursor=None).get_json()
    assert released.keys() <= answer.keys()
    for receipt in released["receipts"]:
        assert receipt.keys() <= answer["receipts"][0].keys()
    now = {change["collection"]: change for change in answer["changes"] if not change["deleted"]}
    for change in released["changes"]:
        assert change.keys() <= answer["changes"][0].keys()
        kinds: Any = now.get(change["collection"])
        if change["record"] is not None and kinds is not None:
            assert change["record"].keys() - {"id"} <= kinds["record"].keys(), change["collection"]
