"""*Kommunens underlag till årets kartläggning* as tables: what the page shows and what is written to a file. Pure."""

from collections.abc import Iterable, Mapping
from operator import itemgetter
from typing import Any

from fieldapp.summaries.mapping_material_rows import UNKNOWN
from fieldapp.summaries.tables import Column, Field, Table, Words, share_fields, site_fields, table_of

Json = Mapping[str, Any]


def mapping_tables(answer: Json, words: Words) -> tuple[Table, ...]:
    """Return a row a place, and the places outside the register by district."""
    return _places(answer, words), _new_places(answer, words)


def topics_words(row: Json, words: Words) -> str:
    """Say what was noted, and at how many visits."""
    return ", ".join(f"{words.code('topic', one['code'])} ({one['visits']})" for one in row["topics"])


def ends_words(ends: Iterable[Json], words: Words) -> str:
    """Say from where or to where people seem to have moved, and in how many observations."""
    return ", ".join(f"{_end(one['site'], words)} ({one['observations']})" for one in ends)


def _places(answer: Json, words: Words) -> Table:
    say, visits, months = words.say, words.unit("visits"), words.say("basis.months")
    fields: tuple[Field, ...] = (
        *site_fields(words),
        (Column("listed", say("export.listed")), lambda one: words.yes_no(one["site"]["is_listed"])),
        (Column("school_near", say("export.school_near")), lambda one: _near(one["site"], words)),
        (Column("merged_into", say("basis.merged_into")), lambda one: _heir(one["merged_into"], words)),
        (Column("visits", say("summary.visits"), "whole", visits), itemgetter("visits")),
        (Column("visits_as_new", say("basis.visits_as_new"), "whole", visits), itemgetter("visits_as_new")),
        (Column("months_visited", say("basis.months_visited"), "whole", months), itemgetter("months_visited")),
        (Column("months", say("basis.months_of"), "whole", months), itemgetter("months")),
        (Column("frequency", say("summary.frequency")), lambda one: say(f"summary.frequency.{one['frequency']}")),
        (Column("last_visit", say("summary.last_visit"), "date"), itemgetter("last_visit")),
        *share_fields("share", say("summary.share_dealing"), words, itemgetter("dealing")),
        (Column("topics", say("basis.topics")), lambda one: topics_words(one, words) or None),
        (Column("moved_from", say("basis.moved_from")), lambda one: ends_words(one["moved_from"], words) or None),
        (Column("moved_to", say("basis.moved_to")), lambda one: ends_words(one["moved_to"], words) or None),
        (Column("form", say("collaboration.form")), lambda one: words.coded("collaboration_form", one["form"])),
        (Column("proposal", say("proposal.what")), lambda one: words.coded("proposal", one["proposal"])),
        (Column("reason", say("proposal.reason")), itemgetter("reason")),
    )
    return table_of("places", say("collaboration.places"), fields, answer["items"], note=say("summary.not_cause"))


def _near(site: Json, words: Words) -> str:
    return words.say(f"export.near.{site['school_near']}")


def _heir(site: Json | None, words: Words) -> str | None:
    return (site["name"] or words.say("office.unknown_place")) if site else None


def _new_places(answer: Json, words: Words) -> Table:
    say = words.say
    fields: tuple[Field, ...] = (
        (Column("district", say("office.district")), lambda one: words.district(one["district"])),
        (Column("places", say("basis.new_places"), "whole", words.unit("sites")), itemgetter("places")),
        (Column("visits", say("summary.visits"), "whole", words.unit("visits")), itemgetter("visits")),
    )
    return table_of("new_places", say("basis.new_places"), fields, answer["new_places"])


def _end(site: str | None, words: Words) -> str:
    return words.say("office.unknown_place") if site == UNKNOWN else words.place(site)
