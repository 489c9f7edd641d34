import ast
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

LAYERS = {"core", "engine", "adapters", "rpc", "backtest"}
# What every layer may import of the package besides the layers below it.
SHARED = {"errors", "failpoints"}
LIBRARIES = {
    "daemon/fluxherod/core": {"fluxherod", "numba", "numpy"},
    "clients/python/fluxhero_client": {"fluxhero", "fluxhero_client", "google", "grpc"},
}
IMPURE_CALL = re.compile(
    r"(.*\.)?(datetime|date)\.(now|utcnow|today)|(.*\.)?uuid[14]|(np|numpy)\.random\..*|open|print|input"
)


def sources(folder: Path) -> Iterator[tuple[Path, ast.Module]]:
    for path in sorted(folder.rglob("*.py")):
        yield path, ast.parse(path.read_text(encoding="utf-8"))


def imported(module: ast.Module) -> Iterator[str]:
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def test_the_import_contracts_hold(check: Callable[..., str]) -> None:
    check("lint-imports")


def test_only_the_app_imports_what_sits_beside_it(root: Path) -> None:
    package = root / "daemon/fluxherod"
    strangers = [
        f"{path.relative_to(root)} imports {name}"
        for layer in sorted(LAYERS)
        for path, module in sources(package / layer)
        for name in imported(module)
        if name.startswith("fluxherod.") and name.split(".")[1] not in LAYERS | SHARED
    ]
    assert strangers == []


@pytest.mark.parametrize("package", LIBRARIES)
def test_core_and_clients_import_only_the_standard_library_and_a_short_list(root: Path, package: str) -> None:
    allowed = sys.stdlib_module_names | LIBRARIES[package]
    strangers = [
        f"{path.relative_to(root)} imports {name}"
        for path, module in sources(root / package)
        for name in imported(module)
        if name.split(".")[0] not in allowed
    ]
    assert strangers == []


def test_core_and_engine_ask_no_clock_throw_no_dice_and_open_no_file(root: Path) -> None:
    calls = [
        f"{path.relative_to(root)}:{node.lineno} calls {ast.unparse(node.func)}"
        for layer in ("core", "engine")
        for path, module in sources(root / "daemon/fluxherod" / layer)
        for node in ast.walk(module)
        if isinstance(node, ast.Call) and IMPURE_CALL.fullmatch(ast.unparse(node.func))
    ]
    assert calls == []
