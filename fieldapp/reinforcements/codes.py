"""Fixed codes of reinforcements."""

OTHER_REQUESTERS = ("police", "own")  # beside the districts; api.md, `requested_by` of shifts
STATES = ("requested", "accepted", "declined", "withdrawn", "done")
STORED_STATES = STATES[:-1]  # done follows from the shifts
