"""Keys of the configuration that operators changed at run time, with the values in force."""

from __future__ import annotations

from collections.abc import Collection
from decimal import Decimal
from typing import Any

from fluxherod.core.risk.limits import LimitValue
from fluxherod.core.sizing import BASIS_POINTS
from fluxherod.engine.engine import Engine
from fluxherod.engine.operators.overrides import Overrides, Value, limit_key, parameter_keys, parameters_of
from fluxherod.engine.settings import Settings


def runtime_values(engine: Engine, keys: Collection[str]) -> dict[str, Any]:
    """Each changed key of `keys` with its value; parameters that the configuration does not know have none."""
    universe = engine.universe
    in_force = Overrides(
        universe.overrides.symbols, parameters=universe.changed, limits=universe.changed_limits
    )  # without what conflicts with the configuration
    return changed_values(in_force, engine.settings, keys)


def changed_values(overrides: Overrides, settings: Settings, keys: Collection[str]) -> dict[str, Any]:
    """Each key of `keys` that overrides change, with its value in `settings`."""
    values = parameters_of(settings)
    found: dict[str, Any] = {"market.symbols": settings.symbols} if overrides.symbols else {}
    for name in overrides.parameters:
        key = next((key for key in parameter_keys(name) if key in keys), "")
        if key:
            found[key] = _configured(key, values[name])
    for name in overrides.limits:
        if (key := limit_key(name)) in keys:
            found[key] = (
                _share(getattr(settings.limits, name)) if name.endswith("_bp") else getattr(settings.limits, name)
            )
    return found


def _share(value_bp: LimitValue) -> Decimal:
    return Decimal(value_bp) / BASIS_POINTS


def _configured(key: str, value: Value) -> object:
    """A parameter as the configuration writes it."""
    if key == "strategy.neutral_entries":
        return "unopposed" if value else "off"
    if key.startswith("strategy.noise.illiquid_"):
        return f"{int(value) // 60:02d}:{int(value) % 60:02d}"
    return value
