"""The configuration: each key with its default and what is allowed. `config_layers` reads it from its sources."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import Field, PrivateAttr, model_validator

from fluxherod.configuration.grpc_section import GrpcConfig, Problem, listen_problems
from fluxherod.configuration.http_section import HttpConfig, http_problems
from fluxherod.configuration.research_section import ResearchConfig
from fluxherod.configuration.values import (
    BASIS_POINTS,
    AbsolutePath,
    ChannelUrls,
    DollarOffset,
    DrawdownShare,
    EquityShare,
    HttpUrl,
    LossShare,
    NewYorkTime,
    Percent,
    Period,
    Ratio,
    RiskShare,
    Seconds,
    Section,
    Share,
    SizeShare,
    StopDistance,
    Symbols,
    WebSocketUrl,
)

if TYPE_CHECKING:
    from fluxherod.engine.settings import Settings

Mode = Literal["paper", "live", "demo"]
Timeframe = Literal["1Min", "5Min", "15Min", "30Min", "1Hour", "1Day"]

PAPER_HOST = "paper-api.alpaca.markets"
LIVE_HOST = "api.alpaca.markets"
_MODE_OF_HOST = {PAPER_HOST: "paper", LIVE_HOST: "live"}
SIMULATOR = "127.0.0.1:8765"


class DaemonConfig(Section):
    mode: Mode = "paper"
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    log_format: Literal["auto", "journal", "json", "text"] = "auto"


class AlpacaConfig(Section):
    """Where the account is. The four URLs and the clock default by `daemon.mode`; these are paper's."""

    trading_url: HttpUrl = "https://paper-api.alpaca.markets"
    data_url: HttpUrl = "https://data.alpaca.markets"
    market_stream_url: WebSocketUrl = "wss://stream.data.alpaca.markets/v2/iex"
    trade_stream_url: WebSocketUrl = "wss://paper-api.alpaca.markets/stream"
    feed: Literal["iex", "sip"] = "iex"
    requests_per_minute: Annotated[int, Field(ge=100, le=100_000)] = 200
    clock: Literal["wall", "exchange"] = "wall"


class MarketConfig(Section):
    symbols: Symbols = ()
    timeframe: Timeframe = "1Hour"
    session: Literal["regular", "extended"] = "regular"
    history_bars: Annotated[int, Field(ge=100, le=10_000)] = 500
    bar_delay_s: Seconds = 2.0


class NoiseConfig(Section):
    """The noise filter; the four times cut the day into liquid and illiquid time."""

    spread_limit: Ratio = 0.05
    spread_limit_illiquid: Ratio = 0.025
    volume_ratio: Ratio = 0.5
    breakout_volume_ratio: Ratio = 1.5
    gap_limit: Ratio = 0.02
    close_quiet_minutes: Annotated[int, Field(ge=0, le=390)] = 15
    illiquid_before: NewYorkTime = "09:30"
    illiquid_midday: NewYorkTime = "12:00"
    illiquid_midday_end: NewYorkTime = "13:00"
    illiquid_from: NewYorkTime = "16:00"


class StrategyConfig(Section):
    """Periods in bars of the strategy timeframe, distances in ATR; the names are those of `StrategyParams`."""

    allow_shorts: bool = True
    neutral_entries: Literal["unopposed", "off"] = "unopposed"
    kama_period: Period = 20
    kama_fast: Annotated[int, Field(ge=1, le=1000)] = 2
    kama_slow: Annotated[int, Field(ge=2, le=1000)] = 30
    ema_period: Period = 20
    rsi_period: Period = 14
    atr_period: Period = 14
    adx_period: Period = 14
    bollinger_period: Period = 20
    bollinger_width: Annotated[float, Field(ge=0.1, le=10)] = 2.0
    regression_period: Period = 20
    volume_period: Period = 20
    atr_average_period: Period = 50
    trend_adx: Percent = 25.0
    trend_r2: Share = 0.6
    range_adx: Percent = 20.0
    range_r2: Share = 0.4
    confirmation_bars: Annotated[int, Field(ge=1, le=100)] = 3
    high_volatility: Ratio = 1.5
    low_volatility: Ratio = 0.7
    spike_ratio: Ratio = 2.0
    spike_stop_factor: Annotated[float, Field(ge=1, le=10)] = 1.5
    entry_atr: Ratio = 0.5
    exit_atr: Ratio = 0.3
    trend_stop_atr: StopDistance = 2.5
    reduced_stop_atr: StopDistance = 2.0
    trail_on: Literal["bar", "price"] = "bar"
    rsi_oversold: Percent = 30.0
    rsi_overbought: Percent = 70.0
    mean_reversion_stop: Annotated[float, Field(ge=0.0001, le=0.5)] = 0.03
    noise: NoiseConfig = NoiseConfig()


