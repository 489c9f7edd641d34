"""Entry signals of a backtest: vetoes, the risk engine's gates and its waterfall, as codes, in live trading's order."""

from __future__ import annotations

from fluxherod.backtest.book import Book, logged
from fluxherod.backtest.model import Kind, Outcome
from fluxherod.backtest.tape import Tape
from fluxherod.core.jit import Record, RecordArray, lent
from fluxherod.core.money import nearest_e4, on_tick_e4
from fluxherod.core.risk.correlation import RETURNS, newest_rho
from fluxherod.core.risk.request import MAX_EQUITY_E4, MAX_PRICE_E4
from fluxherod.core.sizing import buying_power_e4, headroom_e4, scaled_by, shares_by_limit
from fluxherod.core.strategy.codes import EntryMode, RuleCode
from fluxherod.core.strategy.stops import distance_e4, mean_reversion_stop_e4, stop_atr, trend_stop_e4

_ORDERED = int(Outcome.ORDERED)
_ADJUSTED = int(Outcome.ADJUSTED)
_IN_POSITION = int(Outcome.IN_POSITION)
_SHORTS_OFF = int(Outcome.SHORTS_OFF)
_NOISE = int(Outcome.NOISE)
_BREAKER = int(Outcome.BREAKER)
_DAILY_LOSS = int(Outcome.DAILY_LOSS)
_NO_EQUITY = int(Outcome.NO_EQUITY)
_NO_PRICE = int(Outcome.NO_PRICE)
_NO_STOP = int(Outcome.NO_STOP)
_OPEN_POSITIONS = int(Outcome.OPEN_POSITIONS)
_RISK = int(Outcome.RISK)
_POSITION_VALUE = int(Outcome.POSITION_VALUE)
_MULTIPLIERS = int(Outcome.MULTIPLIERS)
_EXPOSURE = int(Outcome.EXPOSURE)
_BUYING_POWER = int(Outcome.BUYING_POWER)
_FAILED = int(RuleCode.FAILED)
_MEAN_REVERSION = int(EntryMode.MEAN_REVERSION)
_NEUTRAL = int(EntryMode.NEUTRAL)
_TREND = int(Kind.TREND)
_MANUAL = int(Kind.MANUAL)
_WHOLE_BP = 10_000
_MARGIN = 2


@lent
def enter(
    book: Book, tape: Tape, s: int, row: int, side: int, mode: int, decision: Record, params: RecordArray
) -> None:
    """An entry fired in symbol `s` on the bar `row`: look for vetoes, size it, and order; write down what became of it.

    `mode` is an EntryMode, or Kind.MANUAL for an entry from outside.
    """
    account, slot, rules = book.account[0], book.slots[s], book.rules[0]
    quantity, outcome, correlated = 0, _vetoed(account, slot, rules, side, mode, decision), False
    if outcome != _ORDERED and not rules["keeps"]:
        return
    price_e4 = nearest_e4(tape.close[row])
    placed_e4, normal_e4 = _stops(tape, row, side, mode, decision, params[0], account["reduced"])
    if outcome == _ORDERED:
        if mode == _MANUAL and tape.quantity[row] >= 0:
            quantity = tape.quantity[row]
        else:
            outcome = _kept_out(account, rules, side, price_e4, placed_e4, distance_e4(price_e4, normal_e4, placed_e4))
            if outcome == _ORDERED:
                correlated = _correlated(book, tape, s, row)
                distance = distance_e4(price_e4, normal_e4, placed_e4)
                quantity, outcome = _sized(account, rules, side, mode, price_e4, distance, correlated)
    _write_signal(
        book, tape, s, row, side, mode, decision["regime"], outcome, quantity, price_e4, placed_e4, correlated
    )
    if quantity > 0:
        _order(book, tape, s, row, side * quantity, mode, decision, price_e4, placed_e4)


