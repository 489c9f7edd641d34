import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from fluxherod.notify import Notifier, take_notifier


@pytest.fixture
def manager(tmp_path: Path) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as service_manager:
        service_manager.bind(str(tmp_path / "notify"))
        service_manager.settimeout(60)
        yield service_manager


def test_the_service_manager_hears_each_state(manager: socket.socket) -> None:
    notifier = take_notifier({"NOTIFY_SOCKET": manager.getsockname()})
    notifier.ready("running,\ngRPC on 127.0.0.1:50051")
    notifier.status("trading")
    notifier.watchdog()
    notifier.stopping()
    assert [manager.recv(4096).decode() for _ in range(4)] == [
        "READY=1\nSTATUS=running, gRPC on 127.0.0.1:50051",
        "STATUS=trading",
        "WATCHDOG=1",
        "STOPPING=1\nSTATUS=stopping",
    ]


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
