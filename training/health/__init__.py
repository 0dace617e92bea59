"""Whether the training data is well: what is confused, scarce, doubled, or no longer what customers write."""
