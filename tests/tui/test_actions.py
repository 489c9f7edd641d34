"""Each action, by its keys: what it asks of the daemon, and what it shows."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from textual.events import Key
from textual.keys import _character_to_key
from textual.widgets import Input
from tui import world

from fluxhero.v1 import backtest_pb2, common_pb2, order_pb2, position_pb2, system_pb2
from fluxhero_client import Refused, Unavailable, Unsupported
from fluxhero_client.errors import Failure
from fluxhero_tui.actions.catalog import REGISTRY
from fluxhero_tui.dialogs.confirm import Confirm, TypedWord
from fluxhero_tui.dialogs.help import Help
from fluxhero_tui.dialogs.life import Life
from fluxhero_tui.dialogs.replace import Replace
from fluxhero_tui.dialogs.ticket import Ticket
from fluxhero_tui.state.link import Phase
from fluxhero_tui.state.role import Role
from fluxhero_tui.views import VIEWS
from fluxhero_tui.widgets.pane import Pane

Sit = Callable[..., Any]
MUTATIONS = (
    "OrderService/PlaceOrder",
    "OrderService/CancelOrder",
    "OrderService/CancelAllOrders",
    "OrderService/ReplaceOrder",
    "PositionService/ClosePosition",
    "PositionService/CloseAllPositions",
    "RiskService/Halt",
    "RiskService/Flatten",
    "RiskService/Resume",
    "RiskService/ResetBreaker",
    "SystemService/AcknowledgeAlert",
    "StrategyService/DisableSymbol",
    "StrategyService/EnableSymbol",
    "BacktestService/RunBacktest",
    "BacktestService/RunSweep",
    "BacktestService/RunWalkForward",
)


def sent(seat: Any) -> list[str]:
    return [method for method, _ in seat.daemon.received if method in MUTATIONS]


async def dialog(seat: Any, kind: type[Any]) -> Any:
    await seat.until(lambda: isinstance(seat.app.screen, kind))
    await seat.pilot.pause()
    return seat.app.screen


def notes(seat: Any) -> str:
    return "\n".join(note.message for note in seat.app._notifications)


async def gone(seat: Any) -> None:
    await seat.until(lambda: len(seat.app.screen_stack) == 1)


async def test_each_screen_has_its_key_and_shows_what_it_is_for(sit: Sit) -> None:
    telling = {
        "dashboard": "451.28",
        "chart": "KAMA",
        "positions": "trailing stop",
        "orders": "1/3",
        "signals": "KAMA+0.5×ATR",
        "risk": "share-seconds",
        "backtest": "symbols",
        "log": "UNPROTECTED_SHARES",
    }
    async with sit() as seat:
        for name, words in telling.items():
            await seat.go(name)
            await seat.until(lambda words=words: words in seat.text())


async def test_no_single_key_sends_anything_that_trades(sit: Sit) -> None:
    async with sit() as seat:
        for name in ("positions", "orders"):
            await seat.go(name)
            trading = [action for action in REGISTRY.offered(name, Role.ADMIN) if action.role > Role.READ]
            assert len(trading) > 4
            for key in (key for action in trading for key in action.keys if action.name != "run_backtest"):
                await seat.pilot.press(key)
                while len(seat.app.screen_stack) > 1:
                    await seat.pilot.press("escape")
                    await seat.pilot.pause()
        assert sent(seat) == []


async def test_closing_a_position_takes_a_second_key(sit: Sit) -> None:
    async with sit() as seat:
        await seat.go("positions")
        await seat.press("j", "x")
        await dialog(seat, Confirm)
        assert "Close long 44 SPY" in seat.text()
        await seat.press("enter", "n")
        await gone(seat)
        assert sent(seat) == []
        await seat.press("x")
        await dialog(seat, Confirm)
        await seat.press("y")
        await seat.until(lambda: sent(seat))
        assert seat.daemon.requests("PositionService/ClosePosition")[0].symbol == "SPY"


async def test_closing_all_takes_a_word(sit: Sit) -> None:
    async with sit() as seat:
        await seat.go("positions")
        await seat.press("X")
        await dialog(seat, TypedWord)
        await seat.press("type:CLOSE", "enter")
        await seat.until(lambda: "PositionService/CloseAllPositions" in sent(seat))


@pytest.mark.parametrize(
    ("key", "word", "method"),
    [
        ("H", "HALT", "RiskService/Halt"),
        ("F", "FLATTEN", "RiskService/Flatten"),
        ("R", "RESUME", "RiskService/Resume"),
        ("B", "RESET", "RiskService/ResetBreaker"),
    ],
)
async def test_what_stops_trading_takes_a_word_and_a_reason(sit: Sit, key: str, word: str, method: str) -> None:
    async with sit() as seat:
        await seat.press(key)
        await dialog(seat, TypedWord)
        await seat.press("enter", f"type:{word.lower()}", "enter")
        assert "the word is" in seat.text()
        await seat.press(*["backspace"] * len(word), f"type:{word}", "enter")
        assert "say why" in seat.text()
        assert sent(seat) == []
        await seat.press("shift+tab", "type:fire", "enter", "enter")
        await seat.until(lambda: method in sent(seat))
        assert seat.daemon.requests(method)[0].reason == "fire"


async def test_cancelling_an_order_takes_a_second_key(sit: Sit) -> None:
    async with sit() as seat:
        await seat.go("orders")
        await seat.press("x")
        await dialog(seat, Confirm)
        await seat.press("y")
        await seat.until(lambda: sent(seat))
        assert seat.daemon.requests("OrderService/CancelOrder")[0].order_id == "fh-1-QQQ-m1"


async def test_cancelling_all_orders_takes_a_second_key(sit: Sit) -> None:
    async with sit() as seat:
        await seat.go("orders")
        await seat.press("X")
        await dialog(seat, Confirm)
        await seat.press("y")
        await seat.until(lambda: "OrderService/CancelAllOrders" in sent(seat))


async def test_changing_an_order_takes_a_price_and_a_word(sit: Sit) -> None:
    async with sit() as seat:
        await seat.go("orders")
        await seat.press("r")
        await seat.until(lambda: len(seat.app.screen_stack) == 2)
        await seat.press("type:420.75", "enter", "enter", "type:CHANGE", "enter")
        await seat.until(lambda: sent(seat))
        request = seat.daemon.requests("OrderService/ReplaceOrder")[0]
        assert (request.order_id, request.limit_price, request.HasField("quantity")) == ("fh-1-QQQ-m1", "420.75", False)


async def test_the_ticket_shows_what_risk_says_while_it_is_written_and_asks_before_it_sends(sit: Sit) -> None:
    async with sit() as seat:
        seat.app.look_at("SPY")
        await seat.press("o")
        await dialog(seat, Ticket)
        await seat.press("type:100", "tab", "tab", "type:441")
        asked = partial(seat.daemon.requests, "OrderService/PreviewOrder")
        await seat.until(lambda: asked() and asked()[-1].stop_loss_price == "441")
        await seat.until(lambda: "allows 44 shares" in seat.text())
        preview = asked()[-1]
        assert (preview.symbol, preview.side, preview.quantity) == ("SPY", common_pb2.SIDE_BUY, 100)
        assert sent(seat) == []
        await seat.press("ctrl+s")
        await dialog(seat, Confirm)
        assert "BUY 100 SPY, market, stop loss $441, day" in seat.text()
        await seat.press("y")
        await gone(seat)
        placed = seat.daemon.requests("OrderService/PlaceOrder")[0]
        assert (placed.quantity, placed.accept_adjusted, placed.type) == (100, False, order_pb2.ORDER_TYPE_MARKET)


async def test_with_real_money_the_ticket_takes_the_symbol_as_a_word(sit: Sit) -> None:
    live = world.snapshot(statuses=[world.status(system_pb2.TRADING_MODE_LIVE)])
    async with sit(first=live) as seat:
        seat.app.look_at("SPY")
        await seat.press("o")
        await dialog(seat, Ticket)
        await seat.press("type:10", "ctrl+s")
        await dialog(seat, TypedWord)
        assert "REAL MONEY" in seat.text()
        await seat.press("type:SPY", "enter")
        await gone(seat)
        assert sent(seat) == ["OrderService/PlaceOrder"]


async def test_an_order_without_an_answer_is_sent_again_under_its_own_id(sit: Sit) -> None:
    lost = Unavailable(Failure("UNAVAILABLE", "cut off"))
    async with sit(OrderService__PlaceOrder=lost) as seat:
        seat.app.look_at("SPY")
        await seat.press("o")
        await dialog(seat, Ticket)
        await seat.press("type:10")
        for _ in range(2):
            await seat.press("ctrl+s")
            await dialog(seat, Confirm)
            await seat.press("y")
            await dialog(seat, Ticket)
            await seat.until(lambda: not seat.app.screen._sending)
        await seat.press("escape")
        await gone(seat)
        del seat.daemon.answers["OrderService/PlaceOrder"]
        await write_order(seat, "10")
        assert "sent before and got no answer" in seat.text()
        await seat.press("y")
        await gone(seat)
        await write_order(seat, "10")
        assert "sent before" not in seat.text()
        await seat.press("y")
        await gone(seat)
        first, second, third, other = [one.request_id for one in seat.daemon.requests("OrderService/PlaceOrder")]
        assert first == second == third != other


async def write_order(seat: Any, quantity: str) -> None:
    await seat.press("o")
    await dialog(seat, Ticket)
    await seat.press(f"type:{quantity}", "ctrl+s")
    await dialog(seat, Confirm)


async def test_an_order_that_is_on_its_way_is_not_sent_beside_itself_and_goes_on_when_the_ticket_is_left(
    sit: Sit,
) -> None:
    answer = asyncio.Event()

    async with sit() as seat:
        place = seat.daemon.unary

        async def slowly(method: str, request: Any, response: Any) -> Any:
            if method == "OrderService/PlaceOrder":
                seat.daemon.received.append((method, request))
                await answer.wait()
                return order_pb2.PlaceOrderResponse(order=world.order("new", quantity=10))
            return await place(method, request, response)

        seat.daemon.unary = slowly
        seat.app.look_at("SPY")
        await write_order(seat, "10")
        await seat.press("y")
        await dialog(seat, Ticket)
        await seat.until(lambda: "waiting for the daemon" in seat.text())
        await seat.press("ctrl+s")
        await seat.until(lambda: "is being sent" in notes(seat))
        assert isinstance(seat.app.screen, Ticket)
        await seat.press("escape")
        await gone(seat)
        answer.set()
        await seat.until(lambda: "10 SPY on its way" in notes(seat))
        assert sent(seat) == ["OrderService/PlaceOrder"]
        assert not seat.app.desk.unanswered


async def test_a_refused_order_shows_why_with_the_waterfall(sit: Sit) -> None:
    refused = Refused(Failure("FAILED_PRECONDITION", "risk would cut it", "RISK_ADJUSTED", decision=world.decision()))
    async with sit(OrderService__PlaceOrder=refused) as seat:
        seat.app.look_at("SPY")
        await seat.press("o")
        await dialog(seat, Ticket)
        await seat.press("type:100", "ctrl+s")
        await dialog(seat, Confirm)
        await seat.press("y")
        await dialog(seat, Ticket)
        await seat.until(lambda: "RISK ADJUSTED" in seat.text() and "position value" in seat.text())


async def test_a_read_only_terminal_offers_nothing_that_trades_and_still_previews(sit: Sit) -> None:
    async with sit(role="read") as seat:
        for name in ("positions", "orders", "log"):
            await seat.go(name)
            for key in ("x", "X", "r", "H", "F", "R", "B", "a", "o"):
                await seat.pilot.press(key)
            assert len(seat.app.screen_stack) == 1
        assert "READ-ONLY" in seat.text()
        assert "HALT" not in seat.text()
        await seat.go("orders")
        await seat.press("p")
        await dialog(seat, Ticket)
        await seat.press("type:5", "ctrl+s")
        await seat.until(lambda: seat.daemon.requests("OrderService/PreviewOrder"))
        assert isinstance(seat.app.screen, Ticket)
        assert sent(seat) == []


async def test_a_trader_may_halt_and_only_an_admin_resume(sit: Sit) -> None:
    async with sit(role="trade") as seat:
        await seat.press("R")
        assert len(seat.app.screen_stack) == 1
        await seat.press("H")
        await dialog(seat, TypedWord)


async def test_an_alert_is_acknowledged(sit: Sit) -> None:
    async with sit() as seat:
        await seat.go("log")
        await seat.press("a")
        await seat.until(lambda: sent(seat))
        assert seat.daemon.requests("SystemService/AcknowledgeAlert")[0].alert_id == "a1"


async def test_a_symbol_is_switched_off_after_a_question(sit: Sit) -> None:
    async with sit() as seat:
        await seat.press("j", "e")
        await dialog(seat, Confirm)
        await seat.press("y")
        await seat.until(lambda: sent(seat))
        assert seat.daemon.requests("StrategyService/DisableSymbol")[0].symbol == "IBM"


async def test_enter_opens_the_life_of_an_order_the_reasons_of_a_signal_the_chart_of_a_symbol(sit: Sit) -> None:
    async with sit() as seat:
        await seat.go("orders")
        await seat.press("enter")
        await dialog(seat, Life)
        assert "by token:desk" in seat.text()
        await seat.press("escape")
        await gone(seat)
        await seat.go("dashboard")
        await seat.press("G", "enter")
        await seat.until(lambda: seat.app.view_name == "chart" and "SPY  1Hour" in seat.text())


async def test_why_asks_for_the_reasons_of_a_symbol_without_a_signal(sit: Sit) -> None:
    async with sit() as seat:
        await seat.press("j", "w")
        await seat.until(lambda: "Not traded: the volume was too small" in seat.text())
        assert seat.daemon.requests("SignalService/Explain")[-1].symbol == "IBM"


async def test_brackets_step_through_the_symbols_and_t_through_the_time_frames(sit: Sit) -> None:
    def bars(request: Any) -> Any:
        if request.timeframe:
            return Refused(Failure("FAILED_PRECONDITION", "bars of 1Min are not kept; kept: 1Hour", "NO_DATA"))
        return kept(request)

    async with sit() as seat:
        kept = seat.daemon.answers["MarketService/GetBars"]
        seat.daemon.answers["MarketService/GetBars"] = bars
        await seat.go("chart")
        await seat.press("right_square_bracket")
        await seat.until(lambda: "IBM  1Hour" in seat.text())
        await seat.press("left_square_bracket")
        await seat.until(lambda: "AAPL  1Hour" in seat.text())
        await seat.press("T")
        await seat.until(lambda: "bars of 1Min are not kept" in seat.text())


async def test_search_leaves_only_rows_with_the_words_and_escape_brings_all_back(sit: Sit) -> None:
    async with sit() as seat:
        await seat.go("orders")
        table = seat.app.view.table()
        assert len(table.shown) == 3
        await seat.press("slash", "type:qqq", "enter")
        assert [row.symbol for row in table.shown] == ["QQQ"]
        await seat.press("escape")
        assert len(table.shown) == 3


async def test_vim_keys_move_sort_and_copy(sit: Sit) -> None:
    async with sit() as seat:
        table = seat.app.view.table()
        await seat.press("j", "j", "k")
        assert table.chosen.symbol == "IBM"
        await seat.press("G")
        assert table.chosen.symbol == "SPY"
        await seat.press("s", "s", "S")
        assert table.sorted_by == "price"
        assert [row.symbol for row in table.shown] == ["SPY", "QQQ", "AAPL", "IBM"]
        assert table.chosen.symbol == "SPY"
        await seat.press("y")
        assert seat.app.clipboard.startswith("SPY\t451.28\t+0.42%")
        await seat.press("ctrl+u", "g")
        assert table.chosen.symbol == "SPY"


async def test_a_click_on_a_title_sorts_and_on_a_row_chooses(sit: Sit) -> None:
    async with sit() as seat:
        table = seat.app.view.table()
        await seat.pilot.click(table, offset=(14, 1))
        assert table.sorted_by == "price"
        await seat.pilot.click(table, offset=(4, 3))
        assert table.chosen.symbol == "AAPL"
        await seat.pilot.click("#header", offset=(40, 1))
        await seat.until(lambda: seat.app.view_name == "orders")


async def test_help_and_palette_know_every_action(sit: Sit) -> None:
    async with sit(size=(120, 60)) as seat:
        await seat.press("question_mark")
        await dialog(seat, Help)
        assert "FLATTEN" in seat.text()
        await seat.press("escape")
        titles = [command.title for command in seat.app.get_system_commands(seat.app.screen)]
        for action in REGISTRY.offered("dashboard", seat.app.desk.role):
            assert f"{action.group}: {action.title}" in titles
        await seat.press("colon")
        await seat.until(lambda: len(seat.app.screen_stack) == 2)
        await seat.press("type:resume")
        await seat.until(lambda: "End a halt" in seat.text())


async def test_themes_change_and_the_mode_keeps_its_colour(sit: Sit) -> None:
    async with sit() as seat:
        before, badge = seat.app.palette.styles["good"], seat.app.palette.styles["paper"]
        await seat.press("t")
        await seat.pilot.pause()
        assert seat.app.palette.styles["good"] != before
        assert seat.app.palette.styles["paper"] == badge


async def test_quitting_takes_a_second_key(sit: Sit) -> None:
    async with sit() as seat:
        await seat.press("q")
        await dialog(seat, Confirm)
        await seat.press("y")
        await seat.until(lambda: seat.app._exit)


async def test_a_backtest_runs_from_its_form_and_shows_its_figures(sit: Sit) -> None:
    metrics = backtest_pb2.BacktestMetrics(final_equity="123456.78", total_return_pct=23.46, max_drawdown_pct=7.1)
    progress = backtest_pb2.BacktestProgress(state=backtest_pb2.BACKTEST_STATE_RUNNING, done_pct=40.0)
    messages = [
        backtest_pb2.RunBacktestResponse(backtest_id="b1", progress=progress),
        backtest_pb2.RunBacktestResponse(backtest_id="b1", result=backtest_pb2.BacktestResult(metrics=metrics)),
    ]
    async with sit(BacktestService__RunBacktest=messages) as seat:
        await seat.go("backtest")
        await seat.press("r")
        await seat.until(lambda: "123,456.78" in seat.text())
        await seat.press("x")
        await seat.until(lambda: seat.daemon.requests("BacktestService/CancelBacktest"))


async def vary(seat: Any, key: str, axes: str) -> None:
    await seat.go("backtest")
    seat.app.view.query_one("#bt-axes", Input).value = axes
    await seat.press(key)


async def test_a_sweep_is_started_from_the_form_shows_its_best_combinations_and_can_be_cancelled(sit: Sit) -> None:
    point = backtest_pb2.SweepPoint(objective=1.87, metrics=backtest_pb2.BacktestMetrics(total_return_pct=12.5))
    point.parameters.entry_atr = 0.4
    luck = backtest_pb2.Luck(text="this may be luck")
    result = backtest_pb2.SweepResult(points=[point], combinations=4, failed=1, luck=luck)
    progress = backtest_pb2.BacktestProgress(state=backtest_pb2.BACKTEST_STATE_RUNNING, done_pct=40.0)
    messages = [
        backtest_pb2.RunSweepResponse(backtest_id="s1", progress=progress),
        backtest_pb2.RunSweepResponse(backtest_id="s1", result=result),
    ]
    async with sit(BacktestService__RunSweep=messages) as seat:
        await vary(seat, "v", "entry_atr=0.4,0.5 noise_filter=on,off")
        await seat.until(lambda: "4 combinations, 1 of them could not run" in seat.text())
        for words in ("entry_atr=0.4", "1.87", "+12.50%", "this may be luck"):
            assert words in seat.text()
        (request,) = seat.daemon.requests("BacktestService/RunSweep")
        assert [(axis.parameter, *axis.values) for axis in request.axes] == [
            ("entry_atr", 0.4, 0.5),
            ("noise_filter", 1.0, 0.0),
        ]
        assert list(request.config.symbols) == ["AAPL", "IBM", "QQQ", "SPY"]
        await seat.press("x")
        await seat.until(lambda: seat.daemon.requests("BacktestService/CancelBacktest"))


async def test_a_run_has_all_that_was_typed_before_its_key(sit: Sit) -> None:
    async with sit() as seat:
        await seat.go("backtest")
        keys_ahead(seat, ["shift+tab", *"entry_atr=0.4,0.5", "tab", "v"])
        await seat.until(lambda: sent(seat))
        (request,) = seat.daemon.requests("BacktestService/RunSweep")
        assert [list(axis.values) for axis in request.axes] == [[0.4, 0.5]]


async def test_a_walk_forward_is_started_from_the_form_and_shows_its_verdict_and_windows(sit: Sit) -> None:
    window = backtest_pb2.WalkForwardWindow(test_start_time=world.stamp(world.NOW))
    window.test.total_return_pct = 3.25
    passed = backtest_pb2.WALK_FORWARD_VERDICT_PASSED
    result = backtest_pb2.WalkForwardResult(verdict=passed, text="Passed: 7 of 9 windows", windows=[window])
    messages = [backtest_pb2.RunWalkForwardResponse(backtest_id="w1", result=result)]
    async with sit(BacktestService__RunWalkForward=messages) as seat:
        await vary(seat, "f", "")
        await seat.until(lambda: "Passed: 7 of 9 windows" in seat.text())
        assert "+3.25%" in seat.text()
        assert sent(seat) == ["BacktestService/RunWalkForward"]


async def test_a_sweep_of_nothing_is_the_daemons_to_refuse_and_one_that_can_not_be_read_is_not_sent(sit: Sit) -> None:
    no = Refused(Failure("INVALID_ARGUMENT", "axes: at least one is wanted", "INVALID_FIELD"))
    async with sit(BacktestService__RunSweep=[no]) as seat:
        await vary(seat, "v", "entry_atr=much")
        await seat.until(lambda: "NAME=VALUE,VALUE" in notes(seat))
        assert sent(seat) == []
        await vary(seat, "v", "")
        await seat.until(lambda: "at least one is wanted" in seat.text())


async def test_a_walk_forward_of_before_is_opened_with_its_verdict(sit: Sit) -> None:
    run = backtest_pb2.Backtest(id="w1", kind=backtest_pb2.BACKTEST_KIND_WALK_FORWARD)
    failed = backtest_pb2.WalkForwardResult(verdict=backtest_pb2.WALK_FORWARD_VERDICT_FAILED, text="Failed: 2 of 9")
    answers = {
        "BacktestService__ListBacktests": backtest_pb2.ListBacktestsResponse(backtests=[run]),
        "BacktestService__GetBacktest": backtest_pb2.GetBacktestResponse(backtest=run, walk_forward=failed),
    }
    async with sit(**answers) as seat:
        await seat.go("backtest")
        await seat.until(lambda: "forward" in seat.text())
        await seat.press("enter")
        await seat.until(lambda: "Failed: 2 of 9" in seat.text())


async def test_a_daemon_without_backtests_says_so(sit: Sit) -> None:
    missing = Unsupported(Failure("UNIMPLEMENTED", "RunBacktest is not served by this version", "NOT_IMPLEMENTED"))
    async with sit(BacktestService__RunBacktest=[missing]) as seat:
        await seat.go("backtest")
        await seat.press("r")
        await seat.until(lambda: "not served by this version" in seat.text())


async def test_what_the_daemon_refuses_is_said_in_its_own_words_and_kept_in_the_log(sit: Sit) -> None:
    no = Refused(Failure("FAILED_PRECONDITION", "[it] is being closed already", "ALREADY_DONE"))
    async with sit(PositionService__ClosePosition=no) as seat:
        await seat.press("G", "x")
        await dialog(seat, Confirm)
        await seat.press("y")
        await seat.until(lambda: "[it] is being closed already" in seat.text())
        assert seat.app.desk.model.happenings.entries[-1].text == "[it] is being closed already"


async def test_a_guard_that_is_missing_is_said_in_words() -> None:
    from fluxhero_tui.panels import columns
    from fluxhero_tui.state.model import Model

    guard = next(column for column in columns.positions(Model()) if column.title == "guard")
    bare = world.position(protection=position_pb2.PROTECTION_STATE_UNPROTECTED)
    assert guard.cell(bare).text == "✗ NONE"


async def test_an_order_that_finds_no_daemon_is_said_and_the_ticket_stays(sit: Sit) -> None:
    async with sit() as seat:
        seat.app.look_at("SPY")
        await seat.press("o")
        await dialog(seat, Ticket)
        await seat.press("type:10", "ctrl+s")
        await dialog(seat, Confirm)
        seat.daemon.gone = True
        seat.daemon.say(Unavailable(Failure("UNAVAILABLE", "the daemon has gone")))
        await seat.until(lambda: seat.app.desk.link.phase is Phase.LOST)
        await seat.press("y")
        await dialog(seat, Ticket)
        await seat.until(lambda: "nothing was sent" in seat.text())
        assert sent(seat) == []


async def test_screens_that_are_passed_over_quickly_are_not_seen(sit: Sit) -> None:
    async with sit() as seat:
        for key in "2345678":
            await seat.app.action_press(key)
            for _ in range(10):
                await asyncio.sleep(0)  # so that it has begun when the next key ends it
        await seat.until(lambda: seat.app.view_name == "log")
        await seat.until(lambda: [view.id for view in seat.app.base.query("#views > *") if view.display] == ["log"])


def type_ahead(seat: Any, text: str) -> None:
    """All keys at once, as they come from a slow line or a busy machine."""
    keys_ahead(seat, list(text))


def keys_ahead(seat: Any, keys: list[str]) -> None:
    """The same, with keys that are no letters, by Textual's names."""
    for key in keys:
        letter = len(key) == 1
        seat.app.post_message(Key(_character_to_key(key) if letter else key, key if letter else None))


