"""The kernel: settings, database, events, errors, staff sessions, the command line and the app itself."""
