"""Whom a return has reached: told by phones in passing, written once, never in the way of their work."""

import base64

import pytest
from sqlalchemy import event

from fieldapp.core.database import db
from fieldapp.core.errors import Unavailable
from fieldapp.core.ids import new_id
from fieldapp.review import deliveries
from tests.api.test_review import decide, whole
from tests.factories.phone import now_iso

READ = "SELECT review_id, user_id, arrived_at, opened_at FROM review_deliveries ORDER BY user_id"


@pytest.fixture
def returned(phone):
    """A pass of falt1 and falt2 that came back, unknown to their phones."""
    falt1, falt2 = phone("falt1"), phone("falt2")
    shift, visit, observation = falt1.evening()
    shift["fields"]["participant_ids"] = [falt1.user_id, falt2.user_id]
    falt1.apply(shift, visit, observation)
    falt1.apply(falt1.mutation("shifts", "update", shift["record_id"], 1, ended_at=now_iso(), status="submitted"))
    for one in (falt1, falt2):
        one.pull()
    lead = phone("ledare2")
    asked = [{"record_id": visit["record_id"], "field": "actions", "text": "Vad gjorde ni?"}]
    assert decide(lead, shift, "return", comment="Fyll på.", field_comments=asked).status_code == 200
    return falt1, falt2, lead, shift


def reached(lead, shift):
    """Return the deliveries of the newest decision, by person."""
    found = whole(lead, shift)["reviews"][-1]["deliveries"]
    return {row["user_id"]: row for row in found}


def test_it_has_arrived_when_a_phone_shows_by_its_cursor_that_it_holds_every_word(returned):
    falt1, falt2, lead, shift = returned
    assert reached(lead, shift) == {}
    falt1.post([], limit=1)  # asked before it was held
    assert reached(lead, shift) == {}
    falt1.pull()  # the answer is on its way: it may be lost
    falt1.pull()
    [mine] = reached(lead, shift).values()
    assert (mine["user_id"], mine["opened_at"]) == (falt1.user_id, None)
    falt2.pull()
    falt2.pull()
    assert reached(lead, shift).keys() == {falt1.user_id, falt2.user_id}
    assert reached(lead, shift)[falt1.user_id] == mine


def test_words_that_came_in_two_pages_have_arrived_with_the_last(returned):
    falt1, _, lead, shift = returned
    while "review_comments" not in {name for name, _ in falt1.records}:
        falt1.take_in(falt1.post([], limit=1).get_json())
    falt1.take_in(falt1.post([], limit=1).get_json())  # holds the first word alone
    assert reached(lead, shift) == {}
    falt1.pull()
    falt1.pull()
    assert falt1.user_id in reached(lead, shift)


def test_it_is_opened_when_the_phone_tells_so_once_for_all_phones_of_a_person(returned, phone, rows):
    falt1, _, lead, shift = returned
    falt1.pull()
    [review] = whole(lead, shift)["reviews"]
    falt1.post([], opened=[review["id"]])
    first = reached(lead, shift)[falt1.user_id]
    assert first["opened_at"] is not None
    before = rows(READ)
    other = phone("falt1")
    other.pull()
    other.post([], opened=[review["id"], review["id"]])
    assert rows(READ) == before


def test_opened_alone_says_that_it_has_arrived(returned):
    falt1, _, lead, shift = returned
    [review] = whole(lead, shift)["reviews"]
    falt1.post([], cursor=None, opened=[review["id"]])
    mine = reached(lead, shift)[falt1.user_id]
    assert mine["arrived_at"] == mine["opened_at"] is not None


def test_nobody_else_reaches_or_opens_it(returned, phone, rows):
    _, _, lead, shift = returned
    [review] = whole(lead, shift)["reviews"]
    for stranger in (lead, phone("falt3"), phone("ledare")):
        stranger.pull()
        stranger.post([], opened=[review["id"], new_id()])
    assert rows(READ) == []


ODD = {"absent": None, "text": "x", "object": {}, "mixed": [1, None, "x", ["y"]], "unknown": [new_id()]}


@pytest.mark.parametrize("opened", ODD.values(), ids=ODD.keys())
def test_what_is_said_oddly_refuses_nothing(returned, opened, rows):
    falt1, *_ = returned
    answer = falt1.post([falt1.shift()], opened=opened)
    assert [receipt["status"] for receipt in answer.get_json()["receipts"]] == ["applied"]
    assert rows(READ) == []


def test_of_many_the_first_fifty_are_read(returned):
    falt1, _, lead, shift = returned
    [review] = whole(lead, shift)["reviews"]
    falt1.post([], opened=[*(new_id() for _ in range(50)), review["id"]])
    assert reached(lead, shift) == {}
    falt1.post([], opened=[*(new_id() for _ in range(49)), review["id"]])
    assert falt1.user_id in reached(lead, shift)


def test_a_cursor_of_another_copy_tells_nothing(returned, rows):
    falt1, *_ = returned
    falt1.pull()
    epoch, _, seq, since = base64.urlsafe_b64decode(falt1.cursor + "==").decode().split(".")
    forged = base64.urlsafe_b64encode(f"{epoch}.{'0' * 12}.{seq}.{since}".encode()).decode().rstrip("=")
    assert falt1.post([], cursor=forged).get_json()["reset"]
    assert rows(READ) == []


def test_a_contact_that_brings_no_news_writes_nothing(app, returned):
    falt1, *_ = returned
    falt1.pull()
    falt1.pull()
    written = []
    with app.app_context():
        engine = db.engine

    def note(_connection, _cursor, statement, *_):
        written.extend([statement] if statement.split()[0] in ("INSERT", "UPDATE", "DELETE") else [])

    event.listen(engine, "before_cursor_execute", note)
    try:
        falt1.post([])
        falt1.post([])
    finally:
        event.remove(engine, "before_cursor_execute", note)
    assert written == []


def test_a_phones_work_never_fails_for_it(returned, monkeypatch, rows):
    falt1, _, lead, shift = returned
    falt1.pull()

    def busy(_work):
        raise Unavailable(retry_after_s=2)

    with monkeypatch.context() as held_up:
        held_up.setattr(deliveries, "transacted", busy)
        assert [receipt["status"] for receipt in falt1.push(falt1.shift())] == ["applied"]
        assert rows(READ) == []
    falt1.pull()
    assert falt1.user_id in reached(lead, shift)
