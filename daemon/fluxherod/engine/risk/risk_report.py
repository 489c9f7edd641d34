"""The risk report: what is deployed, what is lost if every stop is hit, and how the positions move together."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

from fluxherod.core.calendar import new_york
from fluxherod.core.money import dollars
from fluxherod.core.portfolio import Position
from fluxherod.core.risk.correlation import Correlation
from fluxherod.engine.ledger import Ledger
from fluxherod.engine.market.market import Market
from fluxherod.engine.orders.desk import Desk
from fluxherod.engine.risk.correlations import pair

# 496 pairs: about 20 ms, in which the daemon does nothing else.
MOST_CORRELATED = 32


@dataclass(frozen=True, slots=True)
class HeldRisk:
    """A position with what its stop may cost.

    Args:
        quantity: signed; so is `value_e4`, at the last price.
        stop_e4: None without a stop of ours: for one that we did not open, say. Then so are the others.
        risk_e4: what is lost from the average entry.
        loss_e4: what is lost from the last price.
    """

    symbol: str
    quantity: int
    value_e4: int
    stop_e4: int | None = None
    risk_e4: int | None = None
    loss_e4: int | None = None


@dataclass(frozen=True, slots=True)
class RiskReport:
    """The report of one moment. `positions` are the largest first, `correlations` (one symbol, the other) by name.

    Args:
        working_e4: what working entries may still add, those of unknown outcome with every share.
        worst_e4: equity if every stop is hit at its price; positions without one at their last price.
        max_drawdown: the largest so far, as a share of the peak.
    """

    as_of_ns: int
    equity_e4: int
    peak_e4: int
    max_drawdown: float
    long_e4: int
    short_e4: int
    working_e4: int
    deployed_e4: int
    worst_e4: int
    positions: tuple[HeldRisk, ...]
    correlations: tuple[tuple[str, Correlation], ...]

    @property
    def exposure_e4(self) -> int:
        """Long, short and working together."""
        return self.long_e4 + self.short_e4 + self.working_e4

    @property
    def drawdown(self) -> float:
        """Below the peak now, as a share of it."""
        return max(0, self.peak_e4 - self.equity_e4) / self.peak_e4 if self.peak_e4 > 0 else 0.0


def risk_report(market: Market, desk: Desk, ledger: Ledger, basis: str, now_ns: int) -> RiskReport:
    """The report now; correlations are those of the largest positions, by `basis`."""
    held = [_held(position) for position in ledger.positions.values()]
    held += [HeldRisk(symbol, shares, shares * price_e4) for symbol, (shares, price_e4) in ledger.foreign.items()]
    held.sort(key=lambda one: (-abs(one.value_e4), one.symbol))
    equity_e4 = ledger.equity_e4 or 0
    symbols = sorted({one.symbol for one in held[:MOST_CORRELATED]})
    return RiskReport(
        as_of_ns=now_ns,
        equity_e4=equity_e4,
        peak_e4=ledger.peak_e4,
        max_drawdown=ledger.max_drawdown,
        long_e4=sum(max(0, one.value_e4) for one in held),
        short_e4=sum(max(0, -one.value_e4) for one in held),
        working_e4=desk.working_e4(),
        deployed_e4=sum(one.risk_e4 or 0 for one in held),
        worst_e4=equity_e4 - sum(one.loss_e4 or 0 for one in held),
        positions=tuple(held),
        correlations=tuple((one, pair(one, other, now_ns, basis, market)) for one, other in combinations(symbols, 2)),
    )


def _held(position: Position) -> HeldRisk:
    stop_e4, value_e4 = position.tightest_stop_e4, position.value_e4
    if stop_e4 is None:
        return HeldRisk(position.symbol, position.quantity, value_e4)
    loss_e4 = max(0, value_e4 - position.quantity * stop_e4)
    return HeldRisk(position.symbol, position.quantity, value_e4, stop_e4, position.risk_e4, loss_e4)


def report_text(report: RiskReport) -> str:
    """The report for people."""
    return "\n".join(
        [
            f"Risk report, {new_york(report.as_of_ns):%Y-%m-%d %H:%M:%S} New York",
            f"Equity {dollars(report.equity_e4)}, peak {dollars(report.peak_e4)}: drawdown {report.drawdown:.1%},"
            f" largest so far {report.max_drawdown:.1%}",
            f"Exposure {_of_equity(report, report.exposure_e4)}: long {dollars(report.long_e4)},"
            f" short {dollars(report.short_e4)}, working {dollars(report.working_e4)}",
            f"Risk deployed {_of_equity(report, report.deployed_e4)};"
            f" if every stop is hit at its price, equity is {dollars(report.worst_e4)}",
            *_position_lines(report),
            *_correlation_lines(report),
        ]
    )


def _of_equity(report: RiskReport, amount_e4: int) -> str:
    return dollars(amount_e4) + (f" ({amount_e4 / report.equity_e4:.1%})" if report.equity_e4 > 0 else "")


def _position_lines(report: RiskReport) -> list[str]:
    if not report.positions:
        return ["No position is open"]
    lines = ["Positions, largest first:"]
    for one in report.positions:
        side = "LONG" if one.quantity > 0 else "SHORT"
        stop = "no stop of ours"
        if one.stop_e4 is not None:
            stop = f"stop {dollars(one.stop_e4)} loses {dollars(one.risk_e4 or 0)}"
        lines.append(f"  {one.symbol} {side} {abs(one.quantity)}, {_of_equity(report, abs(one.value_e4))}, {stop}")
    return lines


def _correlation_lines(report: RiskReport) -> list[str]:
    if not report.correlations:
        return []
    lines = ["Correlations:"]
    for symbol, other in report.correlations:
        figure = f"unknown ({other.unknown})" if other.unknown else f"{other.rho:.2f}"
        lines.append(f"  {symbol} {other.symbol} {figure}")
    if len(report.positions) > MOST_CORRELATED:
        lines.append(f"  of the {MOST_CORRELATED} largest positions")
    return lines
