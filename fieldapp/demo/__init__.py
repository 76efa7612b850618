"""The invented demo data: plainly named Demo, laid over the real districts, never mistaken for a register."""