PALETTE = {
    "orders": ([":", *"orders", "enter"], "orders"),
    "the letters of a word that are typed after it was open": (
        [":", *"log", "backspace", "backspace", "backspace", *"risk", "enter"],
        "risk",
    ),
    "the third one": ([":", *"go to", "down", "down", "enter"], "positions"),
    "the last one": ([":", *"go to", "ctrl+end", "up", "down", "up", "enter"], "backtest"),
}


@pytest.mark.parametrize(("keys", "view"), PALETTE.values(), ids=PALETTE)
async def test_enter_picks_what_the_letters_before_it_find_however_fast_they_come(
    sit: Sit, keys: list[str], view: str
) -> None:
    async with sit() as seat:
        keys_ahead(seat, keys)
        await seat.until(lambda: len(seat.app.screen_stack) == 1 and seat.app.view_name != "dashboard")
        assert seat.app.view_name == view


async def test_enter_picks_nothing_where_the_letters_find_nothing(sit: Sit) -> None:
    async with sit() as seat:
        keys_ahead(seat, [":", *"qqqq", "enter", "enter"])
        await seat.until(lambda: "No matches found" in seat.text())
        await seat.press("escape")
        await gone(seat)
        assert seat.app.view_name == "dashboard"


async def test_what_is_typed_behind_a_command_reaches_the_dialog_that_it_opens(sit: Sit) -> None:
    async with sit() as seat:
        keys_ahead(seat, [":", *"halt", "enter", *"fire, x", "enter", *"HALT", "enter"])
        await seat.until(lambda: sent(seat))
        await gone(seat)
        assert sent(seat) == ["RiskService/Halt"]
        assert seat.daemon.requests("RiskService/Halt")[0].reason == "fire, x"


