"""The offline protocol's engine: numbers, receipts, merging, pull. Knows no domain and no screen."""
