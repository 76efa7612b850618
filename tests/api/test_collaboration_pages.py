"""The office's pages of platssamverkan: without JavaScript, by grant, nothing overwritten, nothing typed lost."""

import re

import pytest

from fieldapp.core.catalogue import sentences
from fieldapp.core.clock import local_date, utc_now
from fieldapp.demo.register import site_id
from tests.api.test_collaboration import EXAMPLE, FARSTA, MEASURE, TODAY, WHOLE, YEAR, published, put, send
from tests.factories.pages import assert_sound
from tests.factories.phone import Phone

SV = sentences("sv")
ROOT = "/office/collaboration"
__all__ = ["published"]


def get(phone: Phone, path: str, **query):
    answer = phone.client.get(f"{ROOT}{path}", query_string=query)
    if answer.status_code == 200:
        assert_sound(answer.text)
    return answer


def post(phone: Phone, path: str, **form):
    data = {"csrf_token": phone.session["csrf_token"], **form}
    return phone.client.post(f"{ROOT}{path}", data=data, headers={"Origin": "http://localhost"})


def test_the_year_shows_the_published_figures_the_mappings_and_what_lacks(published, phone):
    page = get(phone("analys"), "", year=2022).text
    assert SV["collaboration.top_line"].format(n=20, of=24) in page
    assert SV["collaboration.actors_mean"].format(n="8") in page
    assert "19 av 20" in page
    mapped = [re.findall(r">(\d+)<", row) for row in re.findall(r"<tr><th[^>]*>20.*?</tr>", page)]
    assert mapped == [["2023", "31", "24", "2", "0"], ["2024", "26", *mapped[1][2:4], "5"]]
    assert SV["collaboration.missing.action_plan"] in page


@pytest.mark.parametrize("who", ["falt1", "direktor"])
def test_readers_see_the_same_pages_without_forms(published, phone, who):
    reader = phone(who)
    for path in ("", f"/2022/sites/{FARSTA}", "/measures", "/examples"):
        page = get(reader, path)
        assert page.status_code == 200
        assert 'name="action"' not in page.text
        assert "/copy" not in page.text
    assert get(phone("falt3"), f"/2022/sites/{FARSTA}").status_code == 404


def test_a_year_is_filled_in_as_a_form_and_approved(phone):
    lead = phone("ledare")
    path = f"/{YEAR}/sites/{FARSTA}"
    assert SV["collaboration.nothing_said"] in get(lead, path).text
    form = {
        "version": "0", "form": "place_collaboration", "actor-police": "takes_part", "actor-school": "no_resources",
        "meeting_frequency": "fewer", "lighting": "yes", "minor_changes": "no", "step-0": "cause_analysis",
        "part-0": "Demo torget", "done-0": f"{YEAR - 1}-02-01", "step-1": "", "part-1": "", "done-1": "", "due-1": "",
    }  # fmt: skip
    answer = post(lead, path, **form)
    assert answer.status_code == 303
    found = lead.client.get(f"/api/v1/collaboration/{YEAR}/sites/{FARSTA}").json
    assert found["actors"] == [
        {"actor": "police", "participation": "takes_part"}, {"actor": "school", "participation": "no_resources"},
    ]  # fmt: skip
    assert (found["lighting"], found["minor_changes"], found["place_activation"]) == (True, False, None)
    assert [step["part_of_site"] for step in found["process"]] == ["Demo torget"]
    assert post(lead, path, action="approved", version="1").status_code == 303
    assert SV["collaboration.is_approved"] in get(lead, path).text


def test_what_somebody_else_changed_is_not_written_over_and_what_was_typed_stays(phone):
    lead = phone("ledare")
    put(lead, **WHOLE)
    path = f"/{YEAR}/sites/{FARSTA}"
    answer = post(
        lead, path, version="0", form="none", **{"step-²": "follow_up", "step-0": "follow_up", "part-0": "Demo hörnet"}
    )
    assert answer.status_code == 409
    assert SV["field.collaboration_moved"] in answer.text
    assert "Demo hörnet" in answer.text
    wrong = post(lead, path, version="1", form="none", **{"actor-police": "takes_part"})
    assert (wrong.status_code, SV["field.nobody_takes_part"] in wrong.text) == (422, True)
    assert lead.client.get(f"/api/v1/collaboration/{YEAR}/sites/{FARSTA}").json["version"] == 1


