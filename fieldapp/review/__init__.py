"""Review: shifts, rejections, what came late, silent devices, queues read in from files."""
