"""Summaries of random evenings, folded and shaped by the real thing; and what each of them says, cell by cell."""

from collections import Counter
from datetime import date, timedelta

from fieldapp.core.access import Actor, Grant
from fieldapp.core.catalogue import text
from fieldapp.core.clock import utc_now
from fieldapp.outreach import codes
from fieldapp.places.facts import districts
from fieldapp.staffing.rules import Tally
from fieldapp.summaries import disclosure, shape
from fieldapp.summaries.comparing import with_prompts
from fieldapp.summaries.disclosure import HIDDEN
from fieldapp.summaries.periods import Period, month_end
from fieldapp.summaries.rules import fold
from tests.factories.summary_rows import a_shift, a_site, a_visit, an_observation, material, people

OCTOBER = Period(date(2026, 10, 1), month_end(date(2026, 10, 1)))
NAMES = ("torget", "skolan; norra", 'hörnet "5:an"', "<b>parken</b>", "T-banan & bussen", "gången ’A’", "ån")
DISTRICT_NAMES = {district.code: district.name for district in districts()}


def an_analyst():
    """Somebody who reads everything."""
    return Actor(
        "01a21fce-0000-7000-8000-000000000001", "Demo", "", "", None, (Grant("analyst", None, None, utc_now(), None),)
    )


def random_material(dice, period):
    """A month's rows: places listed or not, visits of every kind, people counted, estimated or not."""
    sites = [
        a_site(
            f"site{number}",
            name=f"Demo {name}",
            is_listed=dice.random() < 0.8,
            school_near=dice.choice(("yes", "uncertain", "no")),
            last_visit=dice.choice((None, period.first, period.last)),
        )
        for number, name in enumerate(NAMES)
    ]
    shifts, visits, observations = [], [], []
    for _ in range(dice.randint(0, 6)):
        day = period.first + timedelta(days=dice.randrange(period.days))
        shift = a_shift(
            f"{day} 18:00",
            f"{day} 23:{dice.randint(0, 59):02d}",
            others=dice.randint(0, 2),
            participants=tuple(dice.sample(("a", "b", "c"), dice.randint(0, 3))),
            arena_minutes={dice.choice(codes.ARENAS): dice.randint(0, 300)},
            mumin=[{"delegated_by": dice.choice(("socialjour", "farsta")), "count": dice.randint(1, 9)}],
            incidents={kind: dice.randint(0, 2) for kind in codes.INCIDENTS},
            assignment=dice.choice(codes.ASSIGNMENTS),
            day=day,
        )
        shifts.append(shift)
        for _ in range(dice.randint(0, 8)):
            hour = dice.randint(18, 22)
            visit = a_visit(
                shift,
                f"{day} {hour}:10",
                f"{day} {hour}:{dice.randint(11, 50)}",
                site_id=dice.choice((None, *(site.id for site in sites))),
                outcome=dice.choice(codes.OUTCOMES),
                not_visited_reason=dice.choice(codes.NOT_VISITED_REASONS),
                together_with=dice.choice(((), ("police",), ("school",))),
                actions=dice.sample(codes.ACTIONS, 2),
                district=dice.choice(("farsta", "farsta", "bromma")),
            )
            visits.append(visit)
            if visit.outcome == "observed":
                observations += [_an_observation(dice, visit, sites) for _ in range(dice.randint(0, 3))]
    return material(shifts, visits, observations, sites, joint_briefings=dice.randint(0, 3))


def _an_observation(dice, visit, sites):
    return an_observation(
        visit,
        topics=dice.sample(codes.TOPICS, 2),
        conditions=dice.sample(codes.CONDITIONS, 1),
        people_basis="counted",
        counts=[
            people(present, dice.randint(0, present), dice.choice(codes.AGE_BANDS), dice.choice(codes.GENDERS))
            for present in (dice.randint(0, 1200), dice.randint(0, 9))
        ],
        referrals=[{"to": dice.choice(codes.REFERRALS), "count": dice.randint(1, 12)}],
        moved_from=dice.choice((None, "unknown", sites[0].id)),
        moved_to=dice.choice((None, sites[1].id, "not-known-to-me")),
    )


