"""Invented evenings: what phones would have sent over ten weeks. Pure: dates and ids in, mutations out.

The same day and the same people always give the same evenings. Must not know the database.
"""

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from fieldapp.core.clock import STOCKHOLM
from fieldapp.demo.habits import (
    ACTIONS,
    CONDITIONS,
    ELSEWHERE,
    FARSTA,
    LEFT_ALONE,
    LEFT_ALONE_DAYS,
    NEVER,
    REASONS,
    REFERRALS,
    SKARHOLMEN,
    TEAMS,
    TOPICS,
    DemoTeam,
)
from fieldapp.demo.register import site_id

WEEKS = 10
SEED = 20231201
Json = dict[str, Any]


@dataclass
class Evening:
    """What one person sent after one evening: mutations in the order they were made."""

    author: str
    mutations: list[Json] = field(default_factory=list)

    @property
    def shift_id(self) -> str:
        """The id of the evening's shift."""
        return next(str(sent["record_id"]) for sent in self.mutations if sent["collection"] == "shifts")


def evenings(today: date, people: Mapping[str, str], teams: Mapping[str, str]) -> Iterator[Evening]:
    """Yield the evenings of ten weeks up to yesterday, oldest first.

    `people` holds user ids by the name before the @, `teams` team ids by name.
    """
    for days_ago in range(WEEKS * 7, 0, -1):
        day = today - timedelta(days=days_ago)
        for team in TEAMS:
            if day.weekday() in team.weekdays or (days_ago == 1 and team.name != "Skärholmen"):
                yield _Pen(today, day, team, people, teams).evening()


