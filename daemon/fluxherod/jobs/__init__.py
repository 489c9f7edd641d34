"""Backtests that the API asks for: kept in folders, run by processes of their own beside the daemon."""