def random_answer(dice, district="farsta"):
    """An answer of summaries, and the names of the sites its reader may know."""
    names = {f"site{number}": f"Demo {name}" for number, name in enumerate(NAMES) if number != 3 or dice.random() < 0.5}
    is_full, is_compared = dice.random() < 0.5, dice.random() < 0.5

    def figures(period):
        folded = fold(random_material(dice, period), period, district)
        below = dice.choice((2, 5))
        released = (
            disclosure.full(folded.atoms)
            if is_full
            else disclosure.protected(folded.atoms, below=below, period=period, is_closed=dice.random() < 0.8)
        )
        walks = {"planned": dice.randint(0, 9), "done": dice.randint(0, 9), "walkers": dice.randint(0, 2000)}
        posts = Tally(dice.randint(0, 900), dice.randint(0, 900), dice.randint(0, 3)) if dice.random() < 0.7 else None
        staffing = shape.shape_staffing(posts, dice.randint(0, 900), 1, is_whole=dice.random() < 0.5)
        return shape.shape(folded, released, period, names) | {"walks": walks, "staffing": staffing}

    def complete():
        shifts = ("approved", "submitted", "returned", "draft", "open_again", "missing")
        counts = {f"shifts_{name}": dice.randint(0, 20) for name in shifts}
        return counts | {"conflicts_open": dice.randint(0, 2), "rejections_open": dice.randint(0, 2)}

    now, then = figures(OCTOBER), None
    if is_compared:
        before = OCTOBER.previous()
        compared = figures(before)
        now["sites"] = with_prompts(shape.with_trend(now["sites"], compared["sites"]), compared["sites"])
        dates = {"from": before.first.isoformat(), "to": before.last.isoformat()}
        then = {**dates, "complete": complete(), **compared}
    basis = {"mapping_year": 2024, "radius_m": 500, "school_forms": ["GR"], "register_date": "2023-10-15"}
    return {
        "district": district,
        "from": OCTOBER.first.isoformat(),
        "to": OCTOBER.last.isoformat(),
        "status": dice.choice(("approved", "all")),
        "disclosure": "full" if is_full else "protected",
        "basis": basis,
        "complete": complete(),
        **now,
        "compare": then,
    }, names


