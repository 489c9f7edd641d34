"""Commands that move money: they ask, they can be repeated, and a refusal says everything."""

from __future__ import annotations

import json
from typing import Any

import grpc
import pytest
from google.rpc.error_details_pb2 import BadRequest

from fluxhero.v1 import common_pb2, order_pb2, position_pb2, risk_pb2

PLACED = order_pb2.PlaceOrderResponse(
    order=order_pb2.Order(
        id="fh-9", symbol="SPY", side=common_pb2.SIDE_BUY, quantity=44, type=order_pb2.ORDER_TYPE_LIMIT,
        limit_price="450.00", stop_loss_price="441.00", state=order_pb2.ORDER_STATE_SUBMITTING,
    )
)  # fmt: skip
CUT = risk_pb2.RiskDecision(
    verdict=risk_pb2.RISK_VERDICT_APPROVED_WITH_ADJUSTMENT,
    quantity=44,
    sizing=[
        risk_pb2.SizingStep(name="wanted", before=100, after=100, text="100 shares wanted"),
        risk_pb2.SizingStep(name="position_value", before=100, after=44, text="at most 20% of equity"),
    ],
    checks=[risk_pb2.RiskCheck(code="exposure", verdict=common_pb2.VERDICT_FAILED, text="over the limit")],
)


async def test_place_sends_what_the_command_line_says(daemon: Any, fluxhero: Any) -> None:
    daemon.answers["OrderService/PlaceOrder"] = PLACED
    result = await fluxhero("place buy spy 100 --limit 450.00 --stop 441 --accept-adjusted --yes")
    assert (result.code, result.err) == (0, "")
    assert result.out == "placed: buy 44 SPY limit $450.00, protective stop $441.00, submitting\norder fh-9\n"
    [request] = daemon.requests("OrderService/PlaceOrder")
    assert (request.symbol, request.side, request.quantity) == ("SPY", common_pb2.SIDE_BUY, 100)
    assert (request.type, request.limit_price, request.stop_loss_price) == (order_pb2.ORDER_TYPE_LIMIT, "450.00", "441")
    assert request.time_in_force == order_pb2.TIME_IN_FORCE_DAY
    assert request.accept_adjusted
    assert not request.HasField("stop_price")


async def test_each_call_has_a_fresh_request_id_unless_one_is_given(daemon: Any, fluxhero: Any) -> None:
    daemon.answers["OrderService/CancelOrder"] = order_pb2.CancelOrderResponse(order=PLACED.order)
    for line in ("cancel fh-9", "cancel fh-9", "cancel fh-9 --request-id again-1"):
        assert (await fluxhero(line)).code == 0
    first, second, third = (request.request_id for request in daemon.requests("OrderService/CancelOrder"))
    assert len(first) == len(second) == 36
    assert first != second
    assert third == "again-1"


async def test_before_the_question_a_person_sees_what_risk_would_say(daemon: Any, fluxhero: Any) -> None:
    daemon.answers["OrderService/PreviewOrder"] = order_pb2.PreviewOrderResponse(decision=CUT)
    result = await fluxhero("place buy SPY 100 --stop 441", answer="n\n")
    assert result.code == 1
    assert result.err == (
        "risk says: approved with adjustment, 44 shares\n"
        "Buy 100 SPY at the market, protective stop $441.00, good for the session? [y/N] nothing was sent\n"
    )
    assert daemon.requests("OrderService/PlaceOrder") == []


async def test_a_daemon_without_previews_is_asked_to_place_all_the_same(daemon: Any, fluxhero: Any) -> None:
    daemon.answers["OrderService/PlaceOrder"] = PLACED
    assert (await fluxhero("place sell SPY 100 --limit 440", answer="yes\n")).code == 0
    assert daemon.requests("OrderService/PlaceOrder")[0].limit_price == "440"


@pytest.mark.parametrize(
    "line",
    ["place buy SPY 1 --stop 1", "close SPY", "halt --reason test", "flatten --reason x", "reset-breaker --reason x"],
)
async def test_without_a_terminal_nothing_dangerous_happens_unasked(daemon: Any, fluxhero: Any, line: str) -> None:
    result = await fluxhero(line)
    assert (result.code, result.out) == (2, "")
    assert "--yes" in result.err
    assert daemon.received == []


