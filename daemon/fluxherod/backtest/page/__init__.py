"""The report of a backtest as one HTML file that opens from a disk, with no network."""
