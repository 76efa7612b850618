"""Making files outside the requests: who waits, who makes, who falls, who may still have it; the pages around it."""

from datetime import datetime, timedelta
from functools import partial
from threading import Thread

import pytest
import time_machine

from fieldapp.core.clock import utc_now
from fieldapp.core.database import db, transacted
from fieldapp.core.ids import new_id
from fieldapp.exports import services
from fieldapp.exports.rules import KEPT_FOR, LEASE, MOST_WAITING
from tests.factories.evening import month_query
from tests.factories.exporting import FARSTA, FORMS, approved_evening, asked, get, week_of_the_tenth
from tests.factories.pages import assert_sound
from tests.factories.reading import xlsx_sheets


@pytest.fixture
def approved(phone):
    """An evening in Farsta, sent and approved."""
    return approved_evening(phone)


def test_a_file_is_found_by_whoever_asked_and_nobody_else(sign_in, make_files):
    url = asked(sign_in("ledare"))
    make_files()
    get(sign_in("ledare"), url)  # another session of the same person
    for who in ("ledare2", "analys", "falt1"):
        for path in (url, f"{url}/manifest"):
            get(sign_in(who), path, 404)
        assert sign_in(who).get(url.replace("/api/v1", "/office")).status_code == 404


def test_a_lost_grant_takes_the_file_along(app, sign_in, make_files, rows):
    client = sign_in("ledare")
    made, waiting = asked(client), None
    make_files()
    waiting = asked(client, f"{FARSTA}.pdf")
    get(client, made)
    command = ["user", "end-grant", "ledare@demo.example", "team_lead", "--district", "farsta", "--team", "Farsta"]
    ended = app.test_cli_runner().invoke(args=command)
    assert ended.exit_code == 0, ended.output
    client = sign_in("ledare")  # still a field worker
    for path in (made, f"{made}/manifest", waiting):
        get(client, path, 404)
    assert make_files() == 1
    [row] = rows("SELECT state FROM exports WHERE form = 'pdf'")
    assert row["state"] == "failed"


def test_the_same_file_asked_for_twice_is_made_once(sign_in, make_files, rows):
    client = sign_in("ledare")
    assert asked(client) == asked(client) != asked(client, compare="previous")
    assert make_files() == 2
    assert asked(client)
    assert rows("SELECT count(*) AS n FROM exports") == [{"n": 3}]  # what is made is made anew: figures move


def test_a_person_has_so_many_files_waiting_and_not_more(sign_in, make_files):
    client = sign_in("ledare")
    for number in range(MOST_WAITING):
        asked(client, **{"from": f"2026-0{number + 1}-01"})
    answer = get(client, f"{FARSTA}.xlsx", 429, **{"from": "2026-09-01"})
    assert (answer.json["error"], answer.headers["Retry-After"]) == ("too_many_exports", "60")
    asked(sign_in("ledare2"))  # others are not in the way
    make_files()
    asked(client, **{"from": "2026-09-01"})


@pytest.mark.parametrize("form", FORMS)
def test_files_and_manifests_are_gone_after_a_day(app, sign_in, make_files, rows, form, tmp_path):
    client = sign_in("ledare")
    if form in ("xlsx", "pdf"):
        url = asked(client, f"{FARSTA}.{form}")
        make_files()
        assert len(list((tmp_path / "exports").iterdir())) == 1
    else:
        url = get(client, f"{FARSTA}.{form}").headers["Link"].split("/manifest")[0][1:]
    get(client, f"{url}/manifest")
    with time_machine.travel(datetime.now().astimezone() + KEPT_FOR + timedelta(minutes=1)):
        client = sign_in("ledare")
        get(client, url, 404)
        get(client, f"{url}/manifest", 404)
        assert app.test_cli_runner().invoke(args=["exports", "forget"]).output == "1\n"
    assert rows("SELECT count(*) AS n FROM exports") == [{"n": 0}]
    folder = tmp_path / "exports"
    assert not folder.exists() or not list(folder.iterdir())


def test_a_maker_that_falls_is_followed_by_another_and_a_late_one_changes_nothing(app, sign_in, make_files, rows):
    client = sign_in("ledare")
    url = asked(client)
    first, second = new_id(), new_id()

    def done(work):
        with app.app_context():
            return transacted(lambda: work(db.session()))

    taken = done(lambda session: services.take(session, holder=first, now=utc_now()))
    assert taken
    assert get(client, url, 202).json["state"] == "running"
    assert done(lambda session: services.take(session, holder=second, now=utc_now())) is None
    assert make_files() == 0
    later = utc_now() + LEASE + timedelta(seconds=1)
    again = done(lambda session: services.take(session, holder=second, now=later))
    assert again == taken
    about = {"export_id": taken.id, "holder": first, "now": later}
    made = services.Made(1, 1, "0" * 64, {})
    assert not done(lambda session: services.tell(session, progress=50, **about))
    assert not done(lambda session: services.finish(session, made=made, **about))
    assert not done(lambda session: services.fail(session, error="export_failed", **about))
    for number in (2, 3):
        moment = later + number * LEASE
        done(partial(services.take, holder=new_id(), now=moment))
    [row] = rows("SELECT state, tries, error FROM exports")
    assert (row["state"], row["tries"], row["error"]) == ("failed", 3, "export_failed")
    answer = get(client, url, 503)
    assert answer.json["message"].startswith("Filen kunde inte skapas.")


