"""When two states are the same for a search: times are told from now, orders by age, and what is over is left out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from orders.broker import SYMBOL, Broker

from fluxherod.core.calendar import SECOND_NS
from fluxherod.core.orders import Order
from fluxherod.core.types import BrokerOrder
from fluxherod.engine.effects import CancelOrder, Effect, LookupOrder, ReplaceOrder, SubmitOrder
from fluxherod.engine.engine import Engine
from fluxherod.engine.events import (
    BrokerSnapshot,
    CancelAnswered,
    Event,
    LookupAnswered,
    OrderReported,
    ReplaceAnswered,
    SubmitAnswered,
)
from fluxherod.engine.reconciling.doubts import LAGS_FOR_NS

Key = tuple[Any, ...]
AGES_NS = 10 * SECOND_NS  # fills are told apart by so much


def key_of(
    engine: Engine, broker: Broker, requests: Sequence[Effect], late: Sequence[Effect], now_ns: int, rest: Key
) -> Key:
    """Equal for states that do the same from now on; `rest` is what else they must have in common."""
    desk, ledger = engine.desk, engine.ledger
    position = ledger.positions.get(SYMBOL)
    names = _names(engine, broker, requests, late)
    polls = [event.asked_ns for event in broker.mail if isinstance(event, BrokerSnapshot | LookupAnswered)]
    book = engine.market.books[SYMBOL]
    return (
        tuple(
            (*_ours(order, names, polls, book.price_ns), *_chain(engine, order, now_ns))
            for order in desk.orders.values()
            if order.id in names
        ),
        _stops(engine),
        tuple(_theirs(order, names) for order in broker.orders.values() if order.broker_id in names),
        tuple(sorted((names[leg], names.get(entry)) for leg, entry in broker.parents.items() if leg in names)),
        tuple(sorted((names[old], names[new]) for old, new in broker.successors.items())),
        None
        if position is None
        else (
            position.quantity,
            position.stop_e4,
            bool(position.exit_reason),
            position.exit_quantity,
            names.get(position.trade_id),
        ),
        tuple(_named(effect, names) for effect in requests),
        tuple(_named(effect, names) for effect in late),
        tuple(_heard(event, names) for event in broker.mail),
        tuple(sorted((names.get(each, -1), _in_s(ns, now_ns)) for each, ns in desk.due.items() if each in names)),
        tuple(sorted((names[each], times) for each, times in desk._unheard.items() if each in names)),
        tuple(_in_s(ns, now_ns) for ns in desk.holds.values()),
        _doubts(engine, polls, now_ns),
        tuple(sorted((names.get(each, -1), status) for each, status in desk.book.idle.items())),
        tuple(sorted(names.get(each, -1) for each in desk.book.chased)),
        tuple(sorted(names.get(each, -1) for each in desk._asked)),
        tuple(
            sorted(
                (names.get(each, -1), stray[0].filled_quantity, stray[0].status, stray[1] is None)
                for each, stray in desk.book._strays.items()
                if each in names
            )
        ),
        _differences(engine, now_ns),
        tuple(_in_s(ns, now_ns) for ns in engine.guard.breaches.values()),
        tuple(sorted(ledger.foreign.items())),
        (ledger.cash_e4 or 0) - broker.cash_e4,
        broker.position,
        book.price_e4,
        rest,
    )


def _chain(engine: Engine, order: Order, now_ns: int) -> Key:
    """What decides how a limit entry goes on."""
    book = engine.desk.book
    if order.id not in book.chased:
        return ()
    times = (_in_s(order.acknowledged_ns, now_ns), _in_s(order.updated_ns, now_ns))
    return (order.chase_count, order.sequel, book.filled(order), engine.desk.plans[order.id].wanted, *times)


def _stops(engine: Engine) -> Key:
    """What stops trading, or the process."""
    switch = engine.safety.state.kill_switch
    return (bool(switch.reason), switch.flatten, bool(engine.stopping), engine.over)


def _doubts(engine: Engine, polls: Sequence[int], now_ns: int) -> Key:
    """What waits for a snapshot, and which of those under way it may be."""
    doubts = engine.desk.doubts
    waits = [
        (tuple(since_ns <= asked_ns for asked_ns in polls), _in_s(until_ns, now_ns))
        for since_ns, until_ns in doubts._unconfirmed.values()
    ]
    fresh = [_in_s(until_ns, now_ns) for until_ns in doubts.fresh.values()]
    fills = [((now_ns - at_ns) // AGES_NS, signed) for fills in doubts._fills.values() for at_ns, signed in fills]
    lag = (sorted(doubts._lagging), [fill for fill in fills if fill[0] * AGES_NS < LAGS_FOR_NS])
    known = (*doubts._trouble.items(), *doubts._theirs.items(), *fresh, *doubts.lost, *doubts.resumed)
    known = (*known, "lacks", *doubts._lacks.items())
    return (*waits, *known, str(lag))


def _differences(engine: Engine, now_ns: int) -> Key:
    """What the newest snapshots showed."""
    known, again_ns = engine.reconciler.known, engine.reconciler._look_again_ns
    waits = [(ours, theirs, _in_s(ns, now_ns)) for ours, theirs, ns in engine.reconciler._waits.values()]
    shown = [(subject, one.ours, one.theirs, one.rule, one.sure) for subject, one in sorted(known.standing.items())]
    return (*shown, *waits, tuple(sorted(engine.reconciler._doubted)), again_ns and _in_s(again_ns, now_ns))


def _in_s(ns: int, now_ns: int) -> int:
    return round((ns - now_ns) / SECOND_NS)


def _names(engine: Engine, broker: Broker, requests: Sequence[Effect], late: Sequence[Effect]) -> dict[str, int]:
    """Orders by age. One that is over here and there, and of which nobody speaks any more, is none."""
    desk, position = engine.desk, engine.ledger.positions.get(SYMBOL)
    trade_id = position.trade_id if position is not None else ""
    spoken = str((requests, late, broker.mail)) if requests or late or broker.mail else ""
    names: dict[str, int] = {}
    chains = {order.entry_id for order in desk.orders.values() if order.id == trade_id or order.id in desk.book.chased}
    for order in desk.orders.values():
        theirs = broker.orders.get(order.broker_id or broker.by_client.get(order.id, ""))
        if (
            order.state.ended
            and (theirs is None or (theirs.status.ended and theirs.filled_quantity == order.filled_quantity))
            and trade_id not in (order.id, order.parent_id)
            and order.entry_id not in chains
            and f"'{order.id}'" not in spoken
            and (theirs is None or f"'{theirs.broker_id}'" not in spoken)
            and not any(order.id in (other.parent_id, other.replaces_id) for other in desk.live())
        ):
            continue
        names[order.id] = len(names)
        if theirs is not None:
            names[theirs.broker_id] = names[theirs.client_order_id] = names[order.id]
    for theirs in broker.orders.values():
        if theirs.broker_id not in names and (
            not theirs.status.ended or f"'{theirs.broker_id}'" in spoken or theirs.broker_id in desk.book._strays
        ):
            known = desk.book.by_broker_id(theirs.broker_id)
            if known is None:
                names[theirs.broker_id] = names[theirs.client_order_id] = len(names)
    return names


def _ours(order: Order, names: dict[str, int], polls: list[int], price_ns: int) -> Key:
    return (
        order.role,
        order.quantity,
        order.state,
        order.filled_quantity,
        order.stop_price_e4,
        order.leg_stop_e4,
        names.get(order.parent_id or "", -1),
        names.get(order.replaces_id or "", -1),
        names.get(order.broker_id, -1) if order.broker_id else -2,
        order.looks,
        tuple(order.updated_ns < asked_ns for asked_ns in polls),
        price_ns < order.created_ns,
    )


def _theirs(order: BrokerOrder, names: dict[str, int]) -> Key:
    return (
        names[order.broker_id],
        order.side,
        order.order_type,
        order.status,
        order.quantity,
        order.filled_quantity,
        order.stop_price_e4,
    )


def _report(order: BrokerOrder, names: dict[str, int]) -> Key:
    legs = tuple(_report(leg, names) for leg in order.legs)
    return (names.get(order.broker_id, -1), order.status, order.quantity, order.filled_quantity, legs)


def _named(effect: Effect, names: dict[str, int]) -> Key:
    match effect:
        case SubmitOrder(order):
            return ("submit", names.get(order.id, -1), order.quantity)
        case CancelOrder(order_id, broker_id):
            return ("cancel", names.get(order_id, -1), names.get(broker_id, -1))
        case ReplaceOrder(asked):
            return ("replace", names.get(asked.id, -1), asked.stop_price_e4)
        case LookupOrder(order_id):
            return ("lookup", names.get(order_id, -1))
    return ("snapshot",)


def _heard(event: Event, names: dict[str, int]) -> Key:
    match event:
        case OrderReported(event=word, order=order, execution=execution):
            return (word, _report(order, names), None if execution is None else execution.quantity)
        case BrokerSnapshot(positions=positions, orders=orders):
            held = positions[0].quantity if positions else 0
            return ("snapshot", held, tuple(_report(order, names) for order in orders if order.broker_id in names))
        case SubmitAnswered(order_id=order_id, order=answered, refusal=refusal):
            return ("submitted", names.get(order_id, -1), answered and _report(answered, names), refusal is None)
        case ReplaceAnswered(new_order_id=order_id, order=answered, refusal=refusal):
            return ("replaced", names.get(order_id, -1), answered and _report(answered, names), refusal is None)
        case CancelAnswered(order_id=order_id, accepted=accepted):
            return ("canceled", names.get(order_id, -1), accepted)
        case LookupAnswered(order_id=order_id, found=found, order=answered):
            return ("found", names.get(order_id, -1), found, answered and _report(answered, names))
    raise TypeError(event)
