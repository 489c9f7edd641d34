"""What differences cost: the day's result from the live account less that from the predicted one.

From both the driver goes on alone to the end of the day. So the sum over all bars is the day's result less that of a
backtest of the whole day, and whatever changes the result must have been told.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from fluxherod.backtest.book import Book
from fluxherod.backtest.parity.causes import Window
from fluxherod.backtest.parity.driving import Driving
from fluxherod.backtest.parity.findings import Finding, Kind
from fluxherod.backtest.parity.recorded import Slot, Step, Stretch

# What follows from something else does not pay for it where that is told on the same bar.
_LAST_TO_PAY = (Kind.SAME, Kind.FOLLOWS)


@dataclass(slots=True, eq=False)
class Bar:
    """Bars of some symbols that end at one time, and the accounts after them.

    Args:
        was: what each symbol had after its bar before; `windows` what is known of the time since.
        expected_e4: what the backtest's own fills did to cash, by symbol.
        flowed_e4: cash that came or went by no fill since the bar before.
    """

    driving: Driving
    stretch: Stretch
    steps: Sequence[Step]
    was: Mapping[str, Slot]
    windows: Mapping[str, Window]
    predicted: Book
    expected_e4: dict[str, int] = field(default_factory=dict)


def costed(bar: Bar, live: Book, flowed_e4: int, found: list[Finding]) -> list[Finding]:
    """The findings of a bar, each with what it costs: symbol by symbol, then what no symbol has.

    Args:
        live: the account as it was after the bar, `flowed_e4` what of its cash came or went by no fill since the last.
    """
    driving, book = bar.driving, bar.predicted
    cash_e4 = {step.symbol: _moved_e4(step) - bar.expected_e4[step.symbol] for step in bar.steps}
    other = set(driving.differing(book, live))
    if not other and not any(cash_e4.values()) and driving.alike(book, live):
        return found
    result_e4 = driving.result_e4(driving.copied(book))
    for step in bar.steps:
        number = driving.number[step.symbol]
        if number in other or cash_e4[step.symbol]:
            book = driving.mixed(book, live, number, cash_e4[step.symbol])
            then_e4 = driving.result_e4(driving.copied(book))
            found = _charged(found, bar, step, then_e4 - result_e4)
            result_e4 = then_e4
    rest_e4 = driving.result_e4(driving.copied(live)) - flowed_e4 - result_e4
    return _charged_to_limits(found, bar, rest_e4) if rest_e4 else found


def _moved_e4(step: Step) -> int:
    return sum(one.cash_e4 for one in step.filled)


def _charged(found: list[Finding], bar: Bar, step: Step, money_e4: int) -> list[Finding]:
    """The findings with an amount at the first one of a symbol that can have caused it."""
    if not money_e4:
        return found
    own = [one for one in found if one.symbol == step.symbol and one.kind is not Kind.SAME]
    payer = next((one for one in own if one.kind not in _LAST_TO_PAY), own[0] if own else None)
    if payer is not None:
        return [replace(one, money_e4=one.money_e4 + money_e4) if one is payer else one for one in found]
    about = (step.seq, step.end_ns, step.symbol, "account")
    if bar.stretch.settings.trail_on == "price":
        why = "the best price of the position is one that no bar shows"
        return [*found, Finding(*about, Kind.LIVE_RULE, "", "", why, "trail_on_price", None, money_e4)]
    why = "the accounts differ, and nothing that was decided or filled does"
    return [*found, Finding(*about, Kind.UNEXPLAINED, "", "", why, money_e4=money_e4)]


def _charged_to_limits(found: list[Finding], bar: Bar, money_e4: int) -> list[Finding]:
    """The findings with an amount that no symbol has: peak or base of the loss limits are others, or they stand so."""
    payer = next((one for one in found if one.kind is Kind.LOSS_LIMIT and not one.symbol), None)
    if payer is not None:
        return [replace(one, money_e4=one.money_e4 + money_e4) if one is payer else one for one in found]
    last, why = bar.steps[-1], "peak or base of the loss limits: live they are of each price"
    return [*found, Finding(last.seq, last.end_ns, "", "account", Kind.LOSS_LIMIT, "", "", why, money_e4=money_e4)]
