"""*Fastställ*: what a period's figures were when they were frozen stands, for each reader as far as they may know."""

import hashlib
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import orjson
import pytest
import rfc8785

from fieldapp.core.clock import local_date, utc_now
from fieldapp.summaries import freezing
from fieldapp.summaries.periods import month_end
from tests.api.test_summaries_api import CITY, FARSTA, HIDDEN, cell, decided, get, numbers, persons
from tests.factories.evening import last_month, month_query, send_evening
from tests.factories.phone import ORIGIN, Phone

FROZEN = "/api/v1/summaries/frozen"
KEYS = {"id", "version", "sha256", "frozen_at", "district", "team_id", "from", "to", "mapping_year", "frozen_by"}


@pytest.fixture
def evening(phone):
    """An evening of last month, approved by a leader who took no part."""
    return approved(phone)


def approved(phone):
    """Send one more evening and approve it."""
    sent = send_evening(phone("falt1"), [phone("falt2").user_id])
    decided(phone("ledare2"), sent.shift, "approve")
    return sent


def freeze(lead, status=201, **body):
    """Freeze last month; of Farsta unless told otherwise."""
    body = {**month_query(), **({"district": "farsta"} if body.keys().isdisjoint({"team", "city"}) else {}), **body}
    body.pop("city", None)
    answer = lead.client.post(FROZEN, json=body, headers=lead.headers)
    assert answer.status_code == status, answer.text
    return answer.json


def read(client, kept, status=200):
    """Read a frozen summary."""
    answer = client.get(f"{FROZEN}/{kept['id']}")
    assert answer.status_code == status, answer.text
    return answer.json


def without_marks(answer):
    """Return a summary's figures alone."""
    return {name: value for name, value in answer.items() if name not in ("frozen", "complete", "compare")}


@pytest.mark.usefixtures("evening")
def test_what_was_frozen_stands_whatever_is_approved_later(phone, sign_in):
    lead, before = phone("ledare"), get(sign_in("ledare"))
    assert before["frozen"] is None
    kept = freeze(lead)
    assert kept.keys() == KEYS
    assert (kept["version"], kept["district"], kept["frozen_by"]) == (1, "farsta", "team_lead")
    approved(phone)
    after = get(lead.client)
    assert without_marks(after) == without_marks(before)
    assert after["frozen"] == {
        **{name: kept[name] for name in ("id", "version", "sha256", "frozen_at")},
        "differs": True,
    }
    assert after["complete"]["shifts_approved"] == 1
    assert get(lead.client, status="all")["effort"]["shifts"] == 2  # only the approved ones are frozen
    assert get(sign_in("analys"), CITY)["frozen"] is None


@pytest.mark.usefixtures("evening")
def test_unchanged_figures_make_no_new_version_and_changed_ones_say_what_differs(phone):
    lead = phone("ledare")
    first = freeze(lead)
    assert freeze(phone("analys"), 200) == first
    assert get(lead.client)["frozen"]["differs"] is False
    assert read(lead.client, first)["differences"] == []
    approved(phone)
    second = freeze(lead)
    assert (second["version"], first["version"]) == (2, 1)
    assert second["sha256"] != first["sha256"]
    assert get(lead.client)["frozen"]["version"] == 2
    changed = {row["path"]: (row["was"], row["now"]) for row in read(lead.client, second)["differences"]}
    assert changed["effort.shifts"] == (1, 2)
    assert changed["people.totals.present"] == (9, 18)
    assert changed["people.present[16-17,male].value"] == (7, 14)
    assert changed["topics[weapon].visits"] == (1, 2)
    assert "people.present[18-20,female].value" not in changed
    assert read(lead.client, first)["effort"]["shifts"] == 1
    listed = lead.client.get(FROZEN, query_string={"district": "farsta", **month_query()}).json
    assert (listed["items"], listed["next"]) == ([first, second], None)
    page = lead.client.get(FROZEN, query_string={"district": "farsta", "limit": 1}).json
    assert (page["items"], page["next"]) == ([first], first["id"])
    rest = lead.client.get(FROZEN, query_string={"district": "farsta", "limit": 1, "after": page["next"]}).json
    assert (rest["items"], rest["next"]) == ([second], None)
    assert lead.client.get(FROZEN, query_string={"district": "farsta", "to": "2020-01-31"}).json["items"] == []


