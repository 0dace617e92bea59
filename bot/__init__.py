"""Rasa's side of Handrail: graph components, the app's door into Rasa, serving and training.

Runs on Python 3.10 in its own environment and imports Rasa, `encoder` and `understanding` only.
"""
