"""The dual-mode strategy: price rules, entry edges, exits, stops and its parameters."""
