"""Night walks: volunteer groups, the evenings they walk, what they say on their own page, the calendar of it.

Volunteers meet public places by their labels here; nothing of observations, safety levels or mappings.
"""
