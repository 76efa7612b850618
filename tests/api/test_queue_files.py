"""CL11, PL5: a queue read in from its file, and sealed copies offered again: as if the phone had sent them."""

import base64
from pathlib import Path

import orjson
import pytest

from fieldapp.accounts import seal
from fieldapp.core.ids import new_id
from tests.factories.phone import now_iso
from tests.factories.review import submitted
from tests.factories.sealing import queue_file, sealed_mutation

FIXTURE = Path(__file__).parents[1] / "fixtures" / "wire" / "sealed_queue_file.json"


def nested(depth):
    return {"a": nested(depth - 1)} if depth else {}


def read_in(who, document):
    return who.client.post("/api/v1/queue-files", json=document, headers=who.headers)


def test_CL11_the_lead_reads_in_a_whole_queue_as_its_author(phone, rows):
    falt1, lead = phone("falt1"), phone("ledare2")
    evening = falt1.evening(observations=250)
    refused = falt1.shift(kind="okänd")
    document = queue_file(falt1, [*evening, refused])
    answer = read_in(lead, document)
    assert answer.status_code == 200, answer.get_data(as_text=True)
    body = answer.get_json()
    assert (body["author"]["id"], body["device_id"]) == (falt1.user_id, falt1.session["device_id"])
    assert [receipt["status"] for receipt in body["receipts"]] == ["applied"] * 252 + ["rejected"]
    assert body["receipts"][-1]["error"]["message"]
    assert [receipt["mutation_id"] for receipt in body["receipts"]] == [item["id"] for item in [*evening, refused]]
    stored = rows("SELECT created_by FROM observations WHERE visit_id = :id", id=evening[1]["record_id"])
    assert stored == [{"created_by": falt1.user_id}] * 250
    again = read_in(lead, document).get_json()["receipts"]
    assert {receipt["replayed"] for receipt in again} == {True}
    falt1.pull()  # the phone finds its records there, and sends what it still has: nothing twice
    assert {receipt["replayed"] for receipt in falt1.push(*evening[:100])} == {True}
    assert len(rows("SELECT id FROM observations WHERE visit_id = :id", id=evening[1]["record_id"])) == 250


def test_CL11_a_sealed_copy_in_the_file_is_the_mutation_it_holds(phone):
    falt1, lead = phone("falt1"), phone("ledare2")
    shift = falt1.shift()
    copy = sealed_mutation(falt1, shift)
    [first] = read_in(lead, queue_file(falt1, [copy])).get_json()["receipts"]
    assert (first["status"], first["version"], first["replayed"]) == ("applied", 1, False)
    [again] = falt1.push(copy)
    assert again == {**first, "replayed": True}
    assert ("shifts", shift["record_id"]) in falt1.pull()


@pytest.mark.parametrize("is_sealed", [False, True])
@pytest.mark.parametrize("size", [70_000, 1_200_000])
def test_CL11_PU17_what_is_too_large_is_refused_by_itself_and_kept(phone, is_sealed, size):
    falt1, lead = phone("falt1"), phone("ledare2")
    before, large, after = falt1.shift(), falt1.shift(reason="x" * size), falt1.shift()
    as_saved = sealed_mutation(falt1, large) if is_sealed else large
    answer = read_in(lead, queue_file(falt1, [before, as_saved, after]))
    assert answer.status_code == 200, answer.get_data(as_text=True)
    receipts = answer.get_json()["receipts"]
    assert [receipt["status"] for receipt in receipts] == ["applied", "rejected", "applied"]
    error = receipts[1]["error"]
    assert (error["slug"], error["message"]) == ("too_large", "Posten är för stor för att tas emot. Korta texten.")
    lead.pull()
    [kept] = [item for item in lead.held("rejections") if item["mutation_id"] == large["id"]]
    assert (kept["slug"], kept["fields"]) == ("too_large", large)
    path = f"/api/v1/rejections/{kept['id']}"
    answer = lead.client.post(path, json={"action": "replay", "reason": "Igen"}, headers=lead.headers)
    assert (answer.status_code, answer.get_json()["state"]) == (200, "open")


