"""Summaries of districts, teams and the city: figures folded from the evening's record, small numbers protected.

Writes what was frozen, and that a report was read.
"""
