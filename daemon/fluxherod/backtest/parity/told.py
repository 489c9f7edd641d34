"""A compared day as text for a terminal (times are New York's) and as JSON (times are UTC). Money leaves as dollars."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from fluxherod.backtest.parity.findings import MEANINGS, Finding, Kind, Parity
from fluxherod.core.calendar import new_york, to_datetime
from fluxherod.core.money import E4, dollars


def as_dict(parity: Parity) -> dict[str, Any]:
    """All of it, for JSON: dollars, basis points, ISO times; None is not known."""
    return {
        "day": parity.day,
        "symbols": list(parity.symbols),
        "timeframe": parity.timeframe,
        "history_bars": parity.history_bars,
        "bars": parity.bars,
        "live": parity.live_e4 / E4,
        "backtest": parity.backtest_e4 / E4,
        "difference": (parity.live_e4 - parity.backtest_e4) / E4,
        "unexplained": len(parity.unexplained),
        "classes": [
            {
                "class": kind.value,
                "count": count,
                "money": parity.money_e4(kind) / E4,
                "slippage_bp": parity.slippage_bp(kind),
                "meaning": MEANINGS[kind],
            }
            for kind, count in parity.counts.items()
        ],
        "findings": [_finding(one) for one in parity.findings],
    }


def _finding(one: Finding) -> dict[str, Any]:
    return {
        "input": one.number,
        "time": to_datetime(one.now_ns).isoformat().replace("+00:00", "Z"),
        "symbol": one.symbol,
        "what": one.what,
        "class": one.kind.value,
        "rule": one.rule,
        "live": one.live,
        "backtest": one.backtest,
        "why": one.why,
        "slippage_bp": one.slippage_bp,
        "money": one.money_e4 / E4,
    }


def as_text(parity: Parity) -> str:
    """The comparison in lines: every decision and fill, then the classes, then what is not explained."""
    return "\n".join([*_head(parity), "", *_findings(parity.findings), *_classes(parity), "", *_verdict(parity)])


def _head(parity: Parity) -> Iterator[str]:
    if not parity.bars:
        yield f"{parity.day}: no bar was decided"
        return
    yield f"{parity.day}: {', '.join(parity.symbols)}, {parity.timeframe} bars"
    yield (
        f"{parity.bars:,} bars decided on both sides, each symbol from the same {parity.history_bars} bars of before "
        "(open positions at the last close, no commission)"
    )
    difference = dollars(parity.live_e4 - parity.backtest_e4)
    yield f"Live {dollars(parity.live_e4)}, backtest {dollars(parity.backtest_e4)}, difference {difference}"


def _findings(findings: Sequence[Finding]) -> Iterator[str]:
    if not findings:
        return
    rows = [_row(one) for one in findings]
    heads = ("New York", "symbol", "what", "class", "money", "live", "backtest")
    widths = [max(len(row[k]) for row in [heads, *rows]) for k in range(len(heads))]
    for one, row in zip([None, *findings], [heads, *rows], strict=True):
        cells = [
            text.rjust(width) if k == 4 else text.ljust(width)
            for k, (text, width) in enumerate(zip(row, widths, strict=True))
        ]
        yield "  ".join(cells).rstrip()
        if one is not None and one.why and one.kind is not Kind.SAME:
            yield f"{'':{widths[0]}}  {'':{widths[1]}}  {one.why}"
    yield ""


def _row(one: Finding) -> tuple[str, ...]:
    name = f"{one.kind.value}: {one.rule}" if one.rule else one.kind.value
    if one.slippage_bp is not None and one.kind is not Kind.SAME:
        name += f" {one.slippage_bp:+.1f} bp"
    money = dollars(one.money_e4) if one.money_e4 else ""
    return f"{new_york(one.now_ns):%H:%M:%S}", one.symbol, one.what, name, money, one.live, one.backtest


def _classes(parity: Parity) -> Iterator[str]:
    if not parity.counts:
        yield "Neither side did anything."
        return
    width = max(len(kind.value) for kind in parity.counts)
    yield f"{'class'.ljust(width)}  {'count':>6}  {'money':>14}  what it is"
    for kind, count in parity.counts.items():
        meaning = MEANINGS[kind]
        if (worse_bp := parity.slippage_bp(kind)) is not None and kind is not Kind.SAME:
            meaning += f" ({worse_bp:+.1f} bp against us on average)"
        yield f"{kind.value.ljust(width)}  {count:>6,}  {dollars(parity.money_e4(kind)):>14}  {meaning}"


def _verdict(parity: Parity) -> Iterator[str]:
    unexplained = parity.unexplained
    if not unexplained:
        yield "Every difference is explained."
        return
    yield f"{len(unexplained)} unexplained:"
    for one in unexplained:
        sides = f"live: {one.live or 'nothing'}; backtest: {one.backtest or 'nothing'}"
        symbol = f"{one.symbol} " if one.symbol else ""
        yield f"  input {one.number}, {new_york(one.now_ns):%H:%M:%S} {symbol}{one.what}: {sides}; {one.why}"
