"""The combinations that a search goes through: parameters of strategy, risk, costs and account with their values."""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any, TypeAlias

from fluxherod.backtest.model import BacktestConfig, Costs
from fluxherod.core.risk.limits import RiskLimits, limit_problems
from fluxherod.core.strategy.params import StrategyParams

Value: TypeAlias = bool | int | float | str
Values: TypeAlias = Mapping[str, Value]
"""The value of each parameter that is varied."""
_ROUNDING = 1e-9
"""So that 0.1 to 0.3 in steps of 0.1 has three values."""


@dataclass(frozen=True, slots=True)
class Choices:
    """A parameter takes one of these values."""

    values: tuple[Value, ...]

    def __post_init__(self) -> None:
        if not self.values or len(set(self.values)) < len(self.values):
            raise ValueError(f"choices = {self.values}: allowed is at least one, each once")

    def all(self) -> tuple[Value, ...]:
        """All values, in order."""
        return self.values

    def drawn(self, chance: random.Random) -> Value:
        """One of them."""
        return self.values[int(chance.random() * len(self.values))]


@dataclass(frozen=True, slots=True)
class Between:
    """A parameter takes values from `low` to `high`, both included: whole ones when both are, in steps if given.

    Args:
        log: draw evenly on a logarithmic scale; not with a step.
    """

    low: float
    high: float
    step: float | None = None
    log: bool = False

    def __post_init__(self) -> None:
        if not (math.isfinite(self.low) and math.isfinite(self.high) and self.low < self.high):
            raise ValueError(f"from {self.low} to {self.high}: the first must be below the second")
        if self.step is not None and not 0 < self.step <= (self.high - self.low) * (1 + _ROUNDING):
            raise ValueError(f"step = {self.step}: allowed is above 0 and at most {self.high - self.low:g}")
        if self.log and (self.low <= 0 or self.step is not None):
            raise ValueError(f"log from {self.low}: allowed is above 0, without a step")

    @property
    def whole(self) -> bool:
        """True when the values are integers."""
        return all(isinstance(bound, int) for bound in (self.low, self.high, self.step) if bound is not None)

    def all(self) -> tuple[Value, ...]:
        """All values, in order.

        Raises:
            ValueError: when there is no step and the values are not whole.
        """
        if self.step is None and not self.whole:
            raise ValueError(f"from {self.low:g} to {self.high:g}: a grid needs a step")
        step = self.step or 1
        count = math.floor((self.high - self.low) / step + _ROUNDING) + 1
        return tuple(self._at(k * step) for k in range(count))

    def drawn(self, chance: random.Random) -> Value:
        """One value by chance."""
        if self.step is not None or (self.whole and not self.log):
            every = self.all()
            return every[int(chance.random() * len(every))]
        if not self.log:
            return self.low + chance.random() * (self.high - self.low)
        low, high = math.log(self.low), math.log(self.high)
        value = math.exp(low + chance.random() * (high - low))
        return min(max(round(value) if self.whole else value, self.low), self.high)

    def _at(self, above: float) -> Value:
        if self.whole:
            return int(self.low + above)
        # Binary sums such as 0.1 + 0.2 become the number a person wrote.
        digits = 12 - math.floor(math.log10(max(abs(self.low), abs(self.high))))
        return round(min(self.low + above, self.high), digits)


Space: TypeAlias = Mapping[str, Choices | Between]
"""What each varied parameter may be; combinations are counted in the order of the names here."""


def grid(space: Space) -> Iterator[dict[str, Value]]:
    """Every combination, the last parameter varies fastest."""
    columns = [values.all() for values in space.values()]
    return (dict(zip(space, row, strict=True)) for row in itertools.product(*columns))


def grid_size(space: Space) -> int:
    """How many combinations the grid has."""
    return math.prod(len(values.all()) for values in space.values())


def drawn(space: Space, seed: int, number: int) -> dict[str, Value]:
    """The combination `number` of a random search: it depends on nothing but the three."""
    chance = random.Random(f"{seed} {number}")
    return {name: values.drawn(chance) for name, values in space.items()}


class NotAllowed(ValueError):
    """Values that can't be put together, such as `range_adx` above `trend_adx`; the text says why."""


def configured(base: BacktestConfig, values: Values) -> BacktestConfig:
    """The configuration with some values put over it.

    Raises:
        NotAllowed: when a value is out of its range, or contradicts another.
        ValueError: when a name is none of `PARAMETERS`.
    """
    if strangers := values.keys() - PARAMETERS.keys():
        raise ValueError(f"no parameter of a backtest: {', '.join(sorted(strangers))}")
    parts: dict[str, dict[str, Any]] = {}
    for name, value in values.items():
        parts.setdefault(PARAMETERS[name], {})[name] = _as_kind(name, value)
    account: dict[str, Any] = {part: _changed(base, part, given) for part, given in parts.items() if part}
    try:
        return replace(base, **account, **parts.get("", {}))
    except ValueError as error:
        raise NotAllowed(str(error)) from error


def _changed(base: BacktestConfig, part: str, given: Values) -> object:
    before: StrategyParams | RiskLimits | Costs = getattr(base, part)
    values: dict[str, Any] = dict(given)
    wrong = limit_problems(before, values) if isinstance(before, RiskLimits) else {}
    if wrong:
        raise NotAllowed("; ".join(f"{name}: {why}" for name, why in wrong.items()))
    try:
        return replace(before, **values)
    except ValueError as error:
        raise NotAllowed(str(error)) from error


def _as_kind(name: str, value: Value) -> Value:
    """The value as the parameter has it: a whole number may stand for a float."""
    kind = type(_DEFAULTS[name])
    if kind is float and type(value) is int:
        return float(value)
    if kind is not type(value):
        raise NotAllowed(f"{name} = {value}: allowed is a value of type {kind.__name__}")
    return value


_ACCOUNT = ("initial_equity_e4", "allow_shorts", "entry_order")
PARAMETERS: Mapping[str, str] = {
    **{field.name: "params" for field in fields(StrategyParams)},
    **{field.name: "limits" for field in fields(RiskLimits)},
    **{field.name: "costs" for field in fields(Costs)},
    **dict.fromkeys(_ACCOUNT, ""),
}
"""What can be varied, and in which part of `BacktestConfig` it is ("": in itself)."""


def described(config: BacktestConfig) -> dict[str, Value]:
    """Every parameter's value, in the order of `PARAMETERS`; equal numbers are written in one way."""
    return {name: type(_DEFAULTS[name])(value) for name, value in _all(config).items()}


def _all(config: BacktestConfig) -> dict[str, Value]:
    values: dict[str, Value] = {}
    for part in ("params", "limits", "costs"):
        values |= asdict(getattr(config, part))
    return values | {name: getattr(config, name) for name in _ACCOUNT}


_DEFAULTS = _all(BacktestConfig())
