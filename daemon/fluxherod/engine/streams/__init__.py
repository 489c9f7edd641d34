"""Fan-out of updates to whoever watches."""
