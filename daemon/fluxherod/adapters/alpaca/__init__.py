"""Alpaca: REST, both WebSockets and the clock; its JSON lives in `wire` alone."""
