"""Risk: a bar a limit, the drawdown against its two limits, the breaker, correlations, what stands unprotected."""

from __future__ import annotations

from collections.abc import Sequence

from fluxhero.v1 import common_pb2, risk_pb2
from fluxhero_tui.draw.bars import meter, urgency
from fluxhero_tui.draw.figures import gained, gained_percent, in_cents, money, percent, shares, word
from fluxhero_tui.draw.ink import EMPTY, Line, Span, clean, clip, heading, line, pad, wrap
from fluxhero_tui.draw.times import clock_time, day_and_minute
from fluxhero_tui.state.model import Model

_NOT_APPLICABLE = common_pb2.VERDICT_NOT_APPLICABLE


def everything(model: Model, room: int, height: int) -> list[Line]:
    """All of it in one column, for a narrow terminal."""
    parts = [part(model, room, height) for part in (limits, state, report, correlations)]
    return [one for part in parts for one in (*part, EMPTY)]


def limits(model: Model, room: int, height: int) -> list[Line]:
    """Every limit with what is used of it."""
    risk = model.risk
    lines = [heading("Limits", room)]
    if not risk.ByteSize():
        return [*lines, line(("waiting for the risk engine", "dim"))]
    lines += [_drawdown(risk, room), line((_scale(risk), "dim")), EMPTY]
    name = min(max((len(check.code) for check in risk.usage), default=8), 22)
    wide = max((len(_figures(check)) for check in risk.usage), default=0)
    lines += [_usage(check, name, wide, room) for check in risk.usage]
    return lines


def _figures(check: risk_pb2.RiskCheck) -> str:
    return f"{_amount(check.actual)} / {_amount(check.limit)}"


def _amount(value: float) -> str:
    """Dollars, percent or a count: no digits that nobody reads."""
    return f"{value:,.0f}" if abs(value) >= 1_000 or value.is_integer() else f"{value:,.2f}"


def _usage(check: risk_pb2.RiskCheck, name: int, wide: int, room: int) -> Line:
    label = pad((Span(clean(check.code.replace("_", " "))),), name)
    if check.verdict == _NOT_APPLICABLE or not check.HasField("limit") or not check.limit:
        return clip((*label, Span("  "), Span(clean(check.text), "dim")), room)
    if not check.HasField("actual"):
        return clip((*label, Span("  "), Span(f"✗ not known: {clean(check.text)}", "bad")), room)
    share = abs(check.actual / check.limit)
    failed = check.verdict == common_pb2.VERDICT_FAILED
    tone = "bad" if failed else urgency(share)
    drawn = min(max(room - name - wide - 12, 4), 40)
    mark = {"good": "✓", "warn": "!", "bad": "✗"}[tone]
    return clip(
        (
            *label,
            Span("  "),
            *meter(share, drawn, tone),
            *pad((Span(percent(share * 100, 0), tone),), 6, right=True),
            Span(f" {mark} ", tone),
            *pad((Span(_figures(check)),), wide, right=True),
        ),
        room,
    )


def _drawdown(risk: risk_pb2.Risk, room: int) -> Line:
    """The drawdown on a scale that ends at the critical limit; the warning limit is marked on it."""
    warning, critical = risk.limits.warning_drawdown_bp / 100, risk.limits.critical_drawdown_bp / 100
    drawn = min(max(room - 20, 10), 60)
    if critical <= 0:
        return line(("drawdown  ", "bold"), percent(risk.drawdown_pct, 2))
    share = risk.drawdown_pct / critical
    tone = "bad" if share >= 1 else "warn" if risk.drawdown_pct >= warning else "good"
    track = list(meter(share, drawn, tone))
    at = min(int(warning / critical * drawn), drawn - 1)
    return clip(
        (
            Span("drawdown  ", "bold"),
            Span(f"{percent(risk.drawdown_pct, 2):>7} ", tone),
            *_marked(track, at),
        ),
        room,
    )


def _scale(risk: risk_pb2.Risk) -> str:
    warning, critical = risk.limits.warning_drawdown_bp / 100, risk.limits.critical_drawdown_bp / 100
    return f"{'':18}│ at {warning:g}%: REDUCED   ┃ at {critical:g}%: DISABLED"


def _marked(track: Sequence[Span], at: int) -> list[Span]:
    cells = [Span(character, span.tone) for span in track for character in span.text]
    cells[at] = Span("│", "warn")
    return [*cells, Span("┃", "bad")]


def state(model: Model, room: int, height: int) -> list[Line]:
    """Breaker, kill switch, the day's loss, what stands unprotected, differences to the broker."""
    risk = model.risk
    lines = [heading("State", room)]
    if not risk.ByteSize():
        return lines
    lines += _breaker(risk, room) + _kill_switch(risk, room)
    lines.append(_fact("day P&L", gained(risk.day_pnl), Span("  "), gained_percent(risk.day_pnl_pct)))
    lines.append(_fact("equity", Span(f"${money(risk.equity)}"), Span(f"  peak ${money(risk.peak_equity)}", "dim")))
    lines.append(
        _fact("exposure", Span(f"${money(risk.exposure)}"), Span(f"  {percent(risk.exposure_pct)} of equity", "dim"))
    )
    lines.append(
        _fact("at risk", Span(f"${money(risk.risk_deployed)}"), Span("  if every stop is hit at its price", "dim"))
    )
    bare = risk.unprotected_shares
    tone = "bad" if bare else "good"
    lines.append(
        _fact(
            "unprotected",
            Span(f"{shares(bare)} shares now {'✗' if bare else '✓'}", tone),
            Span(f"  {risk.unprotected_share_seconds:,.0f} share-seconds in this session", "dim"),
        )
    )
    lines += _differences(risk, room)
    return [clip(one, room) for one in lines]


