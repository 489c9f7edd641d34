"""The columns of limits and of risk as it changes; units are in the titles."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from fluxhero_client.cli.show.figures import NOTHING, Cell, gain, money, optional, word
from fluxhero_client.cli.show.table import Column
from fluxhero_client.cli.show.times import date_and_time, exchange_zone

if TYPE_CHECKING:
    from fluxhero.v1.risk_pb2 import Risk, RiskCheck

_BAR = 20
_NEARLY = 0.8


def usage_columns() -> Sequence[Column[RiskCheck]]:
    """Each limit with a bar of what is used of it."""
    return (
        Column("limit", lambda check: check.code.replace("_", " ")),
        Column("used", lambda check: optional(check, "actual"), right=True),
        Column("of", lambda check: optional(check, "limit"), right=True),
        Column("", usage_bar, spare=1),
        Column("left", lambda check: optional(check, "headroom"), right=True),
        Column("in words", lambda check: check.text, cuttable=True),
    )


def usage_bar(check: RiskCheck) -> Cell | str:
    """How full a limit is: green, yellow when it is nearly full, red from where it is reached."""
    if word(check, "verdict") == "not applicable":
        return NOTHING
    if not check.HasField("limit") or not check.HasField("actual"):
        return Cell("unknown", "bad")
    failed = word(check, "verdict") == "failed"
    part = check.actual / check.limit if check.limit > 0 else float(failed)
    filled = max(0, min(_BAR, int(_BAR * part)))
    style = "bad" if failed else "warn" if part >= _NEARLY else "good"
    return Cell(f"{'█' * filled}{'░' * (_BAR - filled)} {100 * part:.0f}%", style)


def risk_columns() -> Sequence[Column[Risk]]:
    """Risk as it changes."""
    return (
        Column(f"at {exchange_zone()[1]}", lambda risk: date_and_time(risk.as_of), least=19),
        Column("equity $", lambda risk: money(risk.equity), right=True, least=12),
        Column("day P&L $", lambda risk: gain(risk.day_pnl), right=True, least=10),
        Column("drawdown %", lambda risk: f"{risk.drawdown_pct:.2f}", right=True),
        Column("exposure %", lambda risk: f"{risk.exposure_pct:.2f}", right=True),
        Column("positions", lambda risk: f"{risk.open_positions}", right=True, spare=1),
        Column("deployed $", lambda risk: money(risk.risk_deployed), right=True, least=10, spare=2),
        Column("state", _state, cuttable=True),
    )


def _state(risk: Risk) -> Cell:
    if risk.halted:
        return Cell(f"HALTED: {risk.halt_reason}", "bad")
    breaker = word(risk, "breaker")
    return Cell(breaker, {"reduced": "warn", "disabled": "bad"}.get(breaker, ""))
