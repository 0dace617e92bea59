"""Search over everything that was ever said to and about customers, for those who may read it."""
