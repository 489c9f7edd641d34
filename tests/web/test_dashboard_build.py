"""The built dashboard is what its sources build, and no larger than it may be."""

from __future__ import annotations

import gzip
import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
WEBUI = ROOT / "daemon" / "fluxherod" / "webui"
MOST_BYTES = 130_000


def files(folder: Path) -> dict[str, bytes]:
    """Each file below a folder."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def npm(*command: str, **variables: str) -> None:
    """Run a script of package.json; fails with what it says when it fails."""
    if shutil.which("npm") is None or not (ROOT / "node_modules" / "vite").exists():
        pytest.skip("not installed: npm and the npm packages (make setup-test)")
    environment = {**os.environ, "NO_COLOR": "1", **variables}
    done = subprocess.run(
        ["npm", "run", "--silent", *command], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{done.stdout[-4_000:]}{done.stderr[-4_000:]}"


def test_the_committed_dashboard_is_what_its_sources_build(tmp_path: Path) -> None:
    npm("build", FLUXHERO_WEBUI=str(tmp_path))
    built, committed = files(tmp_path), files(WEBUI)
    assert sorted(built) == sorted(committed), "make web builds it"
    assert [name for name in built if built[name] != committed[name]] == [], "make web builds it"


def test_its_sources_are_typed_linted_and_right() -> None:
    npm("generate")
    npm("check")
    npm("unit")


def test_its_scripts_stay_small() -> None:
    sizes = {name: len(gzip.compress(body, 9)) for name, body in files(WEBUI).items() if name.endswith(".js")}
    assert sizes
    assert sum(sizes.values()) <= MOST_BYTES, sizes


def test_it_names_no_other_origin_and_holds_no_inline_script_or_style() -> None:
    page = (WEBUI / "index.html").read_text(encoding="utf-8")
    assert "http" not in page
    assert "<style" not in page
    assert " style=" not in page
    assert "<script>" not in page
