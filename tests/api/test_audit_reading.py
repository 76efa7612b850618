"""Who reads the audit log, and what stands in it of reading: other teams' passes, refusals, and the log itself."""

import re
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine

from fieldapp.audit import refusals
from fieldapp.core.catalogue import sentences
from fieldapp.core.errors import Unavailable
from fieldapp.core.ids import new_id
from fieldapp.outreach import reading
from fieldapp.outreach.codes import PLACE_ACTIONS
from fieldapp.reinforcements.rules import ANSWERS
from fieldapp.review.rules import DECISIONS
from tests.api.test_audit import faults
from tests.factories.pages import assert_sound
from tests.factories.phone import Phone, now_iso

Phones = Callable[..., Phone]
Rows = Callable[..., list[dict[str, Any]]]
CANARY = "kanariefågel"
API, PAGE = "/api/v1/audit", "/office/audit"


def logged(rows: Rows, action: str) -> list[tuple[Any, ...]]:
    found = rows("SELECT actor_id, subject FROM audit_log WHERE action = :action ORDER BY number", action=action)
    return [(row["actor_id"], row["subject"]) for row in found]


# ---------------------------------------------------------------- another team's pass


def evening_of(phone: Phones, status: str = "draft", **fields: Any) -> str:
    """A pass of team Farsta with one visit; return its id."""
    falt1 = phone("falt1")
    shift = falt1.shift(**fields)
    falt1.apply(shift, falt1.visit(shift["record_id"]))
    if status != "draft":
        falt1.apply(falt1.mutation("shifts", "update", shift["record_id"], 1, status="submitted", ended_at=now_iso()))
    if status == "approved":
        lead = phone("ledare2")
        version = lead.client.get(f"/api/v1/shifts/{shift['record_id']}").get_json()["content_version"]
        body = {"decision": "approve", "content_version": version}
        address = f"/api/v1/shifts/{shift['record_id']}/reviews"
        assert lead.client.post(address, json=body, headers=lead.headers).status_code == 200
    return str(shift["record_id"])


@pytest.mark.parametrize("address", ["/api/v1/shifts/{}", "/office/shifts/{}"])
def test_another_teams_pass_is_read_with_a_row_in_the_log(app, phone, rows, address):
    shift_id = evening_of(phone, "approved")
    assert logged(rows, "shift.read") == []  # the lead of the team
    readers = [phone("analys"), phone("jourledare")]
    for reader in readers:
        assert reader.client.get(address.format(shift_id)).status_code == 200
    assert logged(rows, "shift.read") == [(reader.user_id, shift_id) for reader in readers]
    assert faults(app) == []


@pytest.mark.parametrize("address", ["/api/v1/shifts/{}", "/office/shifts/{}"])
def test_ones_own_teams_pass_and_one_that_is_not_shown_leave_none(phone, rows, address):
    jour = phone("jour1")
    shift_id = evening_of(phone, participant_ids=[phone("falt1").user_id, jour.user_id])
    for who in ("falt1", "falt2", "ledare", "jour1"):
        assert phone(who).client.get(address.format(shift_id)).status_code == 200, who
    for who, status in (("falt3", 404), ("analys", 404), ("direktor", 403)):
        assert phone(who).client.get(address.format(shift_id)).status_code == status, who
    assert logged(rows, "shift.read") == []


def test_nothing_is_shown_that_could_not_be_logged(phone, monkeypatch):
    shift_id, reader = evening_of(phone, "approved"), phone("analys")

    def busy(*_args: object, **_kwargs: object) -> None:
        raise Unavailable(retry_after_s=2)

    monkeypatch.setattr(reading.audit, "record", busy)
    for address in ("/api/v1/shifts", "/office/shifts"):
        answer = reader.client.get(f"{address}/{shift_id}")
        assert answer.status_code == 503
        assert "Hökarängen" not in answer.text


# ---------------------------------------------------------------- refusals


