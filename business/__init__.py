"""The house's own systems (orders, subscriptions), behind one interface."""
