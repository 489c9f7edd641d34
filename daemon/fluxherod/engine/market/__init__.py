"""What the engine knows of the market: minutes, bars and their gaps, halts, splits."""
