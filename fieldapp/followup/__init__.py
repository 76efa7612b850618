"""What came of what was agreed on: planned against done for each briefing, and the material for the next one.

A package of its own above `outreach`: a briefing knows nothing of visits (arrows point one way), and `summaries` counts
periods, not evenings. It reads briefings, places, visits and what may leave the team; it writes to the audit log alone.
"""
