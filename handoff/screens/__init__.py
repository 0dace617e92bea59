"""The pages beside the console on which the desk is set up."""