def _fact(name: str, *value: Span) -> Line:
    return (Span(f"{name:<13}", "dim"), *value)


def _breaker(risk: risk_pb2.Risk, room: int) -> list[Line]:
    name = word(risk, "breaker").upper()
    tone = {"NORMAL": "good", "REDUCED": "badge-warn", "DISABLED": "badge-bad"}.get(name, "warn")
    latched = Span("  latched: until an admin resets it", "warn") if risk.breaker_latched else Span("")
    lines = [
        _fact("breaker", Span(f" {name} ", tone), Span(f"  size x{risk.size_multiplier_bp / 10_000:g}", "dim"), latched)
    ]
    if risk.breaker_reason:
        lines += wrap(risk.breaker_reason, room - 13, "warn", indent=" " * 13)
    if risk.daily_loss_reached:
        lines.append(_fact("daily loss", Span(" REACHED ", "badge-bad"), Span("  no entries until it is reset", "bad")))
    return lines


def _kill_switch(risk: risk_pb2.Risk, room: int) -> list[Line]:
    if not risk.halted:
        return [_fact("kill switch", Span("off", "good"))]
    since = f"  since {day_and_minute(risk.halted_at)} ET" if risk.HasField("halted_at") else ""
    when = f"{since}  by {clean(risk.halted_by) or 'the daemon'}"
    return [
        _fact("kill switch", Span(" HALTED ", "badge-bad"), Span(when, "dim")),
        *wrap(risk.halt_reason, room - 13, "bad", indent=" " * 13),
    ]


def _differences(risk: risk_pb2.Risk, room: int) -> list[Line]:
    if not risk.differences:
        return [_fact("books", Span("✓ as the broker's", "good"))]
    lines = [_fact("books", Span(f"✗ {len(risk.differences)} differences to the broker's", "bad"))]
    for one in risk.differences:
        sure = "" if one.confirmed else " (not sure yet)"
        lines += wrap(
            f"{one.subject}: ours {one.ours}, theirs {one.theirs}{sure}. {one.rule}", room - 13, "warn", " " * 13
        )
    return lines


def report(model: Model, room: int, height: int) -> list[Line]:
    """The risk report: positions by what they may lose, the worst case, unprotected spans."""
    found = model.report
    if not found.ByteSize():
        return [heading("Report", room), line(("waiting for the report", "dim"))]
    lines = [heading("What positions may lose", room)]
    if found.positions:
        lines.append((Span("symbol  side    shares      value $      %  to its stop $", "dim"),))
    for one in found.positions:
        lines.append(
            line(
                (f"{clean(one.symbol):<8}", "bold"),
                f"{word(one, 'side'):<6}{shares(one.quantity):>8}{money(one.value):>13}{one.value_pct:>6.1f}%",
                f"{in_cents(one, 'loss_to_stop'):>15}",
            )
        )
    if not found.positions:
        lines.append(line(("no position is open", "dim")))
    worst = f"${money(found.worst_case_equity)}"
    lines.append(line(("worst case   ", "dim"), worst, ("  equity if all stops are hit now", "dim")))
    lines.append(line(("max drawdown ", "dim"), percent(found.max_drawdown_pct, 2)))
    return [*(clip(one, room) for one in lines), *_spans(found, room)]


def _spans(found: risk_pb2.RiskReport, room: int) -> list[Line]:
    if not found.unprotected_spans:
        return []
    lines = [EMPTY, heading("Without a stop at the broker, this session", room)]
    for one in reversed(found.unprotected_spans[-6:]):
        until = clock_time(one.end_time) if one.HasField("end_time") else "now"
        when = f"{clock_time(one.start_time)} to {until}"
        text = f"{clean(one.symbol):<6} {shares(one.shares):>7}  {when}  {clean(one.cause)}"
        lines.append(clip(line(text), room))
    return lines


def correlations(model: Model, room: int, height: int) -> list[Line]:
    """The matrix; pairs over the limit are marked, not only coloured."""
    pairs = model.report.correlations
    lines = [heading("Correlations of open positions", room)]
    if not pairs:
        return [*lines, line(("needs two open positions", "dim"))]
    names = sorted({one.symbol for one in pairs} | {one.other_symbol for one in pairs})
    most = max((room - 7) // 8, 1)
    known = {(one.symbol, one.other_symbol): one for one in pairs}
    known |= {(one.other_symbol, one.symbol): one for one in pairs}
    limit = model.risk.limits.correlation_limit or 0.7
    lines.append(line((" " * 7 + "".join(f"{clean(name):>8}" for name in names[:most]), "dim")))
    for row in names:
        cells = [_rho(known.get((row, column)), row == column, limit) for column in names[:most]]
        lines.append((Span(f"{clean(row):<7}", "bold"), *cells))
    note = f"! over {limit:g}: an entry that is correlated is halved"
    if len(names) > most:
        note += f"; {len(names) - most} more columns need a wider terminal"
    return [*lines, line((note, "dim"))]


def _rho(pair: risk_pb2.Correlation | None, same: bool, limit: float) -> Span:
    if same:
        return Span(f"{'1':>8}", "track")
    if pair is None or not pair.HasField("rho"):
        return Span(f"{'?!':>8}", "warn")
    over = abs(pair.rho) > limit
    return Span(f"{pair.rho:>7.2f}{'!' if over else ' '}", "warn" if over else "")
