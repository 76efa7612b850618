"""Briefings before the evening, joint with the police or own, and tonight's priorities."""
