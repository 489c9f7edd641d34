"""`fluxherod warmup` as a process: it compiles all that a daemon of the same configuration would compile."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path

import pytest
from harness.hours import hours, write
from harness.lockstep import Lockstep
from harness.processes import Installation, Simulator, environment
from harness.tape import PLAYED, QQQ_IS_SHORT, SYMBOLS, TIMEFRAME

TIMEOUT_S = 500
SYMBOL = ("--set", "market.symbols=SPY")
NOBODY = 65_534


class Own(Installation):
    """A daemon that keeps its machine code where its own configuration says."""

    @property
    def variables(self) -> dict[str, str]:
        """The environment of the daemon."""
        return {name: value for name, value in super().variables.items() if name != "NUMBA_CACHE_DIR"}


def variables(folder: Path) -> dict[str, str]:
    """An environment without credentials, whose cache is in a folder."""
    left_out = ("NUMBA_CACHE_DIR", "CACHE_DIRECTORY", "APCA_API_KEY_ID", "APCA_API_SECRET_KEY")
    kept = {name: value for name, value in environment(folder).items() if name not in left_out}
    return {**kept, "XDG_CACHE_HOME": str(folder / "cache")}


def warmup(environment: Mapping[str, str], *arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "fluxherod", "warmup", *arguments],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=TIMEOUT_S,
    )


def machine_code(folder: Path) -> dict[str, tuple[int, int]]:
    """Each file of Numba's cache, with when and as which file it was written."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {str(path): (path.stat().st_mtime_ns, path.stat().st_ino) for path in files}


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, "subprocess.CompletedProcess[str]"]]:
    """A folder without machine code, and the warm-up that filled it."""
    folder = tmp_path_factory.mktemp("warmup")
    yield folder, warmup(variables(folder), *SYMBOL)
    shutil.rmtree(folder)


def test_it_compiles_into_the_cache_of_the_configuration_and_needs_no_credentials(
    first: tuple[Path, "subprocess.CompletedProcess[str]"],
) -> None:
    folder, done = first
    cache = folder / "cache" / "fluxhero"
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("compiled ")
    assert f" functions into {cache / 'numba'} in " in done.stdout
    assert {"step", "risk_shares", "trail", "simulate", "slipped_e4"} <= set(
        done.stdout.strip().rpartition(": ")[2].split(", ")
    )
    assert cache.stat().st_mode & 0o777 == 0o700
    assert not (folder / "state").exists()


def test_a_second_run_finds_all_warm_and_writes_nothing(
    first: tuple[Path, "subprocess.CompletedProcess[str]"],
) -> None:
    folder, _ = first
    before = machine_code(folder / "cache")
    again = warmup(variables(folder), *SYMBOL)
    assert (again.returncode, again.stderr) == (0, "")
    assert again.stdout.startswith("all is warm: ")
    assert str(folder / "cache" / "fluxhero" / "numba") in again.stdout
    assert machine_code(folder / "cache") == before


def test_a_daemon_that_starts_and_trades_after_it_compiles_nothing(
    first: tuple[Path, "subprocess.CompletedProcess[str]"], tmp_path: Path
) -> None:
    folder, _ = first
    cache = folder / "cache" / "fluxhero"
    before = machine_code(cache / "numba")
    with Simulator(tmp_path, "--step", *PLAYED) as simulator:
        own = Own(tmp_path, simulator.url, SYMBOLS, TIMEFRAME, (f"storage.cache_dir={cache}",))
        with Lockstep(simulator, own) as pair:
            pair.step_until(QQQ_IS_SHORT)
            assert [order["symbol"] for order in simulator.all_orders()][:1] == ["QQQ"]
    assert before
    assert machine_code(cache / "numba") == before


def test_a_backtest_after_it_compiles_nothing(
    first: tuple[Path, "subprocess.CompletedProcess[str]"], tmp_path: Path
) -> None:
    folder, _ = first
    before = machine_code(folder / "cache")
    write(hours(1, date(2023, 5, 1), date(2023, 6, 30)), tmp_path / "bars")
    done = subprocess.run(
        [sys.executable, "-m", "fluxherod", "backtest", str(tmp_path / "bars" / "SPY_1Hour.csv")],
        env=variables(folder),
        capture_output=True,
        text=True,
        check=False,
        timeout=TIMEOUT_S,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert machine_code(folder / "cache") == before


def test_a_wrong_configuration_ends_it_with_2(tmp_path: Path) -> None:
    done = warmup(variables(tmp_path), "--set", "market.timeframe=2Hour")
    assert done.returncode == 2
    assert "market.timeframe" in done.stderr


def test_a_folder_that_can_not_be_written_is_named_with_the_remedy(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    done = warmup(variables(tmp_path), *SYMBOL, "--set", f"storage.cache_dir={tmp_path}/file/cache")
    assert done.returncode == 1
    assert done.stderr.startswith(f"fluxherod: machine code can't be kept in {tmp_path}/file/cache/numba: Not a dir")
    assert "storage.cache_dir" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can write for another user")
def test_root_does_not_write_what_the_daemon_s_user_could_not_read(tmp_path: Path) -> None:
    folder = tmp_path / "cache" / "fluxhero" / "numba"
    folder.mkdir(parents=True)
    os.chown(folder, NOBODY, NOBODY)
    done = warmup(variables(tmp_path), *SYMBOL)
    assert done.returncode == 1
    assert f"{folder}: it belongs to the user {NOBODY}" in done.stderr
    assert machine_code(folder) == {}
