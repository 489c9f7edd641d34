"""Where searches begin: the engine is brought there by an honest exchange, and then anything can happen."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from orders.broker import S
from orders.scope import Scope


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
    )
}


def at(name: str, misfortunes: int) -> Scope:
    """A scope at a start; the misfortunes that lead there don't count."""
    scope = Scope(misfortunes + 1)
    STARTS[name](scope)
    scope.misfortunes = misfortunes
    return scope
