"""Figures compared: those that are kept and added up, and those folded from the records."""

from datetime import timedelta

from fieldapp.summaries.packing import pack

DAY = timedelta(days=1)


def told(figures):
    """Return all that figures say, in a form that compares: not what they share with the day before them."""
    figures.effort.joint_twice_us = 0
    return {
        "figures": pack(figures),
        "weeks": {week: (counts["shifts"], counts["visits"]) for week, counts in figures.weeks.items()},
        "joint_briefings": figures.effort.joint_briefings,
        "sites": {key: (tally.site, *pack_site(tally)) for key, tally in figures.sites.items()},
    }


def pack_site(tally):
    """Return what was noted at a site, without what was never noted."""
    counters = ({code: n for code, n in counter.items() if n} for counter in (tally.topics, tally.not_visited))
    return (tally.visits, tally.observations, *counters)
