"""Teams, their people and hours, and the rules that send a request to one of them."""
