"""Models in and out of service: what may serve, what served when, which are kept, and who did what and why."""