@pytest.mark.usefixtures("evening")
def test_freezing_is_a_row_of_the_log_and_its_checksums_are_of_what_is_stored(phone, rows):
    kept = freeze(phone("ledare"))
    [row] = rows("SELECT * FROM frozen_summaries")
    for level in ("full", "protected"):
        assert row[f"{level}_sha256"] == hashlib.sha256(row[level].encode()).hexdigest()
        assert rfc8785.dumps(db_json(row[level])).decode() == row[level]
    assert (kept["sha256"], row["number"], row["scope"]) == (row["full_sha256"], 1, "district:farsta")
    [logged] = rows("SELECT subject FROM audit_log WHERE action = 'summary.frozen'")
    assert logged["subject"] == kept["id"]
    [atom] = rows("SELECT * FROM frozen_atoms")
    assert (atom["district"], atom["month"], atom["observed_visits"]) == ("farsta", last_month().first.month, 1)
    assert db_json(atom["cells"])["present/16-17/male"] == 7


def db_json(stored):
    """JSON as a database hands it over: text, or read already."""
    return orjson.loads(stored) if isinstance(stored, str) else stored


@pytest.mark.usefixtures("evening")
@pytest.mark.parametrize(
    ("who", "body", "status"),
    [
        ("falt1", {}, 403),
        ("direktor", {}, 403),
        ("nattvandring", {}, 403),
        ("admin", {}, 403),
        ("ledare", {"district": "bromma"}, 404),
        ("ledare", {"district": "finns-inte"}, 404),
        ("ledare", {"city": True}, 403),
        ("ledare2", {}, 201),
        ("analys", {}, 201),
        ("analys", {"city": True}, 201),
        ("jourledare", {}, 201),
        ("jourledare", {"city": True}, 403),
    ],
)
def test_those_freeze_who_have_full_figures_of_it(phone, who, body, status):
    freeze(phone(who), status, **body)


@pytest.mark.usefixtures("evening")
def test_a_teams_own_figures_are_its_leads_and_analysts_to_freeze_and_leave_it_in_no_form(phone, sign_in, rows):
    team = phone("ledare").team_id
    freeze(phone("jourledare"), 404, team=team)
    kept = freeze(phone("ledare"), team=team)
    assert freeze(phone("analys"), 200, team=team)["id"] == kept["id"]
    assert read(sign_in("falt1"), kept)["effort"]["shifts"] == 1
    for who in ("direktor", "jourledare", "nattvandring"):
        read(sign_in(who), kept, 404)
    assert rows("SELECT protected, protected_sha256 FROM frozen_summaries") == [
        {"protected": None, "protected_sha256": None}
    ]
    path = f"/api/v1/summaries/teams/{team}"
    approved(phone)
    assert get(sign_in("falt1"), path)["frozen"]["version"] == 1
    assert get(sign_in("direktor"), FARSTA)["frozen"] is None


def test_only_whole_months_that_have_passed_are_frozen(phone):
    lead, first = phone("ledare"), last_month().first.isoformat()
    today = local_date(utc_now()).isoformat()
    for period in ({"to": today}, {"from": today[:8] + "01", "to": today}, {"from": first[:8] + "02"}):
        assert "to" in freeze(lead, 422, **period)["fields"]
    assert "mapping_year" in freeze(lead, 422, mapping_year=2001)["fields"]
    assert "to" in freeze(lead, 422, **{"from": "2001-01-01", "to": "2010-12-31"})["fields"]
    assert "team" in freeze(lead, 422, team=lead.team_id, district="farsta")["fields"]
    assert freeze(lead)["version"] == 1  # a month without passes is one too
    missing = f"{FROZEN}/01a21fd2-d21c-71c1-9509-98cfdea2493d"
    assert lead.client.get(missing).status_code == lead.client.get(f"{FROZEN}/nej").status_code == 404


