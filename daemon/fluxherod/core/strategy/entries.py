"""Entry edges: an entry fires on the bar where (confirmed regime and price rule) of a mode and side turns true.

The edge memory is two sets of bits. `conditions`: bit 2 x mode for long, 2 x mode + 1 for short, so at most two
of six are set, those of the confirmed regime, those of a mode that is switched off too: switching it on turns nothing
true. `rules`: the price rules alone, to say which of the two turned.
"""

from __future__ import annotations

import numpy as np

from fluxherod.core.jit import Record, inlined
from fluxherod.core.strategy.codes import EntryMode, Trigger

ENTRY_MEMORY = np.dtype([("conditions", "i8"), ("rules", "i8"), ("seen", "i8")], align=True)

_TREND_LONG, _TREND_SHORT, _MR_LONG, _MR_SHORT = 1, 2, 4, 8
_NO_MODE = int(EntryMode.NONE)
_MEAN_REVERSION = int(EntryMode.MEAN_REVERSION)
_NEUTRAL = int(EntryMode.NEUTRAL)
_NO_TRIGGER = int(Trigger.NONE)
_CROSSOVER = int(Trigger.CROSSOVER)
_RSI_BAND = int(Trigger.RSI_BAND)
_REGIME_CONFIRMED = int(Trigger.REGIME_CONFIRMED)
_OPPOSITION_ENDED = int(Trigger.OPPOSITION_ENDED)


@inlined
def no_entry(decision: Record) -> None:
    """This bar opens nothing."""
    decision["entry"] = 0
    decision["entry_mode"] = _NO_MODE
    decision["trigger"] = _NO_TRIGGER


@inlined
def _standing(decision: Record, regime: int) -> tuple[bool, bool]:
    if regime == _MEAN_REVERSION:
        return decision["mr_long"], decision["mr_short"]
    if regime == _NEUTRAL:
        return (
            decision["trend_long"] & (not decision["mr_short"]),
            decision["trend_short"] & (not decision["mr_long"]),
        )
    return decision["trend_long"], decision["trend_short"]


@inlined
def conditions_of(decision: Record, regime: int) -> int:
    """What stands in the confirmed regime, as bits of the memory's `conditions`."""
    long, short = _standing(decision, regime)
    return (int(long) + 2 * int(short)) << (2 * regime)


@inlined
def side_of(fired: int, regime: int, params: Record) -> int:
    """1 for a long entry, -1 for a short one, 0 for none, by the conditions that have turned true."""
    is_long = (fired >> (2 * regime)) & 1
    none = (fired == 0) | ((regime == _NEUTRAL) & (not params["neutral_entries"]))
    return 0 if none else (1 if is_long else -1)


@inlined
def decide_entry(memory: Record, decision: Record, params: Record) -> None:
    """Fire the edge of this bar, if there is one, and remember what stands. The first bar only remembers."""
    regime = decision["regime"]
    conditions = conditions_of(decision, regime)
    rules = (
        _TREND_LONG * int(decision["trend_long"])
        + _TREND_SHORT * int(decision["trend_short"])
        + _MR_LONG * int(decision["mr_long"])
        + _MR_SHORT * int(decision["mr_short"])
    )
    fired = conditions & ~memory["conditions"] if memory["seen"] else 0
    turned = rules & ~memory["rules"]
    memory["conditions"] = conditions
    memory["rules"] = rules
    memory["seen"] = 1
    no_entry(decision)
    side = side_of(fired, regime, params)
    if side == 0:
        return
    is_long = side > 0
    decision["entry"] = side
    decision["entry_mode"] = regime
    if regime == _MEAN_REVERSION and turned & (_MR_LONG if is_long else _MR_SHORT):
        decision["trigger"] = _RSI_BAND
    elif regime != _MEAN_REVERSION and turned & (_TREND_LONG if is_long else _TREND_SHORT):
        decision["trigger"] = _CROSSOVER
    elif decision["regime_changed"]:
        decision["trigger"] = _REGIME_CONFIRMED
    else:
        decision["trigger"] = _OPPOSITION_ENDED
