"""A month of the trainer's room, simulated: does the queue's order teach faster than chance?"""
