"""A recorded day against the backtest of the same bars: what happened, what the backtest does of it, and each difference."""
