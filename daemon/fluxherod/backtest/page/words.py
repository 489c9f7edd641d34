"""The page's sentences: what was traded, what came of it, what became of each signal, what the run assumes."""

from __future__ import annotations

from dataclasses import dataclass

from fluxherod.backtest.model import BacktestConfig, Outcome, Run
from fluxherod.backtest.page import texts
from fluxherod.backtest.page.figures import Refusals
from fluxherod.backtest.report import Report


def headline(run: Run) -> str:
    """`SPY, hourly bars`."""
    return f"{texts.joined(run.symbols)}, {texts.timeframe(run.config.timeframe_ns)} bars"


def period(run: Run) -> str:
    """The first and the last session, and the time between them."""
    if not len(run.session_day):
        return "no session"
    first, last = (texts.long_date(texts.day_of(int(run.session_day[at]))) for at in (0, -1))
    return f"{first} to {last}" if first != last else first


def length_ns(run: Run) -> int:
    """From the first mark to the last."""
    return int(run.equity_ns[-1] - run.equity_ns[0]) if len(run.equity_ns) else 0


def result(report: Report, held_e4: float) -> tuple[str, ...]:
    """The result in a few sentences; `held_e4` is what buying and holding ended with."""
    run, found = report.run, report.metrics
    if not len(run.equity_ns):
        return ("No bar was traded on: there is nothing to tell.",)
    made = "made" if found.total_return > 0 else "lost" if found.total_return < 0 else "kept"
    trades = found.trades
    return (
        f"The strategy {made} {texts.percent(abs(found.total_return))} in {texts.span(length_ns(run))}, after costs: "
        f"{texts.money(found.initial_e4)} became {texts.money(found.final_e4)}, "
        f"{texts.percent(found.annualised_return, signed=True)} a year.",
        f"Buying {texts.joined(run.symbols)} and holding would have "
        f"{_made(held_e4 / found.initial_e4 - 1)} in the same time.",
        _trading(trades.trades, trades.win_rate),
        _fall(report),
    )


def _made(fraction: float) -> str:
    return f"{'made' if fraction >= 0 else 'lost'} {texts.percent(abs(fraction), 1)}"


def _trading(trades: int, win_rate: float | None) -> str:
    if trades == 0:
        return "It closed no trade."
    return f"It closed {texts.count(trades, 'trade')} and won {texts.percent(win_rate, 1)} of them."


def _fall(report: Report) -> str:
    fall = report.metrics.drawdown
    if fall.fraction <= 0:
        return "The account was never below an earlier peak."
    stay = texts.span(fall.length_ns)
    rest = f"its longest stay below a peak took {stay}"
    if not fall.recovered:
        rest = f"it had been below its peak for {stay} when the run ended"
    return f"At worst the account was {texts.percent(fall.fraction)} below its peak; {rest}."


@dataclass(frozen=True, slots=True)
class Verdict:
    """One line of what is held against the run: `passed` is None where nothing can be said."""

    passed: bool | None
    title: str
    text: str


def look_ahead(report: Report) -> Verdict:
    """Whether the run knew the future."""
    found = report.look_ahead
    if found.parts == 0:
        return Verdict(None, "Look-ahead not checked", "The run has too few marks to compare parts of it.")
    runs = texts.count(found.parts, "run")
    if found.clean:
        return Verdict(
            True,
            "No look-ahead",
            f"{runs} over only the oldest bars traded exactly as the whole run did up to there, to the last bit: "
            "no decision used a bar that came after it.",
        )
    where = "; ".join(f"{texts.words(what)} up to {texts.moment(end_ns)}" for end_ns, what in found.differing)
    return Verdict(
        False,
        "Look-ahead found",
        f"Over only the oldest bars the run came out differently ({where}): a decision used what came after it. "
        "Do not trust these results.",
    )


def warm_up(report: Report) -> Verdict:
    """Whether figures hang on where the history began."""
    found = report.warm_up
    if found.places == 0:
        return Verdict(
            None,
            "Warm-up not checked",
            f"No symbol has more than {found.history:,} bars, the history that live trading starts with.",
        )
    if found.clean:
        worst = max(found.largest.values(), default=0.0)
        return Verdict(
            True,
            "Warm-up suffices",
            f"{found.history:,} bars of history, with which live trading starts, give the same decisions as all of it "
            f"at {texts.count(found.places, 'place')}; indicators differ by {texts.tiny(worst)} at most "
            f"({texts.tiny(found.tolerance)} is allowed).",
        )
    names = ", ".join(texts.words(name) for name in found.dependent) or "none of the indicators"
    live = "would not do what this run did" if found.decisions else "decided alike all the same"
    return Verdict(
        False,
        "Depends on the history's length",
        f"After {found.history:,} bars of history {names} differ by more than {texts.tiny(found.tolerance)} from those "
        f"of the whole history, and {texts.count(found.decisions, 'decision')} of {texts.count(found.places, 'place')} "
        f"differ: live trading {live}.",
    )


_LIMITS = {
    Outcome.ORDERED: "Sent as an order of the size that risk allows.",
    Outcome.IN_POSITION: "The symbol was held already, or an order was at work: there is one position a symbol.",
    Outcome.SHORTS_OFF: "Selling short is switched off.",
    Outcome.STOP_PASSED: "The next bar opened at or beyond the stop, so the order was cancelled before it filled.",
    Outcome.CANCELLED: "The circuit breaker or the daily loss cancelled the order before the next open.",
    Outcome.UNFILLED: "The next bar did not trade through the limit.",
    Outcome.NO_EQUITY: "There was no equity, or more than can be counted with.",
    Outcome.NO_PRICE: "The price was not one that can be traded.",
    Outcome.NO_STOP: "The stop was missing, or on the wrong side of the price.",
    Outcome.RISK: "One share would have risked more than is allowed.",
    Outcome.MULTIPLIERS: "The reductions for the regime, the breaker and correlation left no share.",
    Outcome.BUYING_POWER: "The buying power left did not pay for one share.",
}