def said_by(answer, names):
    """Return everything an answer says as (table, row, part, column) → value, read off it by other means.

    Rows that are alike – two ends of movements that the reader may not know – have all their values.
    """
    said = {}

    def put(table, row, column, value, part=""):
        said.setdefault((text(table), row, part, text(column)), []).append(value)

    effort, visits, people_, sites = answer["effort"], answer["visits"], answer["people"], answer["coverage"]
    then = answer["compare"]
    for column, one in (("summary.now", answer), ("summary.then", then)):
        if one is None:
            continue
        measures = {
            "summary.shifts": one["effort"]["shifts"],
            "summary.person_hours": one["effort"]["person_hours"],
            "summary.outdoor_share": one["effort"]["outdoor_share"],
            "summary.visits": one["visits"]["total"],
            "export.observed": one["visits"]["observed"],
            "export.nothing_noted": one["visits"]["nothing_noted"],
            "summary.joint_visits": one["effort"]["joint_visits"],
            "summary.joint_person_hours": one["effort"]["joint_person_hours"],
            "summary.joint_briefings_label": one["effort"]["joint_briefings"],
            "summary.reinforcements": one["effort"]["reinforcements"],
            "summary.posts": (one["staffing"] or {}).get("posts"),
            "summary.posts_filled": (one["staffing"] or {}).get("filled"),
            "export.months_lacking": (one["staffing"] or {}).get("months_lacking"),
            "summary.hours_per_post": (one["staffing"] or {}).get("hours_per_post"),
            "export.listed_sites": one["coverage"]["listed_sites"],
            "export.visited_sites": one["coverage"]["visited_sites"],
            "export.school_near_sites": one["coverage"]["school_near_sites"],
            "export.school_near_visited": one["coverage"]["school_near_visited"],
            "export.school_near_monthly": one["coverage"]["school_near_monthly"],
            "export.school_near_uncertain": one["coverage"]["school_near_uncertain"],
            "summary.present_total": one["people"]["totals"]["present"],
            "summary.contacts_total": one["people"]["totals"]["contacts"],
            "export.female_share": one["people"]["female_share"],
            "export.not_counted_visits": one["people"]["not_counted_visits"],
            "summary.mumin": one["effort"]["mumin"],
            "export.walks.planned": one["walks"]["planned"],
            "export.walks.done": one["walks"]["done"],
            "export.walks.walkers": one["walks"]["walkers"],
        }
        for name, value in measures.items():
            put("export.table.overview", text(name), column, value)
        for kind in codes.INCIDENTS:
            name = text("summary.incidents", kind=text(f"code.incident.{kind}"))
            put("export.table.overview", name, column, one["effort"]["incidents"][kind])
        for name, value in one["complete"].items():
            put("export.table.complete", text(f"export.complete.{name}"), column, value)
    is_tested = any("look_closer" in row for row in answer["sites"])
    for row in answer["sites"]:
        name, site = row["site"]["name"], row["site"]
        low, high = row["interval"] or (None, None)
        rate_low, rate_high = row["observations_interval"] or (None, None)
        cells = {
            "office.district": DISTRICT_NAMES[site["district"]],
            "export.listed": text("office.yes" if site["is_listed"] else "office.no"),
            "export.school_near": text(f"export.near.{site['school_near']}"),
            "summary.visits": row["visits"],
            "summary.frequency": text(f"summary.frequency.{row['frequency']}"),
            "export.visits_with_dealing": row["visits_with_topic"],
            "summary.share_dealing": row["share_with_topic"],
            "export.share_low": low,
            "export.share_high": high,
            "summary.observations": row["observations"],
            "summary.per_visit": row["observations_per_visit"],
            "export.per_visit_low": rate_low,
            "export.per_visit_high": rate_high,
            "summary.last_visit": row["last_visit"],
        }
        if then:
            cells["summary.trend"] = row["trend"] and text(f"summary.trend.{row['trend']}")
        if is_tested:
            found = row["look_closer"]
            cells["export.look_closer"] = (
                None if found is None else text("summary.look_closer") if found else text("office.no")
            )
        for column, value in cells.items():
            put("export.table.sites", name, column, value)
    for row in sites["not_visited_sites"]:
        reasons = [f"{text(f'code.not_visited.{code}')} ({times})" for code, times in row["reasons"].items()]
        name = row["site"]["name"]
        put("summary.not_visited_sites", name, "export.school_near", text(f"export.near.{row['site']['school_near']}"))
        put("summary.not_visited_sites", name, "summary.reason", ", ".join(reasons) or None)
    for row in sites["by_frequency"]:
        often = text(f"summary.frequency.{row['frequency']}")
        put("summary.coverage", often, "summary.coverage_near", row["school_near"])
        put("summary.coverage", often, "summary.coverage_listed", row["listed"])
    for row in answer["by_week"]:
        put("summary.by_week", row["week"], "summary.shifts", row["shifts"])
        put("summary.by_week", row["week"], "summary.visits", row["visits"])
    for arena, minutes in effort["arena_minutes"].items():
        put("summary.arenas", text(f"code.arena.{arena}"), "summary.minutes", minutes)
    put("summary.arenas", text("summary.unallocated"), "summary.minutes", effort["unallocated_minutes"])
    columns = {"present": "export.present", "contacts": "summary.of_whom_contacts"}
    for name, column in columns.items():
        for row in people_[name]:
            gender = text(f"code.gender.{row['gender']}")
            put("summary.people", text(f"code.band.{row['age_band']}"), column, row["value"], gender)
        for row in people_["by_gender"]:
            put("export.table.people_totals", text(f"code.gender.{row['gender']}"), column, row[name])
        put("export.table.people_totals", text("summary.total"), column, people_["totals"][name])
    for row in people_["by_kind_of_place"]:
        for gender in codes.GENDERS:
            put("summary.where", text(f"report.kind.{row['kind']}"), f"code.gender.{gender}", row[gender])
    for table, group, rows in (
        ("summary.topics", "topic", answer["topics"]),
        ("summary.conditions", "condition", answer["conditions"]),
        ("summary.actions", "action", effort["actions"]),
    ):
        for row in rows:
            name, times, total = text(f"code.{group}.{row['code']}"), row["visits"], visits["total"]
            share = HIDDEN if times == HIDDEN else round(times / total, 4) if total else None
            put(table, name, "summary.at_visits", times)
            put(table, name, "summary.share_of_visits", share)
    for row in answer["referrals"]:
        put("summary.referrals", text(f"code.referral.{row['to']}"), "summary.count", row["value"])
    if answer["disclosure"] == "full":
        for row in effort["mumin_by"]:
            who = DISTRICT_NAMES.get(row["delegated_by"]) or text(f"code.delegated.{row['delegated_by']}")
            put("export.table.mumin_by", who, "summary.count", row["value"])
    for reason, times in visits["not_visited"].items():
        put("summary.not_visited", text(f"code.not_visited.{reason}"), "summary.occasions", times)
    for row in answer["movements"]:
        ends = [
            text("office.other_place") if end is None else names.get(end, text("office.unknown_place"))
            for end in (row["from"], row["to"])
        ]
        put("summary.movements", ends[0], "summary.observations", row["observations"], ends[1])
    for row in answer["by_weekday_hour"]:
        hour = text("summary.hour", hour=f"{row['hour']:02d}")
        put("summary.by_hour", text(f"code.weekday.{row['weekday'] - 1}"), "summary.visits", row["visits"], hour)
    return {key: Counter(map(str, values)) for key, values in said.items()}
