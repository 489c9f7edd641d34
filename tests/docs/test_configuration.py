"""docs/configuration.md says of each key what the code does: a new value takes force at a reload, or at a restart."""

from __future__ import annotations

import runpy
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

import pytest
from engine.world import World

from fluxherod.configuration.config import Config, to_settings, value_of
from fluxherod.configuration.layers import KEYS
from fluxherod.engine.operators import reloading
from fluxherod.engine.operators.universe import Universe
from fluxherod.rpc.reload import _AROUND, reloadable

DOCS = Path(__file__).parents[2] / "docs"


def test_the_page_is_what_the_code_says() -> None:
    page = runpy.run_path(str(DOCS / "configuration.py"))["page"]()
    assert (DOCS / "configuration.md").read_text(encoding="utf-8") == page


def another(key: str) -> Any:
    """A value that is not the default."""
    value, annotation = value_of(Config(), key), KEYS[key].annotation
    if get_origin(annotation) is Literal:
        return next(one for one in get_args(annotation) if one != value)
    if isinstance(value, bool):
        return not value
    if isinstance(value, float):
        return value * 1.01
    if isinstance(value, int | Decimal):
        return value + (1 if isinstance(value, int) else Decimal("0.01"))
    if isinstance(value, tuple):
        return ("QQQ",)
    return Path("/x") if isinstance(value, Path) else f"{value[:-1]}1"


def with_another(section: Any, key: str, value: Any) -> Any:
    name, _, rest = key.partition(".")
    new = with_another(getattr(section, name), rest, value) if rest else value
    return section.model_copy(update={name: new})


@pytest.fixture(scope="module")
def universe() -> Universe:
    return World().ready().engine.universe


@pytest.mark.parametrize("key", KEYS)
def test_a_reload_puts_a_new_value_in_force_exactly_where_the_page_says_so(universe: Universe, key: str) -> None:
    before, after = (
        reloading.plan(universe, to_settings(config, 0), ()).settings
        for config in (Config(), with_another(Config(), key, another(key)))
    )
    assert (before != after) is (reloadable(key) and key not in _AROUND)
