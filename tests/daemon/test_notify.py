import os
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from harness.datagrams import listening

from fluxherod.service.notify import Notifier, take_notifier


@pytest.fixture
def manager(tmp_path: Path) -> Iterator[socket.socket]:
    with listening(tmp_path / "notify", 60) as service_manager:
        yield service_manager


def test_the_service_manager_hears_each_state(manager: socket.socket) -> None:
    notifier = take_notifier({"NOTIFY_SOCKET": manager.getsockname()})
    notifier.ready("running,\ngRPC on 127.0.0.1:50051")
    notifier.status("trading")
    notifier.watchdog()
    notifier.still_starting("recovering")
    notifier.stopping("stopping")
    notifier.still_stopping("calls end")
    assert [manager.recv(4096).decode() for _ in range(6)] == [
        "READY=1\nSTATUS=running, gRPC on 127.0.0.1:50051",
        "STATUS=trading",
        "WATCHDOG=1",
        "EXTEND_TIMEOUT_USEC=60000000\nSTATUS=recovering",
        "STOPPING=1\nEXTEND_TIMEOUT_USEC=10000000\nSTATUS=stopping",
        "EXTEND_TIMEOUT_USEC=10000000\nSTATUS=calls end",
    ]


def test_a_reload_is_told_with_the_time_in_the_same_message(manager: socket.socket) -> None:
    before = time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000
    take_notifier({"NOTIFY_SOCKET": manager.getsockname()}).reloading("reading")
    said = dict(line.split("=", 1) for line in manager.recv(4096).decode().splitlines())
    after = time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000
    assert before <= int(said.pop("MONOTONIC_USEC")) <= after
    assert said == {"RELOADING": "1", "STATUS": "reading"}


def test_a_status_that_is_long_or_no_text_is_told_all_the_same(manager: socket.socket) -> None:
    notifier = take_notifier({"NOTIFY_SOCKET": manager.getsockname()})
    notifier.status("x" * 10_000)
    notifier.status("file \udcff")
    assert [manager.recv(8192) for _ in range(2)] == [b"STATUS=" + b"x" * 497 + b"...", b"STATUS=file ?"]


def test_an_abstract_socket_is_reached() -> None:
    name = f"fluxhero-test-{os.getpid()}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(f"\0{name}")
        manager.settimeout(60)
        take_notifier({"NOTIFY_SOCKET": f"@{name}"}).watchdog()
        assert manager.recv(4096) == b"WATCHDOG=1"


def test_the_variables_are_taken_out_of_the_environment() -> None:
    environment = {"NOTIFY_SOCKET": "/run/x", "WATCHDOG_USEC": "30000000", "WATCHDOG_PID": str(os.getpid()), "A": "b"}
    notifier = take_notifier(environment)
    assert environment == {"A": "b"}
    assert notifier.watchdog_interval_s == 10.0


@pytest.mark.parametrize("environment", [{}, {"WATCHDOG_USEC": "0"}, {"WATCHDOG_USEC": "x"},
                                         {"WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "1"}])  # fmt: skip
def test_no_watchdog_is_fed_that_is_not_ours(environment: dict[str, str]) -> None:
    assert take_notifier({"NOTIFY_SOCKET": "/run/x"} | environment).watchdog_interval_s is None


def test_without_systemd_nothing_happens() -> None:
    assert take_notifier({}) == Notifier()
    Notifier().ready("running")


def test_a_service_manager_that_is_gone_stops_nothing(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    take_notifier({"NOTIFY_SOCKET": str(tmp_path / "gone")}).watchdog()
    assert "can't be told WATCHDOG=1" in caplog.text
