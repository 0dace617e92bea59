"""Nobody there: say when somebody will be, keep the request, and go on by e-mail."""
