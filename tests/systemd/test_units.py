"""The units as text: what systemd finds in them, on any machine that has its tools."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from harness.processes import CHECKOUT

SERVICES = sorted((CHECKOUT / "systemd").glob("fluxherod*.service"))
UNITS = [*SERVICES, *sorted((CHECKOUT / "systemd").glob("fluxherod*.timer"))]


@pytest.fixture
def copies(tmp_path: Path) -> Path:
    """All units, with programs that are there before anything is installed."""
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze is not installed (Debian: apt-get install systemd)")
    for unit in UNITS:
        text = re.sub(r"^ExecStart=/opt/.*$", "ExecStart=/bin/true", unit.read_text(), flags=re.MULTILINE)
        (tmp_path / unit.name).write_text(text)
    return tmp_path


def analyze(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = ["systemd-analyze", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


def test_there_are_five_and_systemd_finds_nothing_wrong_with_them(copies: Path) -> None:
    assert len(UNITS) == 5
    done = analyze("verify", "--man=no", *(copies / unit.name for unit in UNITS))
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.parametrize("unit", SERVICES, ids=lambda unit: unit.name)
def test_no_service_is_exposed_by_more_than_a_tenth_and_a_half(unit: Path, copies: Path) -> None:
    done = analyze("security", "--offline=true", "--threshold=15", "--no-pager", copies / unit.name)
    assert done.returncode == 0, done.stdout[-200:]


@pytest.mark.parametrize(
    ("timer", "expected"),
    [
        # New York leaves summer time on 1 November 2026; a Friday, a Monday.
        ("fluxherod-restart.timer", ["Fri 2026-10-30 13:00:00 UTC", "Mon 2026-11-02 14:00:00 UTC"]),
        ("fluxherod-backup.timer", ["Sat 2026-10-31 05:00:00 UTC", "Sun 2026-11-01 05:00:00 UTC"]),
    ],
)
def test_the_timers_go_by_the_clock_of_new_york(timer: str, expected: list[str], copies: Path) -> None:
    [when] = re.findall(r"^OnCalendar=(.*)$", (copies / timer).read_text(), flags=re.MULTILINE)
    done = analyze("calendar", "--base-time=2026-10-30 12:00:00 UTC", "--iterations=2", when)
    assert re.findall(r"(\w{3} [-\d]+ [:\d]+ UTC)", done.stdout) == expected


def test_the_commands_are_those_that_fluxherod_has() -> None:
    from fluxherod.__main__ import _parser

    for unit in SERVICES:
        for start in re.findall(r"^ExecStart=/opt/fluxhero/venv/bin/fluxherod (.*)$", unit.read_text(), re.MULTILINE):
            assert _parser().parse_args(start.split()).config == Path("/etc/fluxhero/fluxhero.toml")


def test_the_shell_scripts_are_clean() -> None:
    if shutil.which("shellcheck") is None:
        pytest.skip("shellcheck is not installed (Debian: apt-get install shellcheck)")
    folder = CHECKOUT / "systemd"
    maintainers = [folder / "deb" / name for name in ("preinst", "postinst", "prerm", "postrm")]
    scripts = [*sorted(folder.rglob("*.sh")), *maintainers]
    done = subprocess.run(
        ["shellcheck", "--external-sources", *scripts], capture_output=True, text=True, check=False, cwd=CHECKOUT
    )
    assert done.stdout == ""


def test_lintian_finds_nothing_in_the_debian_package_but_what_is_explained(tmp_path: Path) -> None:
    """All but the Python packages, which take lintian a minute: `make deb` has it look at them, too."""
    for command, package in (("dpkg-deb", "dpkg"), ("lintian", "lintian")):
        if shutil.which(command) is None:
            pytest.skip(f"{command} is not installed (Debian: apt-get install {package})")
    tree = tmp_path / "tree"
    tree.mkdir()
    built = [CHECKOUT / "systemd/deb/build.sh", "--tree", tree, "--output", tmp_path]
    done = subprocess.run(built, capture_output=True, text=True, check=False)
    if "needs Python" in done.stderr:
        pytest.skip(done.stderr)
    assert done.returncode == 0, done.stderr
    [deb] = tmp_path.glob("fluxhero_*.deb")
    command = ["lintian", "--allow-root", "--fail-on", "error,warning", deb]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
