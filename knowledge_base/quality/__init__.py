"""How well the answers are, on the house's own questions, and what a lead may set: the target and the weights."""
