"""What operators changed at run time: it wins over the configuration until it is reset, a restart does not end it."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, field, replace

from fluxherod.core.kernel import StrategyParams
from fluxherod.core.risk.limits import LimitValue, RiskLimits, limit_problems
from fluxherod.core.strategy.params import ORDERED, allowed_range
from fluxherod.engine.settings import Settings

Value = bool | int | float
REVISION_LENGTH = 12
# KAMA is a recursion on its own past: with other constants that past is another one.
_RECURSIVE = frozenset({"kama_fast", "kama_slow"})
_KINDS: Mapping[str, type[Value]] = {name: type(value) for name, value in asdict(StrategyParams()).items()}


@dataclass(frozen=True, slots=True)
class Overrides:
    """Wishes that stand: nothing here means that the configuration decides.

    Args:
        symbols: True to follow one, whatever the configuration lists; False not to follow one that it lists.
        disabled: symbols that may not be entered, with the reason.
        parameters: strategy parameters by name, those that equal the configuration's too.
        limits: limits of the risk engine by name, in the same way.
    """

    symbols: Mapping[str, bool] = field(default_factory=dict)
    disabled: Mapping[str, str] = field(default_factory=dict)
    parameters: Mapping[str, Value] = field(default_factory=dict)
    limits: Mapping[str, LimitValue] = field(default_factory=dict)

    def over(self, configured: Settings) -> Settings:
        """The settings in force. Parameters that don't go together with the configured ones are left out, all of them:
        see `conflict`. So are limits, see `limit_conflict`."""
        configured_symbols = frozenset(configured.symbols)
        kept = tuple(symbol for symbol in configured.symbols if self.symbols.get(symbol, True))
        added = (symbol for symbol, follow in self.symbols.items() if follow and symbol not in configured_symbols)
        values = parameters_of(configured) | ({} if self.conflict(configured) else dict(self.parameters))
        shorts = bool(values.pop("allow_shorts"))
        limits = {} if self.limit_conflict(configured) else dict(self.limits)
        return replace(
            configured,
            symbols=(*kept, *sorted(added)),
            disabled=tuple(sorted(self.disabled.items())),
            strategy=replace(configured.strategy, **values),  # type: ignore[arg-type]
            limits=replace(configured.limits, **limits),  # type: ignore[arg-type]
            allow_shorts=shorts,
        )

    @property
    def left(self) -> list[str]:
        """The symbols that are not followed though the configuration lists them."""
        return [symbol for symbol, follow in self.symbols.items() if not follow]

    def trimmed(self, configured: Settings) -> Overrides:
        """Without wishes not to follow what is not configured anyway: listed later, those symbols are followed."""
        listed = frozenset(configured.symbols)
        kept = {symbol: follow for symbol, follow in self.symbols.items() if follow or symbol in listed}
        return self if len(kept) == len(self.symbols) else replace(self, symbols=kept)

    def conflict(self, configured: Settings) -> str:
        """Why the changed parameters can't be put over the configured ones, in words; "" when they can."""
        return in_words(problems(configured, self.parameters))

    def limit_conflict(self, configured: Settings) -> str:
        """The same of the changed limits."""
        return in_words(limit_problems(configured.limits, self.limits))

    def follow(self, symbol: str, *, wanted: bool) -> Overrides:
        """Follow a symbol from now on, or not. One that goes takes its switch with it: added again, it is on."""
        disabled = {name: reason for name, reason in self.disabled.items() if name != symbol}
        return replace(self, symbols={**self.symbols, symbol: wanted}, disabled=disabled)

    def disable(self, symbol: str, reason: str) -> Overrides:
        """Switch a symbol off."""
        return replace(self, disabled={**self.disabled, symbol: reason})

    def enable(self, symbol: str) -> Overrides:
        """Switch a symbol on."""
        return replace(self, disabled={name: reason for name, reason in self.disabled.items() if name != symbol})

    def change(self, parameters: Mapping[str, Value]) -> Overrides:
        """Set some parameters."""
        return replace(self, parameters={**self.parameters, **parameters})

    def reset(self, keys: Collection[str]) -> Overrides:
        """Drop what was changed of some keys of the configuration; switched-off symbols are no key of it."""
        return replace(
            self,
            symbols={} if "market.symbols" in keys else self.symbols,
            parameters={name: value for name, value in self.parameters.items() if not names(name, keys)},
            limits={name: value for name, value in self.limits.items() if limit_key(name) not in keys},
        )

    def limit(self, limits: Mapping[str, LimitValue]) -> Overrides:
        """Set some limits."""
        return replace(self, limits={**self.limits, **limits})


