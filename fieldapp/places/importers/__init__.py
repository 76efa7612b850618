"""Importers of places: a pure reader per format, and one service that judges what was read and writes it."""
