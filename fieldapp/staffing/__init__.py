"""Staffing: posts and filled posts per unit and month, as the unit itself says. Nothing about an employee."""
