"""Benchmarks anyone can run: `make bench`. They print figures and ratios of one run, and never assert on time."""
