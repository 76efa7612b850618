"""Turns a summary into what its page shows: rows, charts, sentences. Adds no figure of its own (E04)."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from fieldapp.core.catalogue import text
from fieldapp.core.wording import day_words
from fieldapp.outreach.codes import AGE_BANDS, GENDERS, INCIDENTS
from fieldapp.places.facts import district_names
from fieldapp.places.wording import school_words
from fieldapp.summaries import charts
from fieldapp.summaries.completeness import NOT_APPROVED
from fieldapp.summaries.disclosure import HIDDEN
from fieldapp.summaries.method import definitions
from fieldapp.summaries.periods import Period, SpecialDay, month_end, tertial_of, week_of
from fieldapp.summaries.summary import DEFAULT_STATUS
from fieldapp.summaries.tables import Words
from fieldapp.summaries.wording import period_words, week_words, weekday_words

CITY = "city"
EVENING_FIRST = (*range(6, 24), *range(6))
Json = dict[str, Any]


def district_words(code: str | None) -> str:
    """Name a district, None being the city."""
    return district_names().get(code or "", text("office.city"))


def shortcuts(today: date, special: Sequence[SpecialDay]) -> list[tuple[str, Period, str]]:
    """Return common periods as (name, period, what to compare with); `special`: special days that have passed."""
    this_month = Period(today.replace(day=1), month_end(today))
    this_tertial = tertial_of(today)
    last_tertial = tertial_of(this_tertial.first - timedelta(days=1))
    so_far = Period(last_tertial.first.replace(month=1), last_tertial.last)
    this_year = Period(today.replace(month=1, day=1), today.replace(month=12, day=31))
    named = [
        ("summary.last_week", week_of(today - timedelta(days=7)), "previous"),
        ("summary.last_month", this_month.previous(), "previous"),
        ("summary.this_month", this_month, "previous"),
        ("summary.last_tertial", last_tertial, "year_ago"),
        ("summary.this_tertial", this_tertial, "previous"),
        ("summary.so_far", so_far, "year_ago"),
        ("summary.this_year", this_year, "previous"),
        ("summary.last_year", this_year.previous(), "previous"),
    ]
    found = [
        (text(key, period=period_words(period)), period, compare)
        for key, period, compare in named
        if period != last_tertial or key != "summary.so_far"  # of T1 both are the same
    ]
    newest = max(special, default=None)
    if newest:
        name = text("summary.special_day_of", name=newest.name, date=day_words(newest.day))
        found.append((name, Period(newest.day, newest.day), "special_day"))
    return found


def page(summary: Json, names: Mapping[str, str], today: date) -> Json:
    """Return the template's values for a summary. `names` are those of the sites the reader may know, by id."""
    period = Period(date.fromisoformat(summary["from"]), date.fromisoformat(summary["to"]))
    then = summary.get("compare")
    return {
        "summary": summary,
        "heading": f"{_whose(summary)} · {period_words(period)}",
        "hidden_because": _hidden_because(summary["status"], is_closed=period.is_closed(today)),
        "schools": school_words(summary["basis"]["school_forms"]),
        "complete_words": complete_words(summary["complete"], summary["status"]),
        "compared_with": _compared_words(then),
        "compared_complete_words": complete_words(then["complete"], summary["status"]) if then else None,
        "has_figures": "effort" in summary,
        "method": definitions(summary, words(names)),
        **(_figures(summary, then, names) if "effort" in summary else {}),
    }


def words(names: Mapping[str, str]) -> Words:
    """Return how things are called in the reader's language; `names` are those of the sites they may know, by id."""
    return Words(text, names, district_names())


def _whose(summary: Json) -> str:
    team = summary.get("team")
    return text("summary.of_team", team=team["name"]) if team else district_words(summary["district"])


def complete_words(complete: Json, status: str) -> str:
    """Say how many of the period's passes are approved, what the others wait for, and what is missing."""
    counts = {name: complete[f"shifts_{name}"] for name in ("approved", *NOT_APPROVED)}
    total = sum(counts.values())
    said = text("summary.approved_of" if total else "summary.no_shifts", approved=counts["approved"], total=total)
    others = [text(f"summary.others.{name}", n=counts[name]) for name in NOT_APPROVED if counts[name]]
    sentences = ["; ".join(filter(None, (said, ", ".join(others)))) + "."]
    if status == DEFAULT_STATUS and complete["shifts_open_again"]:
        sentences.append(text("summary.open_again_line", n=complete["shifts_open_again"]))
    if complete["shifts_missing"]:
        sentences.append(text("summary.missing_line", n=complete["shifts_missing"]))
    return " ".join(sentences)


def completes_words(completes: Iterable[Json]) -> str:
    """Say of each of some districts what its approved figures may lack; of the whole city without naming it."""
    said = ((one["district"], complete_words(one, DEFAULT_STATUS)) for one in completes)
    return " ".join(f"{district_words(district)}: {line}" if district else line for district, line in said)


def _hidden_because(status: str, *, is_closed: bool) -> str:
    """Return the sentence that says which counts of people a reader of protected figures does not get, and why."""
    if status != DEFAULT_STATUS:
        return "summary.hidden_status"
    return "summary.hidden_why" if is_closed else "summary.hidden_period"