async def test_what_is_typed_ahead_reaches_the_dialog_that_its_first_key_opens(sit: Sit) -> None:
    async with sit() as seat:
        type_ahead(seat, "o150")
        ticket = await dialog(seat, Ticket)
        await seat.until(lambda: ticket.query_one("#quantity", Input).value == "150")
        assert ticket.query_one("#symbol", Input).value == "AAPL"
        await seat.press("escape")
        await gone(seat)
        type_ahead(seat, "Hexit, why")
        halt = await dialog(seat, TypedWord)
        await seat.until(lambda: halt.query_one("#reason", Input).value == "exit, why")
        assert len(seat.app.screen_stack) == 2
        assert sent(seat) == []


async def test_what_is_typed_ahead_behind_the_key_of_a_screen_is_meant_for_that_screen(sit: Sit) -> None:
    async with sit() as seat:
        await seat.go("positions")
        type_ahead(seat, "4xy")
        await seat.until(lambda: sent(seat))
        assert sent(seat) == ["OrderService/CancelOrder"]
        type_ahead(seat, "/xy")
        await seat.until(lambda: seat.app.base.query_one("#search", Input).value == "xy")
        assert len(seat.app.screen_stack) == 1


async def test_editing_keys_edit_the_field_in_which_they_were_typed(sit: Sit) -> None:
    async with sit() as seat:
        await seat.press("o")
        ticket = await dialog(seat, Ticket)
        keys = ["1", "5", "0", "9", "backspace", "tab", "3", "9", "0", "tab", "3", "8", "0"]
        await seat.until(lambda: ticket.focused is ticket.query_one("#quantity", Input))
        keys_ahead(seat, keys)
        found = {name: ticket.query_one(f"#{name}", Input) for name in ("quantity", "limit", "stop")}
        await seat.until(lambda: found["stop"].value != "" and found["quantity"].value != "1509")
        await seat.pilot.pause()
        assert [one.value for one in found.values()] == ["150", "390", "380"]


