"""Habits of the invented teams: where they walk, on which weekdays, and what they tend to note. Data only."""

from dataclasses import dataclass

# Listed sites near a school that nobody gets to: 24 not for twelve days, 2, 18 and 25 never.
LEFT_ALONE_DAYS = 12
LEFT_ALONE = 24
NEVER = frozenset({2, 18, 25})
FARSTA, SKARHOLMEN = (23, 24, 26, 32, 33), (30, 31, 34)
ELSEWHERE = {
    "jarva": (1, 3, 5, 35),
    "hasselby-vallingby": (6, 7),
    "bromma": (9,),
    "kungsholmen": (10,),
    "norra-innerstaden": (11, 12, 13, 37),
    "sodermalm": (14, 15, 16, 36),
    "enskede-arsta-vantor": (17, 19),
    "skarpnack": (21, 22),
    "hagersten-alvsjo": (27, 28, 38),
    "farsta": (23, 26),
    "skarholmen": (30, 31),
}
TOPICS = (
    ("suspected_dealing", 9), ("drug_use", 6), ("gathering", 9), ("alcohol", 4), ("vandalism", 2),
    ("suspected_recruitment", 2), ("violence_or_threat", 1), ("vulnerable_girl_or_woman", 2), ("vulnerable_adult", 2),
    ("positive_activity", 4), ("other", 1),
)  # fmt: skip
CONDITIONS = ("lighting_out", "overgrown", "hiding_place", "litter", "paraphernalia", "broken_environment", "none")
ACTIONS = ("presence", "conversation", "information", "guardian_contacted", "conflict_calmed", "reported_fault")
REFERRALS = ("youth_centre", "maria_ungdom", "school", "social_services", "guardian", "concern_report")
REASONS = ("time", "other_task", "moved_focus", "weather", "nobody_there", "understaffed")


@dataclass(frozen=True)
class DemoTeam:
    """A team's habits: who walks, on which weekdays (Monday 0), and which other staff come along."""

    name: str
    district: str
    people: tuple[str, ...]
    weekdays: tuple[int, ...]
    others: int


TEAMS = (
    DemoTeam("Farsta", "farsta", ("falt1", "falt2", "ledare"), (3, 4, 5), 0),
    DemoTeam("Skärholmen", "skarholmen", ("falt3",), (4, 5), 1),
    DemoTeam("Ungdomsjouren", "norra-innerstaden", ("jour1", "jour2"), (2, 3, 4, 5), 0),
)
