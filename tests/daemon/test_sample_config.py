import re
import tomllib
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from fluxherod.configuration.config import Config, value_of
from fluxherod.configuration.layers import KEYS, _flat, load_config

SYSTEMD = Path(__file__).resolve().parents[2] / "systemd"
COMMENTED_KEY = re.compile(r"^# ([a-z0-9_]+ = .*)$", re.MULTILINE)


@pytest.fixture(scope="module")
def sample() -> str:
    return (SYSTEMD / "fluxhero.toml").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def documented(sample: str) -> dict[str, Any]:
    """Each key of the sample with the value that stands there in a comment."""
    return dict(_flat(tomllib.loads(COMMENTED_KEY.sub(r"\1", sample), parse_float=Decimal)))


def test_the_sample_documents_every_key_and_no_other(documented: dict[str, Any]) -> None:
    assert documented.keys() == KEYS.keys()


def test_the_sample_shows_the_defaults(documented: dict[str, Any]) -> None:
    def plain(value: Any) -> Any:
        return list(value) if isinstance(value, tuple) else "" if value == Path() else value

    default = {key: plain(value_of(Config(), key)) for key in KEYS}
    assert {key: float(value) if isinstance(default[key], float) else value for key, value in documented.items()} == (
        default
    )


def test_the_sample_explains_each_group_of_keys(sample: str) -> None:
    groups = [block for block in re.split(r"\n\n|^\[.*\]\n", sample, flags=re.MULTILINE) if COMMENTED_KEY.search(block)]
    unexplained = [
        block for block in groups if not block.strip().startswith("# ") or COMMENTED_KEY.match(block.strip())
    ]
    assert unexplained == []


def test_the_sample_loads_as_it_is_once_there_is_a_symbol(tmp_path: Path) -> None:
    environment = {"HOME": str(tmp_path), "FLUXHERO_MARKET__SYMBOLS": "SPY"}
    config = load_config(SYSTEMD / "fluxhero.toml", environment)
    assert {str(origin).split()[0] for origin in config.origins.values()} == {"default", "environment"}