def test_a_refusal_is_a_row_once_a_minute_for_each_person_and_endpoint(app, phone, rows):
    viewer, worker = phone("direktor"), phone("falt1")
    for _ in range(3):
        viewer.client.get(f"/office/shifts/{new_id()}?{CANARY}")
        viewer.client.get("/api/v1/shifts")
        worker.client.get(PAGE)
    wanted = [
        (viewer.user_id, "office_shifts.shift"),
        (viewer.user_id, "shifts.shifts"),
        (worker.user_id, "office_audit.entries"),
    ]
    assert logged(rows, refusals.REFUSED) == wanted
    with time_machine.travel(datetime.now(UTC) + timedelta(seconds=62), tick=True):
        viewer.client.get("/api/v1/shifts")
        viewer.client.get("/api/v1/shifts")
    assert logged(rows, refusals.REFUSED) == [*wanted, (viewer.user_id, "shifts.shifts")]
    assert CANARY not in str(rows("SELECT * FROM audit_log"))
    assert faults(app) == []


def test_refusals_at_the_same_moment_are_one_row(app, phone, rows, monkeypatch):
    viewer, record = phone("direktor"), refusals.record

    def slowly(*args: Any, **kwargs: Any) -> None:
        time.sleep(0.1)
        record(*args, **kwargs)

    monkeypatch.setattr(refusals, "record", slowly)
    cookie = viewer.client.get_cookie("session").value

    def refused(_number: int) -> int:
        client = app.test_client()
        client.set_cookie("session", cookie)
        return int(client.get("/api/v1/shifts").status_code)

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(refused, range(16))) == {403}
    assert logged(rows, refusals.REFUSED) == [(viewer.user_id, "shifts.shifts")]


def test_a_forged_request_in_somebodys_name_is_a_refusal_too(phone, rows):
    worker = phone("falt1")
    for headers in ({"Origin": "https://elsewhere.example"}, {"Origin": "http://localhost"}):
        assert worker.client.delete("/api/v1/session", headers=headers).status_code == 403
    assert logged(rows, refusals.REFUSED) == [(worker.user_id, "session.delete_session")]


def test_nobody_leaves_no_row(app, client, rows):
    assert client.post("/api/v1/session", json={}).status_code == 403
    assert client.get("/api/v1/shifts").status_code == 401
    assert logged(rows, refusals.REFUSED) == []


def test_a_log_that_is_busy_changes_no_answer(phone, rows, monkeypatch):
    viewer = phone("direktor")

    def busy(_work: object) -> None:
        raise Unavailable(retry_after_s=2)

    monkeypatch.setattr(refusals, "transacted", busy)
    answer = viewer.client.get("/api/v1/shifts")
    assert (answer.status_code, answer.get_json()["error"]) == (403, "not_allowed")
    assert logged(rows, refusals.REFUSED) == []


# ---------------------------------------------------------------- reading the log


def get(person: Phone, **query: Any) -> dict[str, Any]:
    answer = person.client.get(API, query_string=query)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.get_json()
    return found


