"""Files in chats: taken in, checked, kept on disk, shown by address, and cleared away."""
