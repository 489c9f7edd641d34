"""fluxherod as a service of a machine: configured, started, asked over its socket as if it were here."""

from __future__ import annotations

import json
from collections.abc import Callable

from grpc_health.v1 import health_pb2, health_pb2_grpc
from harness.lockstep import Lockstep
from harness.processes import CALL_TIMEOUT_S, START_TIMEOUT_S, Calls, Simulator
from harness.tape import SYMBOLS, TIMEFRAME

from fluxhero.v1 import system_pb2 as system
from systemd.machine import Machine

CONFIG = "/etc/fluxhero/fluxhero.toml"
SOCKET = "/run/fluxhero/fluxherod.sock"
STATE = "/var/lib/fluxhero"
UNIT = "fluxherod.service"


def configuration(url: str, mode: str = "demo", symbols: tuple[str, ...] = SYMBOLS) -> str:
    """A file that lets it trade somewhere."""
    streams = url.replace("http://", "ws://")
    return f"""
        [daemon]
        mode = "{mode}"
        [alpaca]
        trading_url = "{url}"
        data_url = "{url}"
        market_stream_url = "{streams}/v2/iex"
        trade_stream_url = "{streams}/stream"
        requests_per_minute = 100000
        [market]
        symbols = {json.dumps(symbols)}
        timeframe = "{TIMEFRAME}"
        """


class Service(Calls):
    """The service, and the stubs of whatever process it is."""

    def __init__(self, machine: Machine) -> None:
        self.machine = machine

    def start(self) -> None:
        """`systemctl start`, which returns when it is ready."""
        self.machine.run("systemctl", "start", UNIT)
        self.connect()

    def connect(self) -> None:
        """Talk to the process that serves now, once there is one."""
        self.close()
        super().__init__(str(self.machine.path(SOCKET)))
        self.wait_for(self.answers, "the service answers")

    def close(self) -> None:
        """Talk to it no more."""
        if hasattr(self, "channel"):
            self.channel.close()

    def kill(self, signal: str = "SIGKILL") -> None:
        """Send its main process a signal."""
        self.machine.run("systemctl", "kill", "--kill-whom=main", f"--signal={signal}", UNIT)

    def replaced(self, pid: str) -> bool:
        """Is it another process by now, which is ready?"""
        return self.pid not in (pid, "0") and self.machine.show(UNIT, "ActiveState") == "active"

    def wait_for(self, condition: Callable[[], bool], what: str, timeout_s: float = START_TIMEOUT_S) -> None:
        """Return once a condition holds."""
        self.machine.wait_for(condition, what, timeout_s)

    @property
    def pid(self) -> str:
        """Its main process, as the machine numbers it."""
        return self.machine.show(UNIT, "MainPID")

    @property
    def active(self) -> bool:
        """Does it trade?"""
        return self.status().state == system.TRADING_STATE_ACTIVE

    @property
    def halted(self) -> bool:
        """Does it wait for an operator?"""
        return self.status().state == system.TRADING_STATE_HALTED

    @property
    def serving(self) -> bool:
        """What gRPC's health says."""
        stub = health_pb2_grpc.HealthStub(self.channel)
        answer = stub.Check(health_pb2.HealthCheckRequest(), timeout=CALL_TIMEOUT_S)
        return bool(answer.status == health_pb2.HealthCheckResponse.SERVING)


class ServiceLockstep(Lockstep):
    """A simulator in step mode and the service that trades on it."""

    def __init__(self, simulator: Simulator, service: Service) -> None:
        self.simulator = simulator
        self.daemon = service  # type: ignore[assignment]
        self.steps = 0
        self._behind = ()

    def start(self) -> None:
        """Start the service; returns when it is ready to trade and has nothing left to do."""
        self.service.start()
        self.rejoin()

    @property
    def service(self) -> Service:
        """The daemon of this pair."""
        assert isinstance(self.daemon, Service)
        return self.daemon
