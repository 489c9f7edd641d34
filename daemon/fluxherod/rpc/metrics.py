"""What Prometheus is told: counts as things happen, everything else from the state at the moment of a scrape."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from functools import partial

import grpc
from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector, disable_created_metrics
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.registry import Collector

from fluxherod.core.calendar import SECOND_NS
from fluxherod.core.money import from_e4
from fluxherod.core.orders import OrderState
from fluxherod.core.risk.approval import ApprovedOrder, ApprovedReplacement
from fluxherod.core.risk.safety import BreakerStatus
from fluxherod.engine.effects import Severity
from fluxherod.engine.engine import Engine
from fluxherod.engine.events import BrokerSnapshot, CancelAnswered, LookupAnswered, ReplaceAnswered, SubmitAnswered
from fluxherod.engine.ports import Broker, Clock, JournalEntry, Store
from fluxherod.engine.runner import Runner
from fluxherod.engine.streams.hub import Hub, HubGauges
from fluxherod.rpc.calls import Handler
from fluxherod.rpc.info import DaemonInfo, MarketCounters, TradeCounters

disable_created_metrics()  # a fifth of a scrape, which nobody reads

RPC_BUCKETS = (0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1.0, 5.0)
COMMIT_BUCKETS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0)
ORDER_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
STATES = ("STARTING", "WARMING", "ACTIVE", "DEGRADED", "HALTED", "STOPPING")
# By the field of TopicGauges. A stream of several topics counts in each of them.
TOPIC_SERIES: Mapping[str, tuple[type[GaugeMetricFamily | CounterMetricFamily], str, str]] = {
    "subscribers": (GaugeMetricFamily, "subscribers", "streams that are open"),
    "queued": (GaugeMetricFamily, "queued_updates", "updates that wait for their subscribers"),
    "conflated": (CounterMetricFamily, "conflated_updates", "updates that a newer one replaced"),
    "overflowed": (CounterMetricFamily, "overflows", "streams that were ended as too slow"),
    "resumed": (CounterMetricFamily, "resumed", "streams that went on where they had ended"),
    "past_gone": (CounterMetricFamily, "past_gone", "streams that came back when what they missed was gone"),
}
# Codes that alerts are made of are there from the start: a rate over a series that begins later misses its beginning.
FIRST_CODES = (grpc.StatusCode.OK, grpc.StatusCode.INTERNAL, grpc.StatusCode.UNAVAILABLE)


class Metrics:
    """Counters and histograms, and the text of a scrape. `watch` says what else is read, once it is there."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._calls = Counter(
            "fluxhero_rpc_requests",
            "Calls that ended, over gRPC and HTTP.",
            ("method", "code"),
            registry=self._registry,
        )
        self._call_seconds = Histogram(
            "fluxhero_rpc_duration_seconds",
            "How long unary calls took.",
            ("method",),
            buckets=RPC_BUCKETS,
            registry=self._registry,
        )
        self._commit_seconds = Histogram(
            "fluxhero_journal_commit_seconds",
            "From handing entries to the journal until they are durable.",
            buckets=COMMIT_BUCKETS,
            registry=self._registry,
        )
        self._order_seconds = Histogram(
            "fluxhero_bar_to_order_seconds",
            "From taking up what completed a bar until the order that came of it leaves, durable.",
            buckets=ORDER_BUCKETS,
            registry=self._registry,
        )
        self._unary: frozenset[str] = frozenset()
        ProcessCollector(registry=self._registry)

    def know(self, handlers: Mapping[str, Handler]) -> None:
        """Begin the series of each method."""
        self._unary = frozenset(name for name, handler in handlers.items() if not handler.response_streaming)
        for method in handlers:
            for code in FIRST_CODES:
                self._calls.labels(method, code.name)
        for method in self._unary:
            self._call_seconds.labels(method)

    def called(self, method: str, code: str, seconds: float) -> None:
        """A call ended."""
        self._calls.labels(method, code).inc()
        if method in self._unary:
            self._call_seconds.labels(method).observe(seconds)

    def watch(self, collector: Collector) -> None:
        """Ask a collector at each scrape, too."""
        self._registry.register(collector)

    def watch_daemon(self, engine: Engine, runner: Runner, hub: Hub, info: DaemonInfo) -> None:
        """Read the daemon's state at each scrape."""
        self.watch(DaemonCollector(engine, runner, hub, info))

    def text(self) -> tuple[bytes, str]:
        """Everything now, and its content type."""
        return generate_latest(self._registry), CONTENT_TYPE_LATEST

    def timed_store(self, store: Store, now: Callable[[], float]) -> Store:
        """A store whose commits are timed; `now` is in seconds."""
        return _TimedStore(store, self._commit_seconds, now)

    def timed_broker(self, broker: Broker, engine: Engine, clock: Clock) -> Broker:
        """A broker that notes how old a bar's decision is when its order leaves."""
        return _TimedBroker(broker, self._order_seconds, engine, clock)


