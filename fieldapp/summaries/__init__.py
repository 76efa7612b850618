"""Summaries of districts, teams and the city: figures folded from the evening's record, small numbers protected.

Writes nothing but that a report was read.
"""