@lent
def _stops(
    tape: Tape, row: int, side: int, mode: int, decision: Record, params: Record, reduced: bool
) -> tuple[int, int]:
    """The stop that is placed and the normal one; they differ while the breaker reduces."""
    close = tape.close[row]
    if mode == _MANUAL and tape.stop_e4[row] >= 0:
        return tape.stop_e4[row], tape.stop_e4[row]
    if mode == _MEAN_REVERSION:
        fixed = mean_reversion_stop_e4(side, close, params["mean_reversion_stop"])
        return fixed, fixed
    atr, multiple = decision["atr"], params["trend_stop_atr"]
    normal = trend_stop_e4(side, close, atr, multiple)
    if not reduced:
        return normal, normal
    return trend_stop_e4(side, close, atr, stop_atr(True, multiple, params["reduced_stop_atr"])), normal


@lent
def _vetoed(account: Record, slot: Record, rules: Record, side: int, mode: int, decision: Record) -> int:
    """What ends an entry before its size is asked; ORDERED when nothing does. The spread is not applicable."""
    if slot["quantity"] != 0 or slot["wanted"] != 0:
        return _IN_POSITION
    veto = _veto(rules, side, mode, decision)
    if veto != _ORDERED:
        return veto
    if account["disabled"]:
        return _BREAKER
    return _DAILY_LOSS if account["day_lost"] else _ORDERED


@lent
def is_hopeless(rules: Record, verdict: Record) -> bool:
    """True when an entry of the strategy is vetoed whatever the account is."""
    return _veto(rules, verdict["entry"], verdict["entry_mode"], verdict) != _ORDERED


@lent
def _veto(rules: Record, side: int, mode: int, decision: Record) -> int:
    """What ends an entry whatever the account is; ORDERED when nothing does."""
    if side < 0 and not rules["allow_shorts"]:
        return _SHORTS_OFF
    if mode != _MANUAL:
        # A breakout is any entry but one of the mean-reversion regime, whose code is its mode's.
        volume_ok = decision["volume_ok"] if mode == _MEAN_REVERSION else decision["breakout_volume_ok"]
        if volume_ok == _FAILED or decision["time_ok"] == _FAILED or decision["gap_ok"] == _FAILED:
            return _NOISE
    return _ORDERED


@lent
def _kept_out(account: Record, rules: Record, side: int, price_e4: int, stop_e4: int, distance: int) -> int:
    """The check that ends an entry which no size could pass; ORDERED when there is none."""
    equity_e4 = account["equity_e4"]
    if equity_e4 <= 0 or equity_e4 > MAX_EQUITY_E4:
        return _NO_EQUITY
    if price_e4 <= 0 or price_e4 > MAX_PRICE_E4:
        return _NO_PRICE
    away = side * (price_e4 - stop_e4)
    if stop_e4 <= 0 or stop_e4 > MAX_PRICE_E4 or away <= 0 or away > distance or distance > MAX_PRICE_E4:
        return _NO_STOP
    return _OPEN_POSITIONS if account["open"] >= rules["max_positions"] else _ORDERED


@lent
def _correlated(book: Book, tape: Tape, s: int, row: int) -> bool:
    """True when the symbol moves with one that is held or being opened, or when that is not known."""
    slots, rules, first = book.slots, book.rules[0], tape.first[s]
    for other in range(len(slots)):
        if other == s or (slots[other]["quantity"] == 0 and slots[other]["wanted"] == 0):
            continue
        begin, end = tape.first[other], tape.next[other]
        rho, found = newest_rho(
            tape.end_ns[first : row + 1],
            tape.close[first : row + 1],
            tape.end_ns[begin:end],
            tape.close[begin:end],
            bool(rules["by_returns"]),
        )
        if found < RETURNS or not abs(rho) <= rules["correlation_limit"]:
            return True
    return False


