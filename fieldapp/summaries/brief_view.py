"""Turns *Läget i korthet* into words, for the page and for paper. Adds no figure of its own (E04)."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from fieldapp.core.catalogue import text
from fieldapp.core.wording import day_words
from fieldapp.places.wording import school_words
from fieldapp.summaries import view
from fieldapp.summaries.brief import Decision, brief
from fieldapp.summaries.finished_measures import Finished
from fieldapp.summaries.periods import Period
from fieldapp.summaries.wording import period_words

METHODS = ("near_monthly", "outdoor_share", "contacts", "posts_filled", "not_been", "decisions", "children", "equality")
MOST_NAMED = 5  # places of a decision that are named; the others are counted
Json = dict[str, Any]


def shown(answer: Json, late: Sequence[Decision], finished: Sequence[Finished]) -> Json:
    """Return the template's values of a summary compared with a year ago.

    `late`: what else needs a decision; `finished`: measures with what was noted before and after.
    """
    period, then = _period(answer), answer["compare"]
    sheet = brief(answer)
    return {
        "summary": answer,
        "heading": text("brief.heading", unit=view.district_words(answer["district"]), period=period_words(period)),
        "then_words": period_words(_period(then)),
        "complete_words": view.complete_words(answer["complete"], answer["status"]),
        "then_complete_words": view.complete_words(then["complete"], answer["status"]),
        "schools": school_words(answer["basis"]["school_forms"]),
        "register_words": _day(answer["basis"]["register_date"]),
        "sheet": {**sheet, "decisions": [*sheet["decisions"], *late]},
        "decision_words": _decision,
        "finished": [_finished(one) for one in finished],
        "methods": METHODS,
    }


def _decision(one: Decision) -> str:
    """Say what needs a decision, naming the first places."""
    names = ", ".join(one.places[:MOST_NAMED])
    if len(one.places) > MOST_NAMED:
        names = text("brief.and_more", names=names, n=len(one.places) - MOST_NAMED)
    count = f"{one.count:g}".replace(".", text("brief.decimal_mark"))
    return text(f"brief.decide.{one.kind}", n=count, names=names)


def _finished(one: Finished) -> str:
    """Say of a measure at how many visits suspected dealing was noted before and after."""
    return text(
        "brief.finished_line",
        kind=text(f"code.measure_kind.{one.kind}"),
        site=one.site_name,
        day=day_words(one.on),
        weeks=one.weeks,
        before=one.before.noted,
        before_of=one.before.visits,
        after=one.after.noted,
        after_of=one.after.visits,
    )


def _period(figures: Json) -> Period:
    return Period(date.fromisoformat(figures["from"]), date.fromisoformat(figures["to"]))


def _day(written: str | None) -> str:
    return day_words(date.fromisoformat(written)) if written else "–"
