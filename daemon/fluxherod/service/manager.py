"""The daemon as a service: what the service manager hears while it runs, and SIGHUP, by which it asks for a reload."""

from __future__ import annotations

import asyncio
import logging
import time
from dataclasses import dataclass

from fluxherod.engine.engine import Engine
from fluxherod.service.notify import Notifier
from fluxherod.service.status_line import StatusLine
from fluxherod.service.vitals import Vitals

log = logging.getLogger(__name__)

READY_WITHIN_S = 10.0  # however long the broker does not answer: then ready, and degraded
LOOK_FOR_READY_EVERY_S = 0.02
LOOK_EVERY_S = 1.0
FIGURES_EVERY_S = 5.0  # equity and the like; a change of state is told at the next look
LAG_TOLD_S = 5.0


def known_account(engine: Engine) -> object:
    """The account by the newest snapshot of the broker; None when there was none."""
    return engine.ledger.account if engine.run else None


async def reconciled(engine: Engine, before: object, within_s: float = READY_WITHIN_S) -> bool:
    """Wait for this process's first reconciliation, and for its streams; False when they don't come in time.

    `before` is the account that the journal knew. Where the broker refuses the keys nothing is waited for.
    """
    give_up_s = time.monotonic() + within_s
    while known_account(engine) is before or engine.state == "STARTING":
        if (engine.run and engine.refused) or time.monotonic() >= give_up_s:
            return False
        await asyncio.sleep(LOOK_FOR_READY_EVERY_S)
    return True


class Service:
    """Feeds the watchdog while the daemon is well, and keeps the status line true."""

    def __init__(self, notifier: Notifier, line: StatusLine, vitals: Vitals) -> None:
        self._notifier = notifier
        self._line = line
        self._vitals = vitals
        self._fault = ""
        self._told = _Told()
        self._ending = False

    def stopping(self, waits_for: str) -> None:
        """Tell that the daemon stops, and what it waits for next; from then on nothing else but that it is well."""
        (self._notifier.still_stopping if self._ending else self._notifier.stopping)(f"stopping: {waits_for}")
        self._ending = True

    def ready(self) -> None:
        """Tell that it serves."""
        if self._ending:
            return
        self._told = _Told(*self._line_now(), time.monotonic())
        self._notifier.ready(self._told.text)

    def reloading(self) -> None:
        """Tell that a reload has begun; `ready` tells its end."""
        if not self._ending:
            self._notifier.reloading("reading the configuration again")

    async def run(self) -> None:
        """Look each second, for ever."""
        feed_at_s = look_at_s = time.monotonic()
        while True:
            now_s = time.monotonic()
            if now_s - look_at_s > LAG_TOLD_S:
                log.warning("the event loop stood still for %.1f s", now_s - look_at_s)
            self._look(now_s)
            interval_s = self._notifier.watchdog_interval_s
            if interval_s is not None and now_s >= feed_at_s and not self._fault:
                self._notifier.watchdog()
                feed_at_s = now_s + interval_s
            look_at_s = time.monotonic() + min(LOOK_EVERY_S, interval_s or LOOK_EVERY_S)
            await asyncio.sleep(look_at_s - time.monotonic())

    def _look(self, now_s: float) -> None:
        fault = self._vitals.fault()
        if fault and not self._fault:
            log.critical("%s: the watchdog is not fed until it goes on", fault)
        elif self._fault and not fault:
            log.warning("what was stuck goes on")
        self._fault = fault
        head, text = (f"stuck: {fault}",) * 2 if fault else self._line_now()
        if self._told.is_news(head, text, now_s) and not self._ending:
            self._told = _Told(head, text, now_s)
            self._notifier.status(text)

    def _line_now(self) -> tuple[str, str]:
        """Its head and all of it; a fault in making it ends nothing, and is logged once as long as it lasts."""
        try:
            head, text = self._line.head(), self._line.text()
        except Exception as error:
            fault = f"a fault of the daemon in its status, the log has it ({type(error).__name__}: {error})"
            if fault != self._told.head:
                log.exception("a fault in the status line")
            return fault, fault
        return head, text


@dataclass(frozen=True, slots=True)
class _Told:
    """The line that the service manager knows, its head, and since when."""

    head: str = ""
    text: str = ""
    at_s: float = 0.0

    def is_news(self, head: str, text: str, now_s: float) -> bool:
        return head != self.head or (text != self.text and now_s >= self.at_s + FIGURES_EVERY_S)
