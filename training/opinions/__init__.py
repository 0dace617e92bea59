"""Second opinions on labels: given blind, compared, and settled where two people differ."""
