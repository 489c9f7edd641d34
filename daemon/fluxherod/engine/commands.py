"""What people ask of the engine, by the API. A command is an event, and journaled as one."""

from __future__ import annotations

from dataclasses import dataclass, field

from fluxherod.core.types import AssetInfo, OrderType, Side
from fluxherod.engine.settings import Settings


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asked, and the id under which the answer is kept."""

    request_id: str
    principal: str


@dataclass(frozen=True, slots=True)
class PlaceOrderCommand:
    """An operator's order. `stop_price_e4` is the protective stop of an order that opens risk."""

    caller: Caller
    symbol: str
    side: Side
    quantity: int
    order_type: OrderType
    limit_price_e4: int | None = None
    stop_price_e4: int | None = None
    accept_adjusted: bool = False


@dataclass(frozen=True, slots=True)
class CancelOrderCommand:
    """Cancel a working order of ours."""

    caller: Caller
    order_id: str


@dataclass(frozen=True, slots=True)
class CancelAllOrdersCommand:
    """Cancel what works, and what waits to be sent again, but for protective stops; no symbols: of all."""

    caller: Caller
    symbols: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CloseAllPositionsCommand:
    """Close all positions of ours at the market."""

    caller: Caller
    reason: str = ""


@dataclass(frozen=True, slots=True)
class ClosePositionCommand:
    """Close a position of ours at the market."""

    caller: Caller
    symbol: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class HaltCommand:
    """Kill switch: no new risk, working entries cancelled, stops kept."""

    caller: Caller
    reason: str


@dataclass(frozen=True, slots=True)
class ResumeCommand:
    """End a halt."""

    caller: Caller
    reason: str


@dataclass(frozen=True, slots=True)
class FlattenCommand:
    """Halt, cancel every order of ours and close every position at the market; those not ours only when asked."""

    caller: Caller
    reason: str
    include_foreign: bool = False


@dataclass(frozen=True, slots=True)
class ResetBreakerCommand:
    """End what the breaker or the daily loss has latched. `target` is "reduced", "normal", or "" for the next one."""

    caller: Caller
    reason: str
    target: str = ""


@dataclass(frozen=True, slots=True)
class UpdateLimitsCommand:
    """Change limits of the risk engine, by name. `revision` is what the change is based on ("": whatever it is)."""

    caller: Caller
    changes: tuple[tuple[str, int | float | str], ...]
    revision: str
    reason: str


@dataclass(frozen=True, slots=True)
class ReplaceOrderCommand:
    """Change a working order of an operator; None leaves a field as it is. `quantity` counts filled shares too."""

    caller: Caller
    order_id: str
    quantity: int | None = None
    limit_price_e4: int | None = None
    accept_adjusted: bool = False


@dataclass(frozen=True, slots=True)
class AcknowledgeAlertCommand:
    """A person has seen an alert."""

    caller: Caller
    alert_id: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class AddSymbolCommand:
    """Follow one more symbol. `asset` is what the broker said of it; it is no part of what was asked for."""

    caller: Caller
    symbol: str
    asset: AssetInfo = field(compare=False)


@dataclass(frozen=True, slots=True)
class RemoveSymbolCommand:
    """Follow a symbol no more."""

    caller: Caller
    symbol: str


@dataclass(frozen=True, slots=True)
class EnableSymbolCommand:
    """Let a symbol be entered again."""

    caller: Caller
    symbol: str


@dataclass(frozen=True, slots=True)
class DisableSymbolCommand:
    """Take no new risk in a symbol; an open position is managed as before."""

    caller: Caller
    symbol: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class UpdateParametersCommand:
    """Change parameters of the strategy, by name. `revision` is what the change is based on ("": whatever it is)."""

    caller: Caller
    changes: tuple[tuple[str, bool | int | float], ...]
    revision: str
    reason: str


@dataclass(frozen=True, slots=True)
class ReloadCommand:
    """Take symbols, strategy and limits of a configuration that was read again; of the rest a restart decides.

    `reset` names keys of the configuration, such as `risk.max_position`, whose changes at run time are dropped. What
    was read, what the broker said of the symbols that join, and the keys that get a new value, or wait for a restart,
    are no part of what was asked for.
    """

    caller: Caller
    reset: tuple[str, ...]
    settings: Settings = field(compare=False)
    assets: tuple[AssetInfo, ...] = field(default=(), compare=False)
    changed: tuple[str, ...] = field(default=(), compare=False)
    waiting: tuple[str, ...] = field(default=(), compare=False)


UniverseCommand = (
    AddSymbolCommand
    | RemoveSymbolCommand
    | EnableSymbolCommand
    | DisableSymbolCommand
    | UpdateParametersCommand
    | UpdateLimitsCommand
    | ReloadCommand
)
OrderCommand = PlaceOrderCommand | CancelOrderCommand | ReplaceOrderCommand | ClosePositionCommand
SafetyCommand = HaltCommand | ResumeCommand | FlattenCommand | ResetBreakerCommand
SingleCommand = OrderCommand | SafetyCommand | UniverseCommand | AcknowledgeAlertCommand
AllCommand = CancelAllOrdersCommand | CloseAllPositionsCommand
Command = SingleCommand | AllCommand
