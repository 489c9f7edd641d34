"""What stops trading and outlives the process: kill switch, circuit breaker, daily loss.

It is in the journal, and mirrored in a plain file so that a lost database does not lose it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class BreakerStatus(StrEnum):
    """NORMAL; REDUCED: smaller entries and tighter stops; DISABLED: everything is closed, no entries."""

    NORMAL = "normal"
    REDUCED = "reduced"
    DISABLED = "disabled"


@dataclass(frozen=True, slots=True)
class KillSwitch:
    """The halt by hand, or of a start that found too little; `reason` is "" while trading is not halted.

    `flatten` keeps everything of ours being closed, an entry that fills late too, until trading is resumed; `foreign`
    keeps what is not ours being closed as well.
    """

    reason: str = ""
    by: str = ""
    since_ns: int = 0
    flatten: bool = False
    foreign: bool = False


@dataclass(frozen=True, slots=True)
class Breaker:
    """The circuit breaker. `latched` holds it until an operator resets it; `peak_e4` is adjusted by cash flows.

    Args:
        reached_ns: when the critical drawdown was first read, while it is not confirmed by a second reading; else 0.
    """

    status: BreakerStatus = BreakerStatus.NORMAL
    latched: bool = False
    reason: str = ""
    changed_ns: int = 0
    peak_e4: int = 0
    reached_ns: int = 0


@dataclass(frozen=True, slots=True)
class DailyLoss:
    """The daily loss limit. `reason` is "" while it is not reached; `day` is the session in which it was.

    Args:
        base_e4: equity at the previous session's close, adjusted by cash flows; 0 while it is not known.
        base_day: the session whose losses are counted against it.
        reached_ns: when the limit was first read, while it is not confirmed by a second reading; else 0.
        carried_e4: cash flows since that session's close: the next session's base has them, too.
    """

    reason: str = ""
    day: str = ""
    base_e4: int = 0
    base_day: str = ""
    reached_ns: int = 0
    carried_e4: int = 0


@dataclass(frozen=True, slots=True)
class SafetyState:
    """All of it, with the journal that it belongs to: `epoch` is the journal's id, `run` its count of processes.

    `inputs` counts the journal's inputs up to the one that made it so.
    """

    epoch: str
    run: int
    inputs: int = 0
    kill_switch: KillSwitch = field(default_factory=KillSwitch)
    breaker: Breaker = field(default_factory=Breaker)
    daily_loss: DailyLoss = field(default_factory=DailyLoss)
