"""The case behind a request: steps ticked, outcome, root cause and remedy."""