class RiskConfig(Section):
    """Limits as shares of equity (0.01 is 1 %), exact to the basis point."""

    trend_risk: RiskShare = Decimal("0.01")
    mean_reversion_risk: RiskShare = Decimal("0.0075")
    max_position: EquityShare = Decimal("0.2")
    max_exposure: EquityShare = Decimal("0.5")
    max_positions: Annotated[int, Field(ge=1, le=5000)] = 5
    neutral_size: SizeShare = Decimal("0.7")
    spike_size: SizeShare = Decimal("0.7")
    correlation_limit: Share = 0.7
    correlated_size: SizeShare = Decimal("0.5")
    correlation_basis: Literal["returns", "prices"] = "returns"
    warning_drawdown: DrawdownShare = Decimal("0.15")
    recovery_drawdown: DrawdownShare = Decimal("0.12")
    critical_drawdown: DrawdownShare = Decimal("0.2")
    reduced_size: SizeShare = Decimal("0.5")
    daily_loss: LossShare = Decimal("0.03")
    daily_loss_resumes: Literal["operator", "next_session"] = "operator"


class OrdersConfig(Section):
    entry_order: Literal["market", "limit"] = "market"
    chase_after_s: Annotated[float, Field(ge=1, le=3600)] = 60.0
    chases: Annotated[int, Field(ge=0, le=20)] = 3
    chase_offset: DollarOffset = Decimal("0.02")
    stops: Literal["broker", "daemon"] = "broker"
    flatten_at_close: bool = False
    flatten_before_close_s: Annotated[float, Field(ge=10, le=3600)] = 300.0
    foreign_positions: Literal["watch", "protect", "halt"] = "watch"
    foreign_stop: Annotated[float, Field(ge=0.0001, le=0.5)] = 0.03
    signal_max_age_s: Seconds = 300.0
    price_max_age_s: Seconds = 120.0
    account_max_age_s: Seconds = 60.0
    stop_grace_s: Seconds = 5.0
    lookups: Annotated[int, Field(ge=1, le=100)] = 3
    lookup_interval_s: Annotated[float, Field(ge=1, le=3600)] = 30.0


class AlertsConfig(Section):
    """Where alerts go besides the API and the log: Apprise URLs, which hold secrets and are never shown."""

    urls: Annotated[ChannelUrls, Field(repr=False)] = ()
    min_severity: Literal["info", "warning", "critical"] = "warning"
    repeat_after_s: Annotated[float, Field(ge=0, le=86_400)] = 3600.0
    most_per_hour: Annotated[int, Field(ge=1, le=3600)] = 60


class StorageConfig(Section):
    state_dir: AbsolutePath = Path()
    cache_dir: AbsolutePath = Path()
    keep_days: Annotated[int, Field(ge=0, le=36_500)] = 30


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a value came from: the layer, and the file, variable or flag in it."""

    layer: Literal["default", "file", "environment", "flag"]
    name: str = ""

    def __str__(self) -> str:
        return f"{self.layer} {self.name}".rstrip()


class Contradiction(ValueError):
    """Values that are allowed each for itself but not together: a key, what is allowed, the other key; each."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("; ".join(f"{key}: allowed is {allowed}" for key, allowed, _ in problems))
        self.problems = problems


