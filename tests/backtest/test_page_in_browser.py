"""The report in a real browser: opened from a file, with the network off."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from backtest import reports

from fluxherod.backtest.page.render import render

ROOT = Path(__file__).resolve().parents[2]
NODE_MODULES = ROOT / "node_modules"
LOOK = Path(__file__).with_name("browser") / "look.mjs"


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """One start of the browser for all checks."""
    chromium, node = shutil.which("chromium"), shutil.which("node")
    missing = [
        name
        for name, there in (
            ("chromium (Debian: apt-get install chromium)", chromium),
            ("node", node),
            ("the npm packages (make setup-test)", (NODE_MODULES / "playwright-core").exists()),
        )
        if not there
    ]
    if missing or chromium is None or node is None:
        pytest.skip(f"not installed: {', '.join(missing)}")
    folder, files = tmp_path_factory.mktemp("pages"), []
    for made in (reports.long, reports.busy, reports.idle):
        bars, report = made()
        files.append(folder / f"{made.__name__}.html")
        files[-1].write_text(render(report, bars), encoding="utf-8")
    environment = {**os.environ, "NODE_PATH": str(NODE_MODULES)}
    done = subprocess.run(
        [node, LOOK, chromium, *files], env=environment, capture_output=True, text=True, timeout=400, check=False
    )
    assert done.returncode == 0, done.stderr[-2_000:]
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize("name", ["long", "busy", "idle"])
def test_a_page_opens_without_an_error_and_asks_for_nothing_but_itself(seen: dict[str, Any], name: str) -> None:
    assert (seen[name]["said"], seen[name]["asked"]) == ([], 1)


@pytest.mark.parametrize("name", ["long", "busy", "idle"])
def test_a_phone_need_not_scroll_the_page_sideways(seen: dict[str, Any], name: str) -> None:
    assert seen[name]["phone"] <= 0


def test_a_hostile_symbol_is_text(seen: dict[str, Any]) -> None:
    assert reports.HOSTILE in seen["long"]["title"]


def test_fifteen_years_are_drawn_thinned_and_a_month_of_them_bar_by_bar(seen: dict[str, Any]) -> None:
    page = seen["long"]
    assert page["all"] == "1 Dec 2006 to 7 Dec 2021"
    assert 500 < page["points"] < 6_000
    assert page["month"].endswith("7 Dec 2021")
    assert 100 < page["candles"] < 180


def test_arrow_keys_move_one_cursor_through_all_charts(seen: dict[str, Any]) -> None:
    assert seen["long"]["cursors"] == 4
    assert re.fullmatch(r"\d+ Dec 2021, \d\d:\d\d · \$[\d,]+\.\d\d, exposed [\d.]+ %", seen["long"]["told"])


def test_the_mouse_points_and_drags_a_range_and_a_double_click_shows_all(seen: dict[str, Any]) -> None:
    assert re.match(r"\d+ \w+ 2008, ", seen["long"]["hovered"])
    assert re.fullmatch(r"\d+ \w+ 2008 to \d+ \w+ 2009", seen["long"]["dragged"])
    assert seen["long"]["doubleClicked"] == seen["long"]["all"]


def test_a_trade_of_the_list_is_told_beside_the_chart(seen: dict[str, Any]) -> None:
    _, report = reports.long()
    last = report.run.trades[-1]
    told = seen["long"]["trade"]
    assert told.startswith(f"Trade {len(report.run.trades)}: {'long' if last['side'] > 0 else 'short'} ")
    assert f"{abs(last['pnl_e4']) / 10_000:,.2f}" in told


def test_a_head_sorts_the_list_by_its_column(seen: dict[str, Any]) -> None:
    nets = [float(re.sub(r"[$,+]", "", text).replace("\N{MINUS SIGN}", "-")) for text in seen["long"]["nets"]]
    assert len(nets) == len(reports.long()[1].run.trades)
    assert nets == sorted(nets, reverse=True)
    assert nets[0] > 0 > nets[-1]


def test_a_run_without_a_trade_has_a_page(seen: dict[str, Any]) -> None:
    assert seen["idle"]["drawn"]
