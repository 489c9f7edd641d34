"""Loads of market data for the engine: repeated until there is an answer, and said aloud when there is none."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from fluxherod.core.types import AssetInfo
from fluxherod.engine.effects import RequestBackfill, RequestHistory, RequestReference
from fluxherod.engine.events import BackfillRefused, Cause, Event, LinkChanged
from fluxherod.engine.ports import Clock, DataRefused, DataUnavailable, MarketData

Load = RequestReference | RequestHistory | RequestBackfill


class Loader:
    """Carries out what the engine wants loaded.

    `post` takes the answers, `on_fault` what an adapter must not raise; `pause` is waited for before each retry.
    """

    def __init__(
        self,
        market_data: MarketData,
        clock: Clock,
        post: Callable[[Event], None],
        on_fault: Callable[[str, Exception], None],
        pause: Callable[[], Awaitable[None]],
    ) -> None:
        self._market_data = market_data
        self._clock = clock
        self._post = post
        self._on_fault = on_fault
        self._pause = pause

    async def asset(self, symbol: str) -> AssetInfo:
        """What the broker says of a symbol, asked once.

        Raises:
            DataUnavailable: when it says nothing.
        """
        (asset,) = (await self._market_data.assets((symbol,))).assets
        return asset

    async def load(self, effect: Load) -> None:
        """Load, however long the broker can't be reached; said once, not at each try."""
        said = False
        while True:
            try:
                events = await self._loaded(effect)
            except DataRefused as refusal:
                why = Cause.CREDENTIALS if refusal.credentials else Cause.ANY
                self._post(LinkChanged("data", up=False, detail=str(refusal), fatal=True, cause=why))
                if isinstance(effect, RequestBackfill):
                    self._post(BackfillRefused(effect.symbols, str(refusal)))
                return
            except Exception as problem:
                if not said:
                    said = True
                    self._data_is_down(problem)
                await self._pause()
                continue
            if said:
                self._post(LinkChanged("data", up=True))
            for event in events:
                self._post(event)
            return

    async def _loaded(self, effect: Load) -> Sequence[Event]:
        source = self._market_data
        match effect:
            case RequestReference(symbols):
                assets, splits = await source.assets(symbols), await source.splits(symbols, self._clock.now_ns())
                return [assets, splits, await source.calendar(self._clock.now_ns())]
            case RequestHistory():
                return await source.history(effect, self._clock.now_ns())
            case RequestBackfill(symbols, since_ns):
                return [await source.backfill(symbols, since_ns, self._clock.now_ns())]

    def _data_is_down(self, problem: Exception) -> None:
        text = str(problem)
        if not isinstance(problem, DataUnavailable):
            self._on_fault("a fault in loading market data", problem)
            text = f"a fault in loading market data, the log has it ({type(problem).__name__}: {problem})"
        self._post(LinkChanged("data", up=False, detail=text))