def _figures(summary: Json, then: Json | None, names: Mapping[str, str]) -> Json:
    weeks = [(week_words(row["week"]), row["visits"]) for row in summary["by_week"]]
    often = [(text(f"summary.frequency.{row['frequency']}"), row) for row in summary["coverage"]["by_frequency"]]
    minutes = summary["effort"]["arena_minutes"]
    most = max([*minutes.values(), summary["effort"]["unallocated_minutes"]])
    return {
        "weeks": charts.bar_chart(weeks),
        "coverage_chart": charts.bar_chart([(name, row["school_near"]) for name, row in often]),
        "coverage_rows": [(name, row["school_near"], row["listed"]) for name, row in often],
        "week_words": week_words,
        "day_words": _day,
        "arenas": [
            (text(f"code.arena.{arena}"), value, charts.percent_width(value, most)) for arena, value in minutes.items()
        ],
        "unallocated_width": charts.percent_width(summary["effort"]["unallocated_minutes"], most),
        "people_table": people_rows(summary["people"]),
        "compared": compared_rows(summary, then),
        "tested": tested(summary["sites"]),
        "heat": heat(summary["by_weekday_hour"]),
        "movements": [
            (_place(row["from"], names), _place(row["to"], names), row["observations"]) for row in summary["movements"]
        ],
    }


def people_rows(people: Json) -> list[Json]:
    """Return a row per age band: present by gender, and contacts in the band, hidden when any of its cells is."""
    present = {(cell["age_band"], cell["gender"]): cell["value"] for cell in people["present"]}
    contacts = {(cell["age_band"], cell["gender"]): cell["value"] for cell in people["contacts"]}
    return [
        {
            "band": band,
            "present": [present[band, gender] for gender in GENDERS],
            "contacts": _sum([contacts[band, gender] for gender in GENDERS]),
        }
        for band in AGE_BANDS
    ]


def compared_rows(summary: Json, then: Json | None) -> list[tuple[str, str, Any, Any]]:
    """Return (name, kind, value now, value then) of the main figures; kind says how the value is written."""

    delegators = _delegators(summary, then)

    def measures(figures: Json) -> list[tuple[str, str, Any]]:
        effort, people = figures["effort"], figures["people"]
        incidents = [
            (text("summary.incidents", kind=text(f"code.incident.{kind}")), "count", effort["incidents"][kind])
            for kind in INCIDENTS
        ]
        return [
            (text("summary.shifts"), "count", effort["shifts"]),
            (text("summary.person_hours"), "hours", effort["person_hours"]),
            (text("summary.outdoor_share"), "share", effort["outdoor_share"]),
            *_posts(figures["staffing"]),
            (text("summary.visits"), "count", figures["visits"]["total"]),
            (text("summary.joint_visits"), "count", effort["joint_visits"]),
            (text("summary.joint_person_hours"), "hours", effort["joint_person_hours"]),
            (text("summary.joint_briefings_label"), "count", effort["joint_briefings"]),
            (text("summary.reinforcements"), "count", effort["reinforcements"]),
            (text("summary.present_total"), "count", people["totals"]["present"]),
            (text("summary.contacts_total"), "count", people["totals"]["contacts"]),
            (text("summary.mumin"), "count", effort["mumin"]),
            *((name, "count", by_delegator(effort)[code]) for code, name in delegators.items()),
            *incidents,
        ]

    now = measures(summary)
    before = [value for _, _, value in measures(then)] if then else [None] * len(now)
    return [(name, kind, value, old) for (name, kind, value), old in zip(now, before, strict=True)]


def _posts(staffing: Json | None) -> list[tuple[str, str, Any]]:
    found = staffing or {}
    return [
        (text("summary.posts"), "posts", found.get("posts")),
        (text("summary.posts_filled"), "posts", found.get("filled")),
        (text("summary.hours_per_post"), "hours", found.get("hours_per_post")),
    ]


def tested(sites: list[Json]) -> int | None:
    """Return at how many sites it was asked whether to look closer; None for readers who get no such prompt."""
    asked = [row["look_closer"] for row in sites if "look_closer" in row]
    return sum(answer is not None for answer in asked) if asked else None


def by_delegator(effort: Json) -> Json:
    """Return MUMIN interviews by who delegated them."""
    return {row["delegated_by"]: row["value"] for row in effort["mumin_by"]}


def _delegators(summary: Json, then: Json | None) -> dict[str, str]:
    """Return what to call the interviews of those who delegated any in either period; none where they are hidden."""
    names = district_names()
    counts = [by_delegator(figures["effort"]) for figures in (summary, then) if figures]
    shown = [code for code in counts[0] if any(count[code] not in (0, HIDDEN) for count in counts)]
    return {code: text("summary.mumin_by", who=names.get(code) or text(f"code.delegated.{code}")) for code in shown}


def heat(rows: list[Json]) -> Json:
    """Return visits by weekday and hour as a table whose cells carry a shade; hours from the first used to the last."""
    visits = {(row["weekday"], row["hour"]): row["visits"] for row in rows}
    most = max(visits.values(), default=0)
    used = [place for place, hour in enumerate(EVENING_FIRST) if any((day, hour) in visits for day in range(1, 8))]
    hours = EVENING_FIRST[min(used) : max(used) + 1] if used else ()
    return {
        "hours": hours,
        "rows": [
            (
                weekday_words(day),
                [(visits.get((day, hour), 0), charts.shade(visits.get((day, hour), 0), most)) for hour in hours],
            )
            for day in range(1, 8)
        ],
    }


def _sum(values: list[Any]) -> Any:
    return HIDDEN if HIDDEN in values else sum(values)


def _day(written: str) -> str:
    return day_words(date.fromisoformat(written))


def _compared_words(then: Json | None) -> str | None:
    if not then:
        return None
    return period_words(Period(date.fromisoformat(then["from"]), date.fromisoformat(then["to"])))


def _place(site: str | None, names: Mapping[str, str]) -> str:
    return text("office.other_place") if site is None else names.get(site, text("office.unknown_place"))
