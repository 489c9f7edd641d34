"""The report of a backtest says what the run says, fits into 2 MB and refers to nothing outside of itself."""

from __future__ import annotations

import json
import re
from base64 import b64decode
from dataclasses import replace
from datetime import UTC, date, datetime
from html import escape
from html.parser import HTMLParser

import numpy as np
import pytest
from backtest import reports
from hypothesis import given
from hypothesis import strategies as st

from fluxherod.backtest.checks import LookAhead, WarmUp
from fluxherod.backtest.metrics import figures
from fluxherod.backtest.model import Costs, ExitReason, Outcome
from fluxherod.backtest.page import headline, payload, tables, texts, trials
from fluxherod.backtest.page.candles import candles, laid_bars, time_line
from fluxherod.backtest.page.figures import drawdowns, failed_rules, holding_e4, rolling_sharpe
from fluxherod.backtest.page.inputs import About, Extras, HeatMap, Luck, WalkForward, Window
from fluxherod.backtest.page.packing import pack, pack_steps
from fluxherod.backtest.page.render import render
from fluxherod.core.performance import RISK_FREE_RATE, sharpe_ratio

SLIPPAGE = (Costs().large_slippage_bp + 1) / 10_000  # and rounding
MADE = (reports.long, reports.busy, reports.idle)


