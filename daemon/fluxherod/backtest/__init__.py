"""Backtests: the kernel, sizing and risk of live trading over many symbols' bars on one simulated account."""
