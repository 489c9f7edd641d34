"""A backtest of any kind that is followed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias

from fluxhero.v1 import backtest_pb2, trade_pb2

Message: TypeAlias = (
    "backtest_pb2.RunBacktestResponse | backtest_pb2.RunWalkForwardResponse | backtest_pb2.RunSweepResponse"
)
Result: TypeAlias = "backtest_pb2.BacktestResult | backtest_pb2.WalkForwardResult | backtest_pb2.SweepResult"


@dataclass
class Run:
    """What is known of it."""

    id: str = ""
    started: bool = False
    error: str = ""
    progress: backtest_pb2.BacktestProgress = field(default_factory=backtest_pb2.BacktestProgress)
    result: Result = field(default_factory=backtest_pb2.BacktestResult)
    trades: list[trade_pb2.Trade] = field(default_factory=list)

    def take(self, message: Message) -> None:
        """Progress, or the result."""
        self.id = message.backtest_id or self.id
        if message.HasField("progress"):
            self.progress = message.progress
        if message.HasField("result"):
            self.result = message.result
            self.progress.done_pct = 100.0
            self.progress.state = backtest_pb2.BACKTEST_STATE_SUCCEEDED

    def load(self, answer: backtest_pb2.GetBacktestResponse) -> None:
        """One that ran before."""
        self.id, self.started = answer.backtest.id, True
        self.progress, self.error = answer.backtest.progress, answer.backtest.error
        self.result = getattr(answer, answer.WhichOneof("result") or "single")
        self.trades = list(answer.trades)