def outcome(code: Outcome, config: BacktestConfig) -> str:
    """Why a signal came out so."""
    limits = config.limits
    with_numbers = {
        Outcome.ADJUSTED: "Sent as an order, of fewer shares than the risk alone would have allowed: a position may be "
        f"worth {_bp(limits.max_position_bp)} of equity, all of them {_bp(limits.max_exposure_bp)}, and what can be "
        "bought; less while the circuit breaker reduces, or when the symbol moves with one that is held.",
        Outcome.NOISE: "The noise filter refused the bar: see its rules below.",
        Outcome.BREAKER: f"The circuit breaker was open: {_bp(limits.critical_drawdown_bp)} below the peak.",
        Outcome.DAILY_LOSS: f"The account had lost {_bp(limits.daily_loss_bp)} since the session before.",
        Outcome.OPEN_POSITIONS: f"{texts.count(limits.max_positions, 'position')} were open, the most allowed.",
        Outcome.POSITION_VALUE: f"One share is worth more than {_bp(limits.max_position_bp)} of equity.",
        Outcome.EXPOSURE: f"The open positions took up the {_bp(limits.max_exposure_bp)} of equity that is allowed.",
    }
    return with_numbers.get(code) or _LIMITS[code]


def noise_rules(found: Refusals, config: BacktestConfig) -> tuple[tuple[str, int, str], ...]:
    """Each rule of the noise filter, the entries that it refused, and what it asks."""
    params = config.params
    return (
        (
            "Volume",
            found.volume,
            f"The bar's volume must be above {params.breakout_volume_ratio:g} times its {params.volume_period}-bar "
            f"average for trend and neutral entries, {params.volume_ratio:g} times for mean reversion.",
        ),
        (
            "Time of day",
            found.time,
            f"No entry from {params.close_quiet_minutes} minutes before the session's close on.",
        ),
        (
            "Gap",
            found.gap,
            f"The bar must open within {texts.percent(params.gap_limit, 1)} of the close before it.",
        ),
    )


def costs(config: BacktestConfig) -> str:
    """What trading costs in the run."""
    cost = config.costs
    return (
        f"${cost.commission_e4 / 10_000:g} a share for each fill; slippage of {_bp(cost.slippage_bp)} on market orders "
        f"and stops, {_bp(cost.large_slippage_bp)} when the order is more than {_bp(cost.large_share_bp)} of the "
        f"average volume of the {cost.volume_bars} bars before."
    )


def assumptions(run: Run) -> tuple[tuple[str, str], ...]:
    """What the run takes for granted."""
    config = run.config
    order = "a market order at the open of the symbol's next bar, in the next session too"
    if config.entry_order == "limit":
        order = "a limit order at the signal's price, good for the next bar, filled only when that trades through it"
    daily = config.limits.daily_loss_bp
    return (
        ("Entries", f"Decided at the close of a bar; {order}. An edge that was refused is not tried again."),
        (
            "Stops",
            "A bar that opens at or beyond the stop fills at the open; else touching the stop fills at the stop, also "
            "in the bar of the entry. Slippage comes on top.",
        ),
        ("Costs", costs(config)),
        (
            "Account",
            "A margin account: buying power is twice the equity less the exposure. "
            + ("Long and short." if config.allow_shorts else "Long only."),
        ),
        (
            "Guards",
            f"From {_bp(config.limits.warning_drawdown_bp)} drawdown on sizes are cut to "
            f"{_bp(config.limits.reduced_size_bp)}; at {_bp(config.limits.critical_drawdown_bp)} everything is closed "
            "and trading ends. "
            + (f"A loss of {_bp(daily)} in a day closes all until the next session." if daily else "No daily limit."),
        ),
        ("Left out", "Dividends, borrowing fees and interest; cash earns nothing."),
        ("At the end", "Positions that are still open count at their last price; they are no trades."),
        ("Bars", _bars(run)),
    )


_REJECTED = {
    "outside_session": "outside the sessions",
    "time_goes_back": "not later than the bar before",
    "unsound": "with unsound prices or volume",
}


def _bars(run: Run) -> str:
    text = f"{texts.count(run.bars, 'bar')} were traded on"
    if run.warm_up:
        text += f", {run.warm_up:,} before them only warmed up"
    left_out = ", ".join(f"{number:,} {_REJECTED[reason]}" for reason, number in run.rejected.items())
    text += f". Left out: {left_out}." if left_out else ". None was left out."
    return text if run.config.calendar else f"{text} Without a calendar every bar counts."


def candle(run: Run, width: int) -> str:
    """How fine the charts are."""
    if width == 1:
        return "Every bar is in this file: zoom in to see them one by one."
    return (
        f"To keep this file small {width:,} marks are drawn together: a candle has the open, high, low and close of "
        f"its bars, a drawdown is the worst of its marks. The figures come from every bar."
    )


def hold_note(run: Run) -> str:
    """What the line of buying and holding is."""
    many = len(run.symbols) > 1
    each = "an equal part of the money in each symbol" if many else "all the money"
    return f"Buying and holding: {each} at the first bar's open, without costs or dividends."


def _bp(value: int) -> str:
    return f"{value / 100:g}{texts.PERCENT}"