@lent
def _sized(
    account: Record, rules: Record, side: int, mode: int, price_e4: int, distance: int, correlated: bool
) -> tuple[int, int]:
    """The shares that every limit allows, and the outcome: the step that left none, or whether a limit cut them."""
    equity_e4, exposure_e4 = account["equity_e4"], account["gross_e4"] + account["working_e4"]
    reverting = mode == _MEAN_REVERSION
    risk_bp = rules["mean_reversion_risk_bp"] if reverting else rules["trend_risk_bp"]
    room_e4 = headroom_e4(equity_e4, rules["max_exposure_bp"], exposure_e4)
    power_e4 = min(buying_power_e4(_MARGIN, equity_e4, exposure_e4), MAX_EQUITY_E4)
    by_risk, cap, room, power = shares_by_limit(
        equity_e4, risk_bp, distance, rules["max_position_bp"], room_e4, power_e4, price_e4, side > 0
    )
    neutral_bp = rules["neutral_size_bp"] if mode == _NEUTRAL else _WHOLE_BP
    breaker_bp = rules["reduced_size_bp"] if account["reduced"] else _WHOLE_BP
    correlation_bp = rules["correlated_size_bp"] if correlated else _WHOLE_BP
    scaled = scaled_by(min(by_risk, cap), neutral_bp, breaker_bp, correlation_bp, _WHOLE_BP)
    quantity = min(by_risk, cap, scaled, room, power)
    if quantity <= 0:
        return 0, _emptied(by_risk, cap, scaled, room)
    guarded = scaled < min(by_risk, cap) and (breaker_bp < _WHOLE_BP or correlation_bp < _WHOLE_BP)
    cut = cap < by_risk or guarded or min(room, power) < scaled
    return quantity, _ADJUSTED if cut else _ORDERED


@lent
def _emptied(by_risk: int, cap: int, scaled: int, room: int) -> int:
    if by_risk <= 0:
        return _RISK
    if cap <= 0:
        return _POSITION_VALUE
    if scaled <= 0:
        return _MULTIPLIERS
    return _EXPOSURE if room <= 0 else _BUYING_POWER


@lent
def _order(
    book: Book, tape: Tape, s: int, row: int, wanted: int, mode: int, decision: Record, price_e4: int, stop_e4: int
) -> None:
    account, slot = book.account[0], book.slots[s]
    side, reverting = 1 if wanted > 0 else -1, mode == _MEAN_REVERSION
    slot["wanted"] = wanted
    slot["limit_e4"] = on_tick_e4(price_e4, side < 0) if book.rules[0]["limit_entries"] else 0
    slot["signal"] = account["signals"] - 1
    slot["signal_ns"] = tape.end_ns[row]
    slot["signal_e4"] = slot["best_e4"] = price_e4
    slot["first_stop_e4"] = slot["stop_e4"] = stop_e4
    slot["atr"] = decision["atr"]
    slot["mode"] = mode if mode == _MANUAL or reverting else _TREND
    slot["regime"] = decision["regime"]
    slot["leaving"] = 0
    slot["trails"] = not reverting and not (mode == _MANUAL and tape.stop_e4[row] >= 0)
    account["working_e4"] += abs(wanted) * price_e4
    account["open"] += 1


@lent
def _write_signal(
    book: Book,
    tape: Tape,
    s: int,
    row: int,
    side: int,
    mode: int,
    regime: int,
    outcome: int,
    quantity: int,
    price_e4: int,
    stop_e4: int,
    correlated: bool,
) -> None:
    account = book.account[0]
    signal = book.signals[logged(book, account["signals"])]
    account["signals"] += 1
    signal["symbol"] = s
    signal["side"] = side
    signal["exit"] = False
    signal["mode"] = mode
    signal["regime"] = regime
    signal["outcome"] = outcome
    signal["correlated"] = correlated
    signal["ns"] = tape.end_ns[row]
    signal["price_e4"] = price_e4
    signal["stop_e4"] = stop_e4
    signal["quantity"] = quantity


@lent
def write_exit_signal(book: Book, tape: Tape, s: int, row: int, regime: int) -> None:
    """The signal that closes the position of a symbol."""
    slot = book.slots[s]
    side = 1 if slot["quantity"] > 0 else -1
    _write_signal(
        book,
        tape,
        s,
        row,
        side,
        slot["mode"],
        regime,
        _ORDERED,
        int(abs(slot["quantity"])),
        nearest_e4(tape.close[row]),
        slot["stop_e4"],
        False,
    )
    book.signals[logged(book, book.account[0]["signals"] - 1)]["exit"] = True
