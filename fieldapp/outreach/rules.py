"""What makes a shift, a visit or an observation hold together. Pure: values in, field errors out.

Field errors are path → message keys, as everywhere.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from fieldapp.outreach.codes import PLACELESS_ARENAS

FieldErrors = dict[str, list[str]]
LONGEST_SHIFT = timedelta(hours=24)
CODES = 1_000_000  # six digits
MOST_WRONG_CODES = 10
WRONG_CODES_WINDOW = timedelta(minutes=10)
PLACE_FIELDS = ("site_id", "school_unit_code", "place", "neighbourhood")
# Stockholm county with a margin; a pin outside it is a slip of the position, not a place to visit.
LAT_RANGE = (58.6, 60.4)
LON_RANGE = (17.0, 19.7)
# Steps of a pin: about 11 m north and 11 m east at this latitude (X31: rounded to 10 m).
LAT_STEP = 0.0001
LON_STEP = 0.0002


def shift_faults(shift: Mapping[str, Any]) -> FieldErrors:
    """Judge a shift, draft or not."""
    errors: FieldErrors = {}
    started, ended = shift["started_at"], shift["ended_at"]
    if ended is not None and ended < started:
        errors["ended_at"] = ["ended_before_started"]
    elif ended is not None and ended - started > LONGEST_SHIFT:
        errors["ended_at"] = ["longer_than_a_day"]
    if not shift["participant_ids"]:
        errors["participant_ids"] = ["required"]
    if shift["requested_by"] is not None and shift["assignment"] != "reinforcement":
        errors["requested_by"] = ["only_with_reinforcement"]
    return errors


def span(shift: Mapping[str, Any]) -> tuple[datetime, datetime]:
    """Return from when until when a shift may have lasted: one without an end, at most a day."""
    return shift["started_at"], shift["ended_at"] or shift["started_at"] + LONGEST_SHIFT


def meet(one: tuple[datetime, datetime], other: tuple[datetime, datetime]) -> bool:
    """Say whether two spans have a moment in common; one that begins when the other ends has none."""
    return one[0] < other[1] and other[0] < one[1]


def may_be_added(staff: Mapping[str, datetime | None], person: str, *moments: datetime) -> bool:
    """Say whether a person may be put on a shift: of the staff, and not disabled yet at one of the moments."""
    if person not in staff:
        return False
    disabled_at = staff[person]
    return disabled_at is None or any(moment < disabled_at for moment in moments)


def places_to_judge(before: Mapping[str, Any] | None, after: Mapping[str, Any]) -> dict[int, bool]:
    """Return which open items name a place anew, by index, and whether each was taken over from an earlier shift."""
    known = {(item["id"], item.get("site_id")) for item in (before["open_items"] if before else ())}
    return {
        index: datetime.fromisoformat(item["at"]) < after["started_at"]
        for index, item in enumerate(after["open_items"])
        if item.get("site_id") is not None and (item["id"], item["site_id"]) not in known
    }


def submission_faults(shift: Mapping[str, Any]) -> FieldErrors:
    """Judge what a shift needs before it is sent in: an end, and no more arena minutes than its length."""
    if shift["ended_at"] is None:
        return {"ended_at": ["required"]}
    minutes = sum(shift["arena_minutes"].values())
    length: timedelta = shift["ended_at"] - shift["started_at"]
    if minutes * 60 > length.total_seconds() + 60:  # times are noted to the minute
        return {"arena_minutes": ["more_than_the_shift"]}
    return {}


def joins(before: Mapping[str, Any], after: Mapping[str, Any], user_id: str) -> bool:
    """Say whether nothing changes on a shift but that one person joins it."""
    different = {name for name in after if after[name] != before[name]}
    return different == {"participant_ids"} and set(after["participant_ids"]) == {*before["participant_ids"], user_id}


def join_code(shift_id: str) -> str:
    """Return the six digits by which colleagues of any team find a pass: they follow from its id alone.

    So whoever began it can read them out without coverage. The phone's is `static/app/domain/joinCode.ts`.
    """
    return f"{int(shift_id[-12:], 16) % CODES:06}"


def may_change_status(before: str, after: str) -> bool:
    """Say whether a participant may set the status (PU10); all else happens in review."""
    return before == after or (before, after) in {("draft", "submitted"), ("returned", "submitted")}


def visit_faults(visit: Mapping[str, Any]) -> FieldErrors:
    """Judge a visit: one place, an order of times, a reason where none was made."""
    errors: FieldErrors = {}
    given = [name for name in PLACE_FIELDS if visit[name] is not None]
    if visit["arena"] in PLACELESS_ARENAS:
        errors |= {name: ["no_place_here"] for name in given}
    elif not given:
        errors["site_id"] = ["place_required"]
    elif len(given) > 1:
        errors |= {name: ["one_place_only"] for name in given}
    if visit["left_at"] is not None and visit["left_at"] < visit["arrived_at"]:
        errors["left_at"] = ["left_before_arrived"]
    if visit["outcome"] == "not_visited" and visit["not_visited_reason"] is None:
        errors["not_visited_reason"] = ["required"]
    if visit["outcome"] != "not_visited" and visit["not_visited_reason"] is not None:
        errors["not_visited_reason"] = ["only_when_not_visited"]
    place = visit["place"]
    if place is not None:
        for name, (low, high) in (("lat", LAT_RANGE), ("lon", LON_RANGE)):
            if not low <= place[name] <= high:
                errors[f"place.{name}"] = ["outside_the_county"]
    return errors


def rounded_place(place: Mapping[str, Any]) -> dict[str, Any]:
    """Return the pin on the 10 m grid; rounding twice changes nothing."""
    return {
        "lat": round(round(place["lat"] / LAT_STEP) * LAT_STEP, 4),
        "lon": round(round(place["lon"] / LON_STEP) * LON_STEP, 4),
        "label": place["label"],
    }


def observation_faults(observation: Mapping[str, Any]) -> FieldErrors:
    """Judge an observation: counts that agree with each other and with what was said of them."""
    errors: FieldErrors = {}
    seen = set()
    for index, count in enumerate(observation["counts"]):
        if count["contacts"] > count["present"]:
            errors[f"counts.{index}.contacts"] = ["more_contacts_than_present"]
        pair = (count["age_band"], count["gender"])
        if pair in seen:
            errors[f"counts.{index}.gender"] = ["repeated"]
        seen.add(pair)
    if observation["people_basis"] == "not_counted" and observation["counts"]:
        errors["people_basis"] = ["counts_given"]
    receivers = [referral["to"] for referral in observation["referrals"]]
    if len(set(receivers)) != len(receivers):
        errors["referrals"] = ["repeated"]
    if "none" in observation["conditions"] and len(observation["conditions"]) > 1:
        errors["conditions"] = ["none_stands_alone"]
    return errors


def people_basis(observation: Mapping[str, Any]) -> str:
    """Return how people were counted where nothing was said: without counts it is missing, never zero."""
    said: str | None = observation["people_basis"]
    return said or ("counted" if observation["counts"] else "not_counted")


def is_another_place(before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    """Say whether a visit notes another place outside the register than before, or none: it went, or was not made."""
    is_there = not after["deleted"] and after["outcome"] != "not_visited"
    return before["place"] is not None and not (is_there and after["place"] == before["place"])