async def test_a_change_is_typed_in_one_go(sit: Sit) -> None:
    async with sit() as seat:
        await seat.go("orders")
        await seat.press("r")
        await dialog(seat, Replace)
        keys_ahead(seat, ["4", "5", "0", "enter", "enter", *"CHANGE", "enter"])
        await gone(seat)
        assert sent(seat) == ["OrderService/ReplaceOrder"]
        assert seat.daemon.requests("OrderService/ReplaceOrder")[-1].limit_price == "450"


async def test_an_order_without_a_limit_is_not_offered_for_change(sit: Sit) -> None:
    async with sit() as seat:
        await seat.go("orders")
        await seat.press("j", "r")
        await seat.until(lambda: "only a limit order can be changed" in notes(seat))
        assert len(seat.app.screen_stack) == 1


async def test_keys_are_heard_again_when_a_dialog_never_opens(sit: Sit) -> None:
    async with sit() as seat:
        seat.app.hold()
        type_ahead(seat, "x")
        await seat.until(lambda: seat.app._held_by is None)
        await seat.press("4")
        await seat.until(lambda: seat.app.view_name == "orders")
        assert len(seat.app.screen_stack) == 1


async def test_a_position_that_has_turned_round_while_the_question_stood_is_not_closed(sit: Sit) -> None:
    async with sit() as seat:
        await seat.go("positions")
        await seat.press("j", "x")
        await dialog(seat, Confirm)
        turned = world.position(side=common_pb2.POSITION_SIDE_SHORT, quantity=30)
        seat.daemon.say(world.update(2, positions=[turned]))
        await seat.until(lambda: seat.app.desk.model.positions["SPY"].quantity == 30)
        await seat.press("y")
        await seat.until(lambda: "has changed meanwhile" in notes(seat))
        assert sent(seat) == []


