"""What a pass leaves to follow up may name a place: older phones know nothing of it and lose nothing."""

import pytest

from fieldapp.core.catalogue import sentences
from fieldapp.core.ids import new_id
from fieldapp.demo.register import site_id
from tests.factories.phone import now_iso

TENNPLANEN, TAKEN_OVER = site_id(23), site_id(26)
NOWHERE = "01a20000-0000-7000-8000-000000000000"


def item(author, **more):
    return {"id": new_id(), "text": "Ring skolan", "state": "open", "by": author.user_id, "at": now_iso(), **more}


def changed(author, shift_id, base, *items):
    return author.mutation("shifts", "update", shift_id, base, open_items=list(items))


@pytest.fixture
def merged(sql):
    """A site that another has taken over."""
    sql("UPDATE sites SET merged_into_id = :other WHERE id = :id", other=TENNPLANEN, id=TAKEN_OVER)
    return TAKEN_OVER


def test_a_list_sent_back_as_it_came_keeps_each_items_place(phone):
    falt1, falt2 = phone("falt1"), phone("falt2")
    placed, plain = item(falt1, site_id=TENNPLANEN), item(falt1)
    shift = falt1.shift(open_items=[placed, plain], participant_ids=[falt1.user_id, falt2.user_id])
    falt1.apply(shift)
    came = falt2.pull()["shifts", shift["record_id"]]["open_items"]
    assert [one.get("site_id") for one in came] == [TENNPLANEN, None]
    assert set(came[1]) == {"id", "text", "state", "by", "at"}  # as every released build has it
    done = [{**one, "state": "done"} for one in came]
    falt2.apply(changed(falt2, shift["record_id"], 1, *done))
    assert falt1.pull()["shifts", shift["record_id"]]["open_items"] == done


def test_no_place_is_said_by_null_or_by_nothing(phone):
    falt1 = phone("falt1")
    plain = item(falt1)
    shift = falt1.shift(open_items=[plain])
    falt1.apply(shift)
    [receipt] = falt1.push(changed(falt1, shift["record_id"], 1, {**plain, "site_id": None}))
    assert (receipt["status"], receipt["version"]) == ("applied", 1)  # the same list is no change


@pytest.mark.parametrize(("place", "key"), [(NOWHERE, "unknown_site"), (TAKEN_OVER, "merged_site"), ("x", "not_an_id")])
@pytest.mark.usefixtures("merged")
def test_a_place_that_can_not_be_is_refused_by_its_field(phone, place, key):
    falt1 = phone("falt1")
    wrong = [item(falt1), item(falt1, site_id=place)]
    shift = falt1.shift(open_items=wrong)
    plain = falt1.shift()
    receipts = falt1.push(shift, plain, changed(falt1, plain["record_id"], 0, *wrong))
    for receipt in (receipts[0], receipts[2]):
        assert (receipt["status"], receipt["error"]["slug"]) == ("rejected", "invalid")
        assert set(receipt["error"]["fields"]) == {"open_items.1.site_id"}
    falt1.pull()
    assert [row["field_errors"] for row in falt1.held("rejections")] == [
        {"open_items.1.site_id": [sentences("sv")[f"field.{key}"]]}
    ] * 2


def test_a_site_merged_since_stops_no_pass_that_takes_the_item_over_and_no_change_of_the_list(phone, sql):
    falt1 = phone("falt1")
    noted = item(falt1, site_id=TAKEN_OVER, at=now_iso(hours=-5))
    first = falt1.shift(open_items=[noted], started_at=now_iso(hours=-6))
    falt1.apply(first)
    sql("UPDATE sites SET merged_into_id = :other WHERE id = :id", other=TENNPLANEN, id=TAKEN_OVER)
    settled = {**noted, "state": "done", "at": now_iso()}
    falt1.apply(
        falt1.shift(open_items=[noted]), changed(falt1, first["record_id"], 1, settled), falt1.shift(open_items=[noted])
    )
    unknown = {**noted, "site_id": new_id()}
    [receipt] = falt1.push(falt1.shift(open_items=[unknown]))
    assert set(receipt["error"]["fields"]) == {"open_items.0.site_id"}


def test_the_place_stands_beside_the_item_for_who_may_read_it(phone):
    falt1 = phone("falt1")
    shift = falt1.shift(open_items=[item(falt1, site_id=TENNPLANEN), item(falt1)])
    falt1.apply(shift)
    for who in ("falt1", "ledare"):
        client = phone(who).client
        read = client.get(f"/api/v1/shifts/{shift['record_id']}").json["open_items"]
        assert [(one["site_id"], one["place"]) for one in read] == [
            (TENNPLANEN, "Demo Tennplanen norra sidan"),
            (None, None),
        ]
        html = client.get(f"/office/shifts/{shift['record_id']}").text
        assert html.count("· Demo Tennplanen norra sidan ·") == 1
