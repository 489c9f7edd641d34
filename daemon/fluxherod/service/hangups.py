"""SIGHUP: the configuration is read again as by ReloadConfig, and tokens and TLS files are looked at."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from fluxherod.engine.answers import NotDurable
from fluxherod.engine.commands import Caller
from fluxherod.engine.events import ReloadFailed
from fluxherod.engine.runner import Runner, Stopped
from fluxherod.rpc.errors import Refused
from fluxherod.rpc.reload import Reloaded
from fluxherod.rpc.server import RpcServer
from fluxherod.rpc.tls import Keeper
from fluxherod.service.manager import Service

if TYPE_CHECKING:
    from fluxherod.rpc.web.http import HttpServer

log = logging.getLogger("fluxherod.audit")  # who changed what is told at every level

WITHIN_S = 30.0
PRINCIPAL = "signal:SIGHUP"
_FIELDS = {"rpc": "ReloadConfig", "principal": PRINCIPAL}


class Hangups:
    """Does what a SIGHUP asks for, one after the other; `run` until it is cancelled."""

    def __init__(self, service: Service, server: RpcServer, http: HttpServer | None, runner: Runner) -> None:
        self._service = service
        self._server = server
        self._http = http
        self._runner = runner
        self._count = 0

    async def run(self, asked: asyncio.Event) -> None:
        """Reload each time that it is asked for; what is asked for meanwhile is done once more afterwards."""
        while True:
            await asked.wait()
            asked.clear()
            self._service.reloading()
            await self._reload()
            await self._look_at_files()
            self._service.ready()

    async def _reload(self) -> None:
        self._count += 1
        engine = self._runner.engine
        caller = Caller(f"ReloadConfig/sighup-{engine.run}-{self._count}", PRINCIPAL)
        try:
            async with asyncio.timeout(WITHIN_S):
                done = await self._server.reloader.reload(caller, ())
        except (Refused, Stopped, NotDurable, TimeoutError) as problem:
            self._failed(_why(problem))
        except Exception as error:  # as of a call: a fault in it must not end the daemon
            log.error("a reload failed", exc_info=error, extra=_FIELDS)
            self._failed("a fault of the daemon; its log has it")
        else:
            _tell(done)

    def _failed(self, why: str) -> None:
        log.error("reload (SIGHUP): %s", why, extra=_FIELDS)
        self._runner.post(ReloadFailed(why))

    async def _look_at_files(self) -> None:
        self._server.gate.look_at_tokens()
        ports: dict[str, Keeper[Any] | None] = {"gRPC": self._server.keeper}
        if self._http is not None:
            ports["HTTP"] = self._http.keeper
        for name, keeper in ports.items():
            if keeper is None:
                continue
            found = await asyncio.to_thread(keeper.look_again)
            level = logging.ERROR if "can't" in found else logging.INFO
            log.log(level, "reload (SIGHUP): TLS files of %s: %s", name, found, extra=_FIELDS)


def _why(problem: Exception) -> str:
    if isinstance(problem, Refused):
        return problem.text
    if isinstance(problem, TimeoutError):
        return f"not done within {WITHIN_S:g} s"
    return str(problem) or "the daemon is stopping"


def _tell(done: Reloaded) -> None:
    changed = f"in force: {_listed(done.changed)}" if done.changed else "nothing new is in force"
    log.info("reload (SIGHUP): %s", changed, extra=_FIELDS)
    if done.waiting:
        log.warning("reload (SIGHUP): a restart is needed for %s", _listed(done.waiting), extra=_FIELDS)


def _listed(keys: Sequence[str]) -> str:
    return ", ".join(keys)
