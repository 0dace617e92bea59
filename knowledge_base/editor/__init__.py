"""One article's page: write, see how it will look, see what publishing does, publish."""
