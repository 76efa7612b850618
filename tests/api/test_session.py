"""Signing in and out: sessions that die at once, limits, known devices (X01–X11, X35)."""

import dataclasses
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import orjson
import pytest
import time_machine

from fieldapp.accounts.rules import password_faults, retry_after_s
from fieldapp.core.ids import new_id
from fieldapp.demo.accounts import PASSWORD
from tests.factories.phone import ORIGIN, Phone

SESSION = "/api/v1/session"


def credentials(**changed):
    body = {"email": "falt1@demo.example", "password": PASSWORD, "device_id": new_id(), "device_name": "Demomobil"}
    return {**body, **changed}


def sign_in(client, **changed):
    return client.post(SESSION, json=credentials(**changed), headers=ORIGIN)


def test_the_session_answer_is_as_in_api_md(client):
    device = new_id()
    answer = sign_in(client, device_id=device, email="FALT1@demo.example ")
    body = answer.get_json()
    assert body.keys() == {"user", "grants", "device_id", "csrf_token", "expires_at", "seal", "school_radius_m"}
    assert body["user"].keys() == {"id", "name", "email"}
    assert [(g["role"], g["district"], g["valid_until"]) for g in body["grants"]] == [("field_worker", "farsta", None)]
    assert body["grants"][0]["team_id"]
    assert body["device_id"] == device
    assert body["seal"].keys() == {"key_id", "public_key", "device_secret"}
    assert body["expires_at"].endswith("Z")
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    again = client.get(SESSION).get_json()
    assert again == body


def test_where_the_employer_takes_reports_goes_along_when_the_installation_says_so(app, client):
    url = "https://anmalan.example/ny?typ=tillbud"
    app.config["SETTINGS"] = dataclasses.replace(app.config["SETTINGS"], incident_report_url=url)
    assert sign_in(client).get_json()["incident_report_url"] == url
    assert client.get(SESSION).get_json()["incident_report_url"] == url
    app.config["SETTINGS"] = dataclasses.replace(app.config["SETTINGS"], incident_report_url=None)
    assert "incident_report_url" not in client.get(SESSION).get_json()


def test_X01_a_new_id_at_every_sign_in_and_the_old_one_dies(app, client):
    sign_in(client)
    first = client.get_cookie("session").value
    client.set_cookie("session", "planted-by-somebody-else")
    sign_in(client)
    second = client.get_cookie("session").value
    assert second not in (first, "planted-by-somebody-else")
    sign_in(client)  # replaces the second
    other = app.test_client()
    other.set_cookie("session", second)
    assert other.get(SESSION).status_code == 401


def test_X02_signed_out_is_dead_at_once(app, phone):
    falt1 = phone("falt1")
    token = falt1.client.get_cookie("session").value
    assert falt1.client.delete(SESSION, headers=falt1.headers).status_code == 204
    other = app.test_client()
    other.set_cookie("session", token)
    assert other.get(SESSION).status_code == 401
    assert falt1.post([]).status_code == 401


@pytest.mark.parametrize(
    ("who", "hours", "alive"), [("falt1", 11, True), ("falt1", 13, False), ("ledare2", 3, True), ("ledare2", 5, False)]
)
def test_X05_idle_limits(phone, who, hours, alive):
    person = phone(who)
    with time_machine.travel(datetime.now(UTC) + timedelta(hours=hours), tick=True):
        assert person.client.get(SESSION).status_code == (200 if alive else 401)


def test_X05_absolute_limit_of_a_phone_is_twenty_hours(phone):
    falt1 = phone("falt1")
    start = datetime.now(UTC)
    for hours in (8, 16, 19):
        with time_machine.travel(start + timedelta(hours=hours), tick=True):
            assert falt1.client.get(SESSION).status_code == 200, hours
    with time_machine.travel(start + timedelta(hours=20, minutes=1), tick=True):
        assert falt1.client.get(SESSION).status_code == 401


def test_X06_five_failures_a_minute_then_wait(client):
    for _ in range(5):
        answer = sign_in(client, password="fel lösenord här")
        assert (answer.status_code, answer.get_json()["error"]) == (401, "bad_credentials")
    answer = sign_in(client)
    assert answer.status_code == 429
    assert 0 < int(answer.headers["Retry-After"]) <= 61
    with time_machine.travel(datetime.now(UTC) + timedelta(seconds=62), tick=True):
        assert sign_in(client).status_code == 200


def test_X06_unknown_accounts_are_limited_and_answered_alike(client):
    known, unknown = [], []
    for _ in range(6):
        known.append(sign_in(client, password="fel lösenord här"))
        unknown.append(sign_in(client, email="ingen@demo.example"))
    assert [a.status_code for a in known] == [a.status_code for a in unknown] == [401] * 5 + [429]
    strip = [{k: v for k, v in a.get_json().items() if k != "request_id"} for a in (known[0], unknown[0])]
    assert strip[0] == strip[1]


def test_X35_failures_from_unknown_devices_never_lock_out_a_known_one(client, phone):
    falt1 = phone("falt1")
    for _ in range(6):
        sign_in(client, password="fel lösenord här")
    assert sign_in(client).status_code == 429
    assert sign_in(client, device_id=falt1.session["device_id"]).status_code == 200


