"""Exports of summaries: the same figures as CSV, XLSX, GeoJSON and PDF, each with a manifest and a row of the log.

Computes no figure of a summary: all of them come from `summaries`. The week's file (`situation`) is added up here.
"""
