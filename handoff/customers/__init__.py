"""One view of a customer: earlier episodes and cases, what the site says of them, segment and follow-ups."""
