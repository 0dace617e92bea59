"""The commands behind ``handrail``, one file each."""