@pytest.mark.usefixtures("evening")
def test_readers_of_protected_figures_get_no_other_through_any_frozen_route(phone, sign_in):
    kept = [freeze(phone("ledare")), freeze(phone("analys"), city=True)]
    approved(phone)
    kept += [freeze(phone("ledare")), freeze(phone("analys"), city=True)]
    for who in ("direktor", "falt1"):
        client = sign_in(who)
        for one in kept:
            answer = read(client, one)
            assert answer["disclosure"] == "protected"
            assert answer["sha256"] != one["sha256"]
            assert [*numbers(persons(answer))].count(2) == 0
            assert cell(answer["people"]["present"], "13-15", "female") == HIDDEN
            counted = ("people.present", "people.contacts", "people.totals", "people.by_gender", "topics[weapon]")
            changed = [row for row in answer["differences"] if row["path"].startswith(counted)]
            assert (changed != []) == (answer["version"] == 2)
            assert all(value in (HIDDEN, 0) or value >= 5 for row in changed for value in (row["was"], row["now"]))
        for path in (FARSTA, CITY):
            answer = get(client, path)
            assert answer["frozen"]["differs"] is None
            assert answer["frozen"]["version"] == 2
        listed = client.get(FROZEN, query_string={"district": "farsta"}).json["items"]
        assert {one["sha256"] for one in listed}.isdisjoint({one["sha256"] for one in kept})
    for who, status in (("falt3", 404), ("nattvandring", 200)):
        answer = sign_in(who).get(f"{FROZEN}/{kept[0]['id']}")
        assert answer.status_code == status
    assert "people" not in answer.json
    assert answer.json["walks"] == {"planned": 0, "done": 0, "walkers": 0}
    assert get(sign_in("nattvandring"))["frozen"]["version"] == 2
    assert sign_in("nattvandring").get(FROZEN, query_string={}).status_code == 404  # the city's


@pytest.mark.usefixtures("evening")
def test_one_approval_between_two_readings_tells_nothing_of_a_frozen_month(phone, sign_in):
    """Asked over two months, which nobody froze: the frozen month is in them as it was frozen, in the city's too."""
    viewer, two = sign_in("direktor"), {"from": last_month().previous().first.isoformat()}

    def read_all():
        return [persons(get(viewer, path, **two)) for path in (FARSTA, CITY)]

    before = read_all()
    assert 7 in numbers(before)
    freeze(phone("ledare"))
    assert read_all() == before
    approved(phone)
    assert read_all() == before
    assert get(viewer, **two)["visits"]["total"] == 4  # what was done may be told
    assert get(sign_in("analys"), **two)["people"]["totals"]["present"] == 18
    freeze(phone("ledare"))
    people = get(viewer, **two)["people"]
    assert (people["totals"], people["by_gender"][1]["present"]) == ({"present": 18, "contacts": 10}, HIDDEN)
    assert all(row["value"] == HIDDEN for row in (*people["present"], *people["contacts"]))


@pytest.mark.usefixtures("evening")
def test_a_compared_period_that_is_frozen_is_compared_as_it_was_frozen(phone, sign_in):
    freeze(phone("ledare"))
    approved(phone)
    month = local_date(utc_now()).replace(day=1)
    query = {"from": month.isoformat(), "to": local_date(utc_now()).isoformat()}
    following = {"from": month.isoformat(), "to": month_end(month).isoformat(), "compare": "previous"}
    compared = get(sign_in("ledare"), **following)["compare"]
    assert (compared["effort"]["shifts"], compared["frozen"]["version"]) == (1, 1)
    assert get(sign_in("ledare"), **query, compare="previous")["compare"]["frozen"] is None  # so many days, no month


