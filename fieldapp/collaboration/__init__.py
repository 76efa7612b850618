"""Platssamverkan: how a place is worked with, year by year, its measures, and what others can learn from them.

Organisations and functions, never persons. What the log shows of a place is put beside it in `summaries`, above.
"""
