"""The one error that callers of this package must handle."""


class EncoderError(Exception):
    """The encoder's files are missing, damaged or of a kind that cannot be served or exported."""
