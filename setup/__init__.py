"""Set-up: from a clean clone to two environments.

Runs on whatever `python3` the machine has, before any environment exists: standard library only,
and nothing newer than Python 3.9. What comes after the environments is `server.prepare`.
"""
