"""The chart of one symbol: candles with KAMA and bands, stop and target, fills, volume, the regime strip."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

from fluxhero.v1 import common_pb2, market_pb2
from fluxhero_tui.draw import candles
from fluxhero_tui.draw.bars import sparkline
from fluxhero_tui.draw.candles import AXIS, Candle, Chart, Level, Mark
from fluxhero_tui.draw.figures import compact, figure, gained_percent, maybe, money, price, shares, word
from fluxhero_tui.draw.ink import EMPTY, Line, Span, clip, fitted, heading, line
from fluxhero_tui.draw.times import day, minute, seconds_of
from fluxhero_tui.panels.columns import regime
from fluxhero_tui.state.model import Model
from fluxhero_tui.state.series import Series

_STRIP = {
    common_pb2.REGIME_STRONG_TREND: Span("T", "accent"),
    common_pb2.REGIME_MEAN_REVERSION: Span("r", "warn"),
    common_pb2.REGIME_NEUTRAL: Span("·", "dim"),
}
_CURVES = (("kama", "•", "accent"), ("upper_band", "˙", "dim"), ("lower_band", ".", "dim"))
# Title, figures, legend below; time axis, volume, regime.
_AROUND = 6


def lines(model: Model, series: Series, error: str, room: int, height: int) -> list[Line]:
    """The whole screen."""
    shown = series.bars(candles.fitting(room))
    head = [_title(model, series, room)]
    if error:
        return [*head, EMPTY, line((error, "bad")), line(("press T for another time frame", "dim"))]
    if not shown:
        return [*head, line(("asking for bars …", "dim"))]
    chart = Chart(
        [Candle(bar.open, bar.high, bar.low, bar.close) for bar in shown],
        {(glyph, tone): _curve(series, shown, name) for name, glyph, tone in _CURVES},
        _levels(model, series.symbol),
        _fills(model, series.symbol, shown),
    )
    rows = max(height - _AROUND, 4)
    step = candles.spacing(len(shown), room - AXIS)
    return [
        *head,
        _figures(model, series, shown, room),
        *candles.draw(chart, room, rows),
        _times(shown, step, room),
        _volume(shown, step, room),
        _regimes(shown, step, room),
        _legend(room),
    ]


def _title(model: Model, series: Series, room: int) -> Line:
    name = f"{series.symbol or 'no symbol'}  {series.timeframe or model.status.timeframe}"
    return heading(name, room, "[ ] symbol  T time frame")


def _figures(model: Model, series: Series, shown: Sequence[market_pb2.Bar], room: int) -> Line:
    last, now = shown[-1], model.prices.get(series.symbol)
    known = series.indicators(last)
    change = (gained_percent(now.change_pct),) if now is not None and now.HasField("change_pct") else EMPTY
    parts = [
        line((price(now.price if now is not None else last.close), "bold")),
        change,
        (Span("regime ", "dim"), regime(last.regime)),
    ]
    position = model.positions.get(series.symbol)
    if position is not None:
        pnl = position.unrealized_pnl
        side = f"{word(position, 'side')} {shares(position.quantity)} at {money(position.average_price)}"
        parts.append(line((f"{side}  P&L {pnl}", "bad" if pnl.startswith("-") else "good")))
        parts.append(line(("stop ", "dim"), (maybe(position, "stop_price"), "bad")))
    parts.append(
        line(("O ", "dim"), price(last.open), (" H ", "dim"), price(last.high), (" L ", "dim"), price(last.low))
    )
    parts.append(line(("vol ", "dim"), compact(last.volume)))
    if known is not None:
        parts += [
            line((f"{label} ", "dim"), figure(getattr(known, name)))
            for name, label in (("adx", "ADX"), ("r_squared", "R²"), ("rsi", "RSI"), ("atr", "ATR"), ("kama", "KAMA"))
            if known.HasField(name)
        ]
    return fitted(parts, room, gap="   ")


def _curve(series: Series, shown: Sequence[market_pb2.Bar], name: str) -> list[float | None]:
    found: list[float | None] = []
    for bar in shown:
        known = series.indicators(bar)
        found.append(getattr(known, name) if known is not None and known.HasField(name) else None)
    return found


def _levels(model: Model, symbol: str) -> list[Level]:
    position, levels = model.positions.get(symbol), []
    if position is not None:
        levels.append(Level(float(position.average_price), f"in {float(position.average_price):.2f}", "dim", "╌"))
        if position.HasField("target_price"):
            levels.append(Level(float(position.target_price), f"tgt {float(position.target_price):.2f}", "good", "┄"))
        if position.HasField("stop_price"):
            levels.append(Level(float(position.stop_price), f"stop {float(position.stop_price):.2f}", "bad", "─"))
    now = model.prices.get(symbol)
    if now is not None:
        levels.append(Level(now.price, f"◂{now.price:.2f}", "bold", " "))
    return levels


def _fills(model: Model, symbol: str, shown: Sequence[market_pb2.Bar]) -> list[Mark]:
    """An order's average price, at the bar in which it was filled last."""
    ends = [seconds_of(bar.end_time) for bar in shown]
    first = seconds_of(shown[0].start_time)
    marks = []
    for order in model.orders.values():
        if order.symbol != symbol or not order.HasField("average_fill_price"):
            continue
        filled_at = seconds_of(order.ended_at if order.HasField("ended_at") else order.updated_at)
        # What was filled since the last completed bar stands behind it.
        index = bisect_left(ends, filled_at)
        if filled_at >= first:
            bought = order.side == common_pb2.SIDE_BUY
            marks.append(
                Mark(index, float(order.average_fill_price), "▲" if bought else "▼", "good" if bought else "bad")
            )
    return marks