def test_a_successful_sign_in_is_no_failure(client):
    for _ in range(8):
        assert sign_in(client).status_code == 200


def test_a_whole_team_may_sign_in_at_once_with_the_right_password(app):
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: sign_in(app.test_client()).status_code, range(16)))
    assert answers == [200] * 16


def test_a_device_belongs_to_one_user(client, phone):
    device = phone("falt1").session["device_id"]
    answer = sign_in(client, email="falt2@demo.example", device_id=device)
    assert (answer.status_code, answer.get_json()["error"]) == (403, "device_of_another")


def test_a_disabled_account_is_told_so_and_nothing_works(app, phone, client):
    falt1 = phone("falt1")
    result = app.test_cli_runner().invoke(args=["user", "disable", "falt1@demo.example"])
    assert result.exit_code == 0, result.output
    answer = falt1.post([])
    assert (answer.status_code, answer.get_json()["error"]) == (403, "account_disabled")
    answer = sign_in(client)
    assert (answer.status_code, answer.get_json()["error"]) == (403, "account_disabled")


def test_users_are_made_and_reset_without_a_password_on_the_command_line(app, client, phone):
    runner = app.test_cli_runner()
    made = [
        "user",
        "create",
        "ny@demo.example",
        "Demo Ny",
        "--role",
        "field_worker",
        "--district",
        "farsta",
        "--team",
        "Farsta",
    ]
    assert runner.invoke(args=made, input="kort\n").exit_code != 0
    assert runner.invoke(args=made, input="lönnlöv i motvind 7\n").exit_code == 0
    assert sign_in(client, email="ny@demo.example", password="lönnlöv i motvind 7").status_code == 200
    assert runner.invoke(args=["user", "reset", "ny@demo.example"], input="granbarr i medvind 8\n").exit_code == 0
    assert client.get(SESSION).status_code == 401
    assert sign_in(client, email="ny@demo.example", password="granbarr i medvind 8").status_code == 200
    elsewhere = ["user", "create", "x@demo.example", "Demo X", "--role", "viewer", "--district", "solna"]
    assert runner.invoke(args=elsewhere, input="lönnlöv i motvind 7\n").exit_code != 0
    without_team = ["user", "create", "x@demo.example", "Demo X", "--role", "team_lead"]
    assert runner.invoke(args=without_team, input="lönnlöv i motvind 7\n").exit_code != 0


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"device_id": "x"}, "device_id"),
        ({"password": None}, "password"),
        ({"email": "x" * 300}, "email"),
        ({"role": "admin"}, "role"),
    ],
)
def test_bad_bodies_name_the_field(client, changed, field):
    answer = sign_in(client, **changed)
    assert answer.status_code == 422
    assert answer.get_json()["error"] == "invalid"
    assert field in answer.get_json()["fields"]


def test_X11_sign_in_needs_the_same_origin(client):
    broken = {"Origin": "http://[::1"}
    elsewhere = {"Origin": "https://elsewhere.example"}
    for headers in ({}, {"Origin": "null"}, broken, elsewhere, {"Sec-Fetch-Site": "cross-site"}):
        assert client.post(SESSION, json=credentials(), headers=headers).status_code == 403
    assert client.post(SESSION, json=credentials(), headers={"Sec-Fetch-Site": "same-origin"}).status_code == 200


def test_X11_only_json_is_taken_in(client, phone):
    body = orjson.dumps(credentials())
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"):
        assert client.post(SESSION, data=body, content_type=kind, headers=ORIGIN).status_code == 415
        falt1 = phone("falt1")
        sync = b'{"protocol": 1, "mutations": []}'
        answer = falt1.client.post("/api/v1/sync", data=sync, content_type=kind, headers=falt1.headers)
        assert (answer.status_code, answer.get_json()["error"]) == (415, "unsupported_media_type")


def test_the_office_signs_in_without_javascript_and_goes_only_to_the_office(client):
    form = {"email": "ledare@demo.example", "password": PASSWORD, "next": "https://elsewhere.example/"}
    answer = client.post("/office/sign-in", data=form, headers=ORIGIN)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/office/")
    wrong = client.post("/office/sign-in", data={**form, "password": "fel lösenord här"}, headers=ORIGIN)
    assert wrong.status_code == 401
    assert "Fel e-post eller lösenord" in wrong.get_data(as_text=True)
    again = client.post("/office/sign-in", data={**form, "email": "analys@demo.example"}, headers=ORIGIN)
    assert again.status_code == 302  # a shared desk


def test_X06_the_office_says_how_long_to_wait(client):
    form = {"email": "ledare@demo.example", "password": "fel lösenord här"}
    for _ in range(5):
        assert client.post("/office/sign-in", data=form, headers=ORIGIN).status_code == 401
    answer = client.post("/office/sign-in", data=form, headers=ORIGIN)
    assert answer.status_code == 429
    assert 0 < int(answer.headers["Retry-After"]) <= 61