async def test_an_order_takes_a_word_while_it_is_not_known_whether_money_is_real(sit: Sit) -> None:
    unknown = world.snapshot(statuses=[world.status(system_pb2.TRADING_MODE_UNSPECIFIED)])
    async with sit(first=unknown) as seat:
        await seat.press("o")
        await dialog(seat, Ticket)
        await seat.press("type:10", "ctrl+s")
        await dialog(seat, TypedWord)
        assert "not known whether this is REAL MONEY" in seat.text()


async def test_a_word_with_brackets_is_asked_for_as_it_stands(sit: Sit) -> None:
    live = world.snapshot(statuses=[world.status(system_pb2.TRADING_MODE_LIVE)])
    async with sit(first=live) as seat:
        await seat.press("o")
        await dialog(seat, Ticket)
        await seat.press("shift+tab", "shift+tab", *["backspace"] * 4, "type:[/B]", "tab", "tab", "type:10", "ctrl+s")
        await dialog(seat, TypedWord)
        assert "Type [/B] and press Enter" in seat.text()


async def test_the_preview_key_opens_a_ticket_that_can_not_send(sit: Sit) -> None:
    async with sit() as seat:
        await seat.press("p")
        await dialog(seat, Ticket)
        assert "preview only" in seat.text()
        await seat.press("type:10", "ctrl+s")
        await seat.until(lambda: "only previews" in notes(seat))
        assert isinstance(seat.app.screen, Ticket)


