"""The room's other pages, one file each."""
