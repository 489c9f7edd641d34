"""A configuration that was read again while the daemon runs: all of it is taken, or nothing is."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from fluxherod.core.types import AssetInfo
from fluxherod.core.words import some_of
from fluxherod.engine.commands import ReloadCommand
from fluxherod.engine.effects import Effect, FollowSymbols, ReplyCode
from fluxherod.engine.operators.overrides import Overrides
from fluxherod.engine.settings import Settings

if TYPE_CHECKING:
    from fluxherod.engine.operators.universe import Universe


@dataclass(frozen=True, slots=True)
class Plan:
    """What would be in force after a reload, and what it does to the symbols."""

    configured: Settings
    overrides: Overrides
    settings: Settings
    joining: tuple[str, ...]
    leaving: tuple[str, ...]


def plan(universe: Universe, read: Settings, reset: Collection[str]) -> Plan:
    """What a configuration that was read again comes to; nothing changes. Its timeframe and the like are left out."""
    configured = replace(
        universe.configured,
        symbols=read.symbols,
        strategy=read.strategy,
        limits=read.limits,
        allow_shorts=read.allow_shorts,
        trail_on=read.trail_on,
    )
    overrides = universe.overrides.reset(reset).trimmed(configured)
    settings = overrides.over(configured)
    followed = universe.market.books
    wanted = frozenset(settings.symbols)
    joining = tuple(symbol for symbol in settings.symbols if symbol not in followed)
    leaving = tuple(symbol for symbol in followed if symbol not in wanted)
    return Plan(configured, overrides, settings, joining, leaving)


def refusal(universe: Universe, planned: Plan, assets: Mapping[str, AssetInfo]) -> tuple[ReplyCode, str] | None:
    """Why a plan can't be carried out; None when it can."""
    conflicts = planned.overrides.conflict(planned.configured), planned.overrides.limit_conflict(planned.configured)
    if words := "; ".join(filter(None, conflicts)):
        text = f"what was changed at run time does not go with the file: {words}; reset those keys, or mend the file"
        return ReplyCode.CONFIG_INVALID, text
    for symbol in planned.leaving:
        if use := universe.use(symbol):
            return ReplyCode.SYMBOL_IN_USE, f"market.symbols: {symbol} is not in it any more and in use: {use}"
    unknown = [symbol for symbol in planned.joining if symbol not in assets or not assets[symbol].tradable]
    if unknown:
        return ReplyCode.CONFIG_INVALID, f"market.symbols: the broker does not trade {some_of(unknown)}"
    return None


def take(universe: Universe, command: ReloadCommand, now_ns: int, out: list[Effect]) -> tuple[ReplyCode, str]:
    """Carry a reload out."""
    planned = plan(universe, command.settings, command.reset)
    assets = {asset.symbol: asset for asset in command.assets if asset.found}
    if refused := refusal(universe, planned, assets):
        return refused
    before = universe.settings
    universe.configured = planned.configured
    settings = universe.put(planned.overrides)
    if (before.strategy, before.allow_shorts) != (settings.strategy, settings.allow_shorts):
        universe.changed_ns = now_ns
    for symbol in planned.leaving:
        universe.market.remove(symbol)
    if planned.joining:
        universe.join([assets[symbol] for symbol in planned.joining], out)
    elif planned.leaving:
        out.append(FollowSymbols(settings.symbols))
    return ReplyCode.OK, f"{len(command.changed)} keys have a new value, {len(command.waiting)} wait for a restart"
