"""Every string a client may send has a limit, a check of characters and a place in the catalogue (X34, U10)."""

import re
from datetime import date
from importlib import import_module
from inspect import getsource
from pathlib import Path
from typing import get_args

import orjson
import pytest
from marshmallow import Schema, ValidationError, fields

from fieldapp import registry
from fieldapp.briefings.codes import ACTORS, PRIORITY_REASONS
from fieldapp.collaboration import codes as collaboration
from fieldapp.collaboration.schemas import (
    ChangedExample,
    ChangedMeasure,
    CollaborationSchema,
    NewExample,
    NewMeasure,
)
from fieldapp.core.catalogue import sentences
from fieldapp.core.forms import FormSchema
from fieldapp.core.schema import Code, Day, IdField, Items, Moment, Part, StrictSchema, Text
from fieldapp.outreach import codes
from fieldapp.outreach.schemas import DELEGATORS, REQUESTERS
from fieldapp.places import rules as places
from fieldapp.places.facts import district_codes
from fieldapp.places.importers.shape import KINDS as IMPORT_KINDS
from fieldapp.places.positions import DECISIONS as POSITION_DECISIONS
from fieldapp.places.records import EDITORS
from fieldapp.plans.queries import State
from fieldapp.reinforcements.codes import STATES
from fieldapp.review.codes import REASONS, RESULTS
from fieldapp.review.rules import DECISIONS
from fieldapp.sync.recording import flags_of
from fieldapp.walks.codes import GROUP_KINDS, MOODS, WALK_STATUSES
from fieldapp.walks.schemas import AnswerSchema, OneName, PhoneNumber


def input_schemas() -> list[type[Schema]]:
    found: list[type[Schema]] = [collection.schema for collection in registry() if collection.schema]
    found += [CollaborationSchema, NewMeasure, ChangedMeasure, NewExample, ChangedExample]
    found.append(AnswerSchema)  # a group's page, without a session
    return [*found, *(part for schema in found for part in nested(schema))]


def nested(schema: type[Schema]) -> list[type[Schema]]:
    parts = []
    for field in schema().fields.values():
        inner = field.inner if isinstance(field, fields.List) else field
        if isinstance(inner, fields.Nested):
            parts += [type(inner.schema), *nested(type(inner.schema))]
    return parts


@pytest.mark.parametrize("schema", input_schemas(), ids=lambda schema: schema.__name__)
def test_X34_no_field_without_a_limit(schema):
    assert issubclass(schema, StrictSchema)
    for name, field in schema().fields.items():
        assert not isinstance(field, fields.String | fields.Raw | fields.Dict), (schema, name)
        if isinstance(field, Text):
            assert 0 < field.limit <= 2000
        if isinstance(field, fields.List):
            assert isinstance(field, Items), (schema, name)
            assert isinstance(field.inner, Code | IdField | Part), (schema, name)


def all_below(schema: type[Schema]) -> set[type[Schema]]:
    return {found for one in schema.__subclasses__() for found in (one, *all_below(one))}


LONG_IN_FORMS = ("comment", "log_note")  # what a leader says of a whole pass, what a walk passes on


def form_schemas() -> list[type[Schema]]:
    return sorted(all_below(FormSchema), key=lambda schema: schema.__name__)


@pytest.mark.parametrize("schema", form_schemas(), ids=lambda schema: schema.__name__)
def test_X34_no_field_of_a_form_without_a_limit_and_a_guard(schema):
    for name, field in schema().fields.items():
        inner = field.inner if isinstance(field, fields.List) else field
        assert not isinstance(inner, fields.String | fields.Raw | fields.Dict), (schema, name)
        if isinstance(inner, Text):
            assert 0 < inner.limit <= (2000 if name in LONG_IN_FORMS else 200), (schema, name)
            assert inner.guarded, (schema, name)


