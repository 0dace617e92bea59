"""What publishing an article would do: duplicates, contradictions, and questions that change hands."""