async def test_no_key_that_a_screen_offers_is_without_meaning_there(sit: Sit) -> None:
    async with sit() as seat:
        for name in [view.NAME for view in VIEWS]:
            await seat.go(name)
            offered = [action.name for action in REGISTRY.offered(name, Role.ADMIN)]
            assert ("sort" in offered) == (seat.app.view.table() is not None)


async def test_the_palette_is_not_opened_above_a_question(sit: Sit) -> None:
    async with sit() as seat:
        await seat.press("H")
        await dialog(seat, TypedWord)
        await seat.press("ctrl+p")
        await seat.pilot.pause()
        assert isinstance(seat.app.screen, TypedWord)


async def test_a_dialog_says_with_the_rest_of_the_screen_that_what_it_shows_is_old(sit: Sit) -> None:
    async with sit() as seat:
        await seat.press("o")
        ticket = await dialog(seat, Ticket)
        await seat.until(lambda: "bid 185.47" in seat.text())
        drawn = []
        hint = ticket.query_one("#hint", Pane)
        hint.repaint = lambda: drawn.append(seat.app.stale)
        seat.daemon.gone = True
        seat.daemon.say(Unavailable(Failure("UNAVAILABLE", "the daemon has gone")))
        await seat.until(lambda: drawn)
        await seat.until(lambda: "LOST" in seat.text().splitlines()[0])
        assert drawn == [True]


