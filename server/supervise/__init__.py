"""One command that starts, checks, restarts and stops Rasa and the app."""

from server.supervise.start import run

__all__ = ["run"]
