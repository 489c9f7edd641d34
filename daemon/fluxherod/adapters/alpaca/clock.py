"""Trading time: the wall clock at Alpaca, the exchange's own clock against the simulator."""

from __future__ import annotations

import asyncio
import logging
import math
import time
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import suppress
from email.utils import parsedate_to_datetime

import httpx

from fluxherod.adapters.alpaca import wire
from fluxherod.adapters.alpaca.errors import Unavailable, WireError
from fluxherod.adapters.alpaca.rest import tls_context
from fluxherod.core.calendar import SECOND_NS
from fluxherod.engine.events import Event, LinkChanged

log = logging.getLogger(__name__)

LONGEST_SLEEP_S = 1.0
TOLD_STEP_NS = 1_000_000_000
SILENCE_S = 5.0  # of an exchange's clock that is no longer waited for
OFFSET_ANSWERS, LEAST_ANSWERS = 8, 3
TOLD_OFFSET_NS, MENDED_OFFSET_NS = 2 * SECOND_NS, SECOND_NS
LONGEST_WAIT_S = 30.0


class WallClock:
    """The machine's clock, which never goes back: when the machine's is set back, this one goes on at half speed.

    So time neither stands still (no deadline would come, and no account would grow old) nor leaps, and the two
    meet again.
    """

    rate: float = 1.0

    def __init__(
        self,
        *,
        wall_ns: Callable[[], int] = time.time_ns,
        monotonic_ns: Callable[[], int] = time.monotonic_ns,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._wall_ns = wall_ns
        self._monotonic_ns = monotonic_ns
        self._sleep = sleep
        self._latest_ns = 0
        self._read_at_ns = monotonic_ns()
        self._behind = False

    def now_ns(self) -> int:
        """UTC now."""
        read_at_ns, wall_ns = self._monotonic_ns(), self._wall_ns()
        back_ns = self._latest_ns - wall_ns
        if back_ns > TOLD_STEP_NS and not self._behind:
            text = "the machine's clock was set back by %.1f s: time goes at half speed until it is caught up with"
            log.error(text, back_ns / 1e9)
        self._behind = back_ns > 0
        self._latest_ns = max(wall_ns, self._latest_ns + (read_at_ns - self._read_at_ns) // 2)
        self._read_at_ns = read_at_ns
        return self._latest_ns

    def observe(self, ns: int) -> None:
        """The wall needs no proof of the time: a message from the future is a message with a wrong stamp."""

    async def wait_until(self, ns: int) -> None:
        """Sleep in short naps, so that a clock that is set meanwhile is noticed."""
        while (ahead_ns := ns - self.now_ns()) > 0:
            await self._sleep(min(ahead_ns / 1e9, LONGEST_SLEEP_S))


class ClockOffset:
    """How far the machine's clock is off the exchange's, by the Date headers of REST's last answers.

    A header names a second that lies between request and receipt, so each answer says between which bounds the offset
    is, a slow answer only roughly. Posts LinkChanged("clock") when it is more than 2 s off, and when it is right again.
    """

    def __init__(
        self,
        now_ns: Callable[[], int],
        post: Callable[[Event], None],
        *,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.now_ns = now_ns
        self._post = post
        self._sleep = sleep
        self._bounds: deque[tuple[int, int]] = deque(maxlen=OFFSET_ANSWERS)
        self._is_off = False

    def heard(self, date: str, sent_ns: int) -> None:
        """The Date header of an answer that has just come; its request was sent then, by our clock."""
        try:
            made = parsedate_to_datetime(date)
            made_ns = int(made.timestamp()) * SECOND_NS
        except (ValueError, OverflowError):
            return
        if made.tzinfo is None:
            return
        self._bounds.append((sent_ns - made_ns - SECOND_NS, self.now_ns() - made_ns))
        self._look()

    @property
    def offset_ns(self) -> int:
        """What is certain: our clock is at least so much ahead of the exchange's, or behind where negative."""
        if len(self._bounds) < LEAST_ANSWERS:
            return 0
        # The second best bound, as one answer alone may be wrong: kept by a proxy, or made while a clock was set.
        least = sorted(least for least, _ in self._bounds)[-2]
        most = sorted(most for _, most in self._bounds)[1]
        return least if least > 0 else min(most, 0)

    async def reached(self, ns: int) -> None:
        """Return once it is so late at the exchange, as far as is known; after 30 s at the latest."""
        left_s = LONGEST_WAIT_S
        while left_s > 0 and (offset_ns := self.offset_ns) > 0 and (early_ns := ns + offset_ns - self.now_ns()) > 0:
            nap_s = min(early_ns / SECOND_NS, LONGEST_SLEEP_S, left_s)
            await self._sleep(nap_s)
            left_s -= nap_s

    def _look(self) -> None:
        offset_ns = self.offset_ns
        if not self._is_off and abs(offset_ns) > TOLD_OFFSET_NS:
            self._is_off = True
            off = f"{abs(offset_ns) / SECOND_NS:.1f} s {'ahead of' if offset_ns > 0 else 'behind'} the exchange's"
            self._post(LinkChanged("clock", False, f"The machine's clock is at least {off}"))
        elif self._is_off and abs(offset_ns) < MENDED_OFFSET_NS:
            self._is_off = False
            log.info("the machine's clock is right again")
            self._post(LinkChanged("clock", True))


class ExchangeClock:
    """The time that the simulator serves at `/sim/clock`.

    Between two polls it runs on at the served rate; with rate 0 only polls and observed messages move
    it. It never goes back: when it ran ahead of the exchange it stands until the exchange has caught up.
    """

    def __init__(
        self,
        base_url: str,
        *,
        poll_interval_s: float = 0.1,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        if poll_interval_s < 0.1:
            raise ValueError(f"poll_interval_s is {poll_interval_s}: at most 10 polls a wall second are allowed")
        self.polls = 0
        self.failed_polls = 0
        self._poll_interval_s = poll_interval_s
        self._monotonic = monotonic
        self._sleep = sleep
        self._client = httpx.AsyncClient(base_url=base_url, timeout=2.0, transport=transport, verify=tls_context())
        self._anchor_ns = 0
        self._polled_ns = 0
        self._anchored_at = self._answered_at = monotonic()
        self._rate = 0.0
        self._latest_ns = 0
        self._changed = asyncio.Event()

    @property
    def rate(self) -> float:
        """Exchange seconds per wall second, as last polled."""
        return self._rate

    def now_ns(self) -> int:
        """Exchange time; 0 before the first poll."""
        self._latest_ns = max(self._latest_ns, self._running_ns())
        return self._latest_ns

    def _running_ns(self) -> int:
        return self._anchor_ns + int((self._monotonic() - self._anchored_at) * self._rate * 1e9)

    def observe(self, ns: int) -> None:
        """Move forward to the time that a message proves."""
        if ns > self.now_ns():
            self._anchor(ns)

    async def wait_until(self, ns: int) -> None:
        """Return once the clock has reached `ns`, by running, by a poll or by a message."""
        while ns > self.now_ns():
            changed = self._changed
            # By the exchange's own time: a clock that stands until that has caught up must not be asked on and on.
            ahead_ns = ns - self._running_ns()
            try:
                async with asyncio.timeout(ahead_ns / 1e9 / self._rate if self._rate else None):
                    await changed.wait()
            except TimeoutError:
                continue

    async def reached(self, ns: int) -> None:
        """Return once the exchange itself has said that it is so late: `now_ns` may be ahead of one that falls behind.

        An exchange that stands says no more, and what it has it has. So it is with one that has not answered for 5 s.
        """
        while ns > self._polled_ns and self._rate > 0:
            patience_s = self._answered_at + SILENCE_S - self._monotonic()
            if patience_s <= 0:
                return
            with suppress(TimeoutError):
                async with asyncio.timeout(patience_s):
                    await self._changed.wait()

    async def poll(self) -> None:
        """Read the exchange's clock once.

        Raises:
            Unavailable: when it does not answer.
        """
        self.polls += 1
        try:
            response = await self._client.get("/sim/clock")
            response.raise_for_status()
            time_ns, rate = wire.decode_exchange_clock(response.content)
        except (httpx.HTTPError, OSError, WireError) as error:
            self.failed_polls += 1
            raise Unavailable(f"the exchange's clock does not answer: {error}") from error
        if not (math.isfinite(rate) and rate >= 0):
            raise Unavailable(f"the exchange's clock has the rate {rate}")
        self._rate, self._polled_ns, self._answered_at = rate, time_ns, self._monotonic()
        self._anchor(time_ns)

    async def run(self) -> None:
        """Poll for ever. While the exchange is silent the clock runs on at its last rate."""
        failing = False
        while True:
            try:
                await self.poll()
                failing = False
            except Unavailable as error:
                if not failing:
                    log.warning("%s", error)
                failing = True
            await self._sleep(self._poll_interval_s)

    async def aclose(self) -> None:
        """Close the connection to the exchange."""
        await self._client.aclose()

    def _anchor(self, ns: int) -> None:
        self._anchor_ns = ns
        self._anchored_at = self._monotonic()
        self._changed.set()
        self._changed = asyncio.Event()