async def test_the_risk_screen_asks_for_a_report_that_is_older_than_what_has_happened(sit: Sit) -> None:
    async with sit() as seat:
        asked = partial(seat.daemon.requests, "RiskService/GetRiskReport")
        before = len(asked())
        seat.daemon.say(world.update(2, positions=[world.position(quantity=10)]))
        await seat.until(lambda: seat.app.desk.model.positions["SPY"].quantity == 10)
        await seat.settle()
        assert len(asked()) == before
        await seat.go("risk")
        await seat.until(lambda: len(asked()) > before)


async def test_a_chart_stays_while_the_connection_is_lost_and_is_asked_for_when_it_is_back(sit: Sit) -> None:
    async with sit() as seat:
        await seat.go("chart")
        await seat.until(lambda: "• KAMA" in seat.text())
        asked = partial(seat.daemon.requests, "MarketService/GetBars")
        seat.daemon.gone = True
        seat.daemon.say(Unavailable(Failure("UNAVAILABLE", "the daemon has gone")))
        await seat.until(lambda: seat.app.desk.link.phase is Phase.LOST)
        await seat.pilot.resize_terminal(110, 38)
        await seat.settle()
        assert "• KAMA" in seat.text()
        assert "nothing was sent" not in seat.text()
        before, seat.daemon.gone = len(asked()), False
        seat.daemon.say(world.update(2))
        await seat.until(lambda: len(asked()) > before)


