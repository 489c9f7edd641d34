"""From nothing to ACTIVE with 500 symbols, at an exchange that keeps Alpaca's limit of 200 requests a minute."""

from datetime import date, timedelta
from pathlib import Path

from bench.bench_active import starts, symbols

LAST = date(2023, 10, 31)
SESSIONS = [day for day in (LAST - timedelta(days=back) for back in range(25)) if day.weekday() < 5]  # no holiday
# Account, orders, positions, assets, calendar, corporate actions, both streams; some of them polled again.
REFERENCE = 60


def bar_files(folder: Path, names: tuple[str, ...]) -> Path:
    """Daily bars, from which the simulator makes minutes."""
    folder.mkdir()
    for number, name in enumerate(names):
        rows = [f"{day},{100 + number},{103 + number},{98 + number},{101 + number},1000000" for day in SESSIONS[::-1]]
        (folder / f"{name}_1Day.csv").write_text("\n".join(["timestamp,open,high,low,close,volume", *rows]) + "\n")
    return folder


def test_500_symbols_start_cold_within_the_rate_limit_and_none_of_their_requests_is_refused(tmp_path: Path) -> None:
    names = symbols(500)
    played = ("--bars", str(bar_files(tmp_path / "bars", names)), "--start", f"{LAST}T12:00:30-04:00")
    (cold,) = starts(tmp_path, names, played, 0, ["market.history_bars=100"])
    requests = cold.paths.total() - cold.paths["/sim/clock"]
    assert cold.refused == 0
    assert cold.paths["/v2/stocks/bars"] >= 8  # all symbols together, in pages of 10,000 rows
    assert requests - cold.paths["/v2/stocks/bars"] <= REFERENCE  # no call for each symbol
    assert requests <= 200