class Config(Section):
    """All that the daemon is told, complete and valid; `load_config` makes it."""

    daemon: DaemonConfig = DaemonConfig()
    alpaca: AlpacaConfig = AlpacaConfig()
    market: MarketConfig = MarketConfig()
    strategy: StrategyConfig = StrategyConfig()
    risk: RiskConfig = RiskConfig()
    orders: OrdersConfig = OrdersConfig()
    alerts: AlertsConfig = AlertsConfig()
    grpc: GrpcConfig = GrpcConfig()
    http: HttpConfig = HttpConfig()
    storage: StorageConfig = StorageConfig()
    research: ResearchConfig = ResearchConfig()
    _origins: Mapping[str, Origin] = PrivateAttr(default_factory=dict)
    _again: Callable[[], Config] | None = PrivateAttr(default=None)

    @property
    def certificate_hosts(self) -> tuple[str, ...]:
        """Whom a certificate of the daemon's own must be for besides gRPC's clients: the browsers."""
        return self.http.certificate_hosts

    @property
    def origins(self) -> Mapping[str, Origin]:
        """Where the value of each key came from, by dotted key."""
        return self._origins

    def read_again(self) -> Config:
        """What the same file, environment and flags say now; itself when it was made without them.

        Raises:
            ConfigurationError: with every problem of every layer.
        """
        return self if self._again is None else self._again()

    @property
    def secret_keys(self) -> frozenset[str]:
        """Dotted keys whose values are shown nowhere."""
        return SECRET_KEYS

    @model_validator(mode="after")
    def _agree(self) -> Config:
        if problems := [
            *_mode_problems(self),
            *_session_problems(self),
            *_order_problems(self),
            *listen_problems(self.grpc),
            *http_problems(self.http),
        ]:
            raise Contradiction(problems)
        return self


# Keys whose values are shown nowhere: not by the API, not by check-config, not in an error, not in the log.
SECRET_KEYS = frozenset({"alerts.urls"})


def mode_defaults(mode: str, feed: str) -> dict[str, str]:
    """The values of `alpaca.*` that follow from the mode and the feed."""
    if mode == "demo":
        trading = data = f"http://{SIMULATOR}"
        streams, trades = f"ws://{SIMULATOR}", f"ws://{SIMULATOR}/stream"
    else:
        host = LIVE_HOST if mode == "live" else PAPER_HOST
        trading, data = f"https://{host}", "https://data.alpaca.markets"
        streams, trades = "wss://stream.data.alpaca.markets", f"wss://{host}/stream"
    return {
        "alpaca.trading_url": trading,
        "alpaca.data_url": data,
        "alpaca.market_stream_url": f"{streams}/v2/{feed}",
        "alpaca.trade_stream_url": trades,
        "alpaca.clock": "exchange" if mode == "demo" else "wall",
    }


def _mode_problems(config: Config) -> Iterator[Problem]:
    """Money of one kind must never be traded by a daemon that is told it trades another."""
    mode, alpaca = config.daemon.mode, config.alpaca
    for name in ("trading_url", "trade_stream_url"):
        host = urlsplit(getattr(alpaca, name)).hostname or ""
        owner = _MODE_OF_HOST.get(host, mode)
        if owner != mode:
            allowed = f'a host other than {host} unless daemon.mode is "{owner}" (it is "{mode}")'
            yield f"alpaca.{name}", allowed, "daemon.mode"
    if alpaca.clock == "exchange" and mode != "demo":
        allowed = f'"wall" unless daemon.mode is "demo" (it is "{mode}"): only alpacasim serves its clock'
        yield "alpaca.clock", allowed, "daemon.mode"


def _session_problems(config: Config) -> Iterator[Problem]:
    if config.market.session == "extended" and config.market.timeframe == "1Day":
        allowed = '"regular" when market.timeframe is "1Day": a daily bar is the regular session'
        yield "market.session", allowed, "market.timeframe"


_ORDERED = (
    ("range_adx", "trend_adx"),
    ("range_r2", "trend_r2"),
    ("kama_fast", "kama_slow"),
    ("rsi_oversold", "rsi_overbought"),
    ("low_volatility", "high_volatility"),
    ("noise.illiquid_before", "noise.illiquid_midday"),
    ("noise.illiquid_midday", "noise.illiquid_midday_end"),
    ("noise.illiquid_midday_end", "noise.illiquid_from"),
)


_RISK_ORDERED = (("recovery_drawdown", "warning_drawdown"), ("warning_drawdown", "critical_drawdown"))


