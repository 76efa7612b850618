"""Fixed codes of night walks (api.md, Sync)."""

GROUP_KINDS = ("association", "school_class", "other")
WALK_STATUSES = ("planned", "ready", "under_way", "done", "cancelled")
MOODS = ("calm", "lively", "uneasy")
ANSWER_KINDS = ("coming", "cannot", "other_evening", "log")
