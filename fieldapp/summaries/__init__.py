"""Summaries of districts, teams and the city: figures folded from the evening's record, small numbers protected.

Writes what was frozen, that a report was read, and what it keeps beside the records to add figures up from (`keeping`).
"""
