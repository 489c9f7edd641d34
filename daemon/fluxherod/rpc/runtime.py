"""Keys of the configuration that operators changed at run time, with the values in force."""

from __future__ import annotations

from collections.abc import Collection
from decimal import Decimal
from typing import Any

from fluxherod.core.risk.limits import LimitValue
from fluxherod.core.sizing import BASIS_POINTS
from fluxherod.engine.engine import Engine
from fluxherod.engine.overrides import Value, parameters_of


def runtime_values(engine: Engine, keys: Collection[str]) -> dict[str, Any]:
    """Each changed key of `keys` with its value; parameters that the configuration does not know have none."""
    universe, settings = engine.universe, engine.settings
    values = parameters_of(settings)
    found: dict[str, Any] = {"market.symbols": settings.symbols} if universe.overrides.symbols else {}
    for name in universe.changed:
        key = _key_of(name, keys)
        if key:
            found[key] = _configured(key, values[name])
    return found | _limits(engine, keys)


def _limits(engine: Engine, keys: Collection[str]) -> dict[str, Any]:
    """The changed limits as the configuration writes them: basis points as a share of one."""
    found: dict[str, Any] = {}
    for name in engine.universe.changed_limits:
        key, value = f"risk.{name.removesuffix('_bp')}", getattr(engine.settings.limits, name)
        if key in keys:
            found[key] = _share(value) if name.endswith("_bp") else value
    return found


def _share(value_bp: LimitValue) -> Decimal:
    return Decimal(value_bp) / BASIS_POINTS


def _key_of(name: str, keys: Collection[str]) -> str:
    """The key of a parameter: of its name, or of its name without the unit where the value is a time of day."""
    names = (name, name.removesuffix("_minute"))
    places = [f"{section}.{name}" for section in ("strategy", "strategy.noise") for name in names]
    return next((place for place in places if place in keys), "")


def _configured(key: str, value: Value) -> object:
    """A parameter as the configuration writes it."""
    if key == "strategy.neutral_entries":
        return "unopposed" if value else "off"
    if key.startswith("strategy.noise.illiquid_"):
        return f"{int(value) // 60:02d}:{int(value) % 60:02d}"
    return value
