"""Every kind of fault by its name: how it is drawn, and whether it keeps the daemon from the exchange.

What an exchange's own fault plan can say is said there, the rest is done by the scene (`simulation.mishaps`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

Entry = dict[str, Any]
Draw = Callable[[Random, Sequence[str]], list[Entry]]


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of fault. `draw` makes entries of the exchange's plan; None where the scene does it.

    `hinders`: while it lasts the daemon may not hear the exchange, or not be heard; `most_s` is the longest that it
    lasts. `by_others`: it changes the account's positions or cash by no order of ours.
    """

    name: str
    group: str
    draw: Draw | None = None
    hinders: bool = False
    by_others: bool = False
    most_s: int = 150


def _chance(random: Random) -> float:
    return random.choice((0.3, 0.7, 1.0))


def _message(kind: str, **about: Any) -> Draw:
    def draw(random: Random, symbols: Sequence[str]) -> list[Entry]:
        entry: Entry = {"kind": kind, "probability": _chance(random)} | about
        if kind == "delay":
            entry["seconds"] = random.choice((1, 4, 15, 40))
        if random.random() < 0.3:
            entry["symbols"] = random.choice(symbols)
        return [entry]

    return draw


def _connection(kind: str, stream: str) -> Draw:
    return lambda random, symbols: [{"kind": kind, "stream": stream} | random.choice(({}, {"count": 1}))]


def _refusal(stream: str, status: int) -> Draw:
    """A connection breaks and is not had again at once."""
    cut = {"kind": "disconnect", "stream": stream, "count": 1}
    return lambda random, symbols: [cut, {"kind": "refuse_connection", "stream": stream, "status": status}]


def _rest(status: int, method: str = "", path: str = "", **more: Any) -> Draw:
    def draw(random: Random, symbols: Sequence[str]) -> list[Entry]:
        entry = {"kind": "rest", "status": status, "path": path, "probability": _chance(random)} | more
        return [entry | {"method": method}] if method else [entry]

    return draw


def _with(kind: str, **choices: Sequence[Any]) -> Draw:
    def draw(random: Random, symbols: Sequence[str]) -> list[Entry]:
        return [{"kind": kind} | {name: random.choice(values) for name, values in choices.items()}]

    return draw


def _halt(random: Random, symbols: Sequence[str]) -> list[Entry]:
    return [{"kind": "halt", "symbols": random.choice(symbols)}]


