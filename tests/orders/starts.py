"""Where searches begin: the engine is brought there by an honest exchange, and then anything can happen."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from orders.broker import S
from orders.budgets import BUDGET, CHASED_ONCE, ENDED, HALTED, LIMITED, STOPPED
from orders.scope import Scope

from fluxherod.core.types import Side


def _finish(scope: Scope) -> None:
    """Everything that is on its way arrives."""
    while scope.broker.mail or scope.requests:
        scope.take(("hear", 0) if scope.broker.mail else ("meet", 0))


def _look(scope: Scope, times: int) -> None:
    """Deadlines pass, and the exchange answers each question."""
    _finish(scope)
    for _ in range(times):
        scope.take(("tick",))
        _finish(scope)


def flat(scope: Scope) -> None:
    """Nothing was ever done."""


def entering(scope: Scope) -> None:
    """An entry works."""
    scope.take(("enter",))
    _finish(scope)


def part_filled(scope: Scope) -> None:
    """Half of an entry is filled."""
    entering(scope)
    scope.take(("fill", "b1", 1))
    _finish(scope)


def given_up(scope: Scope) -> None:
    """An entry never arrived, was looked for and given up. It may arrive yet."""
    scope.take(("enter",))
    scope.take(("time_out", 0))
    _look(scope, 3)


def guarded_by_leg(scope: Scope) -> None:
    """A position whose stop is the leg of its entry."""
    scope.take(("enter",))
    scope.settle()


def guarded(scope: Scope) -> None:
    """A position whose stop is an order of its own."""
    guarded_by_leg(scope)
    scope.take(("trail",))
    scope.settle()


def moving(scope: Scope) -> None:
    """Its stop is being replaced."""
    guarded(scope)
    scope.take(("trail",))


def stop_lost(scope: Scope) -> None:
    """Nobody answered when its stop was to be replaced."""
    moving(scope)
    scope.take(("time_out", 0))
    _look(scope, 1)


def leaving(scope: Scope) -> None:
    """It is to be closed, and its stop is being canceled."""
    guarded(scope)
    scope.take(("close",))


def reducing(scope: Scope) -> None:
    """Half of it is to be closed."""
    guarded(scope)
    scope.take(("reduce",))


def selling(scope: Scope) -> None:
    """Its stop is gone, the exit is on its way."""
    leaving(scope)
    _finish(scope)
    for order in [order for order in scope.broker.orders.values() if order.status is S.PENDING_CANCEL]:
        scope.take(("carry_out", order.broker_id))
    while not scope.requests:
        scope.take(("hear", 0))


def exit_lost(scope: Scope) -> None:
    """Nobody answered the exit, and it is looked for; it may arrive yet."""
    selling(scope)
    scope.take(("time_out", 0))


def exit_sent_again(scope: Scope) -> None:
    """The exchange did not know it: it was sent again under its id, and both are under way."""
    exit_lost(scope)
    scope.take(("meet", 0))
    while not scope.requests:
        scope.take(("hear", 0))


def resting(scope: Scope) -> None:
    """A limit entry works."""
    scope.take(("rest",))
    _finish(scope)


def resting_part_filled(scope: Scope) -> None:
    """Half of a limit entry is filled."""
    resting(scope)
    scope.take(("fill", "b1", 1))
    _finish(scope)


def chase_canceling(scope: Scope) -> None:
    """Its time is over: it is canceled, and is to be sent again."""
    resting_part_filled(scope)
    while not scope.requests:
        scope.take(("tick",))


def chase_sent(scope: Scope) -> None:
    """What was left of it is sent again."""
    chase_canceling(scope)
    _finish(scope)
    scope.take(("carry_out", "b1"))
    while not scope.requests:
        scope.take(("hear", 0))


def to_be_stopped(scope: Scope) -> None:
    """A position with its stop; an operator may halt, flatten and resume."""
    guarded(scope)


def entering_to_be_stopped(scope: Scope) -> None:
    """A limit entry works; an operator may halt, flatten and resume."""
    resting(scope)


def to_be_shut_down(scope: Scope) -> None:
    """Half of a limit entry is filled; the daemon may be told to end."""
    resting_part_filled(scope)


def short_entering(scope: Scope) -> None:
    """A short sale works."""
    entering(scope)


def short_part_filled(scope: Scope) -> None:
    """Half of it is filled."""
    part_filled(scope)


def short_guarded(scope: Scope) -> None:
    """A short position whose stop, a buy, is an order of its own."""
    guarded(scope)


def short_moving(scope: Scope) -> None:
    """Its stop is being replaced by one further down."""
    moving(scope)


def short_covering(scope: Scope) -> None:
    """Its stop is gone, the buy that closes it is on its way."""
    selling(scope)


def short_resting_part_filled(scope: Scope) -> None:
    """Half of a short sale at a limit is filled; it follows the market down."""
    resting_part_filled(scope)


def guarded_to_be_halted(scope: Scope) -> None:
    """A position with its stop; the exchange may halt trading, and the strategy may want to leave."""
    guarded(scope)


def resting_to_be_halted(scope: Scope) -> None:
    """Half of a limit entry is filled; the exchange may halt trading."""
    resting_part_filled(scope)


def leaving_halted(scope: Scope) -> None:
    """The stop was canceled for the strategy's exit when trading was halted, and nobody knows of either yet."""
    guarded(scope)
    scope.take(("signal",))
    _finish(scope)
    scope.take(("tape_halts",))


def waiting_halted(scope: Scope) -> None:
    """The daemon knows of the halt: the exit waits, and the stop works."""
    guarded(scope)
    scope.take(("tape_halts",))
    scope.take(("read_tape",))
    scope.take(("signal",))
    _finish(scope)


def short_waiting_halted(scope: Scope) -> None:
    """The same, sold short."""
    waiting_halted(scope)


# What may happen there besides.
MORE: Mapping[str, dict[str, int]] = {
    "resting": LIMITED,
    "resting_part_filled": LIMITED,
    "chase_canceling": LIMITED,
    "chase_sent": LIMITED,
    "to_be_stopped": STOPPED,
    "entering_to_be_stopped": LIMITED | STOPPED,
    "to_be_shut_down": LIMITED | ENDED,
    "short_resting_part_filled": LIMITED,
    "guarded_to_be_halted": HALTED,
    "resting_to_be_halted": LIMITED | HALTED,
    "leaving_halted": HALTED,
    "waiting_halted": HALTED,
    "short_waiting_halted": HALTED,
}

STARTS: Mapping[str, Callable[[Scope], None]] = {
    start.__name__: start
    for start in (
        flat,
        entering,
        part_filled,
        given_up,
        guarded_by_leg,
        guarded,
        moving,
        stop_lost,
        leaving,
        reducing,
        selling,
        exit_lost,
        exit_sent_again,
        resting,
        resting_part_filled,
        chase_canceling,
        chase_sent,
        to_be_stopped,
        entering_to_be_stopped,
        to_be_shut_down,
        short_entering,
        short_part_filled,
        short_guarded,
        short_moving,
        short_covering,
        short_resting_part_filled,
        guarded_to_be_halted,
        resting_to_be_halted,
        leaving_halted,
        waiting_halted,
        short_waiting_halted,
    )
}


def at(name: str, misfortunes: int) -> Scope:
    """A scope at a start; the misfortunes that lead there don't count."""
    more = MORE.get(name, {})
    side = Side.SELL if name.startswith("short_") else Side.BUY
    scope = Scope(misfortunes + 1, BUDGET | more, side, **(CHASED_ONCE if more else {}))
    STARTS[name](scope)
    scope.misfortunes = misfortunes
    return scope
