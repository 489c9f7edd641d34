"""Our books against the broker's: what differs, what is adopted, what is left alone."""
