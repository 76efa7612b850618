"""The evening's record: shifts, visits, observations. Counts, never persons."""