class _TimedStore:
    def __init__(self, store: Store, seconds: Histogram, now: Callable[[], float]) -> None:
        self._store = store
        self._seconds = seconds
        self._now = now

    def append(self, entries: Sequence[JournalEntry]) -> Awaitable[None]:
        started = self._now()
        commit = asyncio.ensure_future(self._store.append(entries))
        commit.add_done_callback(partial(self._committed, started))
        return commit

    def reopen(self) -> Awaitable[int]:
        return self._store.reopen()

    def _committed(self, started: float, commit: asyncio.Future[None]) -> None:
        if not commit.cancelled() and commit.exception() is None:
            self._seconds.observe(self._now() - started)


class _TimedBroker:
    def __init__(self, broker: Broker, seconds: Histogram, engine: Engine, clock: Clock) -> None:
        self._broker = broker
        self._seconds = seconds
        self._engine = engine
        self._clock = clock

    async def submit(self, order: ApprovedOrder, unwanted: Callable[[], str] = lambda: "") -> SubmitAnswered:
        known = self._engine.desk.orders.get(order.id)
        if known is not None and known.signal_id is not None and not known.chase_count and self._clock.rate > 0:
            age_ns = self._clock.now_ns() - known.created_ns
            self._seconds.observe(max(0.0, age_ns / SECOND_NS / self._clock.rate))
        return await self._broker.submit(order, unwanted)

    async def cancel(self, order_id: str, broker_id: str) -> CancelAnswered:
        return await self._broker.cancel(order_id, broker_id)

    async def replace(self, replacement: ApprovedReplacement) -> ReplaceAnswered:
        return await self._broker.replace(replacement)

    async def lookup(self, order_id: str) -> LookupAnswered:
        return await self._broker.lookup(order_id)

    async def snapshot(self, now_ns: int) -> BrokerSnapshot | None:
        return await self._broker.snapshot(now_ns)


