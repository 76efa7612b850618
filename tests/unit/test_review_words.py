"""Fields of a record in words: everything a client may send, whatever was refused, and what is chosen as one."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask_babel import Babel

from fieldapp import registry
from fieldapp.core.catalogue import sentences
from fieldapp.review.choices import faults_of, questions_of, resolution_of
from fieldapp.review.pass_reads import fields_in_words
from fieldapp.review.words import GROUPS, LONGEST, field_name, grouped, in_every_word, in_words, kind_name

SV = sentences("sv")
UNNAMED = {"shift_id", "visit_id", "team_id", "district", "plan_id"}  # where a record belongs, said by its pass


@pytest.fixture(autouse=True)
def _a_swedish_page() -> Iterator[None]:
    """Times are said in the locale of a page."""
    app = Flask(__name__)
    Babel(app, default_locale="sv", default_timezone="Europe/Stockholm")
    with app.app_context():
        yield


def test_every_field_that_a_client_may_send_is_called_something():
    collections = [one for one in registry() if one.schema and one.name not in ("conflicts", "rejections")]
    fields = {(one.name, name) for one in collections for name in one.field_names if name not in UNNAMED}
    assert {pair for pair in fields if field_name(pair[1]) == pair[1]} == set()
    assert {kind_name(one.name) for one in registry() if one.schema} & {SV["review.kind.unknown"]} == set()


def test_every_group_of_codes_has_words():
    assert {group for group in GROUPS.values() if not any(key.startswith(f"code.{group}.") for key in SV)} == set()


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        (["note", "left_at", "arrived_at"], [["arrived_at", "left_at"], ["note"]]),
        (["place", "site_id", "arena"], [["site_id", "place"], ["arena"]]),
        (["people_basis"], [["people_basis"]]),
        ([], []),
    ],
)
def test_fields_that_only_mean_something_together_are_one(fields: list[str], expected: list[list[str]]):
    assert grouped(fields) == expected


@pytest.mark.parametrize(
    ("field", "value", "expected"),
    [
        ("topics", ["weapon", "alcohol"], "Vapen, Alkohol"),
        ("situation", "serious", "Allvarligt"),
        ("kind", "morgon", "morgon"),
        ("arrived_at", "2026-11-23T17:05:00Z", "23 nov. 2026 18:05"),
        ("date", "2026-11-23", "2026-11-23"),
        ("note", "Vid torget", "Vid torget"),
        ("participant_ids", ["a", "b"], "Demo Fält Ett, b"),
        ("arena_minutes", {"outdoor": 30, "school": 0}, "Utomhus 30"),
        ("place", {"lat": 59.2, "lon": 18.0, "label": "Demo hörnet"}, "Demo hörnet"),
        ("referrals", [{"to": "school", "count": 2}], "Skola 2"),
        ("open_items", [{"id": "x", "text": "Lampan", "state": "open"}], "Lampan (öppet)"),
        ("entered_afterwards", True, "Ja"),
        ("handover_note", "", "inget"),
        ("okänt", {"a": [1, None]}, '{"a":[1,null]}'),
        ("okänt", 7, "7"),
    ],
)
def test_a_value_is_said_as_a_person_reads_it(field: str, value: Any, expected: str):
    assert in_words([field], {field: value}, {"a": "Demo Fält Ett"}) == expected


def test_what_says_nothing_and_where_it_belongs_are_left_out():
    values = {"shift_id": "x", "deleted": True, "note": "", "topics": [], "outcome": "observed"}
    assert [name for name, _ in in_every_word(values, {})] == [SV["label.outcome"]]


LONG = "å" * 3000


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ({"note": "ett"}, {"note": "två"}, ["ett", "två"]),
        ({"note": f"{LONG}ett"}, {"note": f"{LONG}två"}, [f"…{'å' * 200}ett", f"…{'å' * 200}två"]),
        ({"note": LONG}, {"note": f"{LONG}."}, [f"…{'å' * 200}", f"…{'å' * 200}."]),
        ({"note": ""}, {"note": LONG}, ["inget", f"{'å' * 2000}…"]),
        ({"note": f"a{LONG}"}, {"note": f"b{LONG}"}, [f"a{'å' * 1999}…", f"b{'å' * 1999}…"]),
        ({"okänt": {"x": LONG, "y": 1}}, {"okänt": {"x": LONG, "y": 2}}, ['å","y":1}', 'å","y":2}']),
    ],
)
def test_long_values_that_differ_are_shown_where_they_do(before: Any, after: Any, said: list[str]):
    group = list(after)
    [change] = fields_in_words([{"field": group[0], "before": before[group[0]], "after": after[group[0]]}], {})
    assert all(one.endswith(end) for one, end in zip((change["before"], change["after"]), said, strict=True))
    assert max(len(change["before"]), len(change["after"])) <= LONGEST + 2
    [question] = questions_of({"server": before, "sent": after}, {})
    assert (question["server"], question["sent"], question["now"]) == (change["before"], change["after"], None)


def test_a_choice_is_for_every_field_of_its_question():
    conflict = {
        "server": {"arrived_at": "2026-11-23T17:00:00Z", "left_at": None, "note": "ett"},
        "sent": {"arrived_at": "2026-11-23T18:00:00Z", "left_at": "2026-11-23T19:00:00Z", "note": "två"},
    }
    questions = questions_of(conflict, {})
    assert [(one["id"], one["is_text"]) for one in questions] == [("arrived_at", False), ("note", True)]
    resolution, missing = resolution_of(
        questions, {"choice-arrived_at": "sent", "choice-note": "other", "other-note": "tre\r\nfyra"}
    )
    assert resolution == {
        "arrived_at": {"choice": "sent"},
        "left_at": {"choice": "sent"},
        "note": {"choice": "other", "value": "tre\nfyra"},
    }
    assert missing == {}
    assert resolution_of(questions, {"choice-arrived_at": "other"})[1] == {
        "arrived_at": ["required"],
        "note": ["required"],
    }


def test_an_error_stands_at_the_question_that_its_field_is_part_of():
    conflict = {
        "server": {"arrived_at": None, "left_at": None, "note": ""},
        "sent": {"left_at": "", "arrived_at": "", "note": ""},
    }
    fields = {
        "left_at": ["left_before_arrived"],
        "resolution.note.value": ["too_long"],
        "note": ["too_long"],
        "x": ["invalid"],
    }
    assert faults_of(questions_of(conflict, {}), fields) == {
        "arrived_at": ["left_before_arrived"],
        "note": ["too_long"],
        "version": ["invalid"],
    }


def test_a_removal_is_one_choice_about_the_whole_record():
    conflict = {"server": {"deleted": True}, "sent": {"note": "två", "outcome": "observed"}}
    [question] = questions_of(conflict, {})
    assert question["server"] == SV["review.removed"]
    assert "två" in question["sent"]
    assert resolution_of([question], {"choice-record": "sent"})[0].keys() == {"note", "outcome"}


ROOT = Path(__file__).parents[2]
PHONE = re.compile(r'^  "(review\.\w+)": "(.*)",$', re.MULTILINE)


def test_no_words_of_review_are_left_that_no_page_says():
    sources = [*(ROOT / "templates").rglob("*.html"), *(ROOT / "fieldapp").rglob("*.py")]
    said = "\n".join(one.read_text() for one in sources)
    begun = tuple(re.findall(r'"(review\.(?:\w+\.)+)(?:" ~|\{)', said))
    asked = {key for key in SV if key.startswith("review.") and not re.search(f"[\"']{re.escape(key)}[\"']", said)}
    assert {key for key in asked if not key.startswith(begun)} == set()


def test_in_english_a_shift_is_called_nothing_else():
    of_review = {key: words for key, words in sentences("en").items() if key.startswith(("review.", "field."))}
    assert {key for key, words in of_review.items() if re.search(r"\bpass(es)?\b", words, re.IGNORECASE)} == set()


@pytest.mark.parametrize(("language", "file"), [("sv", "static/app/i18n/svLater.ts"), ("en", "static/app/i18n/en.ts")])
def test_the_phone_and_the_office_call_what_waits_the_same(language: str, file: str):
    phone, office = dict(PHONE.findall((ROOT / file).read_text())), sentences(language)
    same = {"conflicts": "group.conflicts", "handedOver": "handed_over", "rejections": "group.rejections"}
    said = {name: phone[f"review.{name}"] for name in same}
    assert said == {name: office[f"review.{key}"] for name, key in same.items()}


def test_the_log_calls_what_became_of_a_record_as_the_queue_does():
    assert SV["audit.action.rejection.discarded"].startswith(SV["review.group.rejections"])
    assert SV["audit.action.rejection.replayed"].startswith(SV["review.group.rejections"])
    assert "lagd åt sidan" in SV["audit.action.rejection.discarded"]
    assert "lagd åt sidan" in SV["review.done.discarded"]
    assert "återsänt" in SV["audit.action.shift.return"]
    assert "återsänt" in SV["review.decided.return"]
