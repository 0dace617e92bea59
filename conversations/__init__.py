"""The message log, turns, episodes and owners, sockets, and the customers behind them."""
