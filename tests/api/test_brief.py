"""The page of *Läget i korthet*: who reads it, in words, what is refused."""

from dataclasses import replace
from datetime import date

import pytest

from fieldapp.config import SecrecyMark
from tests.factories.evening import IN_SKARHOLMEN, LISTED_NEAR, last_month, month_query, send_evening
from tests.factories.jour import approve
from tests.factories.pages import assert_sound

FARSTA = "/office/summaries/farsta/brief"


@pytest.fixture
def _an_approved_evening(phone):
    evening = send_evening(phone("falt1"), [phone("falt2").user_id])
    assert approve(phone("ledare2"), evening.shift).status_code == 200


@pytest.mark.usefixtures("_an_approved_evening")
@pytest.mark.parametrize(
    ("who", "unit", "is_protected"),
    [
        ("falt1", "farsta", True), ("ledare", "farsta", False), ("analys", "farsta", False),
        ("direktor", "farsta", True),
        ("ledare", "city", True), ("analys", "city", False), ("direktor", "city", True),
    ],
)  # fmt: skip
def test_the_sheet_for_each_reader(sign_in, who, unit, is_protected):
    answer = sign_in(who).get(f"/office/summaries/{unit}/brief", query_string=month_query())
    assert answer.status_code == 200, answer.text
    assert_sound(answer.text)
    sheet, methods = answer.text.split("Så är siffrorna räknade")
    for words in ("Behöver beslut", "Här har vi inte varit", "Barnperspektiv", "Jämställdhet", "1 av"):
        assert words in sheet, words
    assert ("skyddad uppgift" in sheet, "skyddad uppgift" in methods) == (is_protected, is_protected)


@pytest.mark.parametrize(
    "address",
    [
        FARSTA,
        "/office/summaries/farsta",
        "/office/collaboration",
        "/office/collaboration/near-schools",
        f"/office/summaries/before-after?site={LISTED_NEAR}&control={IN_SKARHOLMEN}&on=2026-01-05",
        "/office/briefings/underlag?district=farsta",
    ],
)
def test_a_mark_of_secrecy_stands_on_all_that_is_printed_of_figures(app, sign_in, address):
    client = sign_in("analys")
    query = {} if "?" in address else month_query()
    assert "Sekretess" not in client.get(address, query_string=query or None).text
    mark = SecrecyMark("26 kap. 1 § OSL", date(2026, 11, 28), "Demonämnden")
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], secrecy_mark=mark)
    said = "Sekretess enligt 26 kap. 1 § OSL, 28 november 2026, Demonämnden"
    assert f'<p class="mark printed">{said}</p>' in client.get(address, query_string=query or None).text


def test_others_find_nothing(sign_in):
    assert sign_in("nattvandring").get(FARSTA).status_code == 403
    assert sign_in("ledare").get("/office/summaries/bromma/brief").status_code == 404
    assert sign_in("ledare").get("/office/summaries/demo-okand/brief").status_code == 404


def test_wrong_dates_are_said_and_the_form_stays(sign_in):
    first = last_month().first.isoformat()
    answer = sign_in("ledare").get(FARSTA, query_string={"from": first, "to": "2001-02-30"})
    assert answer.status_code == 422
    assert_sound(answer.text)
    assert f'value="{first}"' in answer.text
