"""*Gå inte dit* at the desk: a reason, who set it, a day of review; who hears of it, and who never does."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest

from fieldapp.core.catalogue import sentences
from fieldapp.core.clock import local_date, utc_now
from fieldapp.demo.register import site_id
from tests.factories.phone import Phone

Rows = Callable[..., list[dict[str, Any]]]
TENNPLANEN, IN_SKARHOLMEN, BASALTPARKEN = site_id(23), site_id(30), site_id(2)
CANARY = "kanariefågel vid entrén"
SV = sentences("sv")


def in_days(days: int) -> str:
    return (local_date(utc_now()) + timedelta(days=days)).isoformat()


def address(place: str = TENNPLANEN) -> str:
    return f"/office/sites/{place}/safety"


def version_of(rows: Rows, place: str = TENNPLANEN) -> int:
    found = rows("SELECT version FROM sites WHERE id = :id", id=place)
    return int(found[0]["version"]) if found else 1


def post(person: Phone, rows: Rows, place: str = TENNPLANEN, **form: Any) -> Any:
    data = {
        "csrf_token": person.session["csrf_token"],
        "version": version_of(rows, place),
        "level": "do_not_go",
        "reason": CANARY,
        "review_on": in_days(30),
        **form,
    }
    return person.client.post(address(place), data=data, headers={"Origin": "http://localhost"})


def test_a_level_is_set_with_reason_review_and_name_reaches_the_phones_and_is_logged_without_its_words(
    phone: Callable[..., Phone], rows: Rows
):
    falt1, lead = phone("falt1"), phone("ledare2")
    falt1.pull()
    before = falt1.records["sites", TENNPLANEN]
    assert (before["safety_level"], before["safety_reason"], before["safety_review_on"]) == ("normal", None, None)
    answer = post(lead, rows)
    assert answer.status_code == 303
    shown = lead.client.get(answer.location).text
    for words in (SV["safety.saved"], CANARY, "Demo Ledare Två", SV["code.safety.do_not_go"]):
        assert words in shown
    after = falt1.pull()["sites", TENNPLANEN]
    assert (after["safety_level"], after["safety_reason"], after["safety_review_on"]) == (
        "do_not_go",
        CANARY,
        in_days(30),
    )
    assert after["version"] == before["version"] + 1
    assert not {"safety_set_by", "safety_set_at"} & after.keys()
    [logged] = rows("SELECT actor_id, subject, details FROM audit_log WHERE action = 'site.safety_set'")
    assert (logged["actor_id"], logged["subject"]) == (lead.user_id, TENNPLANEN)
    for told in ("do_not_go", "normal", in_days(30)):  # an administrator reads the log, and no level
        assert told not in str(logged["details"])
    assert CANARY not in str(rows("SELECT * FROM audit_log"))


def test_reason_and_review_travel_to_those_who_work_there_and_to_nobody_else(phone: Callable[..., Phone], rows: Rows):
    post(phone("ledare2"), rows)
    for who, is_told in (
        ("falt1", True), ("falt3", True), ("jour1", True), ("ledare", True), ("analys", True),
        ("nattvandring", False), ("direktor", False), ("admin", False),
    ):  # fmt: skip
        person = phone(who)
        site = person.pull()["sites", TENNPLANEN]
        listed = person.client.get("/api/v1/sites?limit=1000")
        features = person.client.get("/api/v1/sites.geojson?limit=1000")
        for told in (str(site), listed.text, features.text):
            assert (CANARY in told) is is_told, who
            assert ("safety_review_on" in told) is is_told, who
            assert "safety_set" not in told
        pages = [person.client.get(path) for path in ("/office/safety", address())]
        assert {page.status_code for page in pages} == {200 if is_told else 403}, who
        assert all((CANARY in page.text) is is_told for page in pages), who
        assert all(('href="/office/places/sites" aria-current="page"' in page.text) is is_told for page in pages), who


@pytest.mark.parametrize(
    ("who", "place", "status"),
    [
        ("ledare", TENNPLANEN, 303), ("analys", TENNPLANEN, 303), ("analys", IN_SKARHOLMEN, 303),
        ("jourledare", IN_SKARHOLMEN, 303), ("ledare", IN_SKARHOLMEN, 403), ("falt1", TENNPLANEN, 403),
        ("nattvandring", TENNPLANEN, 403), ("direktor", TENNPLANEN, 403), ("admin", TENNPLANEN, 403),
        ("ledare", site_id(4711), 404),
    ],
)  # fmt: skip
def test_the_lead_of_the_district_or_an_analyst_sets_it(
    phone: Callable[..., Phone], rows: Rows, who: str, place: str, status: int
):
    answer = post(phone(who), rows, place)
    assert answer.status_code == status
    levels = {row["id"]: row["safety_level"] for row in rows("SELECT id, safety_level FROM sites")}
    assert (levels.get(place) == "do_not_go") is (status == 303)
    form = phone(who).client.get(address(place)).text
    assert (SV["safety.save"] in form) is (status == 303)


def test_bad_input_is_named_at_its_field_kept_in_the_form_and_nothing_is_written(
    phone: Callable[..., Phone], rows: Rows
):
    lead, before = phone("ledare"), rows("SELECT * FROM sites ORDER BY id")
    bad: list[tuple[dict[str, Any], str, str]] = [
        ({"level": "<b>"}, "level", SV["field.unknown_code"]),
        ({"reason": ""}, "reason", SV["field.required"]),
        ({"reason": " \t "}, "reason", SV["field.required"]),
        ({"reason": "x" * 201}, "reason", SV["field.too_long"]),
        ({"reason": "dold\u200btext"}, "reason", SV["field.forbidden_characters"]),
        ({"reason": "Träffa 811218-9876 där"}, "reason", SV["field.personal_number"]),
        ({"review_on": ""}, "review_on", SV["field.required"]),
        ({"review_on": "2026-02-30"}, "review_on", SV["field.not_a_date"]),
        ({"review_on": in_days(-1)}, "review_on", SV["field.review_out_of_range"]),
        ({"review_on": in_days(91)}, "review_on", SV["field.review_out_of_range"]),
        ({"level": "extra_care", "reason": ""}, "reason", SV["field.required"]),
        ({"version": "ett"}, "version", SV["field.not_a_whole_number"]),
    ]
    for form, name, words in bad:
        answer = post(lead, rows, **form)
        assert answer.status_code == 422, form
        assert words in answer.text, form
        if name != "version":
            assert f'id="{name}-fault"' in answer.text, form
    assert 'value="&lt;script&gt;"' in post(lead, rows, reason="<script>", review_on="").text
    assert rows("SELECT * FROM sites ORDER BY id") == before
    assert rows("SELECT * FROM audit_log WHERE action = 'site.safety_set'") == []


def test_who_read_an_older_version_gets_409_and_sees_how_it_stands(phone: Callable[..., Phone], rows: Rows):
    lead, deputy = phone("ledare"), phone("ledare2")
    read = version_of(rows)
    assert post(lead, rows, reason="Först").status_code == 303
    late = post(deputy, rows, version=read, reason="Sedan", level="extra_care")
    assert late.status_code == 409
    for words in (SV["field.site_moved"], "Först", 'value="Sedan"', f'name="version" value="{read + 1}"'):
        assert words in late.text
    [stored] = rows("SELECT safety_reason, safety_level FROM sites WHERE id = :id", id=TENNPLANEN)
    assert (stored["safety_reason"], stored["safety_level"]) == ("Först", "do_not_go")


def test_of_two_who_save_at_the_same_moment_one_is_told(phone: Callable[..., Phone], rows: Rows):
    people, version, start = [phone("ledare"), phone("ledare2")], version_of(rows), Barrier(2)

    def save(person: Phone) -> int:
        start.wait()
        status: int = post(person, rows, version=version, reason=person.user_id).status_code
        return status

    with ThreadPoolExecutor(2) as pool:
        statuses = list(pool.map(save, people))
    assert sorted(statuses) == [303, 409]
    [stored] = rows("SELECT safety_reason, version FROM sites WHERE id = :id", id=TENNPLANEN)
    assert stored == {"safety_reason": people[statuses.index(303)].user_id, "version": version + 1}
    assert len(rows("SELECT number FROM audit_log WHERE action = 'site.safety_set'")) == 1


def test_a_first_visit_of_the_day_is_told_to_phones_and_moves_no_form_that_stands_open(
    phone: Callable[..., Phone], rows: Rows
):
    falt1, falt2, lead, read = phone("falt1"), phone("falt2"), phone("ledare"), version_of(rows)
    falt2.pull()
    shift = falt1.shift()
    falt1.apply(shift, falt1.visit(shift["record_id"], site_id=TENNPLANEN))
    assert falt2.pull()[("sites", TENNPLANEN)]["last_visited_on"] is not None
    name = {"version": read, "name": "Demo Tennplan ett"}
    answer = lead.client.patch(f"/api/v1/sites/{TENNPLANEN}", json=name, headers=lead.headers)
    assert (answer.status_code, answer.json.get("version")) == (200, read + 1)
    late = post(lead, rows, version=read)
    assert late.status_code == 409
    assert f'value="{CANARY}"' in late.text
    assert post(lead, rows).status_code == 303
    [stored] = rows("SELECT safety_level, last_visited_on FROM sites WHERE id = :id", id=TENNPLANEN)
    assert stored["safety_level"] == "do_not_go"
    assert stored["last_visited_on"] is not None


def test_normal_again_has_neither_reason_nor_review_and_leaves_the_list(phone: Callable[..., Phone], rows: Rows):
    lead = phone("ledare")
    post(lead, rows)
    assert "Demo Tennplanen" in lead.client.get("/office/safety").text
    assert post(lead, rows, level="normal", review_on="").status_code == 303
    [stored] = rows("SELECT * FROM sites WHERE id = :id", id=TENNPLANEN)
    assert (stored["safety_level"], stored["safety_reason"], stored["safety_review_on"]) == ("normal", None, None)
    assert stored["safety_set_by"] == lead.user_id
    assert "Demo Tennplanen" not in lead.client.get("/office/safety").text


def test_what_is_to_be_looked_at_again_stands_first(phone: Callable[..., Phone], rows: Rows, sql: Callable[..., None]):
    lead = phone("ledare")
    post(lead, rows, review_on=in_days(2))
    page = lead.client.get("/office/safety").text
    assert page.index("Demo Tennplanen") < page.index("Demo Basaltparken")
    assert SV["safety.due"] not in page
    sql("UPDATE sites SET safety_review_on = :day WHERE id = :id", day=in_days(-1), id=BASALTPARKEN)
    page = lead.client.get("/office/safety").text
    assert page.index("Demo Basaltparken") < page.index("Demo Tennplanen")
    assert page.count(SV["safety.due"]) == 1
