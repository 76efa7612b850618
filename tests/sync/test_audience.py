"""PL3: who joins gets all of a shift, also what was written before; who leaves loses all of it, and hears why."""

from tests.factories.phone import Phone


def join(falt1: Phone, shift_id: str, base: int, *people: Phone) -> None:
    everyone = [falt1.user_id, *(person.user_id for person in people)]
    falt1.push(falt1.mutation("shifts", "update", shift_id, base, participant_ids=everyone))


def changes(phone: Phone) -> list[dict]:
    """Pull and return what came."""
    found, more = [], True
    while more:
        body = phone.post([], limit=3).get_json()
        found += body["changes"]
        more = body["more"]
        phone.take_in(body)
    return found


def test_PL3_who_joins_a_shift_gets_what_hangs_on_it(phone):
    falt1, jour1 = phone("falt1"), phone("jour1")
    shift, visit, observation = falt1.evening()
    falt1.apply(shift, visit, observation)
    jour1.apply(jour1.shift())  # something newer of one's own: the cursor stands after what one may not see yet
    jour1.pull()
    assert jour1.held("visits") == []
    join(falt1, shift["record_id"], 1, jour1)
    jour1.pull()
    for sent in (shift, visit, observation):
        assert (sent["collection"], sent["record_id"]) in jour1.records
    visits = jour1.held("visits")
    assert [record["version"] for record in visits] == [1]  # moved in the order, not changed


def test_PL3_who_leaves_a_shift_loses_it_and_what_hangs_on_it_with_the_reason(phone):
    falt1, jour1 = phone("falt1"), phone("jour1")
    shift, visit, observation = falt1.evening()
    falt1.apply(shift, visit, observation)
    join(falt1, shift["record_id"], 1, jour1)
    assert ("people", falt1.user_id) in jour1.pull()
    join(falt1, shift["record_id"], 2)
    lost = {(item["collection"], item["record_id"]): item for item in changes(jour1) if item["deleted"]}
    expected = {(sent["collection"], sent["record_id"]) for sent in (shift, visit, observation)}
    assert lost.keys() == expected | {("people", falt1.user_id), ("teams", falt1.team_id)}
    assert {(item["reason"], item["record"]) for item in lost.values()} == {("scope", None)}
    assert not expected & jour1.records.keys()
    assert expected <= falt1.pull().keys()  # nobody else loses anything
    assert changes(jour1) == []  # told once


def test_PL3_who_may_still_see_it_loses_nothing(phone):
    falt1, falt2 = phone("falt1"), phone("falt2")
    shift, visit, _ = falt1.evening()
    falt1.apply(shift, visit)
    join(falt1, shift["record_id"], 1, falt2)
    falt2.pull()
    join(falt1, shift["record_id"], 2)  # of the same team: the shift stays on the phone
    assert [item for item in changes(falt2) if item["deleted"]] == []
    assert ("visits", visit["record_id"]) in falt2.records


def test_PL3_who_comes_back_gets_it_again_and_a_new_copy_hears_of_no_loss(phone):
    falt1, jour1 = phone("falt1"), phone("jour1")
    shift, visit, _ = falt1.evening()
    falt1.apply(shift, visit)
    for version, people in enumerate(((jour1,), (), (jour1,)), start=1):
        join(falt1, shift["record_id"], version, *people)
    assert ("visits", visit["record_id"]) in jour1.pull()
    join(falt1, shift["record_id"], 4)
    fresh = phone("jour1")
    assert [item for item in changes(fresh) if item["deleted"]] == []
    changes(jour1)
    assert ("visits", visit["record_id"]) not in jour1.records


def test_PL3_a_briefing_that_loses_a_district_leaves_its_phones(phone):
    jour1, falt1, falt3, jour2 = phone("jour1"), phone("falt1"), phone("falt3"), phone("jour2")
    briefing = jour1.briefing(districts=["farsta", "skarholmen"])
    jour1.apply(briefing)
    key = ("briefings", briefing["record_id"])
    assert key in falt1.pull()
    assert key in falt3.pull()
    jour2.pull()
    jour1.apply(jour1.mutation("briefings", "update", briefing["record_id"], 1, districts=["farsta"]))
    [lost] = [item for item in changes(falt3) if item["deleted"]]
    assert (lost["collection"], lost["record_id"], lost["reason"], lost["record"]) == (*key, "scope", None)
    for who in (falt1, jour2, jour1):
        assert [item for item in changes(who) if item["deleted"]] == []
        assert key in who.records


def test_X36_who_never_had_it_hears_nothing(phone):
    falt1, jour1, falt3 = phone("falt1"), phone("jour1"), phone("falt3")
    falt3.pull()
    shift, visit, _ = falt1.evening()
    falt1.apply(shift, visit)
    join(falt1, shift["record_id"], 1, jour1)
    join(falt1, shift["record_id"], 2)
    assert shift["record_id"] not in {item["record_id"] for item in changes(falt3)}
