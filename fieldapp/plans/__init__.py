"""What is planned: passes of a team, evening by evening, and the special days of the year. No names.

Rostering stays elsewhere: a plan says how many, never who.
"""