def parameter_keys(name: str) -> tuple[str, ...]:
    """The keys that may set a parameter: under its name, or its name without the unit where that is a time of day."""
    return tuple(
        f"{section}.{key}"
        for section in ("strategy", "strategy.noise")
        for key in dict.fromkeys((name, name.removesuffix("_minute")))
    )


def limit_key(name: str) -> str:
    """The key of a limit, which counts in shares of one and not in basis points."""
    return f"risk.{name.removesuffix('_bp')}"


def names(parameter: str, keys: Collection[str]) -> bool:
    """Does one of the keys set a parameter."""
    return any(key in keys for key in parameter_keys(parameter))


def in_words(wrong: Mapping[str, str]) -> str:
    """What is wrong, each name with what is allowed, in one line; "" when nothing is."""
    return "; ".join(f"{name}: {allowed}" for name, allowed in wrong.items())


def parameters_of(settings: Settings) -> dict[str, Value]:
    """The parameters of the strategy by name: those of `StrategyParams`, and whether it may sell short."""
    values = asdict(settings.strategy)
    return {name: _KINDS[name](value) for name, value in values.items()} | {"allow_shorts": settings.allow_shorts}


def parameter_range(name: str) -> tuple[float, float]:
    """The smallest and the largest value of a parameter; 0 and 1 of a switch."""
    return (0, 1) if name == "allow_shorts" else allowed_range(name)


def problems(settings: Settings, changes: Mapping[str, Value]) -> dict[str, str]:
    """Why changes can't be put over settings: each name that is wrong with what is allowed."""
    values = parameters_of(settings)
    wrong = {name: "no parameter of the strategy" for name in changes if name not in values}
    known = {name: value for name, value in changes.items() if name in values}
    for name, value in known.items():
        low, high = parameter_range(name)
        if type(value) is not type(values[name]) or not low <= value <= high:
            wrong[name] = f"allowed is {low:g} to {high:g}, not {value}"
    values |= known
    for low_name, high_name in ORDERED:
        if {low_name, high_name} & known.keys() and not {low_name, high_name} & wrong.keys():
            low_value, high_value = values[low_name], values[high_name]
            if low_value > high_value:
                name, text = low_name, f"allowed is at most {high_name}, which is {high_value}, not {low_value}"
                if low_name not in known:
                    name, text = high_name, f"allowed is at least {low_name}, which is {low_value}, not {high_value}"
                wrong[name] = text
    return wrong


def revision(settings: Settings) -> str:
    """A digest of the parameters in force: it changes when any of them does, and only then."""
    return _digest(parameters_of(settings))


def limits_revision(limits: RiskLimits) -> str:
    """The same of the limits."""
    return _digest(asdict(limits))


def _digest(values: Mapping[str, LimitValue]) -> str:
    return hashlib.sha256(repr(sorted(values.items())).encode()).hexdigest()[:REVISION_LENGTH]


def remakes_indicators(before: StrategyParams, after: StrategyParams) -> bool:
    """True when a change reaches what the indicators remember, so that history must go through them once more.

    Thresholds and widths act from the next bar on, on the same memory.
    """
    old, new = asdict(before), asdict(after)
    return any(old[name] != new[name] for name in old if name.endswith("_period") or name in _RECURSIVE)