@pytest.mark.usefixtures("evening")
def test_a_frozen_summary_rests_on_its_mapping_year(phone, sign_in):
    kept = freeze(phone("ledare"), mapping_year=2023)
    assert kept["mapping_year"] == 2023
    lead = sign_in("ledare")
    assert get(lead)["basis"]["mapping_year"] == 2023
    assert get(lead, mapping_year=2023)["frozen"]["id"] == kept["id"]
    assert get(lead, mapping_year=2024)["frozen"] is None


@pytest.mark.usefixtures("evening")
def test_sites_are_named_to_those_who_may_know_them(phone, sign_in, sql):
    kept = freeze(phone("ledare"))
    named = {row["site"]["id"] for row in read(sign_in("ledare"), kept)["sites"]}
    hidden = sorted(named)[0]
    sql("UPDATE sites SET is_public = false WHERE id = :id", id=hidden)
    assert {row["site"]["id"] for row in read(sign_in("ledare"), kept)["sites"]} == named
    seen = {row["site"]["id"] for row in read(sign_in("direktor"), kept)["sites"]}
    assert seen < named
    assert hidden not in str(read(sign_in("direktor"), kept))


def test_two_who_freeze_at_once_make_one_version(app, phone, evening, rows):
    people = [Phone.signed_in(app.test_client(), who) for who in ("ledare", "ledare2", "analys", "jourledare")]
    for version in (1, 2):
        together = Barrier(len(people))

        def one(lead, together=together):
            together.wait()
            body = {"district": "farsta", **month_query()}
            return lead.client.post(FROZEN, json=body, headers=lead.headers)

        with ThreadPoolExecutor(len(people)) as pool:
            answers = list(pool.map(one, people))
        assert sorted(answer.status_code for answer in answers) == [200, 200, 200, 201], [a.text for a in answers]
        assert {answer.json["version"] for answer in answers} == {version}
        approved(phone)
    assert [row["version"] for row in rows("SELECT version FROM frozen_summaries ORDER BY number")] == [1, 2]
    assert len(rows("SELECT 1 FROM audit_log WHERE action = 'summary.frozen'")) == 2


def test_a_form_from_elsewhere_freezes_nothing(phone, rows):
    lead = phone("ledare")
    assert lead.client.post(FROZEN, json={**month_query()}, headers=ORIGIN).status_code == 403
    assert rows("SELECT 1 FROM frozen_summaries") == []


def meanwhile(monkeypatch, work):
    """Let somebody else do something, once, between what is read to be frozen and its being written."""
    whole, left = freezing.live_document, [work]

    def read_and_wait(*args):
        found = whole(*args)
        if left:
            with ThreadPoolExecutor(1) as pool:  # a connection of its own (trap 27)
                pool.submit(left.pop()).result()
        return found

    monkeypatch.setattr(freezing, "live_document", read_and_wait)


@pytest.mark.usefixtures("evening")
def test_nobody_waits_to_write_while_a_period_is_read_to_be_frozen(phone, monkeypatch):
    lead = phone("ledare")
    meanwhile(monkeypatch, lambda: approved(phone))
    kept = freeze(lead)
    assert read(lead.client, kept)["effort"]["shifts"] == 1
    assert get(lead.client)["frozen"]["differs"] is True


@pytest.mark.usefixtures("evening")
def test_what_somebody_froze_meanwhile_is_read_before_anything_is_written(phone, monkeypatch, rows):
    """The city's frozen state of the month is the one before Farsta's: its protected figures must know of it."""
    lead, analyst = phone("ledare"), phone("analys")
    freeze(analyst, city=True)
    approved(phone)
    meanwhile(monkeypatch, lambda: freeze(analyst, city=True))
    assert freeze(lead)["version"] == 1
    assert [row["scope"] for row in rows("SELECT scope FROM frozen_summaries ORDER BY number")] == [
        "city", "city", "district:farsta",
    ]  # fmt: skip
