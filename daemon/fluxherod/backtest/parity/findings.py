"""What the comparison finds: each decision and each fill of both sides, in one of a few classes."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum

from fluxherod.core.money import CENT_E4, E4, dollars


def price(value_e4: int) -> str:
    """A price as people read it, with what it has beyond whole cents."""
    return f"${value_e4 / E4:,.4f}" if value_e4 % CENT_E4 else dollars(value_e4)


class Kind(StrEnum):
    """Why the backtest and the day differ; SAME where they don't."""

    SAME = "same"
    FILL_PRICE = "fill_price"
    FILL_TIME = "fill_time"
    PARTIAL_FILL = "partial_fill"
    UNFILLED = "unfilled"
    CHASED = "chased"
    REFUSED = "refused"
    NO_ANSWER = "no_answer"
    ENDED_BY_BROKER = "ended_by_broker"
    STOP_PATH = "stop_path"
    LIVE_RULE = "live_rule"
    OPERATOR = "operator"
    MANUAL_ORDER = "manual_order"
    LOSS_LIMIT = "loss_limit"
    END_OF_DAY = "end_of_day"
    HALTED = "halted"
    DATA_LATE = "data_late"
    RESTART = "restart"
    CONNECTION = "connection"
    ADOPTED = "adopted"
    LONGER_MEMORY = "longer_memory"
    FOLLOWS = "follows"
    UNEXPLAINED = "unexplained"


MEANINGS = {
    Kind.SAME: "both sides did the same",
    Kind.FILL_PRICE: "the market filled it at another price than the next bar's open with the modelled slippage",
    Kind.FILL_TIME: "it filled when it was sent; by the bars alone it would not have",
    Kind.PARTIAL_FILL: "only a part of it had filled by the end of the bar",
    Kind.UNFILLED: "it had not filled by the end of the bar, or its chase was given up",
    Kind.CHASED: "it filled after it was sent again nearer to the market",
    Kind.REFUSED: "the broker refused it",
    Kind.NO_ANSWER: "the broker did not say what became of it, or never had it",
    Kind.ENDED_BY_BROKER: "the broker, or someone there, ended it",
    Kind.STOP_PATH: "a stop was hit on one side alone: bars don't show when their prices were traded",
    Kind.LIVE_RULE: "a rule that bars alone can't follow; it is named",
    Kind.OPERATOR: "a person closed, cancelled, halted or switched something off",
    Kind.MANUAL_ORDER: "a person's own order",
    Kind.LOSS_LIMIT: "breaker or daily loss: live they read every price, and twice; in a backtest each bar's close",
    Kind.END_OF_DAY: "the close was near, or the day ended",
    Kind.HALTED: "the symbol did not trade at the exchange",
    Kind.DATA_LATE: "the bar was known late",
    Kind.RESTART: "the process was not there",
    Kind.CONNECTION: "a connection, the disk or the account data failed",
    Kind.ADOPTED: "shares or cash were brought in line with the broker's",
    Kind.LONGER_MEMORY: "the live kernel remembers more bars than the backtest began with",
    Kind.FOLLOWS: "the same rules on another account: it follows from what differs before it",
    Kind.UNEXPLAINED: "nothing in the journal explains it",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was decided, filled or changed, as it was live and as the backtest has it.

    Args:
        what: "entry", "exit", "stop", "fill", "close" or "account".
        rule: the live-only rule of LIVE_RULE, else "".
        live, backtest: what each side did, in words; "" for nothing.
        why: the cause, in words.
        slippage_bp: of a fill on both sides, how much worse the live price was.
        money_e4: what it changed of the day's result, with all that followed from it.
        number: the input of the journal that brought it.
    """

    number: int
    now_ns: int
    symbol: str
    what: str
    kind: Kind
    live: str
    backtest: str
    why: str = ""
    rule: str = ""
    slippage_bp: float | None = None
    money_e4: int = 0


@dataclass(frozen=True, slots=True)
class Parity:
    """A day compared.

    Args:
        findings: in the order in which they happened.
        live_e4: what the day's trading brought, open positions at the last closes, cash by itself left out;
            `backtest_e4` what the backtest makes of the same start.
        bars: completed bars on which both sides decided.
        history_bars: with how many bars of before a symbol began, at most.
    """

    day: str
    symbols: tuple[str, ...]
    timeframe: str
    bars: int
    history_bars: int
    findings: tuple[Finding, ...]
    live_e4: int
    backtest_e4: int
    differs_at: int | None

    @property
    def unexplained(self) -> tuple[Finding, ...]:
        """What is a failure."""
        return tuple(one for one in self.findings if one.kind is Kind.UNEXPLAINED)

    def slippage_bp(self, kind: Kind) -> float | None:
        """How much worse the live prices of a class were on average; None where nothing of it has two prices."""
        known = [one.slippage_bp for one in self.findings if one.kind is kind and one.slippage_bp is not None]
        return sum(known) / len(known) if known else None

    @property
    def counts(self) -> dict[Kind, int]:
        """How many there are of each class that occurs, in the classes' order."""
        found = Counter(one.kind for one in self.findings)
        return {kind: found[kind] for kind in Kind if found[kind]}

    def money_e4(self, kind: Kind) -> int:
        """What a class changed of the day's result."""
        return sum(one.money_e4 for one in self.findings if one.kind is kind)
