"""*Kommunens underlag till årets kartläggning* as tables: what the page shows and what is written to a file. Pure."""

from collections.abc import Iterable, Mapping
from typing import Any

from fieldapp.summaries.mapping_basis_rows import UNKNOWN
from fieldapp.summaries.tables import Column, Row, Table, Words

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
    say = words.say
    columns = (
        Column("site", say("summary.site")),
        Column("district", say("office.district")),
        Column("listed", say("export.listed")),
        Column("school_near", say("export.school_near")),
        Column("merged_into", say("basis.merged_into")),
        Column("visits", say("summary.visits"), "whole", words.unit("visits")),
        Column("months_visited", say("basis.months_visited"), "whole", say("basis.months")),
        Column("months", say("basis.months_of"), "whole", say("basis.months")),
        Column("frequency", say("summary.frequency")),
        Column("last_visit", say("summary.last_visit"), "date"),
        Column("share", say("summary.share_dealing"), "share", words.unit("share")),
        Column("share_low", say("export.share_low"), "share", words.unit("share")),
        Column("share_high", say("export.share_high"), "share", words.unit("share")),
        Column("topics", say("basis.topics")),
        Column("moved_from", say("basis.moved_from")),
        Column("moved_to", say("basis.moved_to")),
        Column("form", say("collaboration.form")),
        Column("proposal", say("proposal.what")),
        Column("reason", say("proposal.reason")),
    )
    rows = [_row(one, words) for one in answer["items"]]
    return Table("places", say("collaboration.places"), columns, rows, note=say("summary.not_cause"))


def _row(one: Json, words: Words) -> Row:
    site, dealing = one["site"], one["dealing"]
    low, high = dealing["interval"] or (None, None)
    return (
        site["name"],
        words.districts.get(site["district"], site["district"]),
        words.yes_no(site["is_listed"]),
        words.say(f"export.near.{site['school_near']}"),
        (one["merged_into"]["name"] or words.say("office.unknown_place")) if one["merged_into"] else None,
        one["visits"],
        one["months_visited"],
        one["months"],
        words.say(f"summary.frequency.{one['frequency']}"),
        one["last_visit"],
        dealing["share"],
        low,
        high,
        topics_words(one, words) or None,
        ends_words(one["moved_from"], words) or None,
        ends_words(one["moved_to"], words) or None,
        words.code("collaboration_form", one["form"]) if one["form"] else None,
        words.code("proposal", one["proposal"]) if one["proposal"] else None,
        one["reason"],
    )


def _new_places(answer: Json, words: Words) -> Table:
    columns = (
        Column("district", words.say("office.district")),
        Column("places", words.say("basis.new_places"), "whole", words.unit("sites")),
        Column("visits", words.say("summary.visits"), "whole", words.unit("visits")),
    )
    rows = [
        (words.districts.get(one["district"], one["district"]), one["places"], one["visits"])
        for one in answer["new_places"]
    ]
    return Table("new_places", words.say("basis.new_places"), columns, rows)


def _end(site: str | None, words: Words) -> str:
    return words.say("office.unknown_place") if site == UNKNOWN else words.place(site)
