"""Fixed codes of briefings (api.md, Sync)."""

ACTORS = (
    "police", "public_order_guard", "social_services", "school", "property_owner", "traffic_office", "youth_centre",
    "night_walkers", "other",
)  # fmt: skip
PRIORITY_REASONS = (
    "suspected_dealing", "recruitment_worry", "violence", "girls_and_women", "gathering", "school_request",
    "follow_up", "event",
)  # fmt: skip
