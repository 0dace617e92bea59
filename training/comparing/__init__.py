"""A candidate beside the model that serves: the same messages, read by both."""
