"""``make bench``: our turn beside stock Rasa's, measured in one run on one machine."""
