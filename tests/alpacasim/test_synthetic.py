"""Generated and packaged prices."""

from __future__ import annotations

import hashlib
from datetime import date

import numpy as np
import pytest

from alpacasim.calendar import Calendar, midnight_ns
from alpacasim.realprices import RealPricesMissingError, bokeh_sample_tape
from alpacasim.synthetic import synthetic
from alpacasim.tape import Tape

FIRST, LAST = date(2024, 1, 2), date(2024, 12, 31)
DAY = date(2024, 5, 6)


@pytest.fixture(scope="module")
def tape() -> Tape:
    return synthetic(7, ["AAA", "BBB", "CCC"], FIRST, LAST)


@pytest.fixture(scope="module")
def real() -> Tape:
    return bokeh_sample_tape()


def daily(tape: Tape, symbol: str, first: date = FIRST, last: date = LAST) -> np.ndarray[tuple[int], np.dtype[np.void]]:
    return tape.bars(symbol, "1Day", midnight_ns(first), midnight_ns(last))


def test_a_day_is_the_same_bytes_on_every_machine(tape: Tape) -> None:
    digest = hashlib.sha256(tape.minutes("AAA", DAY).tobytes()).hexdigest()
    assert digest.startswith("103aeb6e125919e3f865029323b1a24e")


def test_a_day_depends_on_neither_the_range_nor_the_other_symbols(tape: Tape) -> None:
    alone = synthetic(7, ["AAA"], DAY, DAY)
    assert alone.minutes("AAA", DAY).tobytes() == tape.minutes("AAA", DAY).tobytes()


@pytest.mark.parametrize("seed", [7, 42])
def test_many_symbols_at_once_are_the_same_bytes_as_each_alone(seed: int) -> None:
    symbols = [f"S{number:03d}" for number in range(130)]
    together = synthetic(seed, symbols, DAY, DAY)
    for symbol in ("S000", "S064", "S127", "S128", "S129"):
        alone = synthetic(seed, [symbol], DAY, DAY)
        assert together.minutes(symbol, DAY).tobytes() == alone.minutes(symbol, DAY).tobytes()


def test_another_seed_gives_other_prices(tape: Tape) -> None:
    assert (synthetic(8, ["AAA"], DAY, DAY).minutes("AAA", DAY)["close"] != tape.minutes("AAA", DAY)["close"]).any()


def test_every_minute_of_the_session_is_a_valid_bar_in_cents(tape: Tape) -> None:
    minutes = tape.minutes("AAA", DAY)
    session = Calendar().session(DAY)
    assert session is not None
    assert len(minutes) == 390
    assert minutes["t_ns"][0] == session.open_ns
    assert (minutes["low"] <= np.minimum(minutes["open"], minutes["close"])).all()
    assert (minutes["high"] >= np.maximum(minutes["open"], minutes["close"])).all()
    assert (minutes["volume"] > 0).all()
    assert minutes["close"].tolist() == [round(price, 2) for price in minutes["close"].tolist()]


def test_a_half_day_has_minutes_until_one_only(tape: Tape) -> None:
    assert len(tape.minutes("AAA", date(2024, 7, 3))) == 210
    assert len(tape.minutes("AAA", date(2024, 7, 4))) == 0


def test_days_are_continuous(tape: Tape) -> None:
    bars = daily(tape, "BBB")
    assert len(bars) == 252
    gaps = np.abs(bars["open"][1:] / bars["close"][:-1] - 1.0)
    assert gaps.max() < 0.015


def test_symbols_move_together_in_part(tape: Tape) -> None:
    returns = [np.diff(np.log(daily(tape, symbol)["close"])) for symbol in tape.symbols]
    between = np.corrcoef(returns)[np.triu_indices(3, 1)]
    assert (between > 0.05).all()
    assert (between < 0.9).all()


def test_a_day_moves_by_a_believable_amount_and_shocks_come_now_and_then(tape: Tape) -> None:
    returns = np.diff(np.log(daily(tape, "CCC")["close"]))
    assert 0.008 < returns.std() < 0.025
    assert 0.03 < np.abs(returns).max() < 0.12


def test_prices_stay_in_bounds_over_forty_years() -> None:
    decades = synthetic(7, ["AAA"], date(1990, 1, 2), date(2029, 12, 31))
    sample = [decades.minutes("AAA", day)["close"][-1] for day in decades.session_dates()[::100]]
    assert min(sample) > 5.0
    assert max(sample) < 100.0


@pytest.mark.parametrize(
    ("symbols", "start", "end"),
    [([], FIRST, LAST), (["AAA"], LAST, FIRST), (["AAA"], date(1989, 1, 2), LAST), (["AAA"], FIRST, date(2030, 1, 2))],
)
def test_a_tape_without_symbols_or_sessions_is_refused(symbols: list[str], start: date, end: date) -> None:
    with pytest.raises(ValueError, match="no s"):
        synthetic(7, symbols, start, end)


def test_the_packaged_prices_are_five_stocks_of_thirteen_years(real: Tape) -> None:
    assert real.symbols == ("AAPL", "FB", "GOOG", "IBM", "MSFT")
    assert (real.session_dates()[0], real.session_dates()[-1]) == (date(2000, 3, 1), date(2013, 3, 1))
    assert real.dropped == {}


@pytest.mark.parametrize(
    ("symbol", "last", "first"),
    [
        ("AAPL", date(2000, 6, 20), date(2000, 6, 21)),
        ("AAPL", date(2005, 2, 25), date(2005, 2, 28)),
        ("MSFT", date(2003, 2, 14), date(2003, 2, 18)),
    ],
)
def test_a_split_leaves_no_gap_in_the_packaged_prices(real: Tape, symbol: str, last: date, first: date) -> None:
    before, after = daily(real, symbol, last, first)
    assert after["open"] / before["close"] == pytest.approx(1.0, abs=0.15)


def test_a_price_before_both_splits_of_apple_is_a_quarter_of_the_traded_one(real: Tape) -> None:
    (bar,) = daily(real, "AAPL", date(2000, 3, 1), date(2000, 3, 1))
    assert (bar["open"], bar["high"], bar["close"], bar["volume"]) == (29.64, 33.02, 32.58, 4 * 9_616_100)


@pytest.mark.parametrize(
    ("package", "message"), [("no_such_package", "not installed"), ("alpacasim", r"no stocks\.csv")]
)
def test_without_the_packaged_prices_the_demo_extra_is_named(
    monkeypatch: pytest.MonkeyPatch, package: str, message: str
) -> None:
    monkeypatch.setattr("alpacasim.realprices._PACKAGE", package)
    with pytest.raises(RealPricesMissingError, match=rf"{message}.*pip install 'fluxhero\[demo\]'"):
        bokeh_sample_tape()
