"""The tables of a survey year of platssamverkan: the year in figures, a row a place, a measure, a school. Pure."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from operator import itemgetter
from typing import Any

from fieldapp.briefings.codes import ACTORS
from fieldapp.collaboration import rules
from fieldapp.collaboration.codes import CAMERAS as COVERED
from fieldapp.collaboration.codes import FORMS, MEETING_FREQUENCIES, PARTICIPATIONS, PRACTICES, STEPS
from fieldapp.summaries.tables import Column, Field, Measured, Table, Words, site_fields, table_of

CAMERAS = ("fixed_cameras", "temporary_cameras")
OLD_STEPS = ("cause_analysis", "action_plan")  # asked for as yes or no then
Json = Mapping[str, Any]


def year_tables(
    figures: Json, answers: rules.Answers, schools: Sequence[Json], old: Sequence[Json], words: Words
) -> tuple[Table, ...]:
    """Return the tables of a year: `figures` as the JSON answer has them, `answers` the rows they were counted from.

    `schools`: each school of the places with its part; `old`: what an earlier survey that was read in says of the year,
    a row a place. Each is a table of its own where there is any, and none of it is counted. Places that the reader may
    not know by name are counted and have no row.
    """
    year = figures["year"]
    return (
        _figures(figures, words),
        _places(answers, words),
        _measures(answers, words),
        *([_schools(year, schools, words)] if schools else []),
        *([_old(year, old, words)] if old else []),
    )


def _figures(figures: Json, words: Words) -> Table:
    say = words.say
    columns = (
        Column("what", say("export.what")),
        Column("part", say("collaboration.state")),
        Column("value", say("collaboration.value"), None),
    )
    sites = words.unit("sites")

    def whole(name: str, part: str, value: Any, unit: str = sites) -> tuple[str, str, Measured]:
        return name, part, Measured("whole", unit, value)

    rows = [
        whole(say("collaboration.places"), "", figures["sites"]),
        whole(say("collaboration.title"), "", figures["with_collaboration"]),
        (say("collaboration.actors_each"), "", Measured("rate", say("collaboration.actors"), figures["actors_mean"])),
        *(
            whole(say("collaboration.form"), words.code("collaboration_form", one), figures["forms"][one])
            for one in FORMS
        ),
        *(
            whole(words.code("actor", actor), words.code("participation", how), _taking(figures, actor, how))
            for actor in ACTORS
            for how in PARTICIPATIONS
        ),
        *(
            whole(words.code("practice", name), say(key), figures["practices"][name][answer])
            for name in PRACTICES
            for answer, key in (("yes", "office.yes"), ("no", "office.no"), ("unknown", "collaboration.not_said"))
        ),
        *(
            whole(say("collaboration.meetings"), words.code("meeting", one), figures["meeting_frequency"][one])
            for one in MEETING_FREQUENCIES
        ),
        whole(say("collaboration.meetings"), say("collaboration.not_said"), figures["meeting_frequency"]["unknown"]),
        *(
            whole(say(f"collaboration.{name}"), words.code("cameras", one), figures["cameras"][name][one])
            for name in CAMERAS
            for one in COVERED
        ),
        *(
            whole(words.code("step", step), say("collaboration.done_on"), figures["process"]["sites_done"][step])
            for step in STEPS
        ),
        whole(say("measures.title"), say("measures.overdue"), figures["measures"]["overdue"], say("measures.title")),
    ]
    return Table("year", f"{say('collaboration.title')} {figures['year']}", columns, rows, labels=2)


def _taking(figures: Json, actor: str, how: str) -> int:
    found: int = figures["actors"][actor] if how == "takes_part" else figures["absent"][actor][how]
    return found


def _places(answers: rules.Answers, words: Words) -> Table:
    say = words.say
    columns = (
        Column("site", say("summary.site")),
        Column("district", say("office.district")),
        Column("school_near", say("export.school_near")),
        Column("form", say("collaboration.form")),
        Column("meetings", say("collaboration.meetings")),
        *(Column(actor, words.code("actor", actor)) for actor in ACTORS),
        *(Column(name, words.code("practice", name)) for name in PRACTICES),
        *(Column(name, say(f"collaboration.{name}")) for name in CAMERAS),
        *(Column(step, words.code("step", step), "date") for step in STEPS),
        Column("next", say("collaboration.next_due_on"), "date"),
        Column("approved", say("collaboration.is_approved")),
    )
    rows = [_place(site, answers.by_site.get(site["id"]), words) for site in answers.sites if site["is_known"]]
    return Table("places", say("collaboration.places"), columns, rows)


def _place(site: Json, answer: Json | None, words: Words) -> tuple[Any, ...]:
    named = (site["name"], words.districts[site["district"]], words.say(f"export.near.{site['school_near']}"))
    if answer is None:
        return (*named, *[None] * (4 + len(ACTORS) + len(PRACTICES) + len(CAMERAS) + len(STEPS)))
    steps = answer["process"]
    return (
        *named,
        words.code("collaboration_form", answer["form"]),
        words.coded("meeting", answer["meeting_frequency"]),
        *(words.code("participation", rules.participation(answer, actor)) for actor in ACTORS),
        *(_yes_no(answer[name], words) for name in PRACTICES),
        *(words.code("cameras", answer[name]) for name in CAMERAS),
        *(_latest(one["done_on"] for one in steps if one["step"] == step) for step in STEPS),
        min((one["next_due_on"] for one in steps if one["next_due_on"]), default=None),
        words.yes_no(answer["is_approved"]),
    )


def _schools(year: int, schools: Sequence[Json], words: Words) -> Table:
    say = words.say
    site, district = site_fields(words)
    fields: tuple[Field, ...] = (
        site,
        (Column("school", say("inform.school")), itemgetter("name")),
        district,
        (Column("distance", say("inform.distance"), "whole", "m"), itemgetter("distance_m")),
        (Column("is_near", say("school.is_near").capitalize()), lambda one: words.yes_no(one["is_near"])),
        (Column("takes_part", say("school.takes_part")), lambda one: _yes_no(one["takes_part"], words)),
        (Column("contact", say("school.contact_function")), _coded("school_function", "contact_function", words)),
        (Column("informed_on", say("school.informed_on"), "date"), lambda one: _day(one["informed_on"])),
        (Column("informed_by", say("school.was_informed_by")), _coded("informer", "informed_by", words)),
        (Column("informed_of", say("school.was_informed_of")), _coded("informed_of", "informed_of", words)),
        (Column("about", say("school.about")), lambda one: one["about"] or None),
        (Column("set_aside_of", say("school.set_aside_of")), _coded("informed_of", "set_aside_of", words)),
        (Column("aside_reason", say("summary.reason")), _coded("aside_reason", "set_aside_reason", words)),
    )
    return table_of("schools", f"{say('school.title')} {year}", fields, schools, labels=2)


def _coded(group: str, name: str, words: Words) -> Callable[[Json], str | None]:
    return lambda one: words.coded(group, one[name])


def _yes_no(holds: bool | None, words: Words) -> str | None:
    return None if holds is None else words.yes_no(holds)


def _day(on: date | None) -> str | None:
    return on.isoformat() if on else None


def _old(year: int, old: Sequence[Json], words: Words) -> Table:
    """Return a row a place that an earlier survey was answered of; what was not answered says so in words."""
    say = words.say
    columns = (
        Column("site", say("summary.site")),
        Column("district", say("office.district")),
        Column("form", say("collaboration.form")),
        Column("meetings", say("collaboration.meetings")),
        *(Column(actor, words.code("actor", actor)) for actor in ACTORS),
        *(Column(step, words.code("step", step)) for step in OLD_STEPS),
        *(Column(name, words.code("practice", name)) for name in PRACTICES),
        *(Column(name, say(f"collaboration.{name}")) for name in CAMERAS),
    )

    def coded(group: str, code: str | None) -> str:
        return words.code(group, code) if code else say("collaboration.missing_answer")

    def answered(holds: bool | None) -> str:
        return say("collaboration.missing_answer") if holds is None else words.yes_no(holds)

    rows = [
        (
            said["name"],
            words.districts[said["district"]],
            coded("collaboration_form", said["form"]),
            coded("meeting", said["meeting_frequency"]),
            *(coded("participation", said["actors"].get(actor)) for actor in ACTORS),
            *(answered(said[name]) for name in (*OLD_STEPS, *PRACTICES)),
            *(coded("cameras", said[name]) for name in CAMERAS),
        )
        for said in old
    ]
    return Table("old", f"{say('collaboration.old_title')} {year}", columns, rows, note=say("collaboration.old_why"))


def _latest(days: Iterable[str | None]) -> str | None:
    return max((day for day in days if day), default=None)


def _measures(answers: rules.Answers, words: Words) -> Table:
    say = words.say
    columns = (
        Column("site", say("summary.site")),
        Column("what", say("measures.what")),
        Column("kind", say("measures.kind")),
        Column("owner", say("measures.owner")),
        Column("function", say("measures.owner_function")),
        Column("due_on", say("measures.due_on"), "date"),
        Column("status", say("measures.status")),
        Column("effective_on", say("measures.effective_on"), "date"),
        Column("followed_up_on", say("measures.followed_up_on"), "date"),
        Column("follow_up", say("measures.follow_up")),
    )
    names = {site["id"]: site["name"] for site in answers.sites if site["is_known"]}
    rows = [
        (
            names[one["site_id"]],
            one["what"],
            words.code("measure_kind", one["kind"]),
            words.code("actor", one["owner"]),
            one["owner_function"] or None,
            one["due_on"].isoformat(),
            words.code("measure_status", one["status"]),
            _day(one["effective_on"]),
            _day(one["followed_up_on"]),
            one["follow_up"] or None,
        )
        for one in answers.measures
        if one["site_id"] in names
    ]
    return Table("measures", say("measures.title"), columns, rows, labels=2)
