"""A candidate reads along: what it would have understood, beside what the serving model understood."""
