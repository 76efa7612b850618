"""Facts kept beside the records: after whatever was done, they add up to what the records come to."""

import os
import random
from datetime import date, datetime, timedelta

import pytest

from fieldapp.core.clock import STOCKHOLM, utc_now
from fieldapp.core.database import db
from fieldapp.summaries import facts
from fieldapp.summaries.completeness import completeness
from fieldapp.summaries.figures import figures_of
from fieldapp.summaries.periods import Period
from fieldapp.summaries.queries import Wanted
from fieldapp.summaries.rebuilding import differences
from fieldapp.sync import disposal
from tests.factories.evening import IN_SKARHOLMEN, LISTED_NEAR, LISTED_UNSURE, last_month
from tests.factories.facts import told
from tests.factories.mending import mend

SCALE = int(os.environ.get("FAULT_SCALE", "1"))
MOVES = 20
DAY = timedelta(days=1)
DISTRICTS = (None, "farsta", "skarholmen", "jarva")
PLACES = (
    {"site_id": LISTED_NEAR},
    {"site_id": LISTED_UNSURE},
    {"site_id": IN_SKARHOLMEN},
    {"neighbourhood": "Hökarängen"},
    {"place": {"lat": 59.2437, "lon": 18.0931, "label": "Demo hörnet"}},
)
NOWHERE = {"site_id": None, "neighbourhood": None, "place": None}
CONTENTS = "SELECT scope, grain, date, shifts, open_again, figures FROM summary_facts ORDER BY scope, grain, date"


