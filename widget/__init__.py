"""The customer's room: the chat widget, the protocol module that the console shares, the demo page."""
