"""Fixed codes of review: why a pass looks as if it needs a closer look, and the groups of the queue."""

SERIOUS, GUARD, INCIDENT, OVERLAP, GAP, UNREAD = "serious", "guard", "incident", "overlap", "gap", "unread"
# `gap` is seen when a page is made, for it comes and goes with a sync; `unread`: sent in before marks were kept.
REASONS = (SERIOUS, GUARD, INCIDENT, OVERLAP, GAP, UNREAD)
GROUPS = (
    "submitted", "returned", "missing", "silent", "conflicts", "rejections", "held", "late", "new_places",
)  # fmt: skip
APPROVED = "approved"
# What became of each pass of several approved at once: that, or the slug of what kept it from being so.
RESULTS = (APPROVED, "not_found", "not_allowed", "conflict", "wrong_status", "not_opened", "unavailable")
