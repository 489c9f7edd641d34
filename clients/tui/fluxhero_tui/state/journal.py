"""What has happened, line by line: made of the changes that the daemon sends, kept for as long as there is room."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from fluxhero.v1 import order_pb2, position_pb2, signal_pb2, system_pb2
from fluxhero_tui.draw.figures import money, shares, word
from fluxhero_tui.draw.times import seconds_of

KEPT = 2_000
_SEVERITY_TONES = {system_pb2.ALERT_SEVERITY_CRITICAL: "bad", system_pb2.ALERT_SEVERITY_WARNING: "warn"}
_ENDED_BADLY = (order_pb2.ORDER_STATE_REJECTED, order_pb2.ORDER_STATE_UNKNOWN, order_pb2.ORDER_STATE_NOT_RECEIVED)


@dataclass(frozen=True, slots=True)
class Entry:
    """One line. `time_s` is the exchange's time in seconds since 1970, 0 for what happened in this terminal."""

    time_s: float
    kind: str
    symbol: str
    text: str
    tone: str = ""


class Happenings:
    """The newest entries, oldest first."""

    def __init__(self) -> None:
        self.entries: deque[Entry] = deque(maxlen=KEPT)
        self.count = 0

    def add(self, entry: Entry) -> None:
        """One more; the oldest one leaves when there is no room."""
        self.entries.append(entry)
        self.count += 1


def of_order(order: order_pb2.Order) -> Entry:
    """What last happened to an order."""
    filled = f" {shares(order.filled_quantity)}/{shares(order.quantity)}" if order.filled_quantity else ""
    at = f" at ${money(order.average_fill_price)}" if order.HasField("average_fill_price") else ""
    event = order.last_event.replace("_", " ")
    what = " ".join(dict.fromkeys([word(order, "role"), word(order, "type")]))
    text = f"{word(order, 'side')} {shares(order.quantity)} {what}: {event}{filled}{at}"
    if order.reason and order.state in _ENDED_BADLY:
        text += f" ({order.reason})"
    tone = "bad" if order.state in _ENDED_BADLY else "good" if order.state == order_pb2.ORDER_STATE_FILLED else ""
    return Entry(seconds_of(order.updated_at), "order", order.symbol, text, tone)


def of_signal(signal: signal_pb2.Signal) -> Entry:
    """What became of a signal."""
    what = f"{word(signal, 'kind')} {word(signal, 'mode')} at ${signal.price:,.2f}"
    became = signal.outcome_text or signal.outcome.replace("_", " ")
    tone = "accent" if signal.outcome == "ordered" else "dim"
    return Entry(seconds_of(signal.decided_at), "signal", signal.symbol, f"{what}: {became}", tone)


def of_alert(alert: system_pb2.Alert) -> Entry:
    """An alert, raised or acknowledged."""
    seen = f"acknowledged by {alert.acknowledged_by or 'somebody'}: " if alert.HasField("acknowledged_at") else ""
    time = alert.acknowledged_at if seen else alert.last_raised_at
    tone = "dim" if seen else _SEVERITY_TONES.get(alert.severity, "")
    return Entry(seconds_of(time), "alert", alert.symbol, f"{seen}{alert.code}: {alert.text}", tone)


def of_position(now: position_pb2.Position, before: position_pb2.Position | None, time_s: float) -> Entry | None:
    """A position that was opened, closed or whose size or guard changed; None for a mark."""
    held = before.quantity if before is not None else 0
    if now.quantity == held:
        if before is None or now.protection == before.protection:
            return None
        return Entry(time_s, "position", now.symbol, f"guard: {word(now, 'protection')}", _guard_tone(now))
    if before is not None and not now.quantity:
        text = f"closed, {shares(held)} {word(before, 'side')}; realized ${money(now.realized_pnl)}"
        return Entry(time_s, "position", now.symbol, text, "bad" if now.realized_pnl.startswith("-") else "good")
    change = "opened" if not held else f"{shares(held)} → {shares(now.quantity)}"
    text = f"{change}: {word(now, 'side')} {shares(now.quantity)} at ${money(now.average_price)}"
    return Entry(time_s, "position", now.symbol, text, "accent")


def _guard_tone(position: position_pb2.Position) -> str:
    guarded = position.protection == position_pb2.PROTECTION_STATE_BROKER_STOP
    return "good" if guarded else "warn"