@pytest.mark.parametrize(
    "bad", ["nul\x00", "x" * 201, "bell\x07", "hidden\u200b", "\u0958" * 200, 7, None, ["x"], "\ud800"]
)
def test_X34_text_is_judged(bad):
    class OneText(StrictSchema):
        text = Text(required=True)

    with pytest.raises(ValidationError):
        OneText().load({"text": bad})
    assert OneText().load({"text": "A\u030a" * 200}) == {"text": "Å" * 200}  # measured as it is stored
    assert OneText().load({"text": "A\u030a är så här\n\tok"}) == {"text": "Å är så här\n\tok"}
    assert OneText().load({"text": "ett\r\ntvå"}) == {"text": "ett\ntvå"}  # as a form of a page sends it


@pytest.mark.parametrize("blank", ["", "   ", "\u00ad", "\n\t "])
def test_what_names_something_has_something_to_read(blank):
    class Named(StrictSchema):
        label = Text(filled=True, required=True)
        note = Text(required=True)

    with pytest.raises(ValidationError) as refused:
        Named().load({"label": blank, "note": ""})
    assert refused.value.messages == {"label": ["required"]}
    assert Named().load({"label": "7", "note": ""}) == {"label": "7", "note": ""}


@pytest.mark.parametrize(
    ("field", "good", "bad"),
    [
        (OneName(20), ["Åsa", "A.B.", "Eva-Lena"], ["Åsa Ek", "", "A1", "a@b.se", "x" * 21, "_", "Å\u200bsa"]),
        (PhoneNumber(30), ["", "08-508 18 000", "+46 (0)70 123 45 67"], ["ring mig", "1" * 31, "08\n12", "112;1"]),
        (PhoneNumber(30), [], ["811218-9876"]),
    ],
    ids=["name", "phone", "number"],
)
def test_X34_a_groups_name_is_one_word_and_a_telephone_number_is_one(field, good, bad):
    for value in good:
        assert field.deserialize(value) == value
    for value in bad:
        with pytest.raises(ValidationError):
            field.deserialize(value)


@pytest.mark.parametrize(
    "bad", ["20261123", "2026-W48-1", "2026-1-3", "２０２６-11-23", "1999-12-31", "2201-01-01", 5, ""]
)
def test_a_date_is_written_in_one_way(bad):
    class OneDay(StrictSchema):
        day = Day(required=True)

    with pytest.raises(ValidationError):
        OneDay().load({"day": bad})
    assert OneDay().load({"day": "2026-11-23"}) == {"day": date(2026, 11, 23)}


@pytest.mark.parametrize(
    "bad", ["2026-11-23", "2026-11-23T21:43:00", "9999-12-31T23:59:59-12:00", "x" * 50, 5, "0001-01-01T00:00:00+00:00"]
)
def test_times_need_an_offset_and_a_sane_year(bad):
    class OneMoment(StrictSchema):
        at = Moment(required=True)

    with pytest.raises(ValidationError):
        OneMoment().load({"at": bad})


def test_U10_every_sentence_in_swedish_and_english():
    swedish, english = sentences("sv"), sentences("en")
    assert swedish.keys() == english.keys()
    assert all(swedish.values())
    assert all(english.values())


def test_U10_every_message_key_has_a_sentence():
    known = sentences("sv")
    keys = set()
    for schema in all_below(StrictSchema):
        for field in schema().fields.values():
            keys |= {m for m in field.error_messages.values() if isinstance(m, str) and " " not in m}
    assert keys
    assert {f"field.{key}" for key in keys} <= known.keys()
    assert orjson.dumps(known)


