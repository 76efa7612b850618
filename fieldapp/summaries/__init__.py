"""District and city summaries: figures folded from the evening's record, small numbers protected. Writes nothing."""
