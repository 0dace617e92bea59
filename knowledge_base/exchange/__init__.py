"""Articles in and out: read from files, pages and addresses; planned, taken in batches; written again."""
