"""From a question to an answer, a choice, or nothing: index, features, ranking, probabilities."""
