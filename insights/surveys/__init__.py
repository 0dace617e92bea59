"""What customers answered when they were asked: CSAT, CES and NPS, how sure the figures are, and who answers."""
