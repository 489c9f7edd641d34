"""How often each thing may happen on one way through a search, and what counts as a misfortune."""

from __future__ import annotations

from typing import Any

from engine.world import DAY_NS

# What is not here may happen whenever it can.
BUDGET = {
    "enter": 2,
    "cancel": 1,
    "close": 1,
    "reduce": 1,
    "stay": 1,
    "trail": 2,
    "poll": 1,
    "restart": 1,
    "lose": 2,
    "reorder": 2,
    "twice": 2,
    "drop": 2,
    "end": 1,
    "breach": 1,
}
# What only some starts have besides.
LIMITED = {"rest": 1}
STOPPED = {"halt": 1, "flatten": 1, "resume": 1}
HALTED = {"tape_halts": 1, "tape_resumes": 1, "signal": 1, "insist": 1}
ENDED = {"shut_down": 1, "end": 0}  # what the exchange ends in that moment is heard by nobody
# Prices and the account are never too old, and a limit entry follows the market once.
CHASED_ONCE: dict[str, Any] = {"chases": 1, "price_max_age_ns": DAY_NS, "account_max_age_ns": DAY_NS}

MISFORTUNES = frozenset({"breach", "restart", "lose_reply", "time_out", "hear_early", "hear_twice", "drop", "end"})
# Whose budget a choice is taken from, where it is not its own.
PAYS = {"lose_reply": "lose", "time_out": "lose", "hear_early": "reorder", "hear_twice": "twice"}
