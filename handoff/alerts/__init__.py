"""Alarms and warnings sent to other systems."""
