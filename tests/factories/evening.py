"""A hand-made evening in Farsta last month, sent from a phone: two people, one visit in another district."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from fieldapp.demo.register import site_id
from fieldapp.summaries.periods import Period, month_end

STOCKHOLM = ZoneInfo("Europe/Stockholm")
LISTED_NEAR, LISTED_UNSURE, IN_SKARHOLMEN = site_id(23), site_id(26), site_id(30)


def last_month():
    """The last calendar month that has passed."""
    today = datetime.now(STOCKHOLM).date().replace(day=1)
    return Period(today, month_end(today)).previous()


def month_query(**more):
    """The query of last month."""
    period = last_month()
    return {"from": period.first.isoformat(), "to": period.last.isoformat(), **more}


def the_tenth(hour, minute=0):
    """A time on the 10th of last month, as phones write it."""
    day: date = last_month().first + timedelta(days=9 + hour // 24)
    return datetime(day.year, day.month, day.day, hour % 24, minute, tzinfo=STOCKHOLM).isoformat()


@dataclass
class Evening:
    """Ids of what was sent."""

    shift: str
    near: str
    elsewhere: str
    observation: str


def send_evening(phone, colleagues=(), note="", label="Demo hörnet"):
    """Send the evening: 18–23, an hour at a school-near site with police, an hour in Skärholmen, and an own pin."""
    shift = phone.shift(
        started_at=the_tenth(18),
        ended_at=the_tenth(23),
        participant_ids=[phone.user_id, *colleagues],
        arena_minutes={"outdoor": 180, "transit": 60},
        mumin=[{"delegated_by": "socialjour", "count": 2}],
        incidents={"threat": 1},
        handover_note=note,
    )
    key = shift["record_id"]
    near = phone.visit(
        key,
        site_id=LISTED_NEAR,
        arrived_at=the_tenth(19),
        left_at=the_tenth(20),
        together_with=["police"],
        actions=["conversation"],
    )
    elsewhere = phone.visit(key, site_id=IN_SKARHOLMEN, arrived_at=the_tenth(20, 30), left_at=the_tenth(21, 30))
    quiet = phone.visit(
        key,
        place={"lat": 59.2437, "lon": 18.0931, "label": label},
        outcome="nothing_noted",
        arrived_at=the_tenth(22),
    )
    missed = phone.visit(
        key,
        site_id=LISTED_UNSURE,
        outcome="not_visited",
        not_visited_reason="time",
        arrived_at=the_tenth(22, 30),
    )
    seen = phone.observation(
        near["record_id"],
        observed_at=the_tenth(19, 20),
        topics=["suspected_dealing", "weapon"],
        conditions=["lighting_out"],
        counts=[
            {"age_band": "16-17", "gender": "male", "present": 7, "contacts": 3},
            {"age_band": "13-15", "gender": "female", "present": 2, "contacts": 2},
        ],
        referrals=[{"to": "school", "count": 1}],
        moved_from=IN_SKARHOLMEN,
        note=note,
    )
    there = phone.observation(elsewhere["record_id"], observed_at=the_tenth(20, 40), topics=["gathering"])
    phone.apply(shift, near, elsewhere, quiet, missed, seen, there)
    phone.apply(phone.mutation("shifts", "update", key, base=1, status="submitted"))
    return Evening(key, near["record_id"], elsewhere["record_id"], seen["record_id"])


def send_visits(phone, day, *places):
    """Send one evening of a date; places are (site, visits where dealing was noted, visits where nothing was)."""
    began = datetime(day.year, day.month, day.day, 16, tzinfo=STOCKHOLM)
    shift = phone.shift(started_at=began.isoformat(), ended_at=(began + timedelta(hours=8)).isoformat())
    sent = [shift]
    for site, noted, quiet in places:
        for number in range(noted + quiet):
            arrived = (began + timedelta(minutes=number)).isoformat()
            outcome = "observed" if number < noted else "nothing_noted"
            visit = phone.visit(shift["record_id"], site_id=site, arrived_at=arrived, outcome=outcome)
            sent.append(visit)
            if number < noted:
                topics = ["suspected_dealing"]
                sent.append(phone.observation(visit["record_id"], observed_at=arrived, topics=topics))
    for start in range(0, len(sent), 50):
        phone.apply(*sent[start : start + 50])
    return shift["record_id"]
