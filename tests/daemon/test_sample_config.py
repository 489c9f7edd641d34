import re
import shutil
import subprocess
import tomllib
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from fluxherod.config import Config, value_of
from fluxherod.config_layers import KEYS, _flat, load_config

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


@pytest.fixture
def unit(tmp_path: Path) -> Path:
    """The unit with a program that is there."""
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze is not installed (Debian: apt-get install systemd)")
    text = (SYSTEMD / "fluxherod.service").read_text(encoding="utf-8")
    copy = tmp_path / "fluxherod.service"
    copy.write_text(re.sub(r"^ExecStart=.*$", "ExecStart=/bin/true", text, flags=re.MULTILINE))
    return copy


def analyze(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["systemd-analyze", *arguments], capture_output=True, text=True, check=False, timeout=60)


def test_systemd_finds_nothing_wrong_with_the_unit(unit: Path) -> None:
    done = analyze("verify", "--man=no", str(unit))
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_the_unit_exposes_at_most_a_tenth_and_a_half(unit: Path) -> None:
    done = analyze("security", "--offline=true", "--threshold=15", "--no-pager", str(unit))
    assert done.returncode == 0, done.stdout[-200:]


def test_the_unit_runs_a_command_that_the_daemon_has(capsys: pytest.CaptureFixture[str]) -> None:
    from fluxherod.__main__ import _parser

    text = (SYSTEMD / "fluxherod.service").read_text(encoding="utf-8")
    [start] = re.findall(r"^ExecStart=(.*)$", text, flags=re.MULTILINE)
    options = _parser().parse_args(start.split()[1:])
    assert options.config == Path("/etc/fluxhero/fluxhero.toml")