SHOWN = {
    "action": codes.ACTIONS, "actor": ACTORS, "arena": codes.ARENAS, "assignment": codes.ASSIGNMENTS,
    "audience": codes.AUDIENCES, "band": codes.AGE_BANDS, "cameras": collaboration.CAMERAS,
    "collaboration_form": collaboration.FORMS, "condition": codes.CONDITIONS, "decision": DECISIONS,
    "delegated": sorted(set(DELEGATORS) - district_codes()), "event": codes.EVENTS,
    "flag": ("amendment", "base_ahead", "clock_uncertain", "mended", "sequence_reused"), "gender": codes.GENDERS,
    "group_kind": GROUP_KINDS, "incident": codes.INCIDENTS, "item": codes.ITEM_STATES, "kind": codes.KINDS,
    "example_kind": collaboration.EXAMPLE_KINDS, "measure_kind": collaboration.MEASURE_KINDS,
    "measure_status": collaboration.MEASURE_STATUSES, "meeting": collaboration.MEETING_FREQUENCIES, "mood": MOODS,
    "participation": collaboration.PARTICIPATIONS, "practice": collaboration.PRACTICES, "step": collaboration.STEPS,
    "school_function": collaboration.SCHOOL_FUNCTIONS, "informer": collaboration.INFORMERS,
    "informed_of": collaboration.INFORMED_OF, "aside_reason": collaboration.ASIDE_REASONS,
    "proposal": collaboration.PROPOSALS, "part_of_day": collaboration.PARTS_OF_DAY,
    "import_kind": IMPORT_KINDS, "position": POSITION_DECISIONS,
    "not_visited": codes.NOT_VISITED_REASONS, "outcome": codes.OUTCOMES,
    "place_action": codes.PLACE_ACTIONS, "plan_state": get_args(State),
    "priority": PRIORITY_REASONS, "referral": codes.REFERRALS, "reinforcement_state": STATES,
    "receipt": ("applied", "merged", "conflict", "held", "late", "rejected"),
    "requested": sorted(set(REQUESTERS) - district_codes()), "review_reason": REASONS, "review_result": RESULTS,
    "site_kind": places.KINDS, "mapping_status": places.MAPPING_STATUSES, "reporter": places.REPORTERS,
    "priority_level": places.PRIORITY_LEVELS, "site_change": (*places.CHANGES, "imported"),
    "site_role": (*EDITORS, "import"),
    "safety": places.SAFETY_LEVELS, "situation": codes.SITUATIONS,
    "status": codes.STATUSES, "together": codes.TOGETHER_WITH, "topic": codes.TOPICS, "voice": codes.VOICES,
    "walk_status": WALK_STATUSES, "weekday": tuple("0123456"),
}  # fmt: skip


# Lists of codes.py that no office page shows: parts of those above, and what the field app alone has words for.
NOT_SHOWN = {
    "PLACELESS_ARENAS", "JOINT_PARTNERS", "PEOPLE_BASES", "ANSWER_KINDS", "OTHER_REQUESTERS", "STORED_STATES",
    "GROUPS",
}  # fmt: skip


def test_U10_every_list_of_codes_is_shown_in_words_or_on_no_page():
    modules = [import_module(".".join(path.with_suffix("").parts)) for path in Path("fieldapp").glob("*/codes.py")]
    lists = {
        name: value
        for module in modules
        for name, value in vars(module).items()
        if name.isupper() and isinstance(value, tuple | frozenset)
    }
    without = {name for name, value in lists.items() if not any(value is shown for shown in SHOWN.values())}
    assert without == NOT_SHOWN


def test_U10_every_flag_the_server_sets_is_among_those_with_words():
    assert set(re.findall(r'found\.add\("(\w+)"\)', getsource(flags_of))) == set(SHOWN["flag"])


def test_U10_every_code_that_a_page_shows_has_words():
    pages = "".join(path.read_text() for path in Path("templates").rglob("*.html"))
    groups = set(re.findall(r'"code\.(\w+)\." ~|listed\([\w.]+, "(\w+)"\)', pages))
    assert {one or other for one, other in groups} == SHOWN.keys()
    missing = {f"code.{group}.{code}" for group, known in SHOWN.items() for code in known} - sentences("sv").keys()
    assert missing == set()
