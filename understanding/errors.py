"""The one error that callers of this package must handle."""


class UnderstandingError(Exception):
    """Training data or a stored model cannot be used; the text says which part and why."""
