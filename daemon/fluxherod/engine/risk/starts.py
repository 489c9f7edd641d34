"""What a start finds of the kill switch and the breaker, in the journal and in the plain file, and what it makes of it.

A first start finds neither and trades. One without the other, or the two of different journals or times, means that
something was lost: trading starts halted and says why. On whether trading is stopped the stricter of the two holds.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from fluxherod.core.risk.safety import Breaker, BreakerStatus, KillSwitch, SafetyState
from fluxherod.core.types import BrokerOrder
from fluxherod.engine.effects import AlertRaised, Severity
from fluxherod.engine.events import Started

BY_THE_DAEMON = "fluxherod"
OUR_ORDERS = "fh-"
REVIEW = "Compare positions and orders with the broker's, then Resume"
_STRICTNESS = (BreakerStatus.NORMAL, BreakerStatus.REDUCED, BreakerStatus.DISABLED)


@dataclass(frozen=True, slots=True)
class Finding:
    """Why a start halts trading: a stable code and a sentence."""

    code: str
    text: str

    @property
    def alert(self) -> AlertRaised:
        """The finding for a person."""
        return AlertRaised(self.code, Severity.CRITICAL, f"Trading starts halted: {self.text}")


def find(event: Started, journaled: SafetyState | None, *, untouched: bool = False) -> Finding | None:
    """What is wrong with a start; `journaled` is the state that the journal ends with, None when it is empty.

    `untouched`: by the journal there has been no order and no command. So it is where the first start was killed before
    it could write the file, and then nothing can be lost with it.
    """
    if not event.mirror_read:
        return None  # a journal of before there was a mirror says nothing by not naming one
    mirror = event.mirror
    if event.mirror_fault:
        text = f"{event.mirror_fault}. What stopped trading may be lost with it. {REVIEW}"
        return Finding("START_MIRROR_DAMAGED", text)
    if journaled is None:
        if mirror is None:
            return None
        text = "safety.json tells of a database that is not there: trades and positions of before are not known"
        return Finding("START_WITHOUT_DATABASE", f"{text}. {REVIEW}")
    if mirror is None:
        if untouched:
            return None
        text = "safety.json is missing beside the database (new with this version, else lost). What stopped trading"
        return Finding("START_WITHOUT_MIRROR", f"{text} is taken from the database alone. {REVIEW}")
    if mirror.epoch != journaled.epoch:
        text = f"safety.json belongs to another database ({mirror.epoch[:8]}, this one is {journaled.epoch[:8]})"
        return Finding("START_OTHER_MIRROR", f"{text}: was either of them moved here? {REVIEW}")
    if mirror.run > journaled.run or mirror.inputs > journaled.inputs:
        text = f"the database is older than safety.json (run {journaled.run}, input {journaled.inputs}; safety.json: "
        text += f"run {mirror.run}, input {mirror.inputs}), as a restored backup is, or one whose disk failed as the "
        text += "daemon ended: what happened since is not in it"
        return Finding("START_OLD_DATABASE", f"{text}. {REVIEW}")
    return None


ANOTHER_JOURNAL = frozenset({"START_OLD_DATABASE", "START_OTHER_MIRROR"})


def find_orders(orders: Iterable[BrokerOrder]) -> Finding | None:
    """What is wrong with a first start, by the orders that the broker has: those of ours were placed by another."""
    ours = [order.client_order_id for order in orders if order.client_order_id.startswith(OUR_ORDERS)]
    if not ours:
        return None
    text = f"neither a database nor safety.json is there, but the broker has {len(ours)} orders of FluxHero"
    return Finding("START_ORDERS_UNKNOWN", f"{text}, such as {ours[0]}: was the state lost? {REVIEW}")


def begin(event: Started, journaled: SafetyState | None, finding: Finding | None, now_ns: int) -> SafetyState:
    """The state that a process begins with."""
    state = SafetyState(event.epoch, event.run) if journaled is None else journaled
    mirror = event.mirror
    if mirror is not None:
        state = _stricter(state, mirror, peak=finding is not None and mirror.epoch == state.epoch)
        if journaled is None:
            state = replace(state, breaker=mirror.breaker, daily_loss=mirror.daily_loss)
    if finding is not None and finding.code in ANOTHER_JOURNAL and state.breaker.status is BreakerStatus.REDUCED:
        state = replace(state, breaker=replace(state.breaker, latched=True))  # old books may say that it recovered
    state = replace(state, epoch=event.epoch, run=event.run)
    return state if finding is None else halted(state, finding.text, now_ns)


def halted(state: SafetyState, reason: str, now_ns: int) -> SafetyState:
    """The state with a halt by the daemon itself; who had halted before is not forgotten."""
    before = state.kill_switch
    if before.reason:
        reason += f" (halted before by {before.by or 'an operator'}: {before.reason})"
    return replace(state, kill_switch=KillSwitch(reason, BY_THE_DAEMON, now_ns, before.flatten, before.foreign))


def _stricter(state: SafetyState, mirror: SafetyState, peak: bool) -> SafetyState:
    """Whatever stops trading by either of the two; the higher peak only where the journal may be the older one."""
    kill_switch = state.kill_switch if state.kill_switch.reason else mirror.kill_switch
    breaker = _stricter_breaker(state.breaker, mirror.breaker)
    peak_e4 = max(state.breaker.peak_e4, mirror.breaker.peak_e4) if peak else state.breaker.peak_e4
    daily = state.daily_loss
    if mirror.daily_loss.reason and not daily.reason:
        daily = replace(daily, reason=mirror.daily_loss.reason, day=mirror.daily_loss.day)
    return replace(state, kill_switch=kill_switch, breaker=replace(breaker, peak_e4=peak_e4), daily_loss=daily)


def _stricter_breaker(ours: Breaker, theirs: Breaker) -> Breaker:
    def strictness(breaker: Breaker) -> tuple[int, bool]:
        return _STRICTNESS.index(breaker.status), breaker.latched

    return theirs if strictness(theirs) > strictness(ours) else ours
