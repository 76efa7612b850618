"""The demo's platssamverkan: answers that come to the published city figures of 2022, some measures and examples.

Published for 2022, of the 24 school-near places: collaboration at 20, eight actors on average, the police and the
traffic office at all 20, property owners at 19, social services at 14, schools at 12. The rest is invented.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldapp.accounts.queries import person_of
from fieldapp.collaboration import queries, rules
from fieldapp.collaboration.models import Collaboration
from fieldapp.collaboration.services import (
    add_example,
    add_measure,
    approve_collaboration,
    approve_example,
    copy_earlier_of_site,
    save_collaboration,
)
from fieldapp.core.access import Actor
from fieldapp.core.clock import local_date
from fieldapp.demo.register import site_id

PUBLISHED = 2022
# Of the 20 places with collaboration, at how many an actor takes part; the last four are invented, 160 in all.
TAKING_PART = {
    "police": 20, "traffic_office": 20, "property_owner": 19, "social_services": 14, "school": 12,
    "public_order_guard": 20, "youth_centre": 20, "night_walkers": 17, "other": 18,
}  # fmt: skip
WHY_NOT = ("no_resources", "not_analysed", "not_needed")
OTHER_FORMS = ("other_cooperation", "other_cooperation", "not_warranted", "none")
MEETINGS = ("more_than_monthly", "three_a_year_to_monthly", "three_a_year_to_monthly", "fewer")
WITH_COLLABORATION = 20
Values = dict[str, Any]


def seed_collaboration(session: Session, people: Mapping[str, str], now: datetime) -> int:
    """Let the analyst answer where nobody has answered yet; return how many answers. Flush, never commit."""
    if session.scalar(select(Collaboration.id).limit(1)):
        return 0
    actor = person_of(session, people["analys"]).at(now)
    near = [site["id"] for site in queries.answers(session, actor, PUBLISHED, school_near="yes").sites]
    if len(near) < WITH_COLLABORATION:
        return 0  # other settings of nearness: the published year can't be told of so few
    for place, site in enumerate(near):
        save_collaboration(
            session, actor=actor, site_id=site, year=PUBLISHED, version=0, values=_said(place), now=now
        )  # fmt: skip
        approve_collaboration(session, actor=actor, site_id=site, year=PUBLISHED, version=1, now=now)
    last_year = local_date(now).year - 1
    in_force = {site["id"] for site in queries.answers(session, actor, last_year, school_near="yes").sites}
    begun = [
        site
        for site in near
        if site in in_force and copy_earlier_of_site(session, actor=actor, site_id=site, year=last_year, now=now)
    ]
    _answer_last_year(session, actor, begun, last_year, now)
    _seed_measures(session, actor, begun, now)
    return len(near) + len(begun)


def _said(place: int) -> Values:
    """Return what is said of a place by its number: the first twenty collaborate."""
    if place >= WITH_COLLABORATION:
        form = OTHER_FORMS[place % len(OTHER_FORMS)]
        return {**rules.NOTHING_SAID, "form": form, "meeting_frequency": None if form != "none" else "none"}
    part = "torget" if place % 5 == 0 else ""
    return {
        "form": rules.COLLABORATION,
        "actors": [
            {"actor": actor, "participation": _participation(place, number, taking)}
            for number, (actor, taking) in enumerate(TAKING_PART.items())
        ],
        "meeting_frequency": MEETINGS[place % len(MEETINGS)],
        "fixed_cameras": ("none", "part", "none", "all")[place % 4],
        "temporary_cameras": ("none", "none", "part")[place % 3],
        "lighting": place % 3 != 0,
        "minor_changes": place % 2 == 0,
        "vegetation_and_hiding_places": place % 4 != 1,
        "place_activation": place % 3 == 1,
        "outreach_youth": place % 6 != 5,
        "outreach_adults": place % 4 == 0,
        "process": [
            {"step": step, "part_of_site": part, "done_on": date(PUBLISHED, month, 15), "next_due_on": due}
            for step, month, due in (
                ("situation_picture", 2, date(PUBLISHED + 1, 2, 15)),
                ("cause_analysis", 4, None),
                ("action_plan", 5, date(PUBLISHED + 1, 5, 15)),
            )[: 3 - place % 3]
        ],
    }


def _participation(place: int, number: int, taking: int) -> str:
    """Spread those who don't take part over the places, a different start for each actor."""
    at = (place + 7 * number) % WITH_COLLABORATION
    return "takes_part" if at < taking else WHY_NOT[at % len(WHY_NOT)]


