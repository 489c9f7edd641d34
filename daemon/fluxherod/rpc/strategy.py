"""StrategyService: the strategy, where it may trade, its parameters, and what it has earned."""

from __future__ import annotations

from fluxhero.v1 import common_pb2, strategy_pb2, strategy_pb2_grpc
from fluxherod.engine.commands import DisableSymbolCommand, EnableSymbolCommand, UpdateParametersCommand
from fluxherod.engine.operators.overrides import Value, parameter_range, parameters_of, problems, revision
from fluxherod.engine.settings import Settings
from fluxherod.rpc import masks, validate
from fluxherod.rpc.calls import Context
from fluxherod.rpc.commands import Asker
from fluxherod.rpc.errors import Refused
from fluxherod.rpc.live import Live
from fluxherod.rpc.pages import Paging
from fluxherod.rpc.performance import performance_response
from fluxherod.rpc.tables import Tables

NAME = "dual_mode"
_DESCRIPTION = (
    "Follows a strong trend beyond its adaptive average, buys and sells the extremes of a quiet market, and in between "
    "takes a trend entry that mean reversion does not oppose, at smaller size."
)
_MODES = (common_pb2.STRATEGY_MODE_TREND, common_pb2.STRATEGY_MODE_MEAN_REVERSION)
_DEFAULTS = parameters_of(Settings(()))


class StrategyService(strategy_pb2_grpc.StrategyServiceServicer):
    """The one strategy of this daemon."""

    def __init__(self, live: Live, tables: Tables, asker: Asker) -> None:
        self._live = live
        self._tables = tables
        self._asker = asker

    async def ListStrategies(
        self, request: strategy_pb2.ListStrategiesRequest, context: Context
    ) -> strategy_pb2.ListStrategiesResponse:
        """The strategy."""
        page = Paging.of(request).slice([self._strategy()], lambda strategy: [strategy.name])
        return strategy_pb2.ListStrategiesResponse(strategies=page.items, next_page_token=page.next_page_token)

    async def GetPerformance(
        self, request: strategy_pb2.GetPerformanceRequest, context: Context
    ) -> strategy_pb2.GetPerformanceResponse:
        """What each mode has earned."""
        return await performance_response(self._live, self._tables, request)

    async def EnableSymbol(
        self, request: strategy_pb2.EnableSymbolRequest, context: Context
    ) -> strategy_pb2.EnableSymbolResponse:
        """Let a symbol be entered again."""
        symbol = validate.symbol(request.symbol)
        caller = self._asker.caller("EnableSymbol", request.request_id)
        await self._asker.ask(EnableSymbolCommand(caller, symbol), context)
        return strategy_pb2.EnableSymbolResponse(strategy=self._strategy())

    async def DisableSymbol(
        self, request: strategy_pb2.DisableSymbolRequest, context: Context
    ) -> strategy_pb2.DisableSymbolResponse:
        """Take no new risk in a symbol."""
        symbol, reason = validate.symbol(request.symbol), validate.reason(request.reason, required=False)
        caller = self._asker.caller("DisableSymbol", request.request_id)
        await self._asker.ask(DisableSymbolCommand(caller, symbol, reason), context)
        return strategy_pb2.DisableSymbolResponse(strategy=self._strategy())

    async def UpdateParameters(
        self, request: strategy_pb2.UpdateParametersRequest, context: Context
    ) -> strategy_pb2.UpdateParametersResponse:
        """Change parameters from the next bar on."""
        caller = self._asker.caller("UpdateParameters", request.request_id)
        wrong: dict[str, str] = {}
        changes: dict[str, Value] = masks.changes(
            request.parameters, "parameters", request.update_mask.paths, _DEFAULTS, wrong
        )
        masks.reason(request.reason, validate.MAX_TEXT, wrong)
        if not self._asker.answered(caller):  # what was judged before is not judged by what holds now
            wrong |= {f"parameters.{name}": allowed for name, allowed in self._problems(changes).items()}
        if wrong:
            text = "; ".join(f"{field}: {allowed}" for field, allowed in wrong.items())
            raise Refused("INVALID_FIELD", text, fields=wrong)
        command = UpdateParametersCommand(caller, tuple(changes.items()), request.revision, request.reason)
        await self._asker.ask(command, context)
        return strategy_pb2.UpdateParametersResponse(strategy=self._strategy())

    def _problems(self, changes: dict[str, Value]) -> dict[str, str]:
        universe = self._live.engine.universe
        return problems(universe.configured, {**universe.overrides.parameters, **changes})

    def _strategy(self) -> strategy_pb2.Strategy:
        engine = self._live.engine
        settings, symbols = engine.settings, sorted(engine.market.books)
        changed = engine.universe.changed
        values = parameters_of(settings)
        return strategy_pb2.Strategy(
            name=NAME,
            description=_DESCRIPTION,
            modes=_MODES,
            timeframe=settings.timeframe,
            parameters=strategy_pb2.StrategyParameters(**values),  # type: ignore[arg-type]
            revision=revision(settings),
            parameter_infos=[_info(name, name in changed) for name in values],
            enabled_symbols=[symbol for symbol in symbols if settings.why_disabled(symbol) is None],
            disabled_symbols=[symbol for symbol in symbols if settings.why_disabled(symbol) is not None],
        )


def _info(name: str, changed: bool) -> strategy_pb2.ParameterInfo:
    low, high = parameter_range(name)
    return strategy_pb2.ParameterInfo(name=name, min=low, max=high, default_value=_DEFAULTS[name], changed=changed)
