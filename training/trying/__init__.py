"""The test console: a sentence or a conversation against kept models, side by side, leaving no trace."""
