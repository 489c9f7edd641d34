"""Symbols that join, leave, go off and on, parameters and limits that change: all by command, so by the journal."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from fluxherod.core.risk.limits import LimitValue, limit_problems
from fluxherod.core.types import AssetInfo
from fluxherod.core.words import some_of
from fluxherod.engine.commands import (
    AddSymbolCommand,
    DisableSymbolCommand,
    EnableSymbolCommand,
    ReloadCommand,
    RemoveSymbolCommand,
    UniverseCommand,
    UpdateLimitsCommand,
    UpdateParametersCommand,
)
from fluxherod.engine.effects import AlertRaised, Effect, FollowSymbols, ReplyCode, RequestHistory, Severity
from fluxherod.engine.events import AssetsLoaded
from fluxherod.engine.ledger import Ledger
from fluxherod.engine.market.market import Market
from fluxherod.engine.market.volatility import FIVE_MINUTE_HISTORY
from fluxherod.engine.operators import reloading
from fluxherod.engine.operators.overrides import Overrides, Value, in_words, limits_revision, problems, revision
from fluxherod.engine.orders.desk import Desk
from fluxherod.engine.settings import Settings

Outcome = tuple[ReplyCode, str]


class Universe:
    """What is traded, and by which numbers. `adopt` puts new settings in force in every part of the engine."""

    market: Market
    desk: Desk
    ledger: Ledger

    def __init__(self, adopt: Callable[[Settings], None]) -> None:
        self.configured = Settings(())
        self.overrides = Overrides()
        # Why the changed parameters, and the changed limits, are not in force; new risk waits for an operator then.
        self.parameter_conflict = self.limit_conflict = ""
        self.changed_ns = 0  # bars that ended by then were decided by other parameters than those in force
        self._adopt = adopt

    def begin(self, configured: Settings) -> Settings:
        """Take what a process was configured with; the settings in force, with what operators changed before."""
        self.configured = configured
        self.overrides = self.overrides.trimmed(configured)
        self._look_for_conflict()
        return self.settings

    def tell(self, out: list[Effect]) -> None:
        """What a person should know at a start: where operators' wishes and the configuration part."""
        if self.parameter_conflict:
            out.append(AlertRaised("PARAMETERS_SET_ASIDE", Severity.CRITICAL, self.parameter_conflict))
        if self.limit_conflict:
            out.append(AlertRaised("LIMITS_SET_ASIDE", Severity.CRITICAL, self.limit_conflict))
        if left := self.overrides.left:
            text = f"market.symbols lists {some_of(left)}, removed by an operator: not followed until added again"
            out.append(AlertRaised("SYMBOLS_OVERRIDDEN", Severity.INFO, text))

    def connect(self, market: Market, desk: Desk, ledger: Ledger) -> None:
        """Look after these from now on."""
        self.market, self.desk, self.ledger = market, desk, ledger

    @property
    def settings(self) -> Settings:
        """The settings in force."""
        return self.overrides.over(self.configured)

    @property
    def changed(self) -> Mapping[str, Value]:
        """The changed parameters that are in force, by name: none while they conflict with the configuration."""
        return {} if self.parameter_conflict else self.overrides.parameters

    @property
    def changed_limits(self) -> Mapping[str, LimitValue]:
        """The same of the limits."""
        return {} if self.limit_conflict else self.overrides.limits

    @property
    def conflict(self) -> str:
        """What of operators' changes is not in force, and why; "" when all of it is."""
        return "; ".join([text for text in (self.parameter_conflict, self.limit_conflict) if text])

    def _look_for_conflict(self) -> None:
        text = "changed at run time do not go together with the configuration"
        words = self.overrides.conflict(self.configured)
        self.parameter_conflict = f"parameters {text}: {words}" if words else ""
        words = self.overrides.limit_conflict(self.configured)
        self.limit_conflict = f"limits {text}: {words}" if words else ""

    def take(self, command: UniverseCommand, now_ns: int, out: list[Effect]) -> Outcome:
        """Carry a command out."""
        match command:
            case AddSymbolCommand(symbol=symbol, asset=asset):
                return self._add(symbol, asset, out)
            case RemoveSymbolCommand(symbol=symbol):
                return self._remove(symbol, out)
            case EnableSymbolCommand(symbol=symbol):
                return self._enable(symbol)
            case DisableSymbolCommand(symbol=symbol, reason=reason):
                return self._disable(symbol, reason)
            case UpdateParametersCommand():
                return self._update(command, now_ns, out)
            case UpdateLimitsCommand():
                return self._limit(command)
            case ReloadCommand():
                return reloading.take(self, command, now_ns, out)

    def put(self, overrides: Overrides) -> Settings:
        """Let these wishes stand; the settings in force."""
        self.overrides = overrides.trimmed(self.configured)
        self._look_for_conflict()
        settings = self.settings
        self.market.adopt(settings)
        self._adopt(settings)
        return settings

    # --- symbols ---------------------------------------------------------------------------------------
    def _add(self, symbol: str, asset: AssetInfo, out: list[Effect]) -> Outcome:
        if symbol in self.market.books:
            return ReplyCode.ALREADY_DONE, f"{symbol} is followed already"
        if not asset.found or asset.symbol != symbol:
            return ReplyCode.SYMBOL_UNKNOWN, f"the broker does not know {symbol}"
        if not asset.tradable:
            return ReplyCode.SYMBOL_NOT_TRADABLE, f"{symbol} is no US equity that the broker trades"
        self.put(self.overrides.follow(symbol, wanted=True))
        self.join((asset,), out)
        return ReplyCode.OK, f"{symbol} joins: its history is being loaded"

    def join(self, assets: Sequence[AssetInfo], out: list[Effect]) -> None:
        """Follow symbols that the settings in force have and the market has not."""
        for asset in assets:
            book = self.market.add(asset.symbol)
            book.tradable, book.shortable = True, asset.shortable and asset.easy_to_borrow
        out.append(FollowSymbols(self.settings.symbols))
        self._request_history(tuple(asset.symbol for asset in assets), out)

    def _remove(self, symbol: str, out: list[Effect]) -> Outcome:
        """The last one may go too: a configuration that drops symbols can leave none as well, and the daemon then still
        looks after account and orders."""
        if symbol not in self.market.books:
            return self._unknown(symbol)
        if use := self.use(symbol):
            return ReplyCode.SYMBOL_IN_USE, f"{symbol} is in use: {use}"
        settings = self.put(self.overrides.follow(symbol, wanted=False))
        self.market.remove(symbol)
        out.append(FollowSymbols(settings.symbols))
        return ReplyCode.OK, f"{symbol} leaves: it is followed no more"

    def feed_refused(self, followed: frozenset[str], refusal: str, out: list[Effect]) -> None:
        """What joins and the feed will not carry leaves again, or the next connection would be refused as a whole."""
        for book in list(self.market.books.values()):
            if book.joining and book.symbol not in followed:
                self.put(self.overrides.follow(book.symbol, wanted=False))
                self.market.remove(book.symbol)
                text = f"the market-data feed does not take {book.symbol} ({refusal}): it is followed no more"
                out.append(AlertRaised("SYMBOL_NOT_FOLLOWED", Severity.WARNING, text, book.symbol))
        out.append(FollowSymbols(self.settings.symbols))

    def describe(self, event: AssetsLoaded, out: list[Effect]) -> None:
        """Note what the broker says of the symbols; one that it does not trade is told."""
        for asset in event.assets:
            book = self.market.books.get(asset.symbol)
            if book is None:
                continue
            book.tradable = asset.found and asset.tradable
            book.shortable = asset.found and asset.shortable and asset.easy_to_borrow
            if not book.tradable:
                fault = "not tradable" if asset.found else "unknown"
                text = f"{asset.symbol} is {fault} at the broker: remove it from market.symbols"
                out.append(AlertRaised("SYMBOL_NOT_TRADABLE", Severity.WARNING, text, asset.symbol))

    def use(self, symbol: str) -> str:
        """What a symbol must be followed for; "" when nothing."""
        if symbol in self.ledger.positions:
            return "a position is open"
        if symbol in self.ledger.foreign:
            return "a position that is not ours is at the broker"
        if self.desk.uncertain(symbol):
            return "an order has an unknown outcome"
        order = next(self.desk.live(symbol), None) or self.desk.live_entry(symbol)
        return f"order {order.id} works" if order is not None else ""

    def _enable(self, symbol: str) -> Outcome:
        if symbol not in self.market.books:
            return self._unknown(symbol)
        if symbol not in self.overrides.disabled:
            return ReplyCode.ALREADY_DONE, f"{symbol} is not switched off"
        self.put(self.overrides.enable(symbol))
        return ReplyCode.OK, f"{symbol} may be entered again"

    def _disable(self, symbol: str, reason: str) -> Outcome:
        """Another reason is a change, too."""
        if symbol not in self.market.books:
            return self._unknown(symbol)
        if self.overrides.disabled.get(symbol) == reason:
            return ReplyCode.ALREADY_DONE, f"{symbol} is switched off already"
        self.put(self.overrides.disable(symbol, reason))
        because = f": {reason}" if reason else ""
        return ReplyCode.OK, f"{symbol} takes no new risk{because}"

    def _unknown(self, symbol: str) -> Outcome:
        return ReplyCode.SYMBOL_UNKNOWN, f"{symbol} is not followed; followed: {some_of(self.market.books)}"

    # --- parameters ------------------------------------------------------------------------------------
    def _update(self, command: UpdateParametersCommand, now_ns: int, out: list[Effect]) -> Outcome:
        before = self.settings
        current = revision(before)
        if command.revision not in ("", current):
            text = f"the parameters changed since revision {command.revision}: now it is {current}"
            return ReplyCode.REVISION_CONFLICT, text
        changes = dict(command.changes)
        # Together with what was changed before: those changes may be the ones that the configuration conflicts with.
        if wrong := problems(self.configured, {**self.overrides.parameters, **changes}):
            return ReplyCode.INVALID_FIELD, in_words(wrong)
        self.put(self.overrides.change(changes))
        self.changed_ns = now_ns
        names = ", ".join(f"{name} = {value}" for name, value in changes.items())
        return ReplyCode.OK, f"from the next bar on: {names}"

    def _limit(self, command: UpdateLimitsCommand) -> Outcome:
        """Change limits for orders to come; what is open or works stays as it is."""
        current = limits_revision(self.settings.limits)
        if command.revision not in ("", current):
            return ReplyCode.REVISION_CONFLICT, f"the limits changed since {command.revision}: now it is {current}"
        changes = dict(command.changes)
        if wrong := limit_problems(self.configured.limits, {**self.overrides.limits, **changes}):
            return ReplyCode.INVALID_FIELD, in_words(wrong)
        self.put(self.overrides.limit(changes))
        return ReplyCode.OK, "for new orders: " + ", ".join(f"{name} = {value}" for name, value in changes.items())

    def _request_history(self, symbols: tuple[str, ...], out: list[Effect]) -> None:
        """Before the calendar is known nothing can be asked for: it asks for every cold symbol when it comes."""
        if self.market.calendar.sessions:
            out.append(
                RequestHistory(symbols, self.settings.timeframe, self.settings.history_bars, FIVE_MINUTE_HISTORY)
            )
