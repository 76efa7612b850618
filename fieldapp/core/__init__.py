"""What knows nothing of youth work: database, errors, clock, ids, column types, access rules, HTTP manners."""