class DaemonCollector(Collector):
    """The daemon's state as series. What is not known yet has no sample."""

    def __init__(self, engine: Engine, runner: Runner, hub: Hub, info: DaemonInfo) -> None:
        self._engine = engine
        self._runner = runner
        self._hub = hub
        self._info = info

    def describe(self) -> Iterator[Metric]:
        """Nothing: what is asked for at registration would be read before it is there."""
        return iter(())

    def collect(self) -> Iterator[Metric]:
        """All series."""
        version = {"version": self._info.version, "mode": self._info.config.daemon.mode}
        yield InfoMetricFamily("fluxhero_build", "The daemon that answers.", version)
        hub = self._hub.gauges()
        yield from self._progress(hub.queued)
        yield from _subscribers(hub)
        state = self._engine.state if self._engine.run else "STARTING"
        yield _one_hot("fluxhero_trading_state", "1 for the state that trading is in.", "state", STATES, state)
        if self._engine.run:
            yield from self._feeds()
            yield from self._orders()
            yield from self._account()
            yield from self._risk()

    def _progress(self, queued: int) -> Iterator[Metric]:
        runner = self._runner
        depths = {
            "events": runner.queued,
            "commits": runner.seq - runner.committed_seq,
            "broker_requests": runner.requests_in_flight,
            "subscribers": queued,
        }
        yield _labelled("fluxhero_queue_depth", "What waits, by where.", "queue", depths)
        yield _counter("fluxhero_journal_entries", "Entries of the journal, durable.", runner.committed_seq)
        failing = bool(runner.committing.fault)
        yield _gauge("fluxhero_storage_failing", "1 while the journal can't be written: no new risk.", failing)
        yield _counter("fluxhero_storage_failures", "How often that began.", runner.committing.failures)

    def _feeds(self) -> Iterator[Metric]:
        now_ns, links = self._runner.clock.now_ns(), self._engine.links
        feeds: dict[str, MarketCounters | TradeCounters] = {"market": self._info.market, "trading": self._info.trades}
        up = {name: name in links and links[name].up for name in feeds}
        yield _labelled("fluxhero_feed_up", "1 while connected.", "feed", up)
        heard = {name: feed.last_message_ns for name, feed in feeds.items() if feed.last_message_ns}
        ages = {name: max(0, now_ns - ns) / SECOND_NS for name, ns in heard.items()}
        yield _labelled("fluxhero_feed_age_seconds", "Trading time since the last message.", "feed", ages)
        frames = CounterMetricFamily("fluxhero_feed_messages", "Messages received.", labels=("feed",))
        connects = CounterMetricFamily("fluxhero_feed_connects", "Connections made.", labels=("feed",))
        for name, feed in feeds.items():
            frames.add_metric((name,), feed.frames)
            connects.add_metric((name,), feed.link.connects)
        yield from (frames, connects)
        yield _gauge("fluxhero_feed_stale", "1 while bars are overdue though connected.", self._info.market.stale)

    def _orders(self) -> Iterator[Metric]:
        counts = {state.value: 0 for state in OrderState if not state.ended}
        for order in self._engine.desk.live():
            counts[order.state.value] = counts.get(order.state.value, 0) + 1
        yield _labelled("fluxhero_open_orders", "Orders that have not ended.", "state", counts)
        ledger = self._engine.ledger
        positions = {"ours": len(ledger.positions), "foreign": len(ledger.foreign)}
        yield _labelled("fluxhero_open_positions", "Open positions, by whose.", "owner", positions)

    def _account(self) -> Iterator[Metric]:
        engine = self._engine
        if engine.ledger.equity_e4 is None:
            return
        view = engine.ledger.view(engine.desk.working_e4(), self._runner.clock.now_ns())
        yield _gauge("fluxhero_equity_dollars", "Equity by our books.", from_e4(view.equity_e4))
        yield _gauge("fluxhero_exposure_dollars", "Positions and working entries.", from_e4(view.exposure_e4))
        if view.last_equity_e4:
            day_e4 = view.equity_e4 - view.last_equity_e4
            yield _gauge("fluxhero_day_pnl_dollars", "Since the session before.", from_e4(day_e4))
        if view.peak_e4:
            drawdown = max(0, view.peak_e4 - view.equity_e4) / view.peak_e4
            yield _gauge("fluxhero_drawdown_ratio", "Below the highest equity, of 1.", drawdown)

    def _risk(self) -> Iterator[Metric]:
        engine = self._engine
        status, states = engine.safety.state.breaker.status, [status.value for status in BreakerStatus]
        yield _one_hot("fluxhero_breaker_state", "1 for the breaker's state.", "state", states, status.value)
        halted = bool(engine.safety.state.kill_switch.reason)
        yield _gauge("fluxhero_halted", "1 while an operator halts trading.", halted)
        found = len(engine.reconciler.differences)
        yield _gauge("fluxhero_reconciliation_differences", "Standing differences from the broker.", found)
        yield _gauge("fluxhero_unprotected_shares", "Shares without a working stop.", engine.unprotected.shares)
        seconds = engine.unprotected.share_seconds(self._runner.clock.now_ns())
        yield _gauge("fluxhero_unprotected_share_seconds", "Of this session, shares x seconds.", seconds)
        alerts = {severity.value: 0 for severity in Severity}
        for alert in engine.alerts.open:
            alerts[alert.severity.value] += 1
        yield _labelled("fluxhero_open_alerts", "Alerts that nobody has acknowledged.", "severity", alerts)


def _subscribers(hub: HubGauges) -> Iterator[Metric]:
    yield _gauge("fluxhero_hub_subscribers", "Streams that are open.", hub.subscribers)
    yield _counter("fluxhero_hub_conflated_updates", "Updates that a newer one replaced.", hub.conflated)
    yield _counter("fluxhero_hub_overflows", "Streams that were ended as too slow.", hub.overflowed)
    yield _counter("fluxhero_hub_resumed", "Streams that went on where they had ended.", hub.resumed)
    yield _counter("fluxhero_hub_past_gone", "Streams that came back too late to go on.", hub.past_gone)
    for field, (kind, name, text) in TOPIC_SERIES.items():
        family = kind(f"fluxhero_hub_topic_{name}", f"Of each topic: {text}.", labels=("topic",))
        for topic, figures in hub.topics.items():
            family.add_metric((topic.value,), getattr(figures, field))
        yield family


def _gauge(name: str, text: str, value: float) -> Metric:
    return GaugeMetricFamily(name, text, value=value)


def _counter(name: str, text: str, value: float) -> Metric:
    return CounterMetricFamily(name, text, value=value)


def _labelled(name: str, text: str, label: str, values: Mapping[str, float]) -> Metric:
    family = GaugeMetricFamily(name, text, labels=(label,))
    for key, value in values.items():
        family.add_metric((key,), value)
    return family


def _one_hot(name: str, text: str, label: str, states: Sequence[str], now: str) -> Metric:
    return _labelled(name, text, label, {state: float(state == now) for state in states})
