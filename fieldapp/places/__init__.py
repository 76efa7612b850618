"""Places: districts and their neighbourhoods, sites with their mapping years, schools, and what is near a school."""
