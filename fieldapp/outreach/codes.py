"""Fixed codes of the evening's record (api.md, Sync). The lists of people never change, so that years compare."""

KINDS = ("day", "evening", "night", "event")
ASSIGNMENTS = ("core", "reinforcement")
EVENTS = ("lucia", "valborg", "skolavslutning", "halloween", "nyar", "lov", "other")
STATUSES = ("draft", "submitted", "returned", "approved")
ARENAS = ("outdoor", "school", "youth_centre", "mall", "transit", "event", "digital", "meeting", "other")
PLACELESS_ARENAS = ("digital", "meeting")
OUTCOMES = ("observed", "nothing_noted", "not_visited")
NOT_VISITED_REASONS = (
    "time", "safety", "other_task", "moved_focus", "nobody_there", "weather", "understaffed", "other",
)  # fmt: skip
TOGETHER_WITH = (
    "police", "public_order_guard", "safety_host", "school", "youth_centre", "property_owner", "night_walkers",
    "other_field_team",
)  # fmt: skip
JOINT_PARTNERS = frozenset({"police", "public_order_guard"})
AUDIENCES = ("youth", "adults")
ACTIONS = (
    "presence", "conversation", "information", "guardian_contacted", "accompanied_home", "conflict_calmed",
    "called_police", "called_ambulance", "called_social_emergency", "reported_fault", "activity",
)  # fmt: skip
SITUATIONS = ("calm", "uneasy", "serious")
TOPICS = (
    "suspected_dealing", "drug_use", "suspected_recruitment", "violence_or_threat", "weapon", "alcohol", "vandalism",
    "gathering", "vulnerable_girl_or_woman", "vulnerable_adult", "positive_activity", "other",
)  # fmt: skip
CONDITIONS = ("lighting_out", "overgrown", "hiding_place", "litter", "paraphernalia", "broken_environment", "none")
PEOPLE_BASES = ("counted", "estimated", "not_counted")
AGE_BANDS = ("0-12", "13-15", "16-17", "18-20", "21+", "unknown")
GENDERS = ("female", "male", "unknown")
REFERRALS = (
    "guardian", "school", "social_services", "social_emergency", "maria_ungdom", "youth_centre", "health_care",
    "womens_support", "exploitation_support", "mumin", "concern_report", "adult_services", "other",
)  # fmt: skip
VOICES = ("safe", "unsafe", "pressure_to_sell", "wants_activity")
INCIDENTS = ("threat", "violence", "near_miss")
ITEM_STATES = ("open", "done", "dropped")
PLACE_ACTIONS = ("linked", "joined", "dismissed")  # what becomes of a place outside the register
