"""A summary's answer as tables, in the order they are read. Pure.

Adds no figure but a share of the visits, as the page shows it.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from fieldapp.outreach.codes import AGE_BANDS, GENDERS, INCIDENTS
from fieldapp.summaries.disclosure import HIDDEN
from fieldapp.summaries.site_tables import movements, not_visited_sites, sites
from fieldapp.summaries.tables import Column, Kind, Measured, Row, Table, Words, is_hidden

Json = Mapping[str, Any]
Said = tuple[str, Measured]


def summary_tables(answer: Json, words: Words) -> list[Table]:
    """Return the tables of a summary in the order they are read; of one who may only know of walks, theirs."""
    then = answer.get("compare")
    if "effort" not in answer:
        return [_measures("overview", _walks(answer, words), None, words), _complete(answer, then, words)]
    return [
        _measures("overview", _overview(answer, words), then and _overview(then, words), words),
        _complete(answer, then, words),
        sites(answer, words),
        not_visited_sites(answer, words),
        _frequencies(answer, words),
        _weeks(answer, words),
        _arenas(answer, words),
        _people(answer, words),
        _people_totals(answer, words),
        _where(answer, words),
        *(_noted(name, answer, words) for name in ("topics", "conditions", "actions")),
        _referrals(answer, words),
        *_delegated(answer, words),
        _not_visited(answer, words),
        movements(answer, words),
        _hours(answer, words),
    ]


def _measures(key: str, now: Sequence[Said], then: Sequence[Said] | None, words: Words) -> Table:
    columns = [Column("measure", words.say("summary.measure")), Column("now", words.say("summary.now"), None)]
    rows: list[Row] = [(name, value) for name, value in now]
    if then is not None:
        columns.append(Column("then", words.say("summary.then"), None))
        rows = [(*row, old) for row, (_, old) in zip(rows, then, strict=True)]
    return Table(key, words.say(f"export.table.{key}"), tuple(columns), rows)


def _overview(figures: Json, words: Words) -> list[Said]:
    effort, visits, coverage = figures["effort"], figures["visits"], figures["coverage"]
    people = figures["people"]

    def one(name: str, unit: str, value: Any, kind: Kind = "whole") -> Said:
        return words.say(name), Measured(kind, words.unit(unit), value)

    return [
        one("summary.shifts", "shifts", effort["shifts"]),
        one("summary.person_hours", "hours", effort["person_hours"], "hours"),
        one("summary.outdoor_share", "share", effort["outdoor_share"], "share"),
        one("summary.visits", "visits", visits["total"]),
        one("export.observed", "visits", visits["observed"]),
        one("export.nothing_noted", "visits", visits["nothing_noted"]),
        one("summary.joint_visits", "visits", effort["joint_visits"]),
        one("summary.joint_person_hours", "hours", effort["joint_person_hours"], "hours"),
        one("summary.joint_briefings_label", "briefings", effort["joint_briefings"]),
        one("summary.reinforcements", "assignments", effort["reinforcements"]),
        *_posts(figures, words),
        *(
            one(f"export.{name}", "sites", coverage[name])
            for name in (
                "listed_sites", "visited_sites", "school_near_sites", "school_near_visited", "school_near_monthly",
                "school_near_uncertain",
            )
        ),
        one("summary.present_total", "persons", people["totals"]["present"]),
        one("summary.contacts_total", "persons", people["totals"]["contacts"]),
        one("export.female_share", "share", people["female_share"], "share"),
        one("export.not_counted_visits", "visits", people["not_counted_visits"]),
        one("summary.mumin", "interviews", effort["mumin"]),
        *(
            (
                words.say("summary.incidents", kind=words.code("incident", kind)),
                Measured("whole", words.unit("incidents"), effort["incidents"][kind]),
            )
            for kind in INCIDENTS
        ),
        *_walks(figures, words),
    ]  # fmt: skip


def _posts(figures: Json, words: Words) -> list[Said]:
    """Return posts; an empty cell where no staffing is entered."""
    found = figures["staffing"] or {}
    lines: tuple[tuple[str, Kind, str, str], ...] = (
        ("summary.posts", "hours", "posts", "posts"),
        ("summary.posts_filled", "hours", "posts", "filled"),
        ("export.months_lacking", "whole", "months", "months_lacking"),
        ("summary.hours_per_post", "hours", "hours", "hours_per_post"),
    )
    return [(words.say(name), Measured(kind, words.unit(unit), found.get(key))) for name, kind, unit, key in lines]


def _walks(figures: Json, words: Words) -> list[Said]:
    units = {"planned": "walks", "done": "walks", "walkers": "walkers"}
    return [
        (words.say(f"export.walks.{name}"), Measured("whole", words.unit(unit), figures["walks"][name]))
        for name, unit in units.items()
    ]


def _complete(answer: Json, then: Json | None, words: Words) -> Table:
    units = {"conflicts_open": "conflicts", "rejections_open": "records"}

    def counts(complete: Json) -> list[Said]:
        return [
            (words.say(f"export.complete.{name}"), Measured("whole", words.unit(units.get(name, "shifts")), value))
            for name, value in complete.items()
        ]

    return _measures("complete", counts(answer["complete"]), counts(then["complete"]) if then else None, words)


def _frequencies(answer: Json, words: Words) -> Table:
    columns = (
        Column("frequency", words.say("summary.frequency")),
        Column("school_near", words.say("summary.coverage_near"), "whole", words.unit("sites")),
        Column("listed", words.say("summary.coverage_listed"), "whole", words.unit("sites")),
    )
    rows = [
        (words.say(f"summary.frequency.{row['frequency']}"), row["school_near"], row["listed"])
        for row in answer["coverage"]["by_frequency"]
    ]
    return Table("frequencies", words.say("summary.coverage"), columns, rows)


def _weeks(answer: Json, words: Words) -> Table:
    columns = (
        Column("week", words.say("summary.week")),
        Column("shifts", words.say("summary.shifts"), "whole", words.unit("shifts")),
        Column("visits", words.say("summary.visits"), "whole", words.unit("visits")),
    )
    rows = [(row["week"], row["shifts"], row["visits"]) for row in answer["by_week"]]
    return Table("weeks", words.say("summary.by_week"), columns, rows)


def _arenas(answer: Json, words: Words) -> Table:
    columns = (
        Column("arena", words.say("summary.arena")),
        Column("minutes", words.say("summary.minutes"), "whole", words.unit("minutes")),
    )
    minutes = answer["effort"]["arena_minutes"]
    rows = [(words.code("arena", arena), value) for arena, value in minutes.items()]
    rows.append((words.say("summary.unallocated"), answer["effort"]["unallocated_minutes"]))
    return Table("arenas", words.say("summary.arenas"), columns, rows)


def _person_columns(words: Words) -> tuple[Column, Column]:
    unit = words.unit("persons")
    return (
        Column("present", words.say("export.present"), "whole", unit),
        Column("contacts", words.say("summary.of_whom_contacts"), "whole", unit),
    )


def _people(answer: Json, words: Words) -> Table:
    found = {
        (name, cell["age_band"], cell["gender"]): cell["value"]
        for name in ("present", "contacts")
        for cell in answer["people"][name]
    }
    columns = (
        Column("band", words.say("summary.band")),
        Column("gender", words.say("export.gender")),
        *_person_columns(words),
    )
    rows = [
        (
            words.code("band", band),
            words.code("gender", gender),
            *(found[name, band, gender] for name in ("present", "contacts")),
        )
        for band in AGE_BANDS
        for gender in GENDERS
    ]
    note = words.say("export.same_person")
    return Table("people", words.say("summary.people"), columns, rows, labels=2, note=note)


def _people_totals(answer: Json, words: Words) -> Table:
    people = answer["people"]
    columns = (Column("gender", words.say("export.gender")), *_person_columns(words))
    rows = [(words.code("gender", row["gender"]), row["present"], row["contacts"]) for row in people["by_gender"]]
    rows.append((words.say("summary.total"), people["totals"]["present"], people["totals"]["contacts"]))
    note = words.say("export.same_person")
    return Table("people_totals", words.say("export.table.people_totals"), columns, rows, note=note)


def _where(answer: Json, words: Words) -> Table:
    unit = words.unit("persons")
    columns = (
        Column("kind", words.say("report.kind")),
        *(Column(gender, words.code("gender", gender), "whole", unit) for gender in GENDERS),
    )
    rows = [
        (words.say(f"report.kind.{row['kind']}"), *(row[gender] for gender in GENDERS))
        for row in answer["people"]["by_kind_of_place"]
    ]
    return Table("where", words.say("summary.where"), columns, rows, note=words.say("export.same_person"))


def _noted(name: str, answer: Json, words: Words) -> Table:
    group = name.removesuffix("s")
    found = answer["effort"]["actions"] if name == "actions" else answer[name]
    total = answer["visits"]["total"]
    columns = (
        Column(group, words.say(f"summary.{group}")),
        Column("visits", words.say("summary.at_visits"), "whole", words.unit("visits")),
        Column("share", words.say("summary.share_of_visits"), "share", words.unit("share")),
    )
    rows = [(words.code(group, row["code"]), row["visits"], _share(row["visits"], total)) for row in found]
    note = "" if name == "actions" else words.say("summary.not_cause")
    return Table(name, words.say(f"summary.{name}"), columns, rows, note=note)


def _share(visits: Any, total: int) -> Any:
    """Return a share of all visits; of a hidden count it is hidden too, of none there is none."""
    if is_hidden(visits):
        return HIDDEN
    return round(visits / total, 4) if total else None


def _referrals(answer: Json, words: Words) -> Table:
    columns = (
        Column("to", words.say("summary.referral")),
        Column("count", words.say("summary.count"), "whole", words.unit("persons")),
    )
    rows = [(words.code("referral", row["to"]), row["value"]) for row in answer["referrals"]]
    note = words.say("export.same_person")
    return Table("referrals", words.say("summary.referrals"), columns, rows, note=note)


def _delegated(answer: Json, words: Words) -> list[Table]:
    """Return who delegated interviews; outside the team there is no such table: their sum stands in the overview."""
    found = answer["effort"]["mumin_by"]
    if any(is_hidden(row["value"]) for row in found):
        return []
    columns = (
        Column("delegated_by", words.say("export.delegated_by")),
        Column("count", words.say("summary.count"), "whole", words.unit("interviews")),
    )
    rows = [
        (words.districts.get(row["delegated_by"]) or words.code("delegated", row["delegated_by"]), row["value"])
        for row in found
    ]
    return [Table("mumin_by", words.say("export.table.mumin_by"), columns, rows)]


def _not_visited(answer: Json, words: Words) -> Table:
    columns = (
        Column("reason", words.say("summary.reason")),
        Column("occasions", words.say("summary.occasions"), "whole", words.unit("occasions")),
    )
    rows = [(words.code("not_visited", reason), times) for reason, times in answer["visits"]["not_visited"].items()]
    return Table("not_visited", words.say("summary.not_visited"), columns, rows)


def _hours(answer: Json, words: Words) -> Table:
    columns = (
        Column("weekday", words.say("summary.weekday")),
        Column("hour", words.say("export.hour")),
        Column("visits", words.say("summary.visits"), "whole", words.unit("visits")),
    )
    rows = [
        (
            words.code("weekday", str(row["weekday"] - 1)),
            words.say("summary.hour", hour=f"{row['hour']:02d}"),
            row["visits"],
        )
        for row in answer["by_weekday_hour"]
    ]
    return Table("hours", words.say("summary.by_hour"), columns, rows, labels=2)
