"""How well questions find their articles, and how well the decision knows when none answers."""
