"""A recorded day against the backtest of the same bars: what each side did, and why they differ."""