class _Pen:
    """Writes one evening of one team."""

    def __init__(
        self, today: date, day: date, team: DemoTeam, people: Mapping[str, str], teams: Mapping[str, str]
    ) -> None:
        self.dice = random.Random(f"{SEED}-{day.isoformat()}-{team.name}")  # noqa: S311 - invented data, the same each time
        self.day, self.team, self.team_id = day, team, teams[team.name]
        self.days_ago = (today - day).days
        walking = team.people[:2] if len(team.people) < 3 else self.dice.sample(team.people, 2)
        self.author = sorted(walking)[0]
        self.participants = [people[name] for name in walking]
        self.sent = Evening(self.author)

    def evening(self) -> Evening:
        dice, team = self.dice, self.team
        is_reinforcing = team.name == "Ungdomsjouren" and dice.random() < 0.2
        district = "farsta" if is_reinforcing else team.district
        start = self.at(18, dice.choice((0, 0, 15, 30)))
        briefing = self.briefing(district) if team.name != "Ungdomsjouren" and self.day.weekday() == 4 else None
        end = start + timedelta(minutes=dice.choice((270, 300, 300, 330)))
        shift = self.write(
            "shifts",
            start,
            team_id=self.team_id,
            district=district,
            kind="evening",
            assignment="reinforcement" if is_reinforcing else "core",
            requested_by="farsta" if is_reinforcing else None,
            briefing_id=briefing,
            started_at=start.isoformat(),
            ended_at=end.isoformat(),
            participant_ids=self.participants,
            other_participants=team.others,
        )
        minutes = self.visits(shift, district, start, end)
        mumin = [{"delegated_by": "socialjour", "count": dice.randint(1, 2)}]
        self.write(
            "shifts",
            end,
            shift,
            status="submitted",
            arena_minutes=minutes,
            mumin=mumin if team.name == "Ungdomsjouren" and dice.random() < 0.3 else [],
            incidents={"threat": 1} if dice.random() < 0.04 else {},
            handover_note="Demo: lugn kväll, inget särskilt att lämna över." if dice.random() < 0.3 else "",
        )
        return self.sent

    def briefing(self, district: str) -> str:
        held = self.at(17, 30)
        sites = [number for number in (FARSTA if district == "farsta" else SKARHOLMEN) if number < 32]
        reasons = ("suspected_dealing", "recruitment_worry", "follow_up")
        return self.write(
            "briefings",
            held,
            held_at=held.isoformat(),
            joint=self.dice.random() < 0.8,
            districts=[district],
            actors=[{"actor": "police", "people": 2}, {"actor": "social_services", "people": 3}],
            valid_from=held.isoformat(),
            valid_until=self.at(27, 0).isoformat(),
            priorities=[
                {"site_id": site_id(number), "rank": rank, "reason": reason, "covered_by": self.team_id}
                for rank, (number, reason) in enumerate(zip(sites, reasons, strict=False), start=1)
            ],
        )

    def visits(self, shift: str, district: str, start: datetime, end: datetime) -> dict[str, int]:
        """Write the evening's visits; return minutes by arena."""
        minutes: dict[str, int] = {}
        now = start + timedelta(minutes=15)
        for place, arena in self.route(district):
            length = timedelta(minutes=self.dice.choice((15, 20, 25, 30, 40)))
            if now + length > end - timedelta(minutes=10):
                break
            if self.dice.random() < 0.1 and "site_id" in place:
                self.visit(shift, now, None, place, arena, "not_visited")
                continue
            outcome = "observed" if self.dice.random() < 0.6 else "nothing_noted"
            visit = self.visit(shift, now, now + length, place, arena, outcome)
            if outcome == "observed":
                self.observation(visit, now + length / 2, place)
            minutes[arena] = minutes.get(arena, 0) + int(length.total_seconds() // 60)
            now += length + timedelta(minutes=self.dice.choice((10, 15, 20)))
        # What is left of the evening is mostly spent walking between places; a little stays unallocated.
        left = int((end - start).total_seconds() // 60) - sum(minutes.values())
        minutes["outdoor"] = minutes.get("outdoor", 0) + max(0, left - self.dice.choice((0, 15, 30, 45)))
        return minutes

    def route(self, district: str) -> list[tuple[Json, str]]:
        dice = self.dice
        if self.team.name == "Ungdomsjouren" and district != "farsta":
            areas = dice.sample(sorted(ELSEWHERE), 3)
            numbers = [dice.choice(ELSEWHERE[area]) for area in areas for _ in range(2)]
        else:
            numbers = dice.sample(FARSTA, 4) if district == "farsta" else list(SKARHOLMEN)
        is_late = self.days_ago < LEFT_ALONE_DAYS
        kept = [n for n in dict.fromkeys(numbers) if n not in NEVER and not (n == LEFT_ALONE and is_late)]
        route: list[tuple[Json, str]] = [
            ({"site_id": site_id(n)}, dice.choice(("outdoor", "outdoor", "outdoor", "transit"))) for n in kept
        ]
        extra: list[tuple[Json, str]] = [({}, "digital")]
        if district == "farsta":
            extra += [({"school_unit_code": "99000040"}, "school"), ({"neighbourhood": "Hökarängen"}, "outdoor")]
            extra += [({"neighbourhood": "Farsta"}, "youth_centre")]
        elif district == "skarholmen":
            extra += [({"school_unit_code": "99000044"}, "school"), ({"neighbourhood": "Sätra"}, "mall")]
        else:
            extra += [({"neighbourhood": "Norrmalm"}, "mall"), ({"neighbourhood": "Kista"}, "transit")]
        return route + dice.sample(extra, 2)

    def visit(self, shift: str, arrived: datetime, left: datetime | None, place: Json, arena: str, outcome: str) -> str:
        dice = self.dice
        return self.write(
            "visits",
            arrived,
            shift_id=shift,
            arena=arena,
            arrived_at=arrived.isoformat(),
            left_at=left.isoformat() if left else None,
            outcome=outcome,
            not_visited_reason=dice.choice(REASONS) if outcome == "not_visited" else None,
            together_with=["police"] if left and self.day.weekday() == 4 and dice.random() < 0.4 else [],
            audience=["youth"] if dice.random() < 0.8 else ["youth", "adults"],
            actions=sorted(dice.sample(ACTIONS, dice.randint(1, 2))) if left else [],
            **place,
        )

    def observation(self, visit: str, seen: datetime, place: Json) -> None:
        dice = self.dice
        topics = dice.choices([code for code, _ in TOPICS], [weight for _, weight in TOPICS], k=dice.randint(1, 2))
        is_referring = dice.random() < 0.25
        has_moved = "site_id" in place and dice.random() < 0.07
        self.write(
            "observations",
            seen,
            visit_id=visit,
            observed_at=seen.isoformat(),
            situation=dice.choice(("calm", "calm", "uneasy", None)),
            topics=list(dict.fromkeys(topics)),
            conditions=[dice.choice(CONDITIONS)] if dice.random() < 0.4 else [],
            counts=self.counts() if dice.random() < 0.85 else [],
            referrals=[{"to": dice.choice(REFERRALS), "count": dice.randint(1, 2)}] if is_referring else [],
            moved_from=dice.choice((site_id(30), site_id(23), "unknown")) if has_moved else None,
            note="Demo: samlas vid entrén, pratade om fritidsgården." if dice.random() < 0.15 else "",
        )

    def counts(self) -> list[Json]:
        dice = self.dice
        cells = [
            (band, gender) for band in ("13-15", "16-17", "18-20", "21+") for gender in ("male", "female", "unknown")
        ]
        weights = [7, 3, 1, 9, 4, 1, 6, 2, 1, 3, 1, 1]
        chosen = dict.fromkeys(dice.choices(cells, weights, k=dice.randint(1, 4)))
        found = []
        for band, gender in chosen:
            present = dice.randint(1, 7)
            found.append({"age_band": band, "gender": gender, "present": present, "contacts": dice.randint(0, present)})
        return found

    def at(self, hour: int, minute: int) -> datetime:
        """Return a local time of the evening; hours over 24 are those of the next morning."""
        day = self.day + timedelta(days=hour // 24)
        return datetime.combine(day, time(hour % 24, minute), STOCKHOLM).astimezone(UTC)

    def write(self, collection: str, made: datetime, record: str | None = None, **fields: Any) -> str:
        """Write a mutation: a create with a new id, or an update of the record named. Return the record's id."""
        op = "update" if record else "create"
        record_id = record or self.new_id(made)
        self.sent.mutations.append(
            {
                "id": self.new_id(made),
                "collection": collection,
                "record_id": record_id,
                "op": op,
                "base_version": 0,
                "fields": fields,
                "made_at": made.isoformat(),
            }
        )
        return record_id

    def new_id(self, made: datetime) -> str:
        """Make a UUIDv7 of the moment from the dice, so that two demo databases hold the same records."""
        bits = self.dice.getrandbits
        digits = f"{int(made.timestamp() * 1000):012x}7{bits(12):03x}8{bits(60):015x}"
        return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"