def test_last_years_answers_are_a_start_and_what_was_done_is_not_done(phone):
    lead = phone("ledare")
    put(lead, year=YEAR - 1, **WHOLE)
    answer = post(lead, "/copy", year=str(YEAR), district="farsta")
    assert answer.status_code == 303
    assert SV["collaboration.copied_n"].format(n=1) in lead.client.get(answer.location).text
    found = lead.client.get(f"/api/v1/collaboration/{YEAR}/sites/{FARSTA}").json
    assert (found["copied_from"], found["form"], found["is_approved"]) == (YEAR - 1, WHOLE["form"], False)
    assert [step["done_on"] for step in found["process"]] == [None, None]
    assert found["process"][1]["next_due_on"] == WHOLE["process"][1]["next_due_on"]
    assert post(lead, "/copy", year=str(YEAR), district="farsta").location.endswith("copied=0")
    assert post(lead, "/copy", year=str(YEAR), district="skarholmen").status_code == 404


def test_a_measure_and_an_example_are_written_changed_and_found(phone):
    lead = phone("ledare")
    key = {"id": "018bcfe5-6800-7000-8000-0000000000aa"}
    assert post(lead, f"/sites/{FARSTA}/measures/new", **{**MEASURE, "what": ""}).status_code == 422
    made = post(lead, f"/sites/{FARSTA}/measures/new", **{**MEASURE, "status": "planned", "compare_weeks": "12"}, **key)
    assert made.status_code == 303
    path = made.location.removeprefix(ROOT).partition("?")[0]
    assert SV["measures.overdue"] in get(lead, path).text
    assert MEASURE["what"] in get(lead, "/measures", district="farsta").text
    changed = {
        **MEASURE, "status": "done", "effective_on": TODAY.isoformat(), "compare_weeks": "4", "version": "1",
        "owner_function": "Demo Demosson",
    }  # fmt: skip
    assert post(lead, path, **changed).status_code == 303
    assert SV["collaboration.looks_like.name"] in get(lead, path).text
    assert post(lead, path, action="removed", version="1").status_code == 409
    form = {**EXAMPLE, "measure_id": key["id"], "fits": "Demo: mörka gångar"}
    example = post(lead, f"/sites/{FARSTA}/examples/new", **form)
    assert example.status_code == 303
    assert EXAMPLE["title"] in get(phone("falt3"), "/examples", q="mörka").text
    shown = get(phone("falt3"), example.location.removeprefix(ROOT).partition("?")[0]).text
    assert "Demo: lampor byttes" in shown
    assert 'name="action"' not in shown


def test_an_example_is_shown_at_places_where_its_conditions_were_noted(phone):
    falt1, lead = phone("falt1"), phone("ledare")
    send(lead, "POST", "examples", {**EXAMPLE, "site_id": site_id(24)})
    path = f"/{YEAR}/sites/{FARSTA}"
    assert SV["examples.none_alike"] in get(lead, path).text
    shift = falt1.shift(started_at=f"{local_date(utc_now())}T00:00:00+01:00", ended_at=utc_now().isoformat())
    visit = falt1.visit(shift["record_id"], site_id=FARSTA)
    seen = falt1.observation(visit["record_id"], conditions=["lighting_out"])
    falt1.apply(shift, visit, seen)
    falt1.apply(falt1.mutation("shifts", "update", shift["record_id"], 1, status="submitted"))
    assert SV["examples.none_alike"] in get(lead, path).text  # not approved
    whole = phone("ledare2")
    version = whole.client.get(f"/api/v1/shifts/{shift['record_id']}").json["content_version"]
    body = {"decision": "approve", "content_version": version, "comment": "", "field_comments": []}
    answer = whole.client.post(f"/api/v1/shifts/{shift['record_id']}/reviews", json=body, headers=whole.headers)
    assert answer.status_code == 200, answer.json
    assert EXAMPLE["title"] in get(lead, path).text


def test_measures_past_their_day_stand_on_the_directors_sheet_where_one_may_read_them(published, phone):
    def sheet(who, code):
        answer = phone(who).client.get(f"/office/summaries/{code}/brief")
        assert answer.status_code == 200
        return answer.text

    begins = SV["brief.decide.measures_overdue"].partition("(")[0]
    assert f"{begins}(2)" in sheet("analys", "city")
    assert begins not in sheet("direktor", "city")  # not approved
    assert f"{begins}(1)" in sheet("falt1", "city")  # the other one is of another district


def test_a_search_for_what_no_database_takes_finds_by_the_rest(phone):
    html = phone("analys").client.get("/office/collaboration/examples", query_string={"q": "demo\x00"}).text
    assert_sound(html)
    assert 'value="demo"' in html
