"""Rasa graph components, thin: each one carries values between Rasa and `understanding`.

config.yml names them; the order there is the order in which they run.
"""