def _answer_last_year(session: Session, actor: Actor, sites: Sequence[str], year: int, now: datetime) -> None:
    """Let most of the copied answers be gone through: what was due is done, the next turn lies ahead or is late."""
    today = local_date(now)
    for place, site in enumerate(sites[:-3]):
        start = queries.collaboration(session, actor, site, year)
        values = {name: start[name] for name in rules.CONTENTS}
        due = today + timedelta(days=-20 if place % 5 == 0 else 60 + 10 * place)
        values["process"] = [
            {**step, "done_on": date(year, 3, 1 + place), "next_due_on": due} for step in start["process"]
        ]
        save_collaboration(session, actor=actor, site_id=site, year=year, version=1, values=values, now=now)
        version = queries.collaboration(session, actor, site, year)["version"]
        approve_collaboration(session, actor=actor, site_id=site, year=year, version=version, now=now)


def _seed_measures(session: Session, actor: Actor, sites: Sequence[str], now: datetime) -> None:
    """Measures at the demo's first places in Farsta and elsewhere, one of them late, one done; and what was learnt."""
    today = local_date(now)
    chosen = [site_id(23), *[site for site in sites if site != site_id(23)][:4]]
    made = [
        add_measure(session, actor=actor, site_id=site, values={**measure, "due_on": today + due}, now=now)
        for site, (measure, due) in zip(chosen, _measures(today), strict=True)
    ]
    example = add_example(
        session,
        actor=actor,
        site_id=chosen[0],
        values={
            "kind": "measure",
            "title": "Demo: ny belysning vid gångvägen",
            "done": "Demo: trafikkontoret bytte armaturer och fastighetsägaren klippte ned buskarna samma vecka.",
            "fits": "Demo: platser med mörka passager nära en skola.",
            "seen": "Demo: fler unga stannade kvar på torget. Misstänkt handel noterades vid färre besök.",
            "conditions": ["lighting_out", "hiding_place"],
            "measure_id": made[0],
        },
        now=now,
    )
    approve_example(session, actor=actor, example_id=example, version=1)
    add_example(
        session,
        actor=actor,
        site_id=chosen[1],
        values={
            "kind": "way_of_working",
            "title": "Demo: gemensam rond med skolan varje fredag",
            "done": "Demo: skolans vuxna och fältgruppen går en rond när skoldagen slutar.",
            "fits": "Demo: platser som eleverna passerar på väg hem.",
            "seen": "Demo: skolan vet vem den ska ringa.",
            "conditions": ["litter", "overgrown"],
            "measure_id": None,
        },
        now=now,
    )


def _measures(today: date) -> list[tuple[Values, timedelta]]:
    open_one: Values = {"effective_on": None, "followed_up_on": None, "follow_up": "", "owner_function": ""}
    done: Values = {
        "effective_on": today - timedelta(weeks=8), "compare_weeks": 4, "followed_up_on": today - timedelta(weeks=2),
        "follow_up": "Demo: alla lampor lyser.", "owner_function": "Demo enheten för belysning",
    }  # fmt: skip
    return [
        (
            {**done, "kind": "lighting", "what": "Demo: byt lampor vid gångvägen", "owner": "traffic_office",
             "status": "done"},
            timedelta(weeks=-9),
        ),
        (
            {**open_one, "compare_weeks": 12, "kind": "vegetation_and_hiding_places", "what": "Demo: klipp ned buskar",
             "owner": "property_owner", "status": "under_way"},
            timedelta(days=-14),
        ),
        (
            {**open_one, "compare_weeks": 12, "kind": "place_activation", "what": "Demo: öppen scen på torget",
             "owner": "youth_centre", "status": "planned"},
            timedelta(days=75),
        ),
        (
            {**open_one, "compare_weeks": 12, "kind": "outreach_youth", "what": "Demo: fler kvällar i veckan",
             "owner": "social_services", "status": "under_way"},
            timedelta(days=30),
        ),
        (
            {**open_one, "compare_weeks": 12, "kind": "minor_changes", "what": "Demo: flytta bänkarna",
             "owner": "property_owner", "status": "planned"},
            timedelta(days=-3),
        ),
    ]  # fmt: skip