def test_only_so_many_makers_are_at_work_at_once(app, sign_in, make_files):
    for who in ("ledare", "ledare2", "analys"):
        asked(sign_in(who))
    with app.app_context():
        taken = [transacted(lambda: services.take(db.session(), holder=new_id(), now=utc_now())) for _ in range(3)]
    assert [one is not None for one in taken] == [True, True, False]
    assert make_files() == 0


def test_two_makers_never_take_the_same(app, sign_in, rows):
    for who in ("ledare", "ledare2"):
        asked(sign_in(who))
    found = []

    def take():
        with app.app_context():
            found.append(transacted(lambda: services.take(db.session(), holder=new_id(), now=utc_now())))

    threads = [Thread(target=take) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    ids = [taken.id for taken in found if taken]
    assert len(ids) == len(set(ids)) == 2


def test_whoever_waits_and_asks_starts_a_maker_anew(app, sign_in):
    started = []
    app.extensions["fieldapp.start_maker"] = lambda: started.append(1)
    client = sign_in("ledare")
    url = asked(client)
    assert len(started) == 1
    get(client, url, 202)
    assert len(started) == 1  # it was started just now
    with time_machine.travel(datetime.now().astimezone() + timedelta(seconds=30)):
        get(client, url, 202)
        get(client, url, 202)
    assert len(started) == 2


def test_without_pango_a_pdf_is_refused_in_words_and_all_else_runs(sign_in, make_files, monkeypatch):
    import builtins  # noqa: PLC0415

    real = builtins.__import__

    def lacking(name, *args, **kwargs):
        if name == "weasyprint":
            raise OSError("cannot load library 'libpango-1.0-0'")
        return real(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", lacking)
    client = sign_in("ledare")
    url, other = asked(client, f"{FARSTA}.pdf"), asked(client)
    assert make_files() == 2
    answer = get(client, url, 503)
    assert answer.json["error"] == "pdf_unavailable"
    assert "Pango" in answer.json["message"]
    get(client, other)
    html = client.get(url.replace("/api/v1", "/office")).text
    assert_sound(html)
    assert "Pango saknas" in html


@pytest.mark.usefixtures("approved")
def test_the_summarys_page_leads_to_every_file_and_the_files_page_to_the_file(phone, make_files):
    lead = phone("ledare")
    html = lead.client.get("/office/summaries/farsta", query_string=month_query(compare="previous")).text
    assert_sound(html)
    assert f'href="{FARSTA}.csv?' in html
    assert f'href="{FARSTA}.geojson?' in html
    assert f'href="{FARSTA}/situation-picture.csv?week={week_of_the_tenth()}' in html
    form = {
        "csrf_token": lead.session["csrf_token"],
        "whose": "farsta",
        "form": "xlsx",
        **month_query(compare="previous"),
    }
    answer = lead.client.post("/office/exports", data=form, headers={"Origin": "http://localhost"})
    assert answer.status_code == 303, answer.text
    waits = lead.client.get(answer.location).text
    assert_sound(waits)
    assert "0 % klart" in waits
    assert f'href="{answer.location}"' in waits  # *Uppdatera*, without JavaScript
    make_files()
    made = lead.client.get(answer.location).text
    assert_sound(made)
    address = answer.location.replace("/office", "/api/v1")
    assert f'href="{address}"' in made
    assert "Jämförelsen" in str(xlsx_sheets(get(lead.client, address).data)["Översikt"][0])


@pytest.mark.parametrize(
    ("wrong", "status"),
    [
        ({"form": "csv"}, 422),
        ({"form": "exe"}, 422),
        ({"from": "i går"}, 422),
        ({"whose": ""}, 404),
        ({"whose": "skarholmen"}, 404),
        ({"whose": "team:x"}, 404),
    ],
)
def test_a_form_that_was_tampered_with_asks_for_nothing(phone, rows, wrong, status):
    lead = phone("ledare2")
    form = {"csrf_token": lead.session["csrf_token"], "whose": "farsta", "form": "xlsx", **month_query(), **wrong}
    answer = lead.client.post("/office/exports", data=form, headers={"Origin": "http://localhost"})
    assert answer.status_code == status
    assert rows("SELECT count(*) AS n FROM exports") == [{"n": 0}]
