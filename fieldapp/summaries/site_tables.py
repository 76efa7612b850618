"""The tables of places: figures of each site, those without a visit, and where people seem to have moved. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

from fieldapp.summaries.tables import Column, Row, Table, Words

Json = Mapping[str, Any]


def sites(answer: Json, words: Words) -> Table:
    """Return a row a site; how it stands against the compared period, and whether to look closer, where it is asked."""
    say = words.say
    is_compared = bool(answer["compare"])
    is_tested = any("look_closer" in row for row in answer["sites"])
    columns = [
        Column("site", say("summary.site")),
        Column("district", say("office.district")),
        Column("listed", say("export.listed")),
        Column("school_near", say("export.school_near")),
        Column("visits", say("summary.visits"), "whole", words.unit("visits")),
        Column("frequency", say("summary.frequency")),
        Column("visits_with_topic", say("export.visits_with_dealing"), "whole", words.unit("visits")),
        Column("share", say("summary.share_dealing"), "share", words.unit("share")),
        Column("share_low", say("export.share_low"), "share", words.unit("share")),
        Column("share_high", say("export.share_high"), "share", words.unit("share")),
        Column("observations", say("summary.observations"), "whole", words.unit("observations")),
        Column("per_visit", say("summary.per_visit"), "rate", words.unit("per_visit")),
        Column("per_visit_low", say("export.per_visit_low"), "rate", words.unit("per_visit")),
        Column("per_visit_high", say("export.per_visit_high"), "rate", words.unit("per_visit")),
        *([Column("trend", say("summary.trend"))] if is_compared else []),
        *([Column("look_closer", say("export.look_closer"))] if is_tested else []),
        Column("last_visit", say("summary.last_visit"), "date"),
    ]

    def row(found: Json) -> Row:
        site = found["site"]
        return (
            site["name"],
            words.districts.get(site["district"], site["district"]),
            words.yes_no(site["is_listed"]),
            say(f"export.near.{site['school_near']}"),
            found["visits"],
            say(f"summary.frequency.{found['frequency']}"),
            found["visits_with_topic"],
            found["share_with_topic"],
            *_ends(found["interval"]),
            found["observations"],
            found["observations_per_visit"],
            *_ends(found["observations_interval"]),
            *([say(f"summary.trend.{found['trend']}") if found["trend"] else None] if is_compared else []),
            *([_look_closer(found.get("look_closer"), words)] if is_tested else []),
            found["last_visit"],
        )

    rows = [row(found) for found in answer["sites"]]
    return Table("sites", say("export.table.sites"), tuple(columns), rows, note=say("summary.not_cause"))


def not_visited_sites(answer: Json, words: Words) -> Table:
    """Return the listed sites without a visit, with each reason and how often."""
    columns = (
        Column("site", words.say("summary.site")),
        Column("school_near", words.say("export.school_near")),
        Column("reasons", words.say("summary.reason")),
    )
    rows = [
        (
            row["site"]["name"],
            words.say(f"export.near.{row['site']['school_near']}"),
            ", ".join(f"{words.code('not_visited', reason)} ({times})" for reason, times in row["reasons"].items())
            or None,
        )
        for row in answer["coverage"]["not_visited_sites"]
    ]
    return Table("not_visited_sites", words.say("summary.not_visited_sites"), columns, rows)


def movements(answer: Json, words: Words) -> Table:
    """Return from where to where people seem to have moved."""
    columns = (
        Column("from", words.say("summary.moved_from")),
        Column("to", words.say("summary.moved_to")),
        Column("observations", words.say("summary.observations"), "whole", words.unit("observations")),
    )
    rows = [(words.place(row["from"]), words.place(row["to"]), row["observations"]) for row in answer["movements"]]
    return Table("movements", words.say("summary.movements"), columns, rows, labels=2)


def _ends(interval: Sequence[float] | None) -> tuple[float | None, float | None]:
    return (interval[0], interval[1]) if interval else (None, None)


def _look_closer(answer: bool | None, words: Words) -> str | None:
    return None if answer is None else words.say("summary.look_closer") if answer else words.say("office.no")
