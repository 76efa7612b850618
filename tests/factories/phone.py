"""A phone that speaks the protocol: numbers its mutations, keeps its cursor, sends what it is told to."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Self

from fieldapp.core.ids import new_id
from fieldapp.demo.accounts import PASSWORD

ORIGIN = {"Origin": "http://localhost"}
TRIES = 4  # each waits for the write lock as long as the server does
Json = dict[str, Any]


def now_iso(**offset: float) -> str:
    """Return the present moment, moved by a timedelta, as a phone writes it."""
    return (datetime.now(UTC) + timedelta(**offset)).isoformat(timespec="seconds")


@dataclass
class Phone:
    """One user on one installation."""

    client: Any
    session: Json
    device_seq: int = 0
    cursor: str | None = None
    epoch: str | None = None
    records: dict[tuple[str, str], Json] = field(default_factory=dict)

    @classmethod
    def signed_in(cls, client: Any, who: str, device_id: str | None = None, password: str = PASSWORD) -> Self:
        """Sign in as a demo person."""
        body = {
            "email": f"{who}@demo.example",
            "password": password,
            "device_id": device_id or new_id(),
            "device_name": "Demomobil",
        }
        answer = client.post("/api/v1/session", json=body, headers=ORIGIN)
        assert answer.status_code == 200, answer.get_data(as_text=True)
        return cls(client, answer.get_json())

    @property
    def user_id(self) -> str:
        """The signed-in person."""
        user: str = self.session["user"]["id"]
        return user

    @property
    def team_id(self) -> str:
        """The person's first team."""
        return next(grant["team_id"] for grant in self.session["grants"] if grant["team_id"])

    @property
    def headers(self) -> dict[str, str]:
        """What an unsafe request needs."""
        return {**ORIGIN, "X-CSRF-Token": self.session["csrf_token"]}

    # ------------------------------------------------------------ mutations

    def mutation(self, collection: str, op: str, record_id: str | None = None, base: int = 0, **fields: Any) -> Json:
        """Write a mutation with the device's next number."""
        self.device_seq += 1
        return {
            "id": new_id(),
            "device_seq": self.device_seq,
            "collection": collection,
            "record_id": record_id or new_id(),
            "op": op,
            "base_version": base,
            "fields": fields,
            "made_at": now_iso(),
            "replaces": None,
        }

    def shift(self, **fields: Any) -> Json:
        """Create a shift of the person's own team."""
        districts = [grant["district"] for grant in self.session["grants"]]
        defaults = {
            "team_id": self.team_id,
            "district": districts[0] or "farsta",
            "kind": "evening",
            "assignment": "core",
            "started_at": now_iso(hours=-4),
            "participant_ids": [self.user_id],
        }
        return self.mutation("shifts", "create", **{**defaults, **fields})

    def visit(self, shift_id: str, **fields: Any) -> Json:
        """Create a visit in a stadsdel, unless told another place."""
        place = (
            {}
            if fields.keys() & {"site_id", "school_unit_code", "place", "neighbourhood"}
            else {"neighbourhood": "Hökarängen"}
        )
        defaults = {"shift_id": shift_id, "arena": "outdoor", "arrived_at": now_iso(hours=-3), "outcome": "observed"}
        return self.mutation("visits", "create", **{**defaults, **place, **fields})

    def observation(self, visit_id: str, **fields: Any) -> Json:
        """Create an observation with one topic."""
        defaults = {"visit_id": visit_id, "observed_at": now_iso(hours=-3), "topics": ["gathering"]}
        return self.mutation("observations", "create", **{**defaults, **fields})

    def briefing(self, **fields: Any) -> Json:
        """Create a briefing for Farsta."""
        defaults = {
            "held_at": now_iso(),
            "joint": True,
            "districts": ["farsta"],
            "valid_from": now_iso(),
            "valid_until": now_iso(hours=9),
        }
        return self.mutation("briefings", "create", **{**defaults, **fields})

    def walk_group(self, **fields: Any) -> Json:
        """Create a group that walks in Farsta."""
        return self.mutation("walk_groups", "create", **{"district": "farsta", "name": "Demo föräldrar", **fields})

    def walk(self, group_id: str, **fields: Any) -> Json:
        """Create a walk of a group of Farsta."""
        defaults = {
            "district": "farsta",
            "group_id": group_id,
            "planned_start": now_iso(hours=2),
            "planned_end": now_iso(hours=5),
            "status": "planned",
        }
        return self.mutation("walks", "create", **{**defaults, **fields})

    def evening(self, observations: int = 1) -> list[Json]:
        """Create a shift, a visit and some observations."""
        shift = self.shift()
        visit = self.visit(shift["record_id"])
        return [shift, visit, *(self.observation(visit["record_id"]) for _ in range(observations))]

    # ------------------------------------------------------------ the wire

    def request(self, mutations: list[Json], **envelope: Any) -> Json:
        """Build a request."""
        return {
            "protocol": 1,
            "app_build": "2026.11.1",
            "epoch": self.epoch,
            "cursor": self.cursor,
            "limit": 1000,
            "sent_at": now_iso(),
            "queue": {"count": len(mutations), "oldest_made_at": None, "last_device_seq": self.device_seq},
            "mutations": mutations,
            **envelope,
        }

    def post(self, mutations: list[Json], **envelope: Any) -> Any:
        """Send a request and return the raw answer."""
        return self.client.post("/api/v1/sync", json=self.request(mutations, **envelope), headers=self.headers)

    def push(self, *mutations: Json, **envelope: Any) -> list[Json]:
        """Send mutations and return their receipts; what came down is taken in."""
        return self._taken_in(self.post(list(mutations), **envelope))

    def push_among_others(self, *mutations: Json) -> list[Json]:
        """Send mutations while others write: again, as a phone does (CL5), when the server can't take them just now.

        What was answered 503 must have left nothing behind: no receipt may be a replay.
        """
        answer = self.post(list(mutations))
        for _ in range(TRIES - 1):
            if answer.status_code != 503:
                break
            answer = self.post(list(mutations))
        receipts = self._taken_in(answer)
        assert not any(receipt["replayed"] for receipt in receipts), receipts
        return receipts

    def _taken_in(self, answer: Any) -> list[Json]:
        assert answer.status_code == 200, answer.get_data(as_text=True)
        body = answer.get_json()
        self.take_in(body)
        receipts: list[Json] = body["receipts"]
        return receipts

    def apply(self, *mutations: Json) -> None:
        """Send mutations that must all take effect."""
        receipts = self.push(*mutations)
        assert [receipt["status"] for receipt in receipts] == ["applied"] * len(mutations), receipts

    def pull(self, limit: int = 1000) -> dict[tuple[str, str], Json]:
        """Pull until there is no more; return everything the phone holds."""
        more = True
        while more:
            answer = self.post([], limit=limit)
            assert answer.status_code == 200, answer.get_data(as_text=True)
            more = answer.get_json()["more"]
            self.take_in(answer.get_json())
        return self.records

    def take_in(self, body: Json) -> None:
        """Apply a page (PL7)."""
        if body["reset"]:
            self.records.clear()
        for change in body["changes"]:
            key = (change["collection"], change["record_id"])
            if change["deleted"]:
                self.records.pop(key, None)
            else:
                self.records[key] = {**change["record"], "version": change["version"]}
        self.cursor, self.epoch = body["cursor"], body["epoch"]

    def held(self, collection: str) -> list[Json]:
        """Return the records of a collection on the phone."""
        return [record for (name, _), record in self.records.items() if name == collection]