async def test_a_cut_order_is_refused_with_its_waterfall(daemon: Any, fluxhero: Any, refusal: Any) -> None:
    daemon.answers["OrderService/PlaceOrder"] = refusal(
        grpc.StatusCode.FAILED_PRECONDITION, "risk allows 44 of 100 shares", "RISK_ADJUSTED", CUT
    )
    result = await fluxhero("place buy SPY 100 --stop 441 --yes")
    assert (result.code, result.out) == (4, "")
    assert result.err == (
        "fluxhero: risk allows 44 of 100 shares [RISK_ADJUSTED]\n"
        "\n"
        "Risk: approved with adjustment, 44 shares\n"
        "  check     actual  limit  headroom  verdict   in words\n"
        "  exposure       -      -         -  ✗ FAILED  over the limit\n"
        "\n"
        "Size, step by step\n"
        "  step            shares  cut  in words\n"
        "  wanted             100       100 shares wanted\n"
        "  position value      44  -56  at most 20% of equity\n"
        "\n"
        "place what is left of it with --accept-adjusted\n"
    )


async def test_a_refusal_is_a_document_for_scripts(daemon: Any, fluxhero: Any, refusal: Any) -> None:
    daemon.answers["OrderService/PlaceOrder"] = refusal(grpc.StatusCode.FAILED_PRECONDITION, "no", "RISK_REJECTED", CUT)
    result = await fluxhero("place buy SPY 100 --yes -o json --request-id r1")
    failure = json.loads(result.err)
    assert result.code == 4
    assert (failure["reason"], failure["request_id"]) == ("RISK_REJECTED", "r1")
    assert failure["decision"]["sizing"][1]["after"] == "44"


async def test_a_bad_request_names_its_fields(daemon: Any, fluxhero: Any, refusal: Any) -> None:
    bad = BadRequest(field_violations=[BadRequest.FieldViolation(field="symbol", description="is not followed")])
    daemon.answers["PositionService/ClosePosition"] = refusal(
        grpc.StatusCode.INVALID_ARGUMENT, "bad request", "INVALID_FIELD", bad
    )
    result = await fluxhero("close XYZ --yes")
    assert result.code == 2
    assert result.err == "fluxhero: bad request [INVALID_FIELD]\n  symbol: is not followed\n"


async def test_an_unanswered_mutation_says_how_to_repeat_it(daemon: Any, fluxhero: Any, refusal: Any) -> None:
    daemon.answers["OrderService/PlaceOrder"] = refusal(
        grpc.StatusCode.UNAVAILABLE, "the daemon is stopping", "SHUTTING_DOWN"
    )
    result = await fluxhero("place buy SPY 1 --yes --request-id r-7")
    assert result.code == 3
    assert result.err.endswith("repeat it safely with --request-id r-7\n")


async def test_close_says_that_closing_has_begun(daemon: Any, fluxhero: Any) -> None:
    position = position_pb2.Position(symbol="SPY", side=common_pb2.POSITION_SIDE_LONG, quantity=44)
    daemon.answers["PositionService/ClosePosition"] = position_pb2.ClosePositionResponse(position=position)
    result = await fluxhero(["close", "spy", "--reason", "done for today"], answer="y\n")
    assert result.out == "closing: long 44 SPY\nits stop ends first, or the market must open\n"
    assert daemon.requests("PositionService/ClosePosition")[0].reason == "done for today"


async def test_halt_and_resume_carry_their_reason(daemon: Any, fluxhero: Any) -> None:
    risk = risk_pb2.Risk(halted=True, halt_reason="news", halted_by="unix:root")
    daemon.answers["RiskService/Halt"] = risk_pb2.HaltResponse(risk=risk, canceling_order_ids=["a", "b"])
    daemon.answers["RiskService/Resume"] = risk_pb2.ResumeResponse()
    halted = await fluxhero("halt --reason news --yes")
    assert halted.out.splitlines()[:2] == [
        "HALTED by unix:root: news",
        "2 working entries being cancelled; stops stay",
    ]
    assert (await fluxhero("resume --reason calm")).out == "trading goes on\n"
    assert daemon.requests("RiskService/Resume")[0].reason == "calm"


async def test_flatten_says_what_is_closed_and_asks_first(daemon: Any, fluxhero: Any) -> None:
    risk = risk_pb2.Risk(halted=True, halt_reason="storm", halted_by="unix:root")
    daemon.answers["RiskService/Flatten"] = risk_pb2.FlattenResponse(
        risk=risk, canceling_order_ids=["a"], closing_symbols=["QQQ", "SPY"]
    )
    declined = await fluxhero("flatten --reason storm", answer="n\n")
    assert (declined.code, daemon.requests("RiskService/Flatten")) == (1, [])
    assert "close every position of FluxHero at the market? [y/N]" in declined.err
    done = await fluxhero("flatten --reason storm --include-foreign --yes")
    assert done.out.splitlines() == [
        "HALTED by unix:root: storm",
        "closing: QQQ SPY",
        "1 order being cancelled",
        "outside the session this waits for the open; go on with: fluxhero resume --reason REASON",
    ]
    (request,) = daemon.requests("RiskService/Flatten")
    assert (request.reason, request.include_foreign) == ("storm", True)