def test_CL11_many_large_mutations_are_taken_in_a_request_at_a_time(phone):
    falt1, lead = phone("falt1"), phone("ledare2")
    item = {"text": "å" * 200, "state": "open", "by": falt1.user_id, "at": now_iso()}
    items = [{"id": new_id(), **item} for _ in range(20)]
    many = [falt1.shift(handover_note="å" * 2000, open_items=items) for _ in range(100)]
    assert len(orjson.dumps(many)) > 1024 * 1024
    answer = read_in(lead, queue_file(falt1, many))
    assert answer.status_code == 200, answer.get_data(as_text=True)
    assert [receipt["status"] for receipt in answer.get_json()["receipts"]] == ["applied"] * 100


def test_CL11_numbers_have_come_but_the_phone_stays_silent(phone):
    falt1, lead = phone("falt1"), phone("ledare2")
    first, second, third = falt1.shift(), falt1.shift(), falt1.shift()
    falt1.push(first, third)
    device = device_of(lead, falt1)
    assert device["missing_ranges"] == [[2, 2]]
    assert read_in(lead, queue_file(falt1, [second])).status_code == 200
    after = device_of(lead, falt1)
    assert (after["missing_ranges"], after["last_sync_at"], after["queue"]) == (
        [],
        device["last_sync_at"],
        device["queue"],
    )


def test_CL11_a_phone_that_never_sent_is_not_heard_of_by_its_queue_file(phone, rows):
    falt1, falt2, lead = phone("falt1"), phone("falt2"), phone("ledare2")
    people = [falt1.user_id, falt2.user_id]
    key = submitted(falt1, participant_ids=people)
    silent = lead.client.get("/office/review/silent").text
    assert "Demo Fält Två" in silent
    falt2.device_seq = 3
    late = falt2.shift(participant_ids=people)
    waits = falt2.visit(new_id())
    assert read_in(lead, queue_file(falt2, [late, waits])).status_code == 200
    assert device_of(lead, falt2)["last_sync_at"] is None
    assert device_of(lead, falt2)["missing_ranges"] == [[1, 3]]
    assert "Demo Fält Två" in lead.client.get("/office/review/silent").text
    page = lead.client.get(f"/office/review/passes/{key}").text
    assert "Demo Fält Två: ingen mobil har skickat något" in page
    assert "Demo Fält Två: nummer saknas från en mobil" in page
    assert "har aldrig hörts" in page
    assert "har aldrig hörts" in lead.client.get("/office/review/devices").text
    falt2.pull()
    assert device_of(lead, falt2)["last_sync_at"] is not None


def device_of(lead, owner):
    items = lead.client.get("/api/v1/devices?limit=1000").get_json()["items"]
    return next(item for item in items if item["device_id"] == owner.session["device_id"])


def test_CL11_what_does_not_verify_is_refused_and_nothing_of_it_is_taken_in(phone, rows):
    falt1, falt2, lead, other_lead = phone("falt1"), phone("falt2"), phone("ledare2"), phone("jourledare")
    shift = falt1.shift()
    good = queue_file(falt1, [shift])
    bent = bytearray(base64.b64decode(good["sealed"]))
    bent[3] ^= 1
    documents = [
        {**good, "sealed": base64.b64encode(bytes(bent)).decode()},
        {**good, "device_id": falt2.session["device_id"]},
        {**good, "device_id": new_id()},
        {**good, "enc": "AAAA"},
        {**good, "enc": base64.b64encode(bytes(32)).decode()},
        {**good, "sealed": ""},
        {**good, "sealed": "å"},
        {**good, "format": "something-else"},
        {**good, "enc": 7},
        queue_file(falt1, [shift], user_id=falt2.user_id),
        queue_file(falt1, [shift], device_id=falt2.session["device_id"]),
        queue_file(falt1, [shift, {"id": "not an id"}]),
        queue_file(falt1, [shift, {**falt1.shift(), "fields": nested(30)}]),
        queue_file(falt1, {"0": shift}),
        {},
        [],
        0,
        "x",
    ]
    for document in documents:
        answer = read_in(lead, document)
        assert (answer.status_code, answer.get_json()["error"]) == (422, "queue_file_unreadable"), document
    assert read_in(other_lead, good).status_code == 422  # not of one's own team
    assert read_in(falt1, good).status_code == 403
    assert rows("SELECT id FROM shifts WHERE id = :id", id=shift["record_id"]) == []
    assert read_in(lead, good).status_code == 200