class Desk:
    """People of three teams who write, and their leaders who decide; what they do is drawn from a seed."""

    def __init__(self, phone, app, folder, seed):
        self.dice = random.Random(seed)
        self.app, self.folder = app, folder
        self.phones = [phone(who) for who in ("falt1", "falt2", "falt3", "jour1")]
        self.leads = [phone(who) for who in ("ledare2", "ledare4")]
        self.lead_of = {one.team_id: self.leads[0] for one in self.phones[:2]}
        self.lead_of |= {one.team_id: self.leads[1] for one in self.phones[2:]}
        self.author, self.shifts, self.done = {}, [], []
        # Around the turn of a month, so that nights reach from one into the next.
        self.days = [last_month().first + n * DAY for n in (-2, -1, 0, 1, 8)]

    def run(self, moves):
        """Do one thing after the other; after each of them yield what it was."""
        for _ in range(8):
            self.begin()
        for name in ("send_in", "approve_all", "visit_all", "take_all_in", "mend_all", "reopen_all", "visit_all"):
            getattr(self, name)()
            yield name
        often = (self.send_in, self.decide, self.decide, self.take_in, self.mend, self.change_visit, self.move_shift)
        seldom = (self.begin, self.visit, self.change_shift, self.observe, self.take_back, self.meet, self.choose)
        once = (self.correct, self.dispose, self.brief)
        for _ in range(moves):
            move = self.dice.choice((*often, *often, *often, *seldom, *seldom, *once))
            move()
            yield move.__name__

    # ---------------------------------------------------------------- each once, in order

    def approve_all(self):
        for key in self.shifts:
            self.decide_on(key, *self.lead_and(key), "approve")

    def visit_all(self):
        """Visit once more on every pass: what is approved gets it late."""
        for key in self.shifts:
            who = self.author[key]
            who.pull()
            shift = who.records["shifts", key]
            start, end = (datetime.fromisoformat(shift[name]) for name in ("started_at", "ended_at"))
            self.push(who, self.new_visit(who, key, start, end))

    def take_all_in(self):
        for key in self.shifts:
            self.take_in_of(key, *self.lead_and(key))

    def mend_all(self):
        for key in self.shifts:
            self.mend_on(key, *self.lead_and(key))

    def reopen_all(self):
        for key in self.shifts[::2]:
            self.decide_on(key, *self.lead_and(key), "reopen")

    # ---------------------------------------------------------------- what people write

    def push(self, who, *mutations):
        answer = who.post(list(mutations))
        assert answer.status_code == 200, answer.text
        who.take_in(answer.get_json())
        self.done += [(receipt["status"]) for receipt in answer.get_json()["receipts"]]

    def span(self):
        day = self.dice.choice(self.days)
        start = datetime(day.year, day.month, day.day, self.dice.randint(0, 23), 30, tzinfo=STOCKHOLM)
        return start, start + timedelta(minutes=self.dice.choice((45, 300, 600, 1380)))

    def begin(self):
        who, (start, end) = self.dice.choice(self.phones), self.span()
        others = self.dice.sample([one.user_id for one in self.phones], self.dice.randint(0, 3))
        shift = who.shift(
            started_at=start.isoformat(),
            ended_at=end.isoformat(),
            participant_ids=sorted({who.user_id, *others}),
            other_participants=self.dice.randint(0, 1),
            arena_minutes={"outdoor": self.dice.randint(0, 40), "transit": 3},
            mumin=[{"delegated_by": "socialjour", "count": 1}] if self.dice.random() < 0.5 else [],
            incidents={"threat": self.dice.randint(0, 1)},
            assignment=self.dice.choice(("core", "reinforcement")),
        )
        self.author[shift["record_id"]] = who
        self.shifts.append(shift["record_id"])
        visits = [self.new_visit(who, shift["record_id"], start, end) for _ in range(self.dice.randint(0, 3))]
        seen = [self.new_observation(who, one["record_id"]) for one in visits if one["fields"]["outcome"] == "observed"]
        self.push(who, shift, *visits, *seen)

    def new_visit(self, who, shift, start, end):
        arrived = start + (end - start) * self.dice.random()
        outcome = self.dice.choice(("observed", "observed", "nothing_noted", "not_visited"))
        return who.visit(
            shift,
            arrived_at=arrived.isoformat(timespec="seconds"),
            left_at=(arrived + timedelta(minutes=self.dice.randint(0, 200))).isoformat(timespec="seconds"),
            outcome=outcome,
            **({"not_visited_reason": "time"} if outcome == "not_visited" else {}),
            together_with=self.dice.choice(([], ["police"])),
            actions=["presence"],
            **self.dice.choice(PLACES),
        )

    def new_observation(self, who, visit):
        counts = [{"age_band": "13-15", "gender": "female", "present": self.dice.randint(0, 9), "contacts": 0}]
        topics = self.dice.sample(("weapon", "alcohol", "suspected_dealing"), 2)
        moved = {"moved_to": IN_SKARHOLMEN} if self.dice.random() < 0.3 else {}
        return who.observation(visit, topics=topics, counts=counts, referrals=[{"to": "school", "count": 1}], **moved)

    def held(self, collection):
        """Return one of one's own records of a collection, with who wrote it, as they hold it now."""
        who = self.dice.choice(self.phones)
        who.pull()
        found = sorted((one for one in who.held(collection) if one["created_by"] == who.user_id), key=lambda r: r["id"])
        return (who, self.dice.choice(found)) if found else (who, None)

    def change(self, collection, **fields):
        who, record = self.held(collection)
        if record:
            self.push(who, who.mutation(collection, "update", record["id"], record["version"], **fields))

    def visit(self):
        who, shift = self.held("shifts")
        if shift:
            start, end = (datetime.fromisoformat(shift[name]) for name in ("started_at", "ended_at"))
            visit = self.new_visit(who, shift["id"], start, end)
            seen = [self.new_observation(who, visit["record_id"])] if visit["fields"]["outcome"] == "observed" else []
            self.push(who, visit, *seen)

    def change_shift(self):
        self.change("shifts", other_participants=self.dice.randint(0, 3), incidents={"violence": 1})

    def move_shift(self):
        start, end = self.span()
        self.change("shifts", started_at=start.isoformat(), ended_at=end.isoformat())

    def change_visit(self):
        self.change("visits", **NOWHERE | self.dice.choice(PLACES))

    def observe(self):
        self.change("observations", topics=["vandalism"], counts=[])

    def take_back(self):
        who, record = self.held(self.dice.choice(("observations", "observations", "visits", "shifts")))
        if record:
            name = next(name for (name, key) in who.records if key == record["id"])
            self.push(who, who.mutation(name, "delete", record["id"], record["version"]))

    def correct(self):
        self.change("visits", outcome="nothing_noted", together_with=["police"])

    def meet(self):
        """Two phones change the same field of one pass: the second one meets a newer value (PU5)."""
        who, shift = self.held("shifts")
        both = [one for one in self.phones if shift and one.user_id in shift["participant_ids"]]
        if len(both) > 1:
            for number, one in enumerate(both[:2]):
                change = {"other_participants": 4 + number}
                self.push(one, one.mutation("shifts", "update", shift["id"], shift["version"], **change))

    def choose(self):
        for who in (*self.phones, *self.leads):
            who.pull()
            for conflict in [one for one in who.held("conflicts") if one["state"] == "open"][:1]:
                resolution = {name: {"choice": "sent"} for name in conflict["sent"]}
                key, version = conflict["id"], conflict["version"]
                self.push(who, who.mutation("conflicts", "update", key, version, resolution=resolution))

    def brief(self):
        start, _ = self.span()
        who = self.phones[0]
        times = {"held_at": start.isoformat(), "valid_from": start.isoformat()}
        briefing = who.briefing(**times, valid_until=(start + timedelta(hours=4)).isoformat())
        self.push(who, briefing)
        self.change("shifts", briefing_id=briefing["record_id"])

    # ---------------------------------------------------------------- what leaders do

    def some_shift(self):
        key = self.dice.choice(self.shifts)
        return key, *self.lead_and(key)

    def lead_and(self, key):
        lead = self.lead_of[self.author[key].team_id]
        answer = lead.client.get(f"/api/v1/shifts/{key}")
        return lead, answer.get_json() if answer.status_code == 200 else None

    def send_in(self):
        for key in self.shifts:
            who = self.author[key]
            who.pull()
            shift = who.records.get(("shifts", key))
            if shift and shift["status"] in ("draft", "returned") and self.dice.random() < 0.6:
                self.push(who, who.mutation("shifts", "update", key, shift["version"], status="submitted"))

    def decide(self):
        for _ in range(6):
            self.decide_on(*self.some_shift())

    def decide_on(self, key, lead, shift, decision=None):
        decisions = {"submitted": ("approve", "approve", "approve", "return"), "approved": ("reopen", "", "", "")}
        may = decisions.get(shift["status"], ("",)) if shift else ("",)
        decision = self.dice.choice(may) if decision is None else decision
        if decision and decision in may:
            body = {"decision": decision, "content_version": shift["content_version"], "comment": "Se över."}
            answer = lead.client.post(f"/api/v1/shifts/{key}/reviews", json=body, headers=lead.headers)
            assert answer.status_code == 200, answer.text
            self.done.append(decision)

    def mend(self):
        self.mend_on(*self.some_shift())

    def mend_on(self, key, lead, shift):
        if shift and shift["status"] in ("submitted", "approved"):
            start, end = self.span()
            of_shift = {"started_at": start.isoformat(), "ended_at": end.isoformat(), "arena_minutes": {"outdoor": 1}}
            choices = [(key, shift["version"], of_shift)]
            choices += [
                (one["id"], one["version"], {"together_with": ["public_order_guard"]}) for one in shift["visits"]
            ]
            record, version, fields = self.dice.choice(choices)
            answer = mend(lead, key, record, version, **fields)
            assert answer.status_code in (200, 422), answer.text
            self.done.append(f"mend {answer.status_code}")

    def take_in(self):
        self.take_in_of(*self.some_shift())

    def take_in_of(self, key, lead, shift):
        if shift:
            path = f"/api/v1/shifts/{key}/late"
            answer = lead.client.post(path, json={"reason": "Mobilen var urladdad."}, headers=lead.headers)
            assert answer.status_code in (200, 409), answer.text
            self.done.append(f"late {answer.status_code}")

    def dispose(self):
        key = self.dice.choice(self.shifts)
        registry = self.app.extensions["fieldapp.registry"]
        with self.app.app_context():
            of = {"collection": "shifts", "record_ids": [key], "by": None, "folder": self.folder, "now": utc_now()}
            disposal.dispose(registry, **of)
        self.shifts.remove(key)
        self.done.append("disposed")