async def test_reset_breaker_says_what_holds_then(daemon: Any, fluxhero: Any) -> None:
    risk = risk_pb2.Risk(
        breaker=risk_pb2.BREAKER_STATE_REDUCED, breaker_latched=True, size_multiplier_bp=5_000, peak_equity="79800.00"
    )
    daemon.answers["RiskService/ResetBreaker"] = risk_pb2.ResetBreakerResponse(risk=risk)
    done = await fluxhero("reset-breaker --reason reviewed --yes")
    assert done.out == (
        "breaker reduced, until you set it to normal: entries at 50 % of their size; losses count from $79,800.00\n"
    )
    assert (await fluxhero("reset-breaker --reason calm --to normal", answer="yes\n")).code == 0
    first, second = daemon.requests("RiskService/ResetBreaker")
    assert (first.target, second.target) == (risk_pb2.BREAKER_STATE_UNSPECIFIED, risk_pb2.BREAKER_STATE_NORMAL)


@pytest.mark.parametrize(
    "line",
    [
        "flatten",
        "reset-breaker --reason x --to disabled",
        "place buy SPY 0",
        "place buy SPY 1.5",
        "place hold SPY 1",
        "place buy SPY 1 --limit -3",
        "place buy SPY 1 --trigger 4",
        "place buy SPY 1 --limit 3 --gtc",
        "halt",
        "orders --limit 0",
        "watch orders --every 2",
    ],
)
async def test_nonsense_is_a_usage_error(daemon: Any, fluxhero: Any, line: str) -> None:
    with pytest.raises(SystemExit, match="2"):
        await fluxhero(line)
    assert daemon.received == []


REPLACED = order_pb2.ReplaceOrderResponse(
    order=order_pb2.Order(
        id="fh-10", symbol="SPY", side=common_pb2.SIDE_BUY, quantity=50, type=order_pb2.ORDER_TYPE_LIMIT,
        limit_price="450.10", stop_loss_price="441.00", state=order_pb2.ORDER_STATE_NEW, replaces_id="fh-9",
    )
)  # fmt: skip


async def test_replace_sends_the_changes_and_nothing_else(daemon: Any, fluxhero: Any) -> None:
    daemon.answers["OrderService/ReplaceOrder"] = REPLACED
    result = await fluxhero("replace fh-9 --limit 450.10 --quantity 50 --accept-adjusted", answer="y\n")
    assert result.code == 0
    assert "Change order fh-9 to 50 shares, limit $450.10? [y/N]" in result.err
    assert result.out == (
        "replacing: buy 50 SPY limit $450.10, protective stop $441.00, new\norder fh-10\n"
        "it is sent once the end of fh-9 is confirmed: fluxhero watch orders\n"
    )
    [request] = daemon.requests("OrderService/ReplaceOrder")
    assert (request.order_id, request.limit_price, request.quantity) == ("fh-9", "450.10", 50)
    assert request.accept_adjusted
    assert not request.HasField("stop_price")
    assert (await fluxhero("replace fh-9 --limit 450.20 --yes")).code == 0
    last = daemon.requests("OrderService/ReplaceOrder")[-1]
    assert (last.limit_price, last.HasField("quantity"), last.accept_adjusted) == ("450.20", False, False)


async def test_a_replacement_is_a_document_for_scripts(daemon: Any, fluxhero: Any) -> None:
    daemon.answers["OrderService/ReplaceOrder"] = REPLACED
    result = await fluxhero("replace fh-9 --quantity 50 --yes -o json --request-id r1")
    assert json.loads(result.out)["order"]["replaces_id"] == "fh-9"
    assert daemon.requests("OrderService/ReplaceOrder")[0].request_id == "r1"


async def test_a_replacement_without_a_change_is_wrong_usage(
    daemon: Any, fluxhero: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        await fluxhero("replace fh-9 --yes")
    assert ended.value.code == 2
    assert "give --limit, --quantity or both" in capsys.readouterr().err
    assert daemon.received == []
