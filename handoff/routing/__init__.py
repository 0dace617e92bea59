"""Where a request goes, and to whom it is offered."""