@pytest.mark.parametrize("env", ["production", "testing"])
def test_the_browsers_id_is_secure_wherever_the_session_is(app, client, env):
    app.config["SETTINGS"] = dataclasses.replace(app.config["SETTINGS"], env=env)
    form = {"email": "ledare@demo.example", "password": PASSWORD}
    answer = client.post("/office/sign-in", data=form, headers=ORIGIN)  # TLS ends at a proxy: the app hears plain HTTP
    cookies = {cookie.split("=")[0]: cookie for cookie in answer.headers.getlist("Set-Cookie")}
    assert len(cookies) == 2
    assert {"Secure" in cookie.split("; ") for cookie in cookies.values()} == {env == "production"}


def test_passwords_are_long_and_not_common():
    assert password_faults("kort", "a@b.se") == ["password_too_short"]
    assert password_faults("lösenord2026", "a@b.se") == ["password_too_common"]
    assert password_faults("aaaaaaaaaaaaaaaa", "a@b.se") == ["password_too_common"]
    assert password_faults("x" * 20 + "abcdefg" * 8, "a@b.se") == []
    assert password_faults("lönnlöv i motvind 7", "a@b.se") == []


def test_the_wait_is_until_the_oldest_of_five_is_a_minute_old():
    now = datetime(2026, 11, 23, tzinfo=UTC)
    five = [now - timedelta(seconds=50 - n) for n in range(5)]
    assert retry_after_s(now, five[:4]) is None
    assert retry_after_s(now, five) == 11
    assert retry_after_s(now + timedelta(seconds=61), five) is None


def test_the_password_is_nowhere_in_the_database(phone: Phone, rows):
    phone("falt1")
    assert not any(PASSWORD in str(row) for row in rows("SELECT * FROM users"))
    assert all(row["password_hash"].startswith("$argon2id$") for row in rows("SELECT password_hash FROM users"))


def test_PU13_a_personal_number_in_the_devices_name_is_never_stored(client, rows):
    device = new_id()
    assert sign_in(client, device_id=device, device_name="Annas 811218-9876").status_code == 200
    assert rows("SELECT name FROM devices WHERE id = :d", d=device) == [{"name": "Annas [borttaget]"}]


@pytest.mark.parametrize("name", ["\u0958" * 200, ("8112189876 " * 18)[:200], "\ufdfa" * 180 + " 8112189876"])
def test_X17_a_devices_name_that_grows_in_cleaning_is_cut_not_a_fault(client, rows, name):
    answer = client.post("/api/v1/session", json=credentials(device_name=name), headers=ORIGIN)
    assert answer.status_code in (200, 422), answer.text
    assert all(len(row["name"]) <= 200 for row in rows("SELECT name FROM devices"))


def test_a_right_password_refused_for_its_device_is_no_try_that_others_wait_for(client, phone, rows):
    theirs = phone("falt2").session["device_id"]
    for _ in range(6):
        answer = client.post("/api/v1/session", json=credentials(device_id=theirs), headers=ORIGIN)
        assert answer.get_json()["error"] == "device_of_another"
    assert rows("SELECT count(*) AS n FROM sign_in_failures") == [{"n": 0}]


def test_X17_a_body_no_reader_can_follow_is_400_without_foreign_words(client):
    for body in (b"{", b"[" * 100_000):
        answer = client.post(SESSION, data=body, content_type="application/json", headers=ORIGIN)
        assert (answer.status_code, answer.get_json()["error"], answer.get_json()["fields"]) == (400, "malformed", {})


def test_X17_half_a_sign_as_a_fields_name_is_no_fault_of_ours(client):
    answer = client.post(
        "/api/v1/session", data=b'{"\\ud800": 1}', headers={**ORIGIN, "Content-Type": "application/json"}
    )
    assert answer.status_code == 422
    assert "?" in answer.get_json()["fields"]


def test_X17_a_nul_at_the_office_door_is_a_wrong_address(client):
    form = {"email": "a\x00b@demo.example", "password": "fel"}
    assert client.post("/office/sign-in", data=form, headers=ORIGIN).status_code == 401


def test_X06_tries_at_the_same_moment_are_counted_one_by_one(app):
    def wrong(_: int) -> int:
        with app.test_client() as client:
            return sign_in(client, email="analys@demo.example", password="fel").status_code

    with ThreadPoolExecutor(12) as pool:
        assert sorted(pool.map(wrong, range(12))) == [401] * 5 + [429] * 7


def test_a_disabled_persons_browser_is_told_so_and_gets_the_sign_in_page(app, sign_in):
    browser = sign_in("falt1")
    assert app.test_cli_runner().invoke(args=["user", "disable", "falt1@demo.example"]).exit_code == 0
    told = browser.get("/office/shifts")
    assert (told.status_code, "Content-Security-Policy" in told.headers) == (403, True)
    assert "kontot" in told.get_data(as_text=True).lower()
    for path, status in (("/office/sign-in", 200), ("/office/nope", 404), ("/static/nope", 404)):
        answer = browser.get(path)
        assert (answer.status_code, "Content-Security-Policy" in answer.headers) == (status, True), path
