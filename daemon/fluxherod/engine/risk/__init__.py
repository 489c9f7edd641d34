"""What stops trading, and what risk says of orders, positions and limits."""