def _order_problems(config: Config) -> Iterator[Problem]:
    for low_name, high_name in _RISK_ORDERED:
        low, high = (value_of(config.risk, name) for name in (low_name, high_name))
        if low > high:
            yield f"risk.{low_name}", f"at most risk.{high_name}, which is {high}", f"risk.{high_name}"
    for low_name, high_name in _ORDERED:
        low, high = (value_of(config.strategy, name) for name in (low_name, high_name))
        if low > high:
            yield f"strategy.{low_name}", f"at most strategy.{high_name}, which is {high}", f"strategy.{high_name}"


def value_of(section: Section, key: str) -> Any:
    """The value of a dotted key."""
    value: Any = section
    for name in key.split("."):
        value = getattr(value, name)
    return value


def to_settings(config: Config, latency_ns: int) -> Settings:
    """What the engine decides by; `latency_ns` is what a message may be late in exchange time."""
    # Here and not above: these import Numba, which `check-config` must not wait for.
    from fluxherod.core.risk.limits import RiskLimits
    from fluxherod.core.strategy.params import StrategyParams
    from fluxherod.engine.settings import Settings

    strategy, orders, neutral = config.strategy, config.orders, config.strategy.neutral_entries == "unopposed"
    numbers = strategy.model_dump(exclude={"noise", "allow_shorts", "neutral_entries", "trail_on"})
    noise: dict[str, Any] = {
        name if isinstance(value, int | float) else f"{name}_minute": _minute(value)
        for name, value in strategy.noise.model_dump().items()
    }
    risk = config.risk
    return Settings(
        symbols=config.market.symbols,
        timeframe=config.market.timeframe,
        session=config.market.session,
        history_bars=config.market.history_bars,
        strategy=StrategyParams(**numbers, **noise, neutral_entries=neutral),
        limits=RiskLimits(
            trend_risk_bp=int(risk.trend_risk * BASIS_POINTS),
            mean_reversion_risk_bp=int(risk.mean_reversion_risk * BASIS_POINTS),
            max_position_bp=int(risk.max_position * BASIS_POINTS),
            max_exposure_bp=int(risk.max_exposure * BASIS_POINTS),
            max_positions=risk.max_positions,
            neutral_size_bp=int(risk.neutral_size * BASIS_POINTS),
            spike_size_bp=int(risk.spike_size * BASIS_POINTS),
            correlation_limit=risk.correlation_limit,
            correlated_size_bp=int(risk.correlated_size * BASIS_POINTS),
            correlation_basis=risk.correlation_basis,
            warning_drawdown_bp=int(risk.warning_drawdown * BASIS_POINTS),
            recovery_drawdown_bp=int(risk.recovery_drawdown * BASIS_POINTS),
            critical_drawdown_bp=int(risk.critical_drawdown * BASIS_POINTS),
            reduced_size_bp=int(risk.reduced_size * BASIS_POINTS),
            daily_loss_bp=int(risk.daily_loss * BASIS_POINTS),
            daily_loss_resumes=risk.daily_loss_resumes,
        ),
        allow_shorts=strategy.allow_shorts,
        trail_on=strategy.trail_on,
        bar_delay_ns=_nanoseconds(config.market.bar_delay_s),
        signal_max_age_ns=_nanoseconds(orders.signal_max_age_s),
        price_max_age_ns=_nanoseconds(orders.price_max_age_s),
        account_max_age_ns=_nanoseconds(orders.account_max_age_s),
        stop_grace_ns=_nanoseconds(orders.stop_grace_s),
        lookup_interval_ns=_nanoseconds(orders.lookup_interval_s),
        lookups=orders.lookups,
        entry_order=orders.entry_order,
        chase_after_ns=_nanoseconds(orders.chase_after_s),
        chases=orders.chases,
        chase_offset_e4=int(orders.chase_offset * BASIS_POINTS),
        stops=orders.stops,
        flatten_before_close_ns=_nanoseconds(orders.flatten_before_close_s) if orders.flatten_at_close else 0,
        foreign_positions=orders.foreign_positions,
        foreign_stop_bp=round(orders.foreign_stop * BASIS_POINTS),
        latency_ns=latency_ns,
    )


def _minute(value: float | str) -> float:
    """Minutes since midnight of a time of day; a number as it is."""
    if not isinstance(value, str):
        return value
    hours, minutes = value.split(":")
    return 60 * int(hours) + int(minutes)


def _nanoseconds(seconds: float) -> int:
    return round(seconds * 1_000_000_000)