_BARS, _QUOTES, _UPDATES = {"channel": "bars"}, {"channel": "quotes"}, {"stream": "trade"}
_CHANCES = (0.3, 0.7, 1.0)
_NETWORK = [
    Kind("bars_dropped", "network", _message("drop", **_BARS)),
    Kind("bars_delayed", "network", _message("delay", **_BARS)),
    Kind("bars_duplicated", "network", _message("duplicate", **_BARS)),
    Kind("bars_reordered", "network", _message("reorder", **_BARS)),
    Kind("quotes_dropped", "network", _message("drop", **_QUOTES)),
    Kind("quotes_delayed", "network", _message("delay", **_QUOTES)),
    Kind("quotes_duplicated", "network", _message("duplicate", **_QUOTES)),
    Kind("updates_dropped", "network", _message("drop", **_UPDATES), hinders=True),
    Kind("updates_delayed", "network", _message("delay", **_UPDATES), hinders=True),
    Kind("updates_duplicated", "network", _message("duplicate", **_UPDATES)),
    Kind("updates_reordered", "network", _message("reorder", **_UPDATES), hinders=True),
    Kind("fills_dropped", "network", _message("drop", event="fill", **_UPDATES), hinders=True),
    Kind("cancels_dropped", "network", _message("drop", event="canceled", **_UPDATES), hinders=True),
    Kind("market_mute", "network", _connection("mute", "market")),
    Kind("market_half_dead", "network", _connection("half_dead", "market")),
    Kind("market_cut", "network", _connection("disconnect", "market")),
    Kind("market_refused_406", "network", _refusal("market", 406)),
    Kind("market_refused_429", "network", _refusal("market", 429)),
    Kind("market_refused_500", "network", _refusal("market", 500)),
    Kind("market_refused_503", "network", _refusal("market", 503)),
    Kind("updates_mute", "network", _connection("mute", "trade"), hinders=True),
    Kind("updates_half_dead", "network", _connection("half_dead", "trade"), hinders=True),
    Kind("updates_cut", "network", _connection("disconnect", "trade"), hinders=True),
    Kind("updates_refused_429", "network", _refusal("trade", 429), hinders=True),
    Kind("updates_refused_500", "network", _refusal("trade", 500), hinders=True),
    Kind("updates_refused_503", "network", _refusal("trade", 503), hinders=True),
    Kind("network_slow", "network", hinders=True, most_s=60),
]
_REST = [
    Kind("rest_429", "REST", _rest(429), hinders=True),
    Kind("rest_500", "REST", _rest(500), hinders=True),
    Kind("rest_503", "REST", _rest(503), hinders=True),
    Kind("rest_504", "REST", _rest(504), hinders=True),
    Kind("rest_html", "REST", _rest(503, html=True), hinders=True),
    Kind("rest_mute", "REST", _rest(0), hinders=True, most_s=60),
    Kind("replies_lost", "REST", _rest(0, carried_out=True), hinders=True, most_s=60),
    Kind("orders_lost", "REST", _rest(0, "POST", "/v2/orders"), hinders=True),
    Kind("orders_carried_out_unsaid", "REST", _rest(0, "POST", "/v2/orders", carried_out=True), hinders=True),
    Kind("orders_carried_out_as_500", "REST", _rest(500, "POST", "/v2/orders", carried_out=True), hinders=True),
    Kind(
        "orders_carried_out_as_html",
        "REST",
        _rest(504, "POST", "/v2/orders", carried_out=True, html=True),
        hinders=True,
    ),
    Kind("orders_429", "REST", _rest(429, "POST", "/v2/orders"), hinders=True),
    Kind("cancels_lost", "REST", _rest(0, "DELETE"), hinders=True),
    Kind("cancels_carried_out_unsaid", "REST", _rest(0, "DELETE", carried_out=True), hinders=True),
    Kind("cancels_503", "REST", _rest(503, "DELETE"), hinders=True),
    Kind("replaces_lost", "REST", _rest(0, "PATCH"), hinders=True, most_s=300),
    Kind("replaces_carried_out_unsaid", "REST", _rest(0, "PATCH", carried_out=True), hinders=True, most_s=300),
    Kind("lookups_500", "REST", _rest(500, "GET", "/v2/orders:by_client_order_id"), hinders=True),
    Kind("orders_unlisted", "REST", _rest(500, "GET", "/v2/orders"), hinders=True),
    Kind("positions_500", "REST", _rest(500, "GET", "/v2/positions"), hinders=True),
    Kind("account_503", "REST", _rest(503, "GET", "/v2/account"), hinders=True),
    Kind("data_500", "REST", _rest(500, "GET", "/v2/stocks")),
]
_MARKET = [
    Kind("late_bars", "market", _with("late_bars", seconds=(2, 20, 55), probability=_CHANCES)),
    Kind("revisions", "market", _with("revisions", probability=_CHANCES)),
    Kind("partial_fills", "market", _with("partial_fills", probability=(0.5, 0.9)), most_s=400),
    Kind("symbol_halted", "market", _halt, hinders=True),
    Kind("clock_skewed", "market", _with("clock_skew", seconds=(-45, -3, 3, 45))),
    Kind("split", "market", by_others=True),
]
_BROKER = [
    Kind("refused_as_wash_trade", "broker", hinders=True, most_s=90),
    Kind("refused_for_buying_power", "broker", hinders=True, most_s=90),
    Kind("refused_as_unprocessable", "broker", hinders=True, most_s=90),
    Kind("rejected_once_taken", "broker", hinders=True, most_s=90),
    Kind("order_done_for_day", "broker", hinders=True, most_s=5),
    Kind("order_suspended", "broker", hinders=True, most_s=60),
    Kind("cancel_refused", "broker", hinders=True, most_s=90),
    Kind("replace_refused", "broker", hinders=True, most_s=200),
    Kind("answers_held", "broker", hinders=True, most_s=40),
]
_PEOPLE = [
    Kind("position_closed_by_hand", "people", hinders=True, by_others=True, most_s=5),
    Kind("position_reduced_by_hand", "people", hinders=True, by_others=True, most_s=5),
    Kind("foreign_order", "people", hinders=True, by_others=True, most_s=90),
    Kind("foreign_position", "people", hinders=True, by_others=True, most_s=90),
    Kind("stop_cancelled_by_hand", "people", hinders=True, most_s=5),
    Kind("order_cancelled_by_hand", "people", hinders=True, most_s=5),
    Kind("stop_moved_by_hand", "people", hinders=True, most_s=5),
    Kind("command_repeated", "people", most_s=120),
]
_DISK = [
    Kind("commit_fails", "disk", hinders=True, most_s=60),
    Kind("commit_said_failed", "disk", hinders=True, most_s=60),
    Kind("commits_slow", "disk", hinders=True, most_s=90),
    Kind("commit_stalls", "disk", hinders=True, most_s=60),
    Kind("mirror_fails", "mirror", most_s=90),
    Kind("mirror_lost", "mirror", hinders=True, most_s=5),
    Kind("mirror_damaged", "mirror", hinders=True, most_s=5),
    Kind("mirror_stale", "mirror", hinders=True, most_s=5),
]
_PROCESS = [
    Kind("killed", "process", hinders=True, most_s=5),
    Kind("killed_before_commit", "process", hinders=True, most_s=90),
    Kind("killed_before_effects", "process", hinders=True, most_s=90),
    Kind("killed_before_order_commit", "process", hinders=True, most_s=120),
    Kind("killed_before_order_leaves", "process", hinders=True, most_s=120),
    Kind("killed_before_reply", "process", hinders=True, most_s=120),
    Kind("killed_at_fill", "process", hinders=True, most_s=120),
    Kind("killed_before_mirror", "process", hinders=True, most_s=120),
    Kind("killed_in_recovery", "process", hinders=True, most_s=5),
    Kind("killed_twice", "process", hinders=True, most_s=5),
    Kind("ended_in_order", "process", hinders=True, most_s=5),
]
KINDS = {kind.name: kind for kind in (*_NETWORK, *_REST, *_MARKET, *_BROKER, *_PEOPLE, *_DISK, *_PROCESS)}
