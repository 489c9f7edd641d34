"""What people do in the dashboard and what happens to it, against a daemon that trades on the simulator."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from harness.processes import wait_for
from web.dashboard_browser import Desk, Tab

from fluxhero.v1 import account_pb2, common_pb2, market_pb2, order_pb2, position_pb2, risk_pb2
from fluxherod.rpc.roles import Role
from fluxherod.rpc.tokens import TokenFile

pytestmark = pytest.mark.timeout(600)  # the first test waits for the daemon and the browser
AT_ONCE_S = 2.0  # the page says it in the next frame; a busy machine may draw it later


def equity(desk: Desk) -> str:
    """As the daemon has it, for the eye."""
    amount: str = desk.pair.daemon.account.GetAccount(account_pb2.GetAccountRequest()).account.equity
    dollars, _, rest = amount.partition(".")
    return f"${int(dollars):,}.{rest}"


def positions(desk: Desk) -> list[str]:
    """The symbols of the open positions."""
    found = desk.pair.daemon.positions.ListPositions(position_pb2.ListPositionsRequest()).positions
    return sorted(one.symbol for one in found)


def confirm(tab: Tab, button: str, *words: tuple[str, str], send: str) -> None:
    """Click, fill the dialog in, send it, and see it go."""
    fills = [("fill", label, text) for label, text in words]
    tab.do(("click", button), *fills, ("click", send, "dialog"), ("gone", "dialog"))


@pytest.fixture(scope="module", autouse=True)
def meanwhile(desk: Desk) -> None:
    """What takes long goes on while other tests do: a backtest, and seven tabs in one window, six of them hidden."""
    tab = desk.tab("first run", "trade", path="backtest")
    tab.do(("fill", "Symbols", "QQQ"), ("fill", "From", "2023-06-01"), ("fill", "Name", "a first one"))
    tab.do(("click", "Run"), ("until", ".backtest-view h2", "a first one"))
    assert tab.close() == []
    desk.browser.look("crowd", token=desk.token("read"))


def test_an_admin_ends_a_halt_where_the_risk_is(desk: Desk) -> None:
    if not desk.pair.daemon.risk.GetRisk(risk_pb2.GetRiskRequest()).risk.halted:
        desk.pair.daemon.risk.Halt(risk_pb2.HaltRequest(request_id="stories", reason="a test"))
    tab = desk.tab("resume", "admin", path="risk")
    tab.until(".banner", "HALTED")
    words = (("Reason, recorded", "the test goes on"), ("Type RESUME", "RESUME"))
    confirm(tab, "Resume trading", *words, send="Resume trading")
    tab.do(("gone", ".banner"), ("until", ".facts .good", "off"))
    assert tab.close() == []


def test_one_who_may_only_read_is_offered_nothing_that_changes_something(desk: Desk) -> None:
    tab = desk.tab("reader", "read", path="risk")
    tab.until(".facts .good", "as the broker's")
    assert "daily loss" in tab.text(".limits")
    offered = [tab.do(("go", path), ("text", "main")) and tab.text("main") for path in ("live", "backtest")]
    assert [word for word in ("Close", "New run", "Halt") for text in offered if word in text] == []
    assert tab.do(("count", ".top .danger")) == [0]
    assert tab.close() == []


def test_a_backtest_that_can_t_be_run_says_why_and_one_that_waits_can_be_canceled(desk: Desk) -> None:
    tab = desk.tab("second run", "trade", path="backtest")
    tab.do(("fill", "Symbols", "QQQ"), ("fill", "From", "2030-01-01"), ("click", "Run"), ("until", "form .wrong", ""))
    tab.do(("fill", "From", "2023-06-01"), ("fill", "Name", "a second one"), ("click", "Run"))
    tab.do(("until", ".backtest-view h2", "a second one"), ("click", "Cancel"), ("until", ".badge", "canceled"))
    assert tab.close() == []


def test_a_second_tab_needs_no_token_and_one_signs_out_of_all(desk: Desk) -> None:
    first = desk.tab("first", "trade")
    second = desk.tab("second", beside="first")
    second.until(".tile", equity(desk))
    second.do(("click", "sign out"), ("until", "form", "Token"))
    first.do(("until", ".note", "You signed out in another tab."))
    assert first.do(("kept",)) == [0]
    assert (first.close(), second.close()) == ([], [])


def test_a_token_that_is_revoked_or_expires_ends_the_session_and_says_why(desk: Desk) -> None:
    tokens, now = TokenFile(desk.state), datetime.now(UTC)
    _, revoked = tokens.create("to-revoke", Role.READ, now)
    _, expiring = tokens.create("to-expire", Role.READ, now, timedelta(seconds=5))
    both = [Tab(desk.browser, name, token=token) for name, token in (("expired", expiring), ("revoked", revoked))]
    for tab in both:
        tab.until(".tile", "Equity")
    tokens.revoke("to-revoke", datetime.now(UTC))
    for tab, why in zip(both, ("expired on", "was revoked on"), strict=True):
        tab.until(".note", why)
        assert tab.do(("kept",)) == [0]
        assert tab.close() == []


def test_a_position_is_closed_with_a_second_click(desk: Desk) -> None:
    order = order_pb2.PlaceOrderRequest(
        request_id="a-second-position",
        symbol="AAPL",
        side=common_pb2.SIDE_BUY,
        quantity=10,
        type=order_pb2.ORDER_TYPE_MARKET,
        time_in_force=order_pb2.TIME_IN_FORCE_DAY,
        stop_loss_price="1.00",
        accept_adjusted=True,
    )
    desk.pair.daemon.orders.PlaceOrder(order)
    desk.pair.step(2)
    assert "AAPL" in positions(desk)
    tab = desk.tab("closer", "trade", path="risk")
    tab.until(".matrix", "AAPL")
    assert tab.do(("audit",))[0]["violations"] == []
    tab.do(("go", "live"), ("until", "[aria-label=Positions]", "AAPL"))
    confirm(tab, "close AAPL", send="Close AAPL")
    desk.pair.step(2)
    tab.do(("until", ".activity", "AAPL"), ("gone", "[aria-label=Positions] tr:has-text('AAPL')"))
    assert "AAPL" not in positions(desk)
    assert tab.close() == []


def test_hidden_tabs_leave_their_connections_to_the_one_that_is_seen(desk: Desk) -> None:
    saw = desk.browser.look("crowded")
    assert saw["seen"].startswith("active")
    assert saw["hidden"].startswith("paused")
    assert (saw["shown"].split()[0], saw["old"], saw["faults"]) == ("active", 0, [])


def test_a_backtest_that_nobody_waited_for_has_its_result(desk: Desk) -> None:
    runs = desk.pair.installation.database.parent / "backtests"
    desk.pair.daemon.wait_for(lambda: any(runs.glob("*/result.pb")), "it is done, at a low priority beside other tests")
    tab = desk.tab("result", "read", path="backtest")
    tab.do(("click", "a first one"), ("until", ".badge", "done"), ("until", ".checks", "look ahead"))
    tab.until(".trades tbody", "QQQ")
    figures, audit = tab.do(("text", ".figures"), ("audit",))
    report = tab.do(("download", "Report"))[0]
    assert "Total return" in figures
    assert (audit["violations"], max(audit["wide"])) == ([], 0)
    assert report["name"].startswith("backtest-bt-")
    assert "<html" in report["text"]
    assert tab.close() == []


@pytest.fixture(scope="module")
def reader(desk: Desk) -> Iterator[Tab]:
    """A page that stays open for tests which only look; each goes where it wants to."""
    tab = desk.tab("one reader", "read", path="system")
    yield tab
    assert tab.close() == []


def test_an_address_that_can_t_be_read_shows_the_first_view(reader: Tab) -> None:
    reader.do(("go", "orders/100%"), ("until", "main h1", "Live"))


def test_the_way_to_the_content_leads_there_and_to_no_other_view(reader: Tab) -> None:
    reader.do(("go", "risk"), ("until", "h1", "Risk"), ("key", ".skip", "Enter"), ("until", "main:focus h1", "Risk"))


def test_a_log_is_scrolled_by_keyboard(reader: Tab) -> None:
    reader.do(("go", "live"), ("until", ".activity > .body[tabindex='0']", ""))


def test_another_filter_leaves_nothing_of_the_one_before(reader: Tab) -> None:
    reader.do(
        ("go", "trades"),
        ("until", ".desk tbody td.right", "open"),
        ("hold", "**/ListTrades"),
        ("choose", "symbol", "SPY"),
    )
    reader.until(".desk .loading", "loading trades")
    assert "QQQ" not in reader.text(".desk .body")
    reader.do(("free", "**/ListTrades"), ("until", ".desk .empty", "No trade"))


def test_orders_that_work_are_shown_though_those_that_ended_can_t_be_read(reader: Tab) -> None:
    reader.do(
        ("cut", "**/ListOrders"), ("go", "orders"), ("until", ".problem", "ended orders: the daemon does not answer")
    )
    assert "QQQ buy stop" in reader.text("[aria-label=Orders] tbody")


def test_a_chart_that_can_t_be_drawn_says_so(reader: Tab) -> None:
    reader.do(("cut", "**/canvas-*.js"), ("go", "chart/QQQ"), ("until", ".chart [role=alert]", "load the page again"))


def test_the_page_follows_how_far_the_daemon_has_come(desk: Desk, reader: Tab) -> None:
    reader.do(("go", "system"), ("until", ".facts", "event"))
    desk.pair.step()
    seq = desk.pair.daemon.status().progress.journal_seq
    wait_for(
        lambda: int(reader.text(".facts").split("event ")[1].split(",")[0]) >= seq, f"the page tells of event {seq}"
    )


def test_a_machine_that_wakes_shows_nothing_old_as_fresh(reader: Tab) -> None:
    reader.do(("go", "live"), ("until", ".heartbeat", "active"), ("wake",))
    reader.do(("until", ".banner.alarm", "NO WORD FROM THE DAEMON"), ("until", "main.old", "offline"))


def test_a_question_shows_the_position_as_it_is_while_it_is_asked(desk: Desk) -> None:
    tab = desk.tab("asker", "trade")
    tab.do(("click", "close QQQ"), ("until", "dialog", "Its stop is canceled first."))
    desk.pair.step()
    held = desk.pair.daemon.positions.GetPosition(position_pb2.GetPositionRequest(symbol="QQQ")).position
    tab.do(("until", "dialog", f"last ${held.last_price}"), ("click", "Keep as it is"), ("gone", "dialog"))
    assert tab.close() == []


def test_a_daemon_that_dies_is_told_at_once_and_one_that_is_back_has_everything(desk: Desk) -> None:
    tab = desk.tab("survivor", "trade")
    tab.until(".tile", equity(desk))
    desk.pair.daemon.kill()
    killed = time.monotonic()
    tab.do(("until", ".banner.alarm", "CONNECTION LOST"), ("until", "main.old", "Equity"))
    assert time.monotonic() - killed < AT_ONCE_S
    desk.pair.start()
    tab.do(("gone", ".banner.alarm"), ("gone", "main.old"), ("until", ".activity", "connected again"))
    desk.pair.step(2)
    tab.until(".tile", equity(desk))
    for symbol in positions(desk):
        assert symbol in tab.text("[aria-label=Positions]")
    assert tab.close() == []


def test_flatten_takes_its_word_and_closes_everything(desk: Desk) -> None:
    tab = desk.tab("flattener", "trade")
    words = (("Reason, recorded", "enough"), ("Type FLATTEN", "FLATTEN"))
    confirm(tab, "Flatten", *words, send="Close everything")
    tab.until(".banner.alarm", "by token:trade: enough")
    desk.pair.step(2)
    tab.until("[aria-label=Positions]", "No open position.")
    assert positions(desk) == []
    assert tab.close() == []


def lose_a_fifth(desk: Desk) -> None:
    """Buy as much of AAPL as is allowed, a tenth over its price, and sell it for next to nothing."""
    pair = desk.pair
    if pair.daemon.risk.GetRisk(risk_pb2.GetRiskRequest()).risk.halted:
        pair.daemon.risk.Resume(risk_pb2.ResumeRequest(request_id="to-lose", reason="the test goes on"))
    price = pair.daemon.market.GetQuote(market_pb2.GetQuoteRequest(symbol="AAPL")).price.price
    for side, at in (("buy", 1.1 * price), ("sell", 0.01 * price)):
        pair.simulator.post("/sim/fills", symbol="AAPL", side=side, fills=[{"price": round(at, 2)}])
    order = order_pb2.PlaceOrderRequest(
        request_id="a-bad-one",
        symbol="AAPL",
        side=common_pb2.SIDE_BUY,
        quantity=100_000,
        type=order_pb2.ORDER_TYPE_MARKET,
        stop_loss_price=f"{0.97 * price:.2f}",
        accept_adjusted=True,
    )
    pair.daemon.orders.PlaceOrder(order)
    pair.settle()
    pair.daemon.positions.ClosePosition(position_pb2.ClosePositionRequest(request_id="at-last", symbol="AAPL"))
    pair.step(2)


def breaker(desk: Desk) -> risk_pb2.BreakerState:
    """As the daemon has it."""
    return desk.pair.daemon.risk.GetRisk(risk_pb2.GetRiskRequest()).risk.breaker


def test_an_admin_resets_the_breaker_that_a_loss_has_tripped_step_by_step_with_its_word(desk: Desk) -> None:
    lose_a_fifth(desk)
    assert breaker(desk) == risk_pb2.BREAKER_STATE_DISABLED
    trader = desk.tab("loser", "trade", path="risk")
    trader.do(("until", ".banner.alarm", "BREAKER DISABLED"), ("until", ".banner.alarm", "DAILY LOSS LIMIT REACHED"))
    assert "Reset the breaker" not in trader.text()
    assert trader.close() == []

    tab = desk.tab("reviewer", "admin", path="risk")
    tab.do(("until", ".banner.alarm", "BREAKER DISABLED"), ("click", "Reset the breaker"))
    tab.until("dialog", "A reset takes it to reduced")
    reason = ("fill", "Reason, recorded", "losing trades reviewed")
    tab.do(reason, ("fill", "Type RESET", "reset"), ("click", "Reset"))
    assert tab.text("dialog [role=alert]") == "Not sent: the word is RESET, in capitals."
    assert breaker(desk) == risk_pb2.BREAKER_STATE_DISABLED
    assert tab.do(("audit",))[0]["violations"] == []
    tab.do(("fill", "Type RESET", "RESET"), ("click", "Reset"), ("gone", "dialog"))
    tab.do(("until", ".banner", "BREAKER REDUCED"), ("until", ".facts", "latched: until an admin resets it"))
    assert breaker(desk) == risk_pb2.BREAKER_STATE_REDUCED

    tab.do(("click", "Reset the breaker"), ("until", "dialog", "A reset takes it to normal"))
    tab.do(reason, ("fill", "Type RESET", "RESET"), ("click", "Reset"), ("gone", "dialog"), ("gone", ".banner"))
    assert breaker(desk) == risk_pb2.BREAKER_STATE_NORMAL
    assert tab.do(("count", ".tools button:has-text('Reset')")) == [0]
    assert tab.close() == []
