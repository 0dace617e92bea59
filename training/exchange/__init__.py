"""Labels out, as JSON lines or CSV, and examples in: from Rasa's YAML, CSV or JSON lines; first as a dry run."""
