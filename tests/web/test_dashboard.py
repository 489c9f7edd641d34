"""The dashboard in Chromium, against a daemon that trades on the simulator."""

from __future__ import annotations

import pytest
from web.dashboard_browser import Desk

pytestmark = pytest.mark.timeout(600)  # the first test waits for the daemon and the browser


def test_a_token_that_is_none_is_refused_and_one_that_is_stays_out_of_sight(desk: Desk) -> None:
    token = desk.token("read")
    saw = desk.browser.look("gate", token=token)
    assert saw["refusal"] == "this is no token of the daemon's."
    assert saw["kept"]["session"] == token
    assert token not in saw["kept"]["address"] + saw["kept"]["local"] + saw["kept"]["cookie"]
    assert (saw["violations"], saw["faults"]) == ([], [])


@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize("path", ["live", "chart/QQQ", "signals", "orders", "trades", "risk", "backtest", "system"])
def test_each_view_is_accessible_and_fits_a_tablet(desk: Desk, path: str, theme: str) -> None:
    saw = desk.browser.look("view", token=desk.token("trade"), theme=theme, path=path, width=768, height=1024)
    assert (saw["violations"], saw["faults"]) == ([], [])
    assert max(saw["wide"]) <= 0


def test_the_live_view_shows_the_account_and_the_position(desk: Desk) -> None:
    saw = desk.browser.look("view", token=desk.token("read"), path="live")
    figures = ("Day P&L", "Drawdown", "Exposure")
    for part in ("DEMO", "read-only", "QQQ short", "broker stop", "Heartbeat active", *figures):
        assert part.lower() in saw["text"].lower()
    assert "Halt" not in saw["text"]
    assert "Close" not in saw["text"]
    assert "New order" not in saw["text"]


def test_a_chart_has_all_bars(desk: Desk) -> None:
    assert desk.browser.look("chart", token=desk.token("read"), symbol="QQQ")["bars"] == 500


def test_a_chart_marks_the_fills_of_before_the_page_was_opened(desk: Desk) -> None:
    saw = desk.browser.look("chart", token=desk.token("read"), symbol="QQQ", said=" signals, 1 fills ")
    assert saw["faults"] == []


def test_an_order_is_placed_by_the_ticket_changed_and_canceled(desk: Desk) -> None:
    saw = desk.browser.look("order", token=desk.token("trade"), symbol="AAPL")
    assert "approved 10 shares" in saw["preview"]
    assert saw["sentence"].startswith("BUY 10 AAPL, limit $")
    assert "buy entry limit" in saw["placed"]
    assert "working 0/3" in saw["placed"]
    assert saw["wrongWord"] == "Not sent: the word is CHANGE, in capitals."
    for part in ("AAPL buy 7, limit entry", "By token:trade", "In place of", "What happened"):
        assert part in saw["life"]
    assert (saw["violations"], saw["faults"]) == ([], [])


def test_an_order_that_risk_cuts_is_refused_with_the_waterfall(desk: Desk) -> None:
    saw = desk.browser.look("refused", token=desk.token("trade"), symbol="AAPL")
    assert "Not placed: risk allows" in saw["said"]
    assert "Size, step by step wanted 100,000" in saw["said"]
    assert (saw["steps"], saw["tops"]) == (5, 1)
    assert (saw["violations"], saw["faults"]) == ([], [])


def test_an_order_without_an_answer_is_sent_again_as_the_same_one(desk: Desk) -> None:
    saw = desk.browser.look("unanswered", token=desk.token("trade"), symbol="AAPL")
    assert "Look before you ask again" in saw["said"]
    assert (saw["sent"], saw["ids"], saw["orders"]) == (4, 1, 1)
    assert saw["faults"] == []


def test_a_read_only_token_is_offered_no_order_and_saves_the_trades_as_the_daemon_writes_them(desk: Desk) -> None:
    saw = desk.browser.look("file", token=desk.token("read"))
    assert not [word for word in ("New order", "Cancel", "Change") if word in saw["orders"]]
    header, *trades = saw["text"].splitlines()
    assert saw["name"].endswith(".csv")
    assert header.startswith("id,symbol,side,")
    assert [line.split(",")[1:3] for line in trades] == [["QQQ", "short"]]
    assert saw["faults"] == []


def test_a_signal_is_explained_and_so_is_that_there_is_none(desk: Desk) -> None:
    saw = desk.browser.look("signals", token=desk.token("read"), symbol="AAPL")
    assert "Why: AAPL, bar of 2023-06-27" in saw["why"]
    assert saw["rules"] >= 5
    for part in ("SHORT QQQ", "Rules", "Size, step by step", "Checks", "What followed", "Indicators"):
        assert part in saw["signal"]
    assert (saw["violations"], saw["faults"]) == ([], [])


def test_a_halt_takes_its_word_and_a_reason(desk: Desk) -> None:
    saw = desk.browser.look("halt", token=desk.token("trade"))
    assert saw["refusal"] == "Not sent: the word is HALT, in capitals."
    assert saw["banner"] == "HALTED by token:trade: a test"
    assert (saw["violations"], saw["faults"]) == ([], [])