async def test_what_can_not_be_drawn_says_so_and_the_terminal_can_still_halt(sit: Sit) -> None:
    async with sit() as seat:
        seat.app.view.query_one("#account", Pane)._draw = lambda room, height: [1 / 0]
        seat.daemon.say(world.update(2, accounts=[world.account()]))
        await seat.until(lambda: "this can't be drawn: ZeroDivisionError" in seat.text())
        await seat.press("H")
        await dialog(seat, TypedWord)
        seat.faults += [entry.text for entry in seat.app.desk.model.happenings.entries if entry.kind == "fault"]
        assert len(seat.faults) == 1


async def test_a_message_that_can_not_be_taken_in_begins_the_stream_anew(sit: Sit) -> None:
    async with sit() as seat:
        bad = world.account()
        bad.equity = "no number"
        seat.daemon.say(world.update(2, accounts=[bad]))
        await seat.until(lambda: "a fault of this terminal: ValueError" in seat.app.desk.link.why)
        seat.daemon.say(world.snapshot())
        await seat.until(lambda: seat.app.desk.link.phase is Phase.LIVE)
        seat.faults += [entry.text for entry in seat.app.desk.model.happenings.entries if entry.kind == "fault"]
        assert len(seat.daemon.subscriptions) == 2


async def test_a_terminal_that_may_do_less_after_a_restart_offers_less(sit: Sit) -> None:
    async with sit() as seat:
        seat.daemon.role = "read"
        seat.daemon.say(Unavailable(Failure("UNAVAILABLE", "the daemon has gone")))
        resumed = common_pb2.SNAPSHOT_REASON_RESUMED
        seat.daemon.say(world.snapshot(seq=1, prev_seq=1, snapshot_reason=resumed, snapshot_topics=[]))
        await seat.until(lambda: "READ-ONLY" in seat.text())
        await seat.press("H")
        assert len(seat.app.screen_stack) == 1


async def test_cancelling_a_protective_stop_is_called_what_it_is(sit: Sit) -> None:
    async with sit() as seat:
        await seat.go("orders")
        await seat.press("j", "x")
        await dialog(seat, Confirm)
        assert "Cancel sell 44 SPY, stop $443.25?" in seat.text()
        assert "PROTECTIVE STOP of the position in SPY" in seat.text()