def figures(app, wanted, *, is_kept=True):
    """Return what figures and what they lack come to: as they are kept, or folded from the records."""
    with app.app_context(), pytest.MonkeyPatch.context() as patch:
        session = db.session()
        assert facts.is_built(session)
        if not is_kept:
            patch.setattr(facts, "is_built", lambda session: False)
        found = told(figures_of(session, wanted, 2024)), completeness(session, wanted, utc_now())
        db.session.remove()
        return found


def faults_of(app):
    with app.app_context():
        found = list(differences(None))
        db.session.remove()
        return found


def scopes(desk):
    teams = sorted({one.team_id for one in desk.phones})
    return [(district, None) for district in DISTRICTS] + [(None, team) for team in teams]


def periods(desk):
    month = last_month()
    before = month.previous()
    whole = [month, before, Period(before.first, month.last), Period(date(month.last.year - 1, 1, 1), month.last)]
    odd = [(before.first + 5 * DAY, month.first), (desk.days[1], desk.days[3]), (month.first, desk.days[4])]
    return [*whole, *(Period(day, day) for day in desk.days), *(Period(*ends) for ends in odd)]


@pytest.mark.parametrize("seed", range(SCALE))
def test_whatever_is_done_facts_are_what_the_records_come_to(app, phone, rows, tmp_path, seed):
    desk = Desk(phone, app, tmp_path, seed)
    ask = [Wanted(period, district, True, team) for period in periods(desk) for district, team in scopes(desk)]
    for number, move in enumerate(desk.run(MOVES)):
        assert faults_of(app) == [], f"move {number} of seed {seed}: {move}"
        for wanted in desk.dice.sample(ask, 1):
            assert figures(app, wanted) == figures(app, wanted, is_kept=False), (number, move, wanted)
    for wanted in desk.dice.sample(ask, 20):
        assert figures(app, wanted) == figures(app, wanted, is_kept=False), wanted
    assert {"applied", "late", "approve", "reopen", "mend 200", "late 200"} <= set(desk.done)
    before = rows(CONTENTS)
    assert before
    answer = app.test_cli_runner().invoke(args=["summaries", "rebuild"])
    assert answer.exit_code == 0, answer.output
    assert rows(CONTENTS) == before
