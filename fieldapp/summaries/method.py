"""What each figure of a summary means, a sentence each (figures.md). Pure: keys and the catalogue's sentences."""

from collections.abc import Mapping
from typing import Any

from fieldapp.summaries.tables import Words

# What it is called → the sentence.
DEFINITIONS = (
    ("summary.person_hours", "summary.person_hours_help"),
    ("summary.visits", "summary.visits_help"),
    ("summary.joint", "summary.joint_help"),
    ("summary.near_visited", "summary.near_visited_help"),
    ("summary.coverage", "summary.coverage_help"),
    ("summary.posts", "summary.posts_help"),
    ("export.school_near", "export.school_near_help"),
    ("export.table.sites", "summary.sites_help"),
    ("summary.by_week", "summary.by_week_help"),
    ("summary.arenas", "summary.arenas_help"),
    ("summary.people", "summary.people_help"),
    ("summary.where", "summary.where_help"),
    ("export.people_several", "export.same_person"),
    ("export.female_share", "export.female_share_help"),
    ("summary.topics", "summary.topics_help"),
    ("summary.referrals", "summary.referrals_help"),
    ("summary.not_visited", "summary.not_visited_help"),
    ("summary.movements", "summary.movements_help"),
    ("summary.by_hour", "summary.by_hour_help"),
)
COMPARED = (("summary.compare", "summary.work_help"),)
TESTED = (("export.look_closer", "summary.look_closer_help"),)
ALWAYS = (
    ("summary.walks", "export.walks_help"),
    ("summary.hidden", "export.hidden_help"),
    ("export.missing", "export.missing_help"),
    ("export.table.complete", "export.complete_help"),
    ("export.not_cause", "summary.not_cause"),
)


def definitions(answer: Mapping[str, Any], words: Words) -> list[tuple[str, str]]:
    """Return (what, sentence) of the figures that the answer has."""
    keys = list(ALWAYS)
    if "effort" in answer:
        keys = [*DEFINITIONS, *keys]
        keys += COMPARED if answer["compare"] else ()
        keys += TESTED if any("look_closer" in row for row in answer["sites"]) else ()
    return [(words.say(what), words.say(sentence)) for what, sentence in keys]
