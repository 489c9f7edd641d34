"""The gate under a clock of the test's own, with a context as the web bridge has one."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.rpc import error_details_pb2

from fluxhero.v1 import order_pb2
from fluxherod.configuration.grpc_section import GrpcConfig
from fluxherod.engine.runner import Stopped
from fluxherod.rpc.access import Gate, Visit, calling
from fluxherod.rpc.door import Door
from fluxherod.rpc.errors import Refused
from fluxherod.rpc.roles import Role
from fluxherod.rpc.tokens import TokenBook, TokenFile

STATUS, PLACE, WATCH = (
    "/fluxhero.v1.SystemService/GetStatus",
    "/fluxhero.v1.OrderService/PlaceOrder",
    "/fluxhero.v1.StreamService/Watch",
)
HEALTH = "/grpc.health.v1.Health/Watch"
TCP, WEB, UNIX = "ipv4:127.0.0.1:5123", "web:127.0.0.1:1234", "unix:"
NOW = datetime(2026, 1, 2, 15, 0, tzinfo=UTC)


@dataclass
class Call:
    """What the gate sees of a call."""

    address: str = TCP
    headers: tuple[tuple[str, str], ...] = ()

    def peer(self) -> str:
        return self.address

    def invocation_metadata(self) -> tuple[tuple[str, str], ...] | None:
        return self.headers or None


@dataclass
class Entrance:
    """A gate with its tokens and its clock."""

    folder: Path
    settings: dict[str, Any] = field(default_factory=dict)
    seconds: float = 1000.0

    def __post_init__(self) -> None:
        self.file = TokenFile(self.folder)
        self.file.make_first(NOW)
        settings = GrpcConfig(**self.settings)
        self.gate = Gate(settings, TokenBook(self.file), lambda: self.seconds, lambda: NOW + self.passed)
        for method in (STATUS, PLACE, WATCH, HEALTH):
            self.gate.guard(method)

    @property
    def passed(self) -> timedelta:
        return timedelta(seconds=self.seconds - 1000)

    def enter(self, method: str = STATUS, token: str = "", address: str = TCP, **more: Any) -> Visit:
        headers = (("authorization", f"Bearer {token}"),) if token else ()
        context: Any = Call(address, headers)
        return self.gate.enter(method, context, **more)

    def token(self, role: str) -> str:
        return (self.folder / f"{role}.token").read_text().strip()

    def why(self, method: str = STATUS, token: str = "", address: str = TCP, **more: Any) -> Refused:
        with pytest.raises(Refused) as caught:
            self.enter(method, token, address, **more)
        return caught.value


@pytest.fixture
def entrance(tmp_path: Path) -> Entrance:
    return Entrance(tmp_path)


def retry_s(refused: Refused) -> float:
    info = error_details_pb2.RetryInfo()
    assert any(part.Unpack(info) for part in refused.to_message().details)
    return info.retry_delay.ToNanoseconds() / 1e9


@pytest.mark.parametrize("address", [TCP, WEB, "ipv6:%5B::1%5D:5123", "web:[::1]:80", "", "unixish:x", "UNIX:"])
def test_whoever_does_not_come_by_the_socket_needs_a_token(entrance: Entrance, address: str) -> None:
    assert entrance.why(address=address).reason == "TOKEN_MISSING"
    with entrance.enter(token=entrance.token("trade"), address=address):
        assert (calling().name, calling().role, calling().address) == ("token:trade", Role.TRADE, address)


def test_a_token_over_the_socket_wins_over_its_role(entrance: Entrance) -> None:
    with entrance.enter(PLACE, address=UNIX):
        assert (calling().name, calling().role) == ("unix", Role.ADMIN)
    assert entrance.why(PLACE, entrance.token("read"), UNIX).reason == "ROLE_INSUFFICIENT"
    assert entrance.why(PLACE, "wrong", UNIX).reason == "TOKEN_INVALID"


def test_a_token_ends_when_its_time_is_over(entrance: Entrance) -> None:
    _, secret = entrance.file.create("short", Role.READ, NOW, timedelta(hours=1))
    entrance.seconds += 3599.9
    entrance.enter(token=secret).__exit__(None, None, None)
    entrance.seconds += 0.2
    assert "short expired on 2026-01-02 at 16:00:00 UTC" in entrance.why(token=secret).text


def test_a_new_token_works_at_once_and_a_revoked_one_no_more(entrance: Entrance) -> None:
    for number in range(15):  # however soon the file changes again
        token, secret = entrance.file.create(f"n{number}", Role.READ, NOW)
        with entrance.enter(token=secret):
            pass
        entrance.file.revoke(token.id, NOW)
        assert entrance.why(token=secret, address=f"ipv4:10.0.0.{number}:1").reason == "TOKEN_INVALID"


def test_after_ten_failures_in_a_minute_a_host_must_wait_and_its_valid_tokens_need_not(
    entrance: Entrance, caplog: pytest.LogCaptureFixture
) -> None:
    for number in range(10):
        assert entrance.why(token=f"guess{number}").reason == "TOKEN_INVALID"
        entrance.seconds += 1
    for _ in range(1000):
        refused = entrance.why(token="another", address="ipv4:127.0.0.1:7")
        assert (refused.reason, retry_s(refused)) == ("LIMIT_EXCEEDED", 50.0)
    assert "this one: this is no token of the daemon's" in refused.text
    assert entrance.why(token="x", address="ipv4:10.0.0.2:1").reason == "TOKEN_INVALID"  # another host
    with entrance.enter(token=entrance.token("admin")):
        assert calling().role is Role.ADMIN
    assert len(caplog.records) == 3  # the first, the limit, the other host
    assert "guess" not in caplog.text
    entrance.seconds += 50
    assert entrance.why(token="x").reason == "TOKEN_INVALID"
    assert "1009 more like it in the last minute" in caplog.text


def test_a_caller_that_asks_too_often_must_wait_and_others_need_not(tmp_path: Path) -> None:
    entrance = Entrance(tmp_path, {"requests_per_second": 10})
    read, trade = entrance.token("read"), entrance.token("trade")
    counted: Counter[tuple[str, str]] = Counter()

    def taken(token: str, method: str = STATUS) -> int:
        found: list[Refused] = []
        while not found:
            try:
                ends(entrance.enter(method, token))
            except Refused as refused:
                found.append(refused)
            else:
                counted[method, token] += 1
        assert (found[0].reason, retry_s(found[0])) == ("LIMIT_EXCEEDED", pytest.approx(0.1))
        return counted.pop((method, token))

    assert taken(trade) == 20
    assert taken(read) == 20
    assert taken(trade, PLACE) == 20  # whoever has read too much can still trade
    entrance.seconds += 1
    assert taken(read) == 10
    entrance.seconds += 1e6
    assert taken(read) == 20


def test_what_changes_something_is_let_in_when_reads_have_filled_the_daemon(tmp_path: Path) -> None:
    entrance = Entrance(tmp_path, {"calls_in_flight": 10})
    visits = [entrance.enter(token=entrance.token("read")) for _ in range(10)]
    refused = entrance.why(token=entrance.token("admin"))
    assert (refused.reason, retry_s(refused)) == ("LIMIT_EXCEEDED", 1.0)
    with entrance.enter(PLACE, entrance.token("trade")):
        assert entrance.gate.loads.calls == 11
    visits.pop().__exit__(None, None, None)
    with entrance.enter(token=entrance.token("admin")):
        pass
    for visit in visits:
        visit.__exit__(None, None, None)
    assert entrance.gate.loads.calls == 0


def test_a_caller_has_so_many_streams_and_no_more_whatever_its_connections(tmp_path: Path) -> None:
    entrance = Entrance(tmp_path, {"streams_per_caller": 3})
    read = entrance.token("read")
    visits = [entrance.enter(WATCH, read, f"ipv4:127.0.0.1:{port}", streams=True) for port in range(3)]
    refused = entrance.why(WATCH, read, "ipv4:10.0.0.1:1", streams=True)
    assert (refused.reason, "grpc.streams_per_caller" in refused.text) == ("LIMIT_EXCEEDED", True)
    with entrance.enter(WATCH, entrance.token("trade"), streams=True), entrance.enter(STATUS, read):
        pass
    health = [entrance.enter(HEALTH, streams=True) for _ in range(3)]  # who needs no token is counted by host
    assert entrance.why(HEALTH, streams=True).reason == "LIMIT_EXCEEDED"
    for visit in (*visits, *health):
        visit.__exit__(None, None, None)
    assert entrance.gate.loads.streams == entrance.gate.strangers.streams == {}


def test_those_who_ask_for_health_from_everywhere_take_no_room_of_those_with_a_token(tmp_path: Path) -> None:
    entrance = Entrance(tmp_path, {"calls_in_flight": 20})
    hosts = [f"ipv4:127.0.0.{number}:1" for number in range(1, 9)]
    health = [entrance.enter(HEALTH, address=host, streams=True) for host in hosts for _ in range(8)]
    refused = entrance.why(HEALTH, address="ipv4:127.0.0.9:1", streams=True)
    assert (refused.reason, refused.text) == (
        "LIMIT_EXCEEDED", "64 calls are under way, as many as may be (without a token)",
    )  # fmt: skip
    visits = [entrance.enter(token=entrance.token("read")) for _ in range(20)]
    health.pop().__exit__(None, None, None)
    health.append(entrance.enter(HEALTH, streams=True))
    for visit in (*visits, *health):
        visit.__exit__(None, None, None)
    assert (entrance.gate.loads.calls, entrance.gate.strangers.calls) == (0, 0)


def test_ten_thousand_hosts_do_not_grow_the_memory(entrance: Entrance) -> None:
    from fluxherod.rpc.limits import MOST_REMEMBERED

    for number in range(MOST_REMEMBERED + 500):
        entrance.why(address=f"ipv4:{number}:1")
    assert len(entrance.gate._failures._windows) == MOST_REMEMBERED


def ends(visit: Visit, error: BaseException | None = None, request: Any = None) -> None:
    visit.request = request
    visit.__exit__(type(error) if error else None, error, None)


def test_each_change_leaves_a_line_with_who_what_and_how_it_ended(
    entrance: Entrance, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "fluxherod.audit")
    request = order_pb2.PlaceOrderRequest(request_id="r-1\n<2>forged" + "x" * 100, symbol="SPY")
    outcomes = {
        "OK": None, "RISK_REJECTED": Refused("RISK_REJECTED", "no"), "DEADLINE_EXCEEDED": TimeoutError(),
        "CANCELLED": asyncio.CancelledError(), "INTERNAL": ValueError("secret"),
        "SHUTTING_DOWN": Stopped("secret"),
    }  # fmt: skip
    for error in outcomes.values():
        ends(entrance.enter(PLACE, entrance.token("trade")), error, request)
        ends(entrance.enter(STATUS, entrance.token("trade")), error)  # a read leaves none
    assert len(caplog.messages) == len(outcomes)
    for message, outcome in zip(caplog.messages, outcomes, strict=True):
        start = f"PlaceOrder by token:trade (trade, {TCP}), request 'r-1\\n<2>forged"
        assert message.startswith(start)
        assert f": {outcome} after 0 ms" in message
        assert "secret" not in message
    for record in caplog.records:
        about = [record.__dict__[name] for name in ("rpc", "principal", "symbol", "order_id")]
        assert about == ["PlaceOrder", "token:trade", "SPY", ""]


def test_a_refusal_by_role_leaves_one_line_a_minute(entrance: Entrance, caplog: pytest.LogCaptureFixture) -> None:
    for _ in range(100):
        entrance.why(PLACE, entrance.token("read"))
    [message] = caplog.messages
    assert message == f"PlaceOrder by token:read (read, {TCP}) refused: ROLE_INSUFFICIENT"
    entrance.seconds += 61
    entrance.why(PLACE, entrance.token("read"))
    assert caplog.messages[-1].endswith("(and 99 more like it in the last minute)")


async def test_one_caller_that_asks_much_at_once_lets_others_and_all_changes_in_between(entrance: Entrance) -> None:
    """Calls through the door that do all they do without a pause: who was served, in which order."""
    served: list[str] = []

    async def serve(request: Any, context: Any) -> None:
        served.append(calling().name)

    door = Door(entrance.gate, 10.0)
    for method in (STATUS, PLACE):
        service, name = method[1:].split("/")
        door.add_registered_method_handlers(service, {name: grpc.unary_unary_rpc_method_handler(serve)})
    read, trade, admin = map(entrance.token, ("read", "trade", "admin"))

    def call(method: str, token: str) -> Any:
        context: Any = Call(TCP, (("authorization", f"Bearer {token}"),))
        return door.handlers[method].unary_unary(object(), context)

    calls = [call(STATUS, read) for _ in range(64)] + [call(STATUS, admin) for _ in range(3)] + [call(PLACE, trade)]
    await asyncio.gather(*calls)
    assert served[0] == "token:trade"
    assert served.index("token:admin") <= 2
    assert sorted(served[1:7]) == ["token:admin"] * 3 + ["token:read"] * 3
    assert served[7:] == ["token:read"] * 61
    assert len(entrance.gate.turns._locks) == 0
