"""The edges: whatever speaks to the world outside on behalf of the engine."""
