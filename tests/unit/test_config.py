"""Settings that refuse to be weak (O03)."""

from datetime import date

import pytest

from fieldapp import create_app
from fieldapp.config import SecrecyMark, Settings, WeakSetting
from fieldapp.core.database import UnusableDatabase

GOOD = "a-secret-with-many-letters-0123456789"


@pytest.mark.parametrize(
    "environ",
    [
        {},
        {"FIELDAPP_SECRET_KEY": "short"},
        {"FIELDAPP_SECRET_KEY": "x" * 40},
        {"FIELDAPP_SECRET_KEY_FILE": "/does/not/exist"},
        {"FIELDAPP_SECRET_KEY": GOOD, "FIELDAPP_OLD_SECRET_KEYS": f"{GOOD}1\nshort"},
        {"FIELDAPP_SECRET_KEY": GOOD, "FIELDAPP_OLD_SECRET_KEYS_FILE": "/does/not/exist"},
        {"FIELDAPP_ENV": "staging", "FIELDAPP_SECRET_KEY": GOOD},
        {"FIELDAPP_SECRET_KEY": GOOD, "FIELDAPP_DATABASE_URL": "mysql://x"},
        {"FIELDAPP_SECRET_KEY": GOOD, "FIELDAPP_SCHOOL_RADIUS_M": "-1"},
        {"FIELDAPP_SECRET_KEY": GOOD, "FIELDAPP_SCHOOL_FORMS": ","},
        {"FIELDAPP_SECRET_KEY": GOOD, "FIELDAPP_SUPPRESS_BELOW": "1"},
        {"FIELDAPP_SECRET_KEY": GOOD, "FIELDAPP_NEW_PLACE_EPS_M": "0"},
    ],
    ids=str,
)
def test_O03_weak_or_missing_settings_refuse_to_start(environ, tmp_path):
    with pytest.raises(WeakSetting):
        Settings.from_environment({"FIELDAPP_DATA_DIR": str(tmp_path), **environ})


def test_keys_of_before_stand_one_a_line_in_the_environment_or_in_a_file(tmp_path):
    (tmp_path / "old").write_text(f"{GOOD}1\n\n{GOOD}2\n", encoding="utf-8")
    base = {"FIELDAPP_SECRET_KEY": GOOD, "FIELDAPP_DATA_DIR": str(tmp_path)}
    for given in (
        {"FIELDAPP_OLD_SECRET_KEYS": f"{GOOD}1\n{GOOD}2"},
        {"FIELDAPP_OLD_SECRET_KEYS_FILE": str(tmp_path / "old")},
    ):
        assert Settings.from_environment({**base, **given}).old_secret_keys == (f"{GOOD}1", f"{GOOD}2")
    assert Settings.from_environment(base).old_secret_keys == ()


def test_production_has_host_cookies_and_the_demo_makes_its_own_secret(tmp_path):
    production = Settings.from_environment({"FIELDAPP_SECRET_KEY": GOOD, "FIELDAPP_DATA_DIR": str(tmp_path)})
    assert (production.env, production.secure_cookies) == ("production", True)
    environ = {"FIELDAPP_ENV": "demo", "FIELDAPP_DATA_DIR": str(tmp_path / "demo")}
    demo = Settings.from_environment(environ)
    assert demo.secret_key == Settings.from_environment(environ).secret_key
    assert (tmp_path / "demo" / "secret_key").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    "given",
    [
        "http://anmalan.example/",
        "anmalan.example",
        "//anmalan.example/",
        "javascript:alert(1)",
        "https://",
        "https:///anmalan",
        "https://user:secret@anmalan.example/",
        "https://@anmalan.example/",
        "https://anmalan.example:port/",
        "https://anmalan.example:0/",
        "https://[anmalan/",
        "https://anmalan.example/a b",
        "https://anmalan.example/\n",
        " https://anmalan.example/",
        "https://anmälan.example/",
        "https://anmalan.example/" + "x" * 500,
    ],
)
def test_O03_an_address_for_reports_that_is_no_plain_https_refuses_to_start_and_is_named(given, tmp_path):
    environ = {"FIELDAPP_SECRET_KEY": GOOD, "FIELDAPP_DATA_DIR": str(tmp_path)}
    with pytest.raises(WeakSetting, match="FIELDAPP_INCIDENT_REPORT_URL") as refused:
        Settings.from_environment({**environ, "FIELDAPP_INCIDENT_REPORT_URL": given})
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        (None, None),
        ("", None),
        ("https://anmalan.example", "https://anmalan.example"),
        (
            "https://anmalan.example:8443/ny?typ=tillbud&enhet=3#start",
            "https://anmalan.example:8443/ny?typ=tillbud&enhet=3#start",
        ),
    ],
)
def test_the_address_for_reports_is_kept_as_it_is_given(given, kept, tmp_path):
    environ = {"FIELDAPP_SECRET_KEY": GOOD, "FIELDAPP_DATA_DIR": str(tmp_path)}
    environ |= {} if given is None else {"FIELDAPP_INCIDENT_REPORT_URL": given}
    assert Settings.from_environment(environ).incident_report_url == kept


