"""Rasa actions, one file per dialogue stage. They decide nothing that a service could."""
