"""From which frustration score on a person takes over: tried on past chats, then set for the next turn."""