@pytest.mark.parametrize("body", [b"", b"{", b"\xff"])
def test_a_body_that_is_no_json_is_malformed(phone, body):
    lead = phone("ledare2")
    headers = {**lead.headers, "Content-Type": "application/json"}
    assert lead.client.post("/api/v1/queue-files", data=body, headers=headers).status_code == 400


def test_PL5_a_sealed_copy_is_the_same_mutation(phone):
    falt1 = phone("falt1")
    sent, unsent = falt1.shift(), falt1.shift()
    falt1.apply(sent)
    first, second = falt1.push(sealed_mutation(falt1, sent), sealed_mutation(falt1, unsent))
    assert (first["status"], first["replayed"]) == ("applied", True)
    assert (second["status"], second["replayed"]) == ("applied", False)
    assert ("shifts", unsent["record_id"]) in falt1.pull()


def test_PL5_what_another_device_sealed_or_somebody_changed_is_not_understood_and_kept(phone):
    falt1, falt2 = phone("falt1"), phone("falt2")
    mutation = falt1.shift()
    good = sealed_mutation(falt1, mutation)
    twisted = [
        {**sealed_mutation(falt2, mutation), "id": new_id()},
        {**good, "id": new_id()},
        {**good, "id": new_id(), "sealed": good["sealed"][:-8]},
        {**good, "id": new_id(), "sealed": 5},
        {**sealed_mutation(falt1, {**mutation, "id": new_id()}), "id": mutation["id"]},
        {**sealed_mutation(falt1, {**mutation, "id": (other := new_id())}), "device_seq": 77},
        {**sealed_mutation(falt1, {**good, "id": (inner := new_id()), "device_seq": 5}), "id": inner, "device_seq": 5},
    ]
    assert other
    receipts = falt1.push(*twisted)
    assert [receipt["error"]["slug"] for receipt in receipts] == ["not_understood"] * len(twisted)
    falt1.pull()
    kept = {item["mutation_id"]: item["fields"] for item in falt1.held("rejections")}
    assert kept == {item["id"]: item for item in twisted}


def test_S24_the_file_a_phone_of_the_first_release_makes_can_be_opened(app, monkeypatch):
    fixture = orjson.loads(FIXTURE.read_bytes())
    with app.app_context():
        (app.config["SETTINGS"].data_dir / "seal_key").write_text(fixture["private_key"], encoding="ascii")
        monkeypatch.setattr(seal, "_secret_of", lambda _: base64.b64decode(fixture["seal"]["device_secret"]))
        opened = seal.open_queue_file(fixture["file"])
        assert opened is not None
        assert (opened["user_id"], opened["mutations"]) == (fixture["user_id"], fixture["mutations"])
        for raw, mutation in zip(fixture["sealed_mutations"], fixture["mutations"], strict=True):
            assert seal.open_mutation(fixture["device_id"], raw) == mutation


def test_CL11_PU15_a_file_of_a_phone_whose_clock_is_ahead_is_corrected_by_what_it_last_told(phone):
    falt1, lead = phone("falt1"), phone("ledare2")
    falt1.push(sent_at=now_iso(days=3))
    shift = falt1.shift(started_at=now_iso(days=3))
    shift["made_at"] = now_iso(days=3)
    [receipt] = read_in(lead, queue_file(falt1, [shift])).get_json()["receipts"]
    assert receipt["status"] == "applied"
    kept = falt1.pull()["shifts", shift["record_id"]]
    assert kept["flags"] == []
    assert kept["created_at"] < now_iso(days=1)
    [again] = falt1.push(shift, sent_at=now_iso(days=3))
    assert again["replayed"] is True