def test_an_administrator_reads_the_log_and_that_is_a_row_of_it(phone, rows):
    admin, worker = phone("admin"), phone("falt1")
    found = get(admin)
    newest = found["items"][0]
    assert (newest["action"], newest["actor_id"], newest["subject"]) == ("audit.read", admin.user_id, None)
    assert newest["previous_hash"] == found["items"][1]["row_hash"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", newest["at"])
    get(admin, actor=worker.user_id, subject=CANARY)
    assert logged(rows, "audit.read") == [(admin.user_id, None), (admin.user_id, worker.user_id)]
    assert CANARY not in str(rows("SELECT * FROM audit_log"))


def test_the_log_comes_in_pages_by_number(phone, rows):
    admin = phone("admin")
    last = rows("SELECT number FROM audit_head")[0]["number"]
    numbers, after = [], str(last + 1)
    while after:
        page = get(admin, limit=7, after=after)
        numbers += [item["number"] for item in page["items"]]
        after = page["next"]
    assert numbers == list(range(last, 0, -1))


def test_the_log_is_searched_by_whom_what_which_and_when(phone):
    worker, admin = phone("falt1"), phone("admin")
    worker.apply(worker.shift())
    today = datetime.now(UTC).date()
    assert {item["actor_id"] for item in get(admin, actor=worker.user_id)["items"]} == {worker.user_id}
    assert {item["action"] for item in get(admin, action="sync.pushed")["items"]} == {"sync.pushed"}
    device = worker.session["device_id"]
    [pushed] = get(admin, subject=device)["items"]
    assert (pushed["action"], pushed["details"]) == ("sync.pushed", {"statuses": {"applied": 1}})
    assert get(admin, to=(today - timedelta(days=3)).isoformat())["items"] == []
    near = {"from": (today - timedelta(days=1)).isoformat(), "to": (today + timedelta(days=1)).isoformat()}
    assert len(get(admin, action="sync.pushed", **near)["items"]) == 1


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"actor": "falt1"}, "actor"),
        ({"action": "x" * 61}, "action"),
        ({"subject": "19811218-9876"}, "subject"),
        ({"subject": "a\x00"}, "subject"),
        ({"from": "i går"}, "from"),
        ({"to": "0001-01-01"}, "to"),
        ({"after": "x"}, "after"),
        ({"after": "-1"}, "after"),
        ({"after": str(2**63)}, "after"),
    ],
)
def test_each_filter_says_what_is_wrong_with_it(phone, rows, query, field):
    admin = phone("admin")
    answer = admin.client.get(API, query_string=query)
    assert (answer.status_code, list(answer.get_json()["fields"])) == (422, [field])
    page = admin.client.get(PAGE, query_string=query)
    assert page.status_code == 422
    assert 'class="fault"' in page.text
    assert logged(rows, "audit.read") == []


def test_the_page_says_it_in_words_and_leads_on(phone, rows):
    admin, worker = phone("admin"), phone("falt1")
    for _ in range(110):
        get(admin, limit=1)
    page = admin.client.get(PAGE)
    assert page.status_code == 200
    assert_sound(page.text)
    assert "Loggen läst" in page.text
    assert "Demo Admin" in page.text
    assert 'href="/office/audit" aria-current="page"' in page.text
    [older] = re.findall(r'rel="next" href="([^"]+)"', page.text)
    assert "Inloggning" in admin.client.get(older).text
    of_worker = admin.client.get(PAGE, query_string={"actor": worker.user_id})
    assert "Demo Fält Ett" in of_worker.text
    assert_sound(of_worker.text)
    empty = admin.client.get(PAGE, query_string={"to": "2020-01-01"})
    assert sentences("sv")["audit.empty"] in empty.text
    assert_sound(empty.text)


def test_what_is_typed_into_the_filter_is_shown_as_text(phone):
    page = phone("admin").client.get(PAGE, query_string={"subject": '"><script>alert(1)</script>'})
    assert "<script" not in page.text


def test_every_action_that_is_logged_has_words():
    source = "".join(path.read_text() for path in Path("fieldapp").rglob("*.py"))
    plain = set(re.findall(r'(?:action=|_note\(session, actor, )"([a-z_]+\.[a-z_]+)"', source))
    named = set(
        re.findall(r'^(?:REFUSED|DISPOSED|SHOWN)(?:, HANDED_OVER)? = "([\w.]+)"(?:, "([\w.]+)")?$', source, re.M)
    )
    built = {f"shift.{one}" for one in DECISIONS} | {f"reinforcement.{one}" for one in ANSWERS}
    built |= {f"place.{one}" for one in PLACE_ACTIONS} | {"site.mapped", "site.mapping_corrected"}
    actions = plain | {action for pair in named for action in pair if action} | built
    assert {f"audit.action.{action}" for action in actions} == {
        key for key in sentences("sv") if key.startswith("audit.action.")
    }