def _times(shown: Sequence[market_pb2.Bar], step: int, room: int) -> Line:
    """Dates where a day begins, else times, as far apart as they need to be readable."""
    columns = room - AXIS
    row = [" "] * columns
    free, before = 0, ""
    for index, bar in enumerate(shown):
        column, date = index * step, day(bar.start_time)
        text = date[5:] if date != before else minute(bar.start_time)
        if column >= free and column + len(text) <= columns and (date != before or free + 8 <= column):
            row[column : column + len(text)] = text
            free = column + len(text) + 2
        before = date
    return line(("".join(row), "dim"))


def _volume(shown: Sequence[market_pb2.Bar], step: int, room: int) -> Line:
    levels = sparkline([float(bar.volume) for bar in shown], len(shown))
    text = "".join(level + " " * (step - 1) for level in levels)[: room - AXIS]
    return clip(
        (Span(text.ljust(room - AXIS), "dim"), Span(f" {compact(max(bar.volume for bar in shown)):>5} vol", "dim")),
        room,
    )


def _regimes(shown: Sequence[market_pb2.Bar], step: int, room: int) -> Line:
    spans: list[Span] = []
    for bar in shown:
        known = _STRIP.get(bar.regime, Span(" "))
        spans.append(Span(known.text + " " * (step - 1), known.tone))
    row = clip(tuple(spans), room - AXIS, ending="")
    missing = room - AXIS - sum(len(span.text) for span in row)
    return (*row, Span(" " * missing), Span("    regime", "dim"))


def _legend(room: int) -> Line:
    parts = [
        line(("┃", "good"), (" up  ", "dim"), ("█", "bad"), (" down", "dim")),
        line(("•", "accent"), (" KAMA", "dim")),
        line(("˙.", "dim"), (" bands", "dim")),
        line(("▲", "good"), ("▼", "bad"), (" fills", "dim")),
        line(("T", "accent"), (" trend ", "dim"), ("r", "warn"), (" range ", "dim"), ("·", "dim"), (" neutral", "dim")),
        line(("─", "bad"), (" stop ", "dim"), ("┄", "good"), (" target ", "dim"), ("╌", "dim"), (" entry", "dim")),
    ]
    return fitted(parts, room, gap="   ")
