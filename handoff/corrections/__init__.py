"""One click on the card: really about X, this article is wrong, no article exists."""
