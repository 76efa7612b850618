"""Förstärkningsuppdrag of Ungdomsjouren: asked for, answered, done when the passes worked for it are approved.

A report of one is folded in `summaries`, which stands above.
"""