class Words(HTMLParser):
    """The text of a page, without what scripts and styles hold, and every attribute's value."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.text: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.tags: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]

    def handle_data(self, data: str) -> None:
        if self.tags and self.tags[-1] not in ("script", "style"):
            self.text.append(data)


def words(page: str) -> str:
    return "\n".join(Words(page).text)


def page_of(made: object) -> str:
    assert callable(made)
    bars, report = made()
    return render(report, bars)


def test_fifteen_years_of_hourly_bars_fit_into_two_megabytes_bar_by_bar() -> None:
    page = page_of(reports.long)
    assert len(reports.long()[0][0]) > 26_000
    assert len(page.encode()) < 2_000_000
    assert "Every bar is in this file" in page


@pytest.mark.parametrize("made", MADE)
def test_a_page_has_every_figure_of_its_run(made: object) -> None:
    assert callable(made)
    report = made()[1]
    text = words(page_of(made))
    for _, rows in headline.all_figures(report.metrics):
        for name, value in rows:
            assert name in text
            assert value in text
    for month, value in report.metrics.monthly.items():
        assert month[:4] in text
        assert texts.number(value * 100) in text
    for name, number in report.run.outcomes.items():
        assert texts.capital(texts.words(name)) in text
        assert f"{number:,}" in text


def test_money_and_shares_are_written_to_the_cent_with_a_true_minus() -> None:
    assert texts.money(-12_345_649) == f"{texts.MINUS}$1,234.56"
    assert texts.money(-49) == "$0.00"
    assert texts.money(10_000, signed=True) == "+$1.00"
    assert texts.percent(-0.000049) == f"0.00{texts.PERCENT}"
    assert texts.percent(None) == texts.UNKNOWN
    assert texts.price(1_429_743) == "142.9743"
    assert texts.span(90 * 60 * 10**9) == "1.5 hours"


@pytest.mark.parametrize("made", MADE)
def test_a_page_refers_to_nothing_outside_and_lets_only_its_own_script_run(made: object) -> None:
    page = page_of(made)
    parsed = Words(page)
    references = [value for name, value in parsed.attributes if name in ("src", "href", "action", "data", "srcset")]
    assert all(value.startswith("#") for value in references)
    assert not re.search(
        r"url\(|@import|<link|\son\w+=\"|\sstyle=\"", re.sub(r"<script.*?</script>", "", page, flags=re.S)
    )
    assert re.findall(r"https?://\S+?\"", page) == ['http://www.w3.org/2000/svg"']
    policy = next(value for name, value in parsed.attributes if name == "content" and "default-src" in value)
    assert policy.startswith("default-src 'none'; script-src 'sha256-")
    assert "unsafe" not in policy


def test_what_comes_from_outside_is_escaped() -> None:
    bars, report = reports.long()
    hostile = reports.HOSTILE
    extras = Extras(
        About(hostile, hostile, datetime(2024, 1, 2, 15, tzinfo=UTC)),
        HeatMap(hostile, hostile, (hostile,), hostile, (hostile,), ((1.0,),), 1, (0, 0), hostile),
        WalkForward(
            hostile, (Window(date(2020, 1, 1), date(2020, 4, 1), date(2020, 5, 1), hostile, 1, 0.1, 3),), None, hostile
        ),
        Luck(False, hostile, ((hostile, hostile, hostile),)),
    )
    page = render(report, bars, extras)
    assert hostile not in page
    assert "<img" not in page
    assert page.count("</script>") == 2
    assert escape(hostile).replace("&#x27;", "&#39;").replace("&quot;", "&#34;") in page
    assert "2024-01-02 10:00 New York" in page


def test_equal_runs_have_equal_pages() -> None:
    assert page_of(reports.busy) == page_of(reports.busy)


def test_what_was_not_made_is_not_shown() -> None:
    page = page_of(reports.busy)
    assert "Search and luck" not in page
    luck = Luck(None, "Too few trials to tell.", (("Deflated Sharpe", "0.41", "The chance that it is above 0."),))
    bars, report = reports.busy()
    text = words(render(report, bars, Extras(luck=luck)))
    for part in ("Search and luck", "Too little to tell luck from skill", *luck.figures[0], luck.verdict):
        assert part in text


def test_a_sweep_and_a_walk_forward_are_tables_with_every_value() -> None:
    bars, report = reports.busy()
    sweep = HeatMap(
        "Sharpe ratio",
        "exit_atr",
        ("0.2", "0.3"),
        "entry_atr",
        ("0.5", "0.7"),
        ((0.5, None), (-1.25, 2.0)),
        400,
        (1, 1),
    )
    windows = (
        Window(date(2020, 1, 2), date(2020, 4, 1), date(2020, 5, 1), "entry_atr 0.7", 1.5, -0.0123, 7),
        Window(date(2020, 2, 3), date(2020, 5, 1), date(2020, 6, 1), "entry_atr 0.5", 0.5, None, 0),
    )
    extras = Extras(sweep=sweep, walk_forward=WalkForward("Sharpe ratio", windows, False, "1 of 2 made a profit."))
    page = render(report, bars, extras)
    text = words(page)
    for part in (
        "400 combinations tried.",
        "at entry_atr 0.7 and exit_atr 0.3",
        f"{texts.MINUS}1.25",
        "Walk-forward failed",
    ):
        assert part in text
    for part in (
        "2020-04-01",
        "entry_atr 0.7",
        f"{texts.MINUS}1.23{texts.PERCENT}",
        "no trade",
        "1 of 2 made a profit.",
    ):
        assert part in text
    assert 'class="n shade s5 chosen"' in page
    with pytest.raises(ValueError, match="allowed is shape"):
        replace(sweep, values=((1.0, 2.0),))


@pytest.mark.parametrize(
    ("values", "shades", "middle"),
    [
        ((-4.0, -2.0, 2.0, 4.0), [-5, -3, 3, 5], False),
        ((-3.9, -3.8, -3.7, -3.6), [-5, -2, 2, 5], True),
        ((1.1, None, 1.2, 1.3), [-5, None, 0, 5], True),
        ((0.0, 0.0, 0.0, 0.0), [0, 0, 0, 0], False),
        ((None, None, None, None), [None] * 4, False),
    ],
)
def test_a_heat_map_is_coloured_around_0_or_around_the_middle_of_values_on_one_side_of_it(
    values: tuple[float | None, ...], shades: list[int | None], middle: bool
) -> None:
    sweep = HeatMap("Sharpe ratio", "exit_atr", ("0.1", "0.2", "0.3", "0.4"), "", ("",), (values,), 4, None)
    (row,) = trials.heat_map(sweep).rows
    assert [cell.shade for cell in row[1:]] == shades
    assert any("around the middle" in line for line in trials.sweep_words(sweep)) == middle


def test_a_run_that_looked_ahead_says_so_at_the_top() -> None:
    bars, report = reports.busy()
    end_ns = int(report.run.equity_ns[9])
    page = render(replace(report, look_ahead=LookAhead(3, ((end_ns, "trades"),))), bars)
    top = words(page[: page.index("<main")])
    assert "Look-ahead found" in top
    assert f"trades up to {texts.moment(end_ns)}" in words(page)


@pytest.mark.parametrize(
    ("decisions", "said"),
    [(0, "and 0 decisions of 8 places differ: live trading decided alike all the same."),
     (2, "and 2 decisions of 8 places differ: live trading would not do what this run did.")],
)  # fmt: skip
def test_figures_that_hang_on_the_history_are_told_with_what_that_did_to_decisions(decisions: int, said: str) -> None:
    bars, report = reports.busy()
    page = render(replace(report, warm_up=WarmUp(500, 8, {"adx": 0.1, "kama": 0.0}, decisions)), bars)
    assert f"After 500 bars of history adx differ by more than 1e-6 from those of the whole history, {said}" in words(
        page
    )


def test_of_very_many_trades_the_newest_are_listed_and_the_page_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "MOST_TRADES", 5)
    bars, report = reports.long()
    count = len(report.run.trades)
    text = words(render(report, bars))
    assert f"Shown are the newest 5 of {count:,} trades" in text
    shown = [row[0].text for row in tables.trades(report.run).rows]
    assert shown == [str(number) for number in range(count, count - 5, -1)]


def test_bars_are_drawn_together_when_there_are_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(payload, "MOST_BYTES", 200_000)
    bars, report = reports.long()
    found = payload.payload(report.run, laid_bars(bars, report.run), rolling_sharpe(report.run, RISK_FREE_RATE))
    assert len(found.text) <= 200_000
    assert found.width in (4, 8)
    assert "drawn together" in render(report, bars)


@pytest.mark.parametrize("width", [1, 3, 8])
def test_a_candle_has_the_extremes_of_its_bars_and_loses_none(width: int) -> None:
    bars, report = reports.busy()
    laid = laid_bars(bars, report.run)
    line = time_line(report.run, width)
    assert line.end_ns[-1] == report.run.equity_ns[-1]
    for symbol in range(len(laid.symbols)):
        drawn = candles(laid, line, symbol)
        rows = slice(int(laid.tape.warm[symbol]), int(laid.tape.last[symbol]))
        slots = line.ending(laid.tape.end_ns[rows])
        assert drawn.slot.tolist() == sorted(set(slots.tolist()))
        for k, slot in enumerate(drawn.slot):
            mine = slots == slot
            assert drawn.open[k] == laid.tape.open[rows][mine][0]
            assert drawn.high[k] == laid.tape.high[rows][mine].max()
            assert drawn.low[k] == laid.tape.low[rows][mine].min()
            assert drawn.close[k] == laid.tape.close[rows][mine][-1]


def unpack(text: str) -> list[int]:
    """As `decode.js` does it."""
    values, value, shift, total = [], 0, 0, 0
    for byte in b64decode(text[1:]):
        value, shift = value | (byte & 127) << shift, shift + 7
        if byte > 127:
            continue
        own = (value >> 1) ^ -(value & 1)
        total = total + own if text[0] == "+" else own
        values.append(total)
        value = shift = 0
    return values


@given(st.lists(st.integers(-(2**61), 2**61)))
def test_packed_columns_are_whole(values: list[int]) -> None:
    assert unpack(pack(values)) == values
    assert unpack(pack_steps([value // 4 for value in values])) == [value // 4 for value in values]


@pytest.mark.parametrize("made", [reports.long, reports.busy])
def test_the_filters_rules_say_of_every_entry_what_the_engine_decided(made: object) -> None:
    assert callable(made)
    bars, report = made()
    entries = report.run.signals[~report.run.signals["exit"]]
    volume, time, gap = failed_rules(report.run, laid_bars(bars, report.run), entries)
    failed = volume | time | gap
    before = np.isin(entries["outcome"], (Outcome.IN_POSITION, Outcome.SHORTS_OFF))  # vetoed before it is asked
    assert np.array_equal(failed[~before], (entries["outcome"] == Outcome.NOISE)[~before])
    assert failed[~before].any()
    assert not failed[~before].all()


def test_the_rolling_ratio_is_that_of_its_window_and_the_drawdown_that_of_the_figures() -> None:
    bars, report = reports.long()
    rolling = rolling_sharpe(report.run, RISK_FREE_RATE)
    closes = np.concatenate([[report.run.config.initial_equity_e4], report.run.session_e4])
    returns = closes[1:] / closes[:-1] - 1
    for at in (0, 1_000, len(rolling.session) - 1):
        last = rolling.session[at]
        window = returns[last - rolling.window + 1 : last + 1].tolist()
        assert rolling.sharpe[at] == pytest.approx(sharpe_ratio(window, RISK_FREE_RATE), rel=1e-9)
        assert rolling.sharpe_zero_rate[at] == pytest.approx(sharpe_ratio(window, 0.0), rel=1e-9)
    assert drawdowns(report.run).max() == report.metrics.drawdown.fraction
    held = holding_e4(report.run, laid_bars(bars, report.run))
    assert held[-1] == pytest.approx(1e9 * bars[0].close[-1] / bars[0].open[0])


def test_the_charts_have_each_trade_and_the_equity_to_the_cent() -> None:
    bars, report = reports.busy()
    run = report.run
    data = json.loads(payload.payload(run, laid_bars(bars, run), rolling_sharpe(run, RISK_FREE_RATE)).text)
    assert unpack(data["equity"]) == np.rint(run.equity_e4 / 100).astype(int).tolist()
    trades = data["trades"]
    assert unpack(trades["entry"]) == run.trades["entry_e4"].tolist()
    ends = run.equity_ns[unpack(trades["entered"])] - np.array(unpack(trades["enteredBefore"])) * 60 * 10**9
    assert ends.tolist() == run.trades["entry_ns"].tolist()
    left = run.equity_ns[unpack(trades["left"])]
    assert (left - np.array(unpack(trades["leftBefore"])) * 60 * 10**9).tolist() == run.trades["exit_ns"].tolist()
    assert sum(unpack(trades["net"])) == pytest.approx(figures(run.trades).net_e4 / 100, abs=len(run.trades))
    assert len(data["guards"]) == len(run.guards) > 0


def test_the_charts_have_each_exit_at_the_bar_that_traded_at_its_price() -> None:
    bars, report = reports.busy()
    run, laid = report.run, laid_bars(bars, report.run)
    trades = json.loads(payload.payload(run, laid, rolling_sharpe(run, RISK_FREE_RATE)).text)["trades"]
    for trade, slot in zip(run.trades, unpack(trades["left"]), strict=True):
        ends = laid.tape.end_ns[laid.tape.first[trade["symbol"]] : laid.tape.last[trade["symbol"]]]
        row = laid.tape.first[trade["symbol"]] + np.searchsorted(ends, run.equity_ns[slot])
        assert laid.tape.end_ns[row] == run.equity_ns[slot]
        low, high = laid.tape.low[row] * (1 - SLIPPAGE), laid.tape.high[row] * (1 + SLIPPAGE)
        assert low <= trade["exit_e4"] / 1e4 <= high
    assert (run.trades["reason"] == ExitReason.STOP).sum() > 10


def test_a_symbol_is_written_as_it_is() -> None:
    bars, report = reports.busy()
    assert len(bars) > 1
    rows = re.search(r"By symbol.*?</table>", page_of(reports.busy), re.S)
    assert rows is not None
    for symbol in {report.run.symbols[number] for number in report.run.trades["symbol"]}:
        assert symbol in words(rows.group())
