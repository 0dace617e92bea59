"""The supervisor's room: how the service does, told by numbers, each with the screen where it is mended."""