MARK = {
    "FIELDAPP_SECRECY_PROVISION": "26 kap. 1 § OSL",
    "FIELDAPP_SECRECY_DATE": "2026-11-28",
    "FIELDAPP_SECRECY_AUTHORITY": "Demonämnden",
}


@pytest.mark.parametrize("lacks", MARK)
@pytest.mark.parametrize("given", [None, "", "  ", "två\nrader", "x" * 121])
def test_O03_a_mark_of_secrecy_that_lacks_a_part_refuses_to_start_and_names_it(lacks, given, tmp_path):
    environ = {"FIELDAPP_SECRET_KEY": GOOD, "FIELDAPP_DATA_DIR": str(tmp_path), **MARK}
    environ.pop(lacks)
    environ |= {} if given is None else {lacks: given}
    with pytest.raises(WeakSetting, match=f"^{lacks} "):
        Settings.from_environment(environ)


def test_a_mark_of_secrecy_is_taken_whole_or_there_is_none(tmp_path):
    environ = {"FIELDAPP_SECRET_KEY": GOOD, "FIELDAPP_DATA_DIR": str(tmp_path)}
    assert Settings.from_environment(environ).secrecy_mark is None
    mark = Settings.from_environment({**environ, **MARK}).secrecy_mark
    assert mark == SecrecyMark("26 kap. 1 § OSL", date(2026, 11, 28), "Demonämnden")
    with pytest.raises(WeakSetting, match="FIELDAPP_SECRECY_DATE"):
        Settings.from_environment({**environ, **MARK, "FIELDAPP_SECRECY_DATE": "28 november"})


@pytest.mark.parametrize("given", ["postgres://u@h/d", "postgresql://u@h/d", "postgresql+psycopg://u@h/d"])
def test_postgresql_urls_use_one_driver(given, tmp_path):
    environ = {"FIELDAPP_SECRET_KEY": GOOD, "FIELDAPP_DATA_DIR": str(tmp_path), "FIELDAPP_DATABASE_URL": given}
    assert Settings.from_environment(environ).database_url == "postgresql+psycopg://u@h/d"


def test_building_the_app_has_no_side_effect_on_the_database(tmp_path):
    settings = Settings(env="testing", data_dir=tmp_path, database_url=f"sqlite:///{tmp_path}/x.db", secret_key=GOOD)
    create_app(settings)
    assert not (tmp_path / "x.db").exists()


@pytest.mark.parametrize(
    "content",
    [b"not a database, and longer than a header of one hundred bytes" * 4, b"SQLite format 3\x00" + b"\xff" * 200],
)
def test_D04_a_file_that_is_no_database_refuses_to_start_and_stays_as_it_is(tmp_path, content):
    file = tmp_path / "faltlogg.db"
    file.write_bytes(content)
    settings = Settings(env="testing", data_dir=tmp_path, database_url=f"sqlite:///{file}", secret_key=GOOD)
    with pytest.raises(UnusableDatabase, match=r"faltlogg\.db"):
        create_app(settings)
    assert file.read_bytes() == content
