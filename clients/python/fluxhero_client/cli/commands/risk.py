"""`risk`, `risk-report`, `limits`: what is used of each limit, what is at stake, and the limits themselves."""

from __future__ import annotations

from argparse import Namespace
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from fluxhero_client.cli.console import Console
from fluxhero_client.cli.output import answered
from fluxhero_client.cli.show.figures import Cell, gain, gain_percent, money, word
from fluxhero_client.cli.show.risk_columns import usage_columns
from fluxhero_client.cli.show.table import Table, print_pairs
from fluxhero_client.cli.show.times import date_and_time, exchange_zone
from fluxhero_client.client import Client

if TYPE_CHECKING:
    from fluxhero.v1.risk_pb2 import Risk, RiskLimits

WRONG_USAGE = 2
_BREAKER_STYLES = {"normal": "good", "reduced": "warn", "disabled": "bad"}


async def risk(client: Client, arguments: Namespace, console: Console) -> int:
    """The risk engine now."""
    found = await client.risk.get()
    if not answered(found, arguments, console):
        _show(found, console)
    return 0


async def risk_report(client: Client, arguments: Namespace, console: Console) -> int:
    """The risk report."""
    report = await client.risk.report()
    if not answered(report, arguments, console):
        console.print(report.text)
    return 0


async def limits(client: Client, arguments: Namespace, console: Console) -> int:
    """The limits in force, or new ones."""
    if arguments.action is None:
        found = await client.risk.get()
        if not answered(found.limits, arguments, console):
            _show_limits(found, console)
        return 0
    return await _set(client, arguments, console)


async def _set(client: Client, arguments: Namespace, console: Console) -> int:
    from fluxhero.v1.risk_pb2 import RiskLimits

    wanted = RiskLimits()
    wrong = [problem for text in arguments.change if (problem := put(text, wanted))]
    if wrong:
        for problem in wrong:
            console.note(f"fluxhero: {problem}")
        return WRONG_USAGE
    answer = await client.risk.update_limits(
        wanted, reason=arguments.reason, revision=arguments.revision, request_id=arguments.request_id
    )
    if not answered(answer.risk, arguments, console):
        for field, _ in wanted.ListFields():
            console.print(f"{field.name} = {_text(answer.risk.limits, field.name)}")
        console.print(f"in force for new orders; revision {answer.risk.limits_revision}")
    return 0


def put(text: str, limits: RiskLimits) -> str:
    """Set the limit of NAME=VALUE; what is wrong with it, in words, or ""."""
    name, _, value = text.partition("=")
    field = limits.DESCRIPTOR.fields_by_name.get(name)
    if field is None:
        return f"{name!r} is no limit: see fluxhero limits"
    try:
        setattr(limits, name, _value(field, value))
    except (ValueError, InvalidOperation):
        kind = "a number" if field.cpp_type == field.CPPTYPE_DOUBLE else "a whole number"
        return f"{name} takes {kind}{', or such as 2.5%' if name.endswith('_bp') else ''}, not {value!r}"
    return ""


def _value(field: Any, text: str) -> int | float | str:
    """A limit as the API has it; a percentage stands for basis points."""
    if field.cpp_type == field.CPPTYPE_STRING:
        return text
    if field.cpp_type == field.CPPTYPE_DOUBLE:
        return float(text)
    if text.endswith("%") and field.name.endswith("_bp"):
        points = 100 * Decimal(text.removesuffix("%"))
        if points != points.to_integral_value():
            raise ValueError(text)
        return int(points)
    return int(text)


def _text(limits: RiskLimits, name: str) -> str:
    value = getattr(limits, name)
    if isinstance(value, str):
        return value
    return f"{value:g}" + (f" ({value / 100:g}%)" if name.endswith("_bp") else "")


def _show(found: Risk, console: Console) -> None:
    breaker = word(found, "breaker")
    state = Cell(breaker + (", latched" if found.breaker_latched else ""), _BREAKER_STYLES.get(breaker, ""))
    console.print(console.paint(f"Risk, {date_and_time(found.as_of)} {exchange_zone()[1]}", "bold"))
    if found.halted:
        by = f" by {found.halted_by}" if found.halted_by else ""
        console.print(f"{console.paint('HALTED', 'bad')}{by}: {found.halt_reason}")
    if found.breaker_reason:
        console.print(console.paint(found.breaker_reason, "warn"))
    print_pairs(
        console,
        [
            ("equity $", money(found.equity)),
            ("peak equity $", money(found.peak_equity)),
            ("drawdown %", f"{found.drawdown_pct:.2f}"),
            ("day P&L $", gain(found.day_pnl)),
            ("day P&L %", gain_percent(found.day_pnl_pct)),
            ("exposure $", money(found.exposure)),
            ("exposure %", f"{found.exposure_pct:.2f}"),
            ("risk deployed $", money(found.risk_deployed)),
            ("breaker", state),
            ("size of entries %", f"{found.size_multiplier_bp / 100:g}"),
            ("unprotected shares", f"{found.unprotected_shares:,}"),
        ],
        right=True,
    )
    console.print()
    Table[Any](usage_columns(), console).print(found.usage)


def _show_limits(found: Risk, console: Console) -> None:
    fields = [field.name for field, _ in found.limits.ListFields()]
    print_pairs(console, [(name, _text(found.limits, name)) for name in fields])
    console.print(f"revision {found.limits_revision}; change one with: fluxhero limits set NAME=VALUE --reason REASON")
