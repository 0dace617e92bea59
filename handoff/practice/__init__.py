"""Practice: agents replay masked copies of past chats and see a lead's score beside their own.

What an agent is given holds no way back to the conversation; the source is known on the lead's side only, and
who erases a conversation erases its copy and what was tried on it (a foreign key that cascades).
"""
