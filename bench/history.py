"""Ten years of a city's evenings, written straight into the tables: eleven districts' teams and Ungdomsjouren."""

import itertools
import random
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import orjson
from flask import Flask
from sqlalchemy import Engine

from fieldapp.accounts import services as accounts
from fieldapp.core.database import db, write_transaction
from fieldapp.core.ids import new_id
from fieldapp.demo.accounts import SINCE
from fieldapp.outreach.codes import CONDITIONS, TOPICS
from fieldapp.places.facts import districts
from fieldapp.places.services import add_mapping, create_site, nearness_rule
from fieldapp.sync.sequence import take_seqs
from tests.conftest import CHEAP

PER_VISIT, PER_SHIFT, SITES, PEOPLE = 3, 10, 20, 4  # observations, visits; of each district; of each team
A_TIME = 200  # shifts written at once
Row = dict[str, Any]
UNSAID = {"voices": "[]", "note": ""}
COMMON = {"version": 1, "deleted": False, "flags": "[]"}


class City:
    """The teams, people and sites that evenings are made of, and a writer of evenings."""

    def __init__(self, app: Flask) -> None:
        self.app, self.dice = app, random.Random(2016)
        self.codes = [district.code for district in districts()]
        with app.app_context(), write_transaction():
            self.sites = {code: [self._site(code, n) for n in range(SITES)] for code in self.codes}
            self.teams = [self._team(code) for code in (*self.codes, None)]
        self.lists = {
            "topics": [self._some(TOPICS, 2) for _ in range(200)],
            "conditions": [self._some(CONDITIONS, 1) for _ in range(50)],
            "counts": [self._counts() for _ in range(200)],
            "referrals": ["[]"] * 9 + ['[{"to":"school","count":1}]'],
        }

    def write(self, first: date, last: date, observations: int, status: str = "approved") -> list[str]:
        """Write so many observations over these days, evenly; return the ids of their shifts."""
        shifts = observations // (PER_VISIT * PER_SHIFT)
        days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
        evenings = (
            (days[number * len(days) // shifts], self.teams[number % len(self.teams)]) for number in range(shifts)
        )
        ids = []
        with self.app.app_context():
            engine = db.engine
            for some in batches(evenings, A_TIME):
                with write_transaction():
                    seqs = iter(take_seqs(db.session(), len(some) * (1 + PER_SHIFT * (1 + PER_VISIT))))
                ids += self._write_some(engine, some, seqs, status)
        return ids

    def _write_some(self, engine: Engine, evenings: list[Any], seqs: Iterator[int], status: str) -> list[str]:
        shifts, people, visits, observations = [], [], [], []
        for day, (team_id, code, members) in evenings:
            began = datetime.combine(day, time(self.dice.choice((15, 16, 17))), UTC)
            home = code or self.dice.choice(self.codes)
            here = self.dice.sample(members, 2)
            shift = self._server_set(seqs, here[0], began) | self._shift(team_id, home, began, here, status)
            shifts.append(shift)
            people += [{"shift_id": shift["id"], "user_id": person} for person in here]
            for number in range(PER_SHIFT):
                place = home if code or number % 3 else self.dice.choice(self.codes)
                at = began + timedelta(minutes=10 + 28 * number)
                visit = self._server_set(seqs, here[0], at) | self._visit(shift["id"], place, at)
                visits.append(visit)
                for _ in range(PER_VISIT):
                    seen = {
                        "visit_id": visit["id"],
                        "observed_at": at,
                        "people_basis": "counted",
                        "voices": "[]",
                        "note": "",
                    }
                    drawn = {name: self.dice.choice(lists) for name, lists in self.lists.items()}
                    observations.append(self._server_set(seqs, here[0], at) | seen | drawn)
        tables = {"shifts": shifts, "shift_participants": people, "visits": visits, "observations": observations}
        insert(engine, tables)
        return [shift["id"] for shift in shifts]

    def _server_set(self, seqs: Iterator[int], author: str, at: datetime) -> Row:
        return {**COMMON, "id": new_id(), "seq": next(seqs), "created_by": author, "created_at": at, "received_at": at}

    def _shift(self, team_id: str, district: str, began: datetime, here: list[str], status: str) -> Row:
        return {
            "team_id": team_id, "district": district, "kind": "evening", "assignment": "core", "reason": "",
            "started_at": began, "ended_at": began + timedelta(minutes=300),
            "participant_ids": orjson.dumps(here).decode(), "other_participants": 0,
            "arena_minutes": '{"outdoor":200,"transit":40}', "mumin": "[]", "incidents": "{}", "handover_note": "",
            "open_items": "[]", "status": status,
        }  # fmt: skip

    def _visit(self, shift_id: str, district: str, at: datetime) -> Row:
        return {
            "shift_id": shift_id, "site_id": self.dice.choice(self.sites[district]), "district": district,
            "arena": "outdoor", "arrived_at": at, "left_at": at + timedelta(minutes=25), "time_precision": "exact",
            "outcome": "observed", "together_with": self.dice.choice(("[]", "[]", '["police"]')), "audience": "[]",
            "actions": '["conversation"]', "entered_afterwards": False,
        }  # fmt: skip

    def _team(self, code: str | None) -> tuple[str, str | None, list[str]]:
        session, name = db.session(), f"Bänk {code or 'jouren'}"
        team = accounts.create_team(session, name=name, district=code)
        hashed = CHEAP.hash(name)
        members = []
        for number in range(PEOPLE):
            email = f"{code or 'jouren'}{number}@demo.example"
            user = accounts.create_user(session, email=email, name=f"Demo {name} {number}", password_hash=hashed)
            of = {"role": "field_worker", "district": code, "team_id": team.id, "valid_from": SINCE}
            accounts.grant_role(session, user_id=user.id, **of)
            members.append(user.id)
        return team.id, code, members

    def _site(self, code: str, number: int) -> str:
        session, rule = db.session(), nearness_rule()
        at = [17.9 + self.dice.random() / 4, 59.25 + self.dice.random() / 8]
        name = f"Demo {code} {number}"
        site = create_site(
            session, name=name, public_label=name, district=code, kind="open_drug_scene",
            geometry={"type": "Point", "coordinates": at}, coordinate_uncertainty_m=10, is_public=True, rule=rule,
        )  # fmt: skip
        for year in (2023, 2024):
            of = {
                "year": year,
                "status": "listed",
                "source": "Demo",
                "reported_by": "both",
                "decided_on": date(year, 1, 15),
            }
            add_mapping(session, site_id=site.id, rule=rule, **of)
        return site.id

    def _some(self, codes: Iterable[str], most: int) -> str:
        return orjson.dumps(self.dice.sample(sorted(codes), self.dice.randint(0, most))).decode()

    def _counts(self) -> str:
        bands, genders = ("13-15", "16-17", "18-20"), ("female", "male", "unknown")
        rows = [
            {"age_band": self.dice.choice(bands), "gender": gender, "present": self.dice.randint(1, 6), "contacts": 1}
            for gender in self.dice.sample(genders, self.dice.randint(0, 2))
        ]
        return orjson.dumps(rows).decode()


def batches(items: Iterable[Any], size: int) -> Iterator[list[Any]]:
    """Yield items in lists of a size."""
    left = iter(items)
    while some := list(itertools.islice(left, size)):
        yield some


def insert(engine: Engine, tables: dict[str, list[Row]]) -> None:
    """Write rows past the ORM: COPY on PostgreSQL, `executemany` on SQLite, a transaction for all."""
    raw = engine.raw_connection()
    try:
        if engine.dialect.name == "sqlite":
            raw.cursor().execute("BEGIN IMMEDIATE")
        for table, rows in tables.items():
            names = list(rows[0])
            if engine.dialect.name == "sqlite":
                marks = ", ".join("?" * len(names))
                raw.cursor().executemany(
                    f"INSERT INTO {table} ({', '.join(names)}) VALUES ({marks})",
                    ([as_stored(value) for value in row.values()] for row in rows),
                )
            else:
                cursor: Any = raw.cursor()
                with cursor.copy(f"COPY {table} ({', '.join(names)}) FROM STDIN") as copy:
                    for row in rows:
                        copy.write_row(list(row.values()))
        raw.commit()
    finally:
        raw.close()


def as_stored(value: Any) -> Any:
    """Return a value as SQLite keeps it."""
    return value.strftime("%Y-%m-%d %H:%M:%S.%f") if isinstance(value, datetime) else value
