"""The overview as a table: what the page shows, what is copied and what is written to a file (E04). Pure."""

from collections.abc import Mapping
from typing import Any

from fieldapp.collaboration.codes import PARTS_OF_DAY
from fieldapp.summaries.tables import Column, Row, Table, Words

Json = Mapping[str, Any]


def overview_table(answer: Json, words: Words) -> Table:
    """Return a row a school-near place."""
    say = words.say
    columns = (
        Column("site", say("summary.site")),
        Column("district", say("office.district")),
        Column("listed", say("overview.listed")),
        Column("schools", say("overview.schools")),
        Column("form", say("collaboration.form")),
        Column("actors", say("collaboration.actors")),
        Column("social", say("overview.social")),
        Column("cause_analysis", words.code("step", "cause_analysis"), "date"),
        Column("action_plan", words.code("step", "action_plan"), "date"),
        Column("measures", say("measures.title")),
        Column("visits", say("overview.visits"), "whole", words.unit("visits")),
        Column("frequency", say("summary.frequency")),
        *(Column(part, words.code("part_of_day", part), "whole", words.unit("visits")) for part in PARTS_OF_DAY),
        Column("youth", words.code("audience", "youth"), "whole", words.unit("visits")),
        Column("adults", words.code("audience", "adults"), "whole", words.unit("visits")),
        Column("says", say("overview.says")),
        Column("last_visit", say("overview.last_visit"), "date"),
        *(
            column
            for when, key in (("now", "overview.share"), ("year_ago", "overview.share_then"))
            for column in (
                Column(when, say(key), "share", words.unit("share")),
                Column(f"{when}_low", say("export.share_low"), "share", words.unit("share")),
                Column(f"{when}_high", say("export.share_high"), "share", words.unit("share")),
            )
        ),
        Column("walks", say("overview.walks"), "whole", words.unit("walks")),
    )
    rows = [_row(one, words) for one in answer["items"]]
    return Table("overview", say("overview.title"), columns, rows, note=say("overview.note"))


def _row(one: Json, words: Words) -> Row:
    site = one["site"]
    return (
        site["name"],
        words.districts.get(site["district"], site["district"]),
        f"{_listed(one['listed_last_year'], words)} / {_listed(one['listed_this_year'], words)}",
        ", ".join(f"{school['name']} ({school['distance_m']} m, {_basis(school, words)})" for school in one["schools"]),
        words.code("collaboration_form", one["form"]) if one["form"] else None,
        ", ".join(words.code("actor", actor) for actor in one["actors"]) or None,
        words.code("participation", one["social_services"]) if one["social_services"] else None,
        one["cause_analysis"],
        one["action_plan"],
        words.say("overview.measures_line", **one["measures"]),
        one["visits"],
        words.say(f"summary.frequency.{one['frequency']}"),
        *(one["visits_by_part"][part] for part in PARTS_OF_DAY),
        one["visits_youth"],
        one["visits_adults"],
        says_words(one, words),
        one["last_visit"],
        *_share(one["now"]),
        *_share(one["year_ago"]),
        one["walks"],
    )


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
    return f"{said} ({words.say('collaboration.old')})" if part["is_old"] else said


def _listed(holds: bool | None, words: Words) -> str:
    return "–" if holds is None else words.say(f"overview.listed.{'yes' if holds else 'no'}")


def _basis(school: Json, words: Words) -> str:
    return words.say(f"overview.basis.{school['basis']}")


def _share(share: Json) -> tuple[float | None, float | None, float | None]:
    low, high = share["interval"] or (None, None)
    return share["share"], low, high
