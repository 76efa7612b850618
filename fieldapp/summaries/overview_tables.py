"""The overview as a table: what the page shows, what is copied and what is written to a file (E04). Pure."""

from collections.abc import Mapping
from operator import itemgetter
from typing import Any

from fieldapp.collaboration.codes import PARTS_OF_DAY
from fieldapp.summaries.tables import Column, Field, Table, Words, share_fields, site_fields, table_of

Json = Mapping[str, Any]


def overview_table(answer: Json, words: Words) -> Table:
    """Return a row a school-near place."""
    say, visits = words.say, words.unit("visits")

    def on(step: str) -> Field:
        return Column(step, words.code("step", step), "date"), itemgetter(step)

    def in_part(part: str) -> Field:
        column = Column(part, words.code("part_of_day", part), "whole", visits)
        return column, lambda one: one["visits_by_part"][part]

    fields: tuple[Field, ...] = (
        *site_fields(words),
        (Column("listed", say("overview.listed")), lambda one: _both_years(one, words)),
        (Column("schools", say("overview.schools")), lambda one: _schools(one, words)),
        (Column("answer_year", say("overview.answer_year")), lambda one: str(one["answer_year"] or "") or None),
        (Column("form", say("collaboration.form")), lambda one: words.coded("collaboration_form", one["form"])),
        (Column("actors", say("collaboration.actors")), lambda one: _actors(one, words) or None),
        (Column("social", say("overview.social")), lambda one: words.coded("participation", one["social_services"])),
        on("cause_analysis"),
        on("action_plan"),
        (Column("measures", say("measures.title")), lambda one: say("overview.measures_line", **one["measures"])),
        (Column("visits", say("overview.visits"), "whole", visits), itemgetter("visits")),
        (Column("frequency", say("summary.frequency")), lambda one: say(f"summary.frequency.{one['frequency']}")),
        *(in_part(part) for part in PARTS_OF_DAY),
        (Column("youth", words.code("audience", "youth"), "whole", visits), itemgetter("visits_youth")),
        (Column("adults", words.code("audience", "adults"), "whole", visits), itemgetter("visits_adults")),
        (Column("says", say("overview.says")), lambda one: says_words(one, words)),
        (Column("last_visit", say("overview.last_visit"), "date"), itemgetter("last_visit")),
        *share_fields("now", say("overview.share"), words, itemgetter("now")),
        *share_fields("year_ago", say("overview.share_then"), words, itemgetter("year_ago")),
        (Column("walks", say("overview.walks"), "whole", words.unit("walks")), itemgetter("walks")),
    )
    return table_of("overview", say("overview.title"), fields, answer["items"], note=say("overview.note"))


def says_words(one: Json, words: Words) -> str:
    """Say of each audience what the survey says, how many visits the log shows, and whether the two differ."""
    return "; ".join(_says(part, words) for part in one["says_and_shows"])


def _says(part: Json, words: Words) -> str:
    said = words.say("overview.says_line", survey=_survey(part, words), visits=part["visits"])
    line = f"{words.code('audience', part['audience'])}: {said}"
    if part["differs"] is None:
        return line
    return f"{line} – {words.say('overview.differs' if part['differs'] else 'overview.agrees')}"


def _survey(part: Json, words: Words) -> str:
    if part["survey"] is None:
        return words.say("collaboration.missing_answer")
    said = words.yes_no(part["survey"])
    return f"{said} ({words.say('collaboration.old')} {part['year']})" if part["is_old"] else f"{said} ({part['year']})"


def _both_years(one: Json, words: Words) -> str:
    return " / ".join(_listed(one[year], words) for year in ("listed_last_year", "listed_this_year"))


def _listed(holds: bool | None, words: Words) -> str:
    return "–" if holds is None else words.say(f"overview.listed.{'yes' if holds else 'no'}")


def _schools(one: Json, words: Words) -> str:
    return ", ".join(f"{near['name']} ({near['distance_m']} m, {_basis(near, words)})" for near in one["schools"])


def _basis(school: Json, words: Words) -> str:
    return words.say(f"overview.basis.{school['basis']}")


def _actors(one: Json, words: Words) -> str:
    return ", ".join(words.code("actor", actor) for actor in one["actors"])
