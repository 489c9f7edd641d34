// What the daemon has said last, by topic. Nothing here asks, and nothing here computes.

import type { Account } from "@api/account_pb";
import { SnapshotReason, StreamKind, Topic } from "@api/common_pb";
import type { Bar, Indicators, Price } from "@api/market_pb";
import type { Order } from "@api/order_pb";
import type { Position } from "@api/position_pb";
import type { Risk } from "@api/risk_pb";
import type { Signal } from "@api/signal_pb";
import type { WatchResponse } from "@api/stream_pb";
import type { Alert, Status } from "@api/system_pb";
import { batch, computed, signal } from "@preact/signals";
import { millis } from "@/text/times";
import { type Entry, ofAlert, ofOrder, ofPosition, ofSignal } from "./happenings";
import { Keyed } from "./keyed";

const KEPT_ENDED = 500;
const KEPT_ENTRIES = 500;

export class Store {
  readonly prices = new Keyed<Price>();
  /** Those that have a price, in alphabetical order. */
  readonly symbols = computed(() => [...this.prices.keys.value].sort());
  readonly bars = new Keyed<Bar>();
  readonly indicators = new Keyed<Indicators>();
  /** Open positions, by symbol. */
  readonly positions = new Keyed<Position>();
  /** By id, the newest change last; so are signals and alerts. */
  readonly orders = new Keyed<Order>();
  readonly signals = new Keyed<Signal>();
  readonly alerts = new Keyed<Alert>();
  readonly account = signal<Account | undefined>(undefined);
  readonly risk = signal<Risk | undefined>(undefined);
  readonly status = signal<Status | undefined>(undefined);
  /** The trading time of what is shown, in milliseconds. */
  readonly asOfMs = signal(0);
  /** The same to the second: what is held or waits is told no finer. */
  readonly second = computed(() => Math.floor(this.asOfMs.value / 1000) * 1000);
  /** Something has come. */
  readonly loaded = signal(false);
  /** What has happened since the page was opened, newest last. */
  readonly happenings = signal<readonly Entry[]>([]);
  /** Grows when a position is opened, closed, or of another size: its trade is another one. */
  readonly traded = signal(0);
  /** Grows with each connection: what was asked for besides the stream may be old, or was not answered. */
  readonly renewals = signal(0);
  /** Grows when the oldest of what is over had to go: a list that ended where they began must be asked for anew. */
  readonly trims = signal(0);

  private entries: Entry[] = [];

  /** Take in what came, in order. */
  take(messages: readonly WatchResponse[]): void {
    batch(() => {
      for (const message of messages) this.apply(message);
      if (this.entries.length) {
        this.happenings.value = [...this.happenings.peek(), ...this.entries].slice(-KEPT_ENTRIES);
        this.entries = [];
      }
    });
  }

  /** Something that happened in this page. */
  tell(entry: Entry): void {
    this.happenings.value = [...this.happenings.peek(), entry].slice(-KEPT_ENTRIES);
  }

  /** Forget everything: somebody else looks now. */
  reset(): void {
    batch(() => {
      for (const topic of [Topic.PRICES, Topic.BARS, Topic.INDICATORS, Topic.POSITIONS]) this.forget(topic);
      for (const topic of [Topic.ORDERS, Topic.SIGNALS, Topic.ALERTS]) this.forget(topic);
      this.account.value = this.risk.value = this.status.value = undefined;
      this.asOfMs.value = 0;
      this.loaded.value = false;
      this.happenings.value = [];
    });
  }

  private apply(message: WatchResponse): void {
    const snapshot = message.kind === StreamKind.SNAPSHOT;
    if (snapshot) {
      for (const topic of message.snapshotTopics) this.forget(topic);
      this.renewals.value = this.renewals.peek() + 1;
      if (message.snapshotReason !== SnapshotReason.RESUMED) this.asOfMs.value = 0;
    }
    this.asOfMs.value = Math.max(this.asOfMs.peek(), millis(message.asOf) ?? 0);
    this.loaded.value = true;
    this.prices.put(message.prices.map((one) => [one.symbol, one]));
    this.bars.put(message.bars.map((one) => [one.symbol, one]));
    this.indicators.put(message.indicators.map((one) => [one.symbol, one]));
    this.takePositions(message.positions, !snapshot);
    this.takeQueued(message, !snapshot);
    this.account.value = message.accounts.at(-1) ?? this.account.peek();
    this.risk.value = message.risks.at(-1) ?? this.risk.peek();
    this.status.value = message.statuses.at(-1) ?? this.status.peek();
  }

  private takePositions(positions: readonly Position[], tell: boolean): void {
    for (const position of positions) {
      const before = this.positions.peek(position.symbol);
      const entry = tell && ofPosition(position, before, this.asOfMs.peek());
      if (entry) this.entries.push(entry);
      if (position.quantity !== (before?.quantity ?? 0n)) this.traded.value = this.traded.peek() + 1;
      if (position.quantity) this.positions.put([[position.symbol, position]]);
      else this.positions.drop([position.symbol]);
    }
  }

  private takeQueued(message: WatchResponse, tell: boolean): void {
    this.orders.putLast(message.orders.map((one) => [one.id, one]));
    this.signals.putLast(message.signals.map((one) => [one.id, one]));
    this.alerts.putLast(message.alerts.map((one) => [one.id, one]));
    const trimmed = [
      trim(this.orders, (order) => order.endedAt !== undefined),
      trim(this.signals, () => true),
      trim(this.alerts, (alert) => alert.acknowledgedAt !== undefined),
    ];
    if (trimmed.includes(true)) this.trims.value = this.trims.peek() + 1;
    if (!tell) return;
    this.entries.push(...message.orders.map(ofOrder), ...message.signals.map(ofSignal), ...message.alerts.map(ofAlert));
  }

  private forget(topic: Topic): void {
    const held: Partial<Record<Topic, Keyed<unknown>>> = {
      [Topic.PRICES]: this.prices as Keyed<unknown>,
      [Topic.BARS]: this.bars as Keyed<unknown>,
      [Topic.INDICATORS]: this.indicators as Keyed<unknown>,
      [Topic.POSITIONS]: this.positions as Keyed<unknown>,
      [Topic.ORDERS]: this.orders as Keyed<unknown>,
      [Topic.SIGNALS]: this.signals as Keyed<unknown>,
      [Topic.ALERTS]: this.alerts as Keyed<unknown>,
    };
    held[topic]?.clear();
  }
}

/** Let the oldest of what is over go, and not at every message. Did any? */
function trim<T>(held: Keyed<T>, over: (one: T) => boolean): boolean {
  const keys = held.keys.peek();
  const spare = keys.length - KEPT_ENDED;
  if (spare < 50) return false;
  const oldest = keys.filter((key) => over(held.peek(key) as T)).slice(0, spare);
  held.drop(oldest);
  return oldest.length > 0;
}
