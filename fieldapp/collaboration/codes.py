"""Fixed codes of platssamverkan (api.md, Places); actors are those of briefings."""

FORMS = ("place_collaboration", "other_cooperation", "not_warranted", "none", "unknown")
PARTICIPATIONS = ("takes_part", "not_needed", "not_analysed", "no_resources", "unknown")
MEETING_FREQUENCIES = ("more_than_monthly", "three_a_year_to_monthly", "fewer", "none")
CAMERAS = ("all", "part", "none", "unknown")
STEPS = ("situation_picture", "cause_analysis", "action_plan", "follow_up")
PRACTICES = (
    "lighting", "minor_changes", "vegetation_and_hiding_places", "place_activation", "outreach_youth",
    "outreach_adults",
)  # fmt: skip
MEASURE_KINDS = (*PRACTICES, "cameras", "other")
MEASURE_STATUSES = ("planned", "under_way", "done", "dropped")
EXAMPLE_KINDS = ("measure", "way_of_working")
SCHOOL_FUNCTIONS = ("head_teacher", "student_health", "school_social_worker", "security_officer", "other")
INFORMERS = ("team_lead", "field_worker", "district_administration", "police", "other")
INFORMED_OF = ("newly_listed", "struck", "became_near", "no_longer_near", "other")
ASIDE_REASONS = ("informed_otherwise", "known_already", "not_affected", "other")
PROPOSALS = ("list", "keep", "strike")
PARTS_OF_DAY = ("school_day", "evening", "night", "day_without_school")
