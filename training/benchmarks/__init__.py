"""How well messages are understood, measured on public data that nobody here wrote."""
